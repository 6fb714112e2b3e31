/*
 * user_external.h - mailboxes on another IMAP server: the fields of "user
 * add" and "user edit" for them, the trial of a log-in, and the row.
 *
 * The host must be approved.  The password is sealed to the vault as soon as
 * the log-in was good; nothing here reads it back.
 */
#ifndef MODEL_USER_EXTERNAL_H
#define MODEL_USER_EXTERNAL_H

#include <stdbool.h>

#include "base/address.h"
#include "base/host_name.h"
#include "model/context.h"
#include "model/db.h"

#define USER_EXTERNAL_PASSWORD_SIZE 256

/* A part of the input of those operations. */
struct user_external {
	char imap_host[HOST_NAME_SIZE], smtp_host[HOST_NAME_SIZE];
	int64_t imap_port, smtp_port;
	char user[ADDRESS_SIZE]; /* "": the mailbox is here */
	char password[USER_EXTERNAL_PASSWORD_SIZE];
	/* Filled by user_external_prepare(): */
	unsigned char sealed[4096];
	size_t sealed_length; /* 0: what is stored stays */
};

/*
 * Tries the log-in and seals the password.  Empty hosts and ports become
 * those of the tenant of `address`.  Of somebody who is external already an
 * empty password keeps the stored one, as long as nothing else is changed.
 */
enum err_code user_external_prepare(struct context *, const char *address,
    struct user_external *, struct err *) MUST_USE;

/* "" in all: the mailbox is on this server. */
bool user_external_is(const struct user_external *);

/* What is stored, without the password. */
enum err_code user_external_load(struct db *, const char *address,
    struct user_external *, struct err *) MUST_USE;

/* Inside a transaction. */
enum err_code user_external_store(struct db *, int64_t account_id,
    const struct user_external *, struct err *) MUST_USE;

extern const struct db_statements user_external_statements;

#endif
