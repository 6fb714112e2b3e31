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
#include "dns/subject.h"
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
 * With context->external_trial it waits for nobody: unless just this log-in
 * has passed, that trial is filled and the answer is ERR_BUSY.
 */
enum err_code user_external_prepare(struct context *, const char *address,
    struct user_external *, struct err *) MUST_USE;

/* ---- the trial, for whoever can't wait ---- */

enum user_external_state {
	EXTERNAL_NONE,
	EXTERNAL_WANTED, /* to be tried, and then the operation run again */
	EXTERNAL_PASSED, /* this log-in was good */
};

/* Plain data, for a job's argument.  It has the password: wipe it. */
struct user_external_trial {
	enum user_external_state state;
	struct user_external login; /* hosts and ports are filled in */
	struct ip_port resolvers[DNS_RESOLVER_MAX];
	size_t resolver_count;
	char authorities[128]; /* for tests; "": those of this machine */
};

/* By IMAP, then by SMTP; 15 s at most beside what the DNS takes.  Refusals
 * as external_try() has them. */
enum err_code user_external_try(
    const struct user_external_trial *, struct err *) MUST_USE;

/* A job_function: tries it, and writes one struct err, whose code is OK when
 * the log-in was good. */
void user_external_job(int out, void *trial);

/* ---- the row ---- */

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
