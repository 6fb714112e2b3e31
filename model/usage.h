/*
 * usage.h - how much of its quota a mailbox uses, as Dovecot counts it.
 *
 * The figures are kept with the accounts, with the moment of each, so that
 * lists show them without asking; whoever shows a few users asks anew first.
 */
#ifndef MODEL_USAGE_H
#define MODEL_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "model/context.h"
#include "model/db.h"

#define USAGE_FRESH_SECONDS 30 /* figures so young are not asked again */
#define USAGE_SOCKET_SIZE   256
#define USAGE_MOST_MS       1000 /* the most that one call waits */

/*
 * Asks Dovecot about up to `most` local mailboxes that the actor may see,
 * those asked longest ago first, or about the one of `address`, and keeps the
 * answers.  Where Dovecot does not run, or not everything was answered in
 * time, the older figures stay: no error.  Runs transactions of its own.
 */
enum err_code usage_refresh(
    struct context *, const char *address, size_t most, struct err *) MUST_USE;

/*
 * The same in three parts, for whoever must not wait: what to ask, the asking
 * as a job, and keeping what came.
 */
#define USAGE_BATCH 100

struct usage_mailbox {
	int64_t id, used_bytes;
	char address[ADDRESS_SIZE];
	bool is_known; /* it was answered */
};

/* Plain data. */
struct usage_batch {
	char socket[USAGE_SOCKET_SIZE];
	struct usage_mailbox mailboxes[USAGE_BATCH];
	size_t count;
};

/* Those of the accounts that are local mailboxes whose figures are not young;
 * batch->count is 0 when there is nothing to ask. */
enum err_code usage_prepare(struct context *, const int64_t *ids, size_t count,
    struct usage_batch *, struct err *) MUST_USE;

/* A job_function: the argument is a struct usage_batch, its only record the
 * same with the answers. */
void usage_job(int out, void *batch);

enum err_code usage_keep(
    struct context *, const struct usage_batch *, struct err *) MUST_USE;

extern const struct db_statements usage_statements;

#endif
