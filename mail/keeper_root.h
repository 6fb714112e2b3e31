/*
 * keeper_root.h - the two sides of mail/keeper.h: what goes over the socket
 * pair, and the process that stays root.
 *
 * A request is one packet of fixed size, and so is its answer.  Texts that
 * come end in NUL, whatever was sent.
 */
#ifndef MAIL_KEEPER_ROOT_H
#define MAIL_KEEPER_ROOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/host_name.h"
#include "mail/keeper.h"

#define KEEPER_PATH_SIZE     512
#define KEEPER_SELECTOR_SIZE 64

enum keeper_verb {
	VERB_DKIM_MAKE,
	VERB_DKIM_REMOVE,
	VERB_TABLES_BEGIN,
	VERB_TABLES_ADD,
	VERB_TABLES_COMMIT,
	VERB_RELOAD,
	VERB_INSTALL,
	VERB_MAILBOX_OPEN,
	VERB_MAILBOX_READ,
	VERB_HOME_REMOVE,
};

struct keeper_request {
	uint32_t verb;
	uint32_t flag;    /* TABLES_ADD: it signs; INSTALL: only look */
	uint32_t daemon;  /* RELOAD, INSTALL: enum config_daemon */
	int64_t since_at; /* MAILBOX_OPEN */
	char root[KEEPER_PATH_SIZE];
	char directory[KEEPER_PATH_SIZE];
	char domain[HOST_NAME_SIZE];
	char selector[KEEPER_SELECTOR_SIZE];
	struct config_values values;
};

struct keeper_answer {
	enum err_code code;
	struct err err;
	char public_base64[DKIM_PUBLIC_SIZE];
	char report[KEEPER_REPORT_SIZE];
	/* MAILBOX_READ: bytes of the message in `report`; 0 is its end. */
	uint32_t length;
	bool is_end; /* of the mailbox */
};

/* Serves what comes until the other end has gone. */
_Noreturn void keeper_root_run(int fd);

#endif
