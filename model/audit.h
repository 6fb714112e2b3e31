/*
 * audit.h - the log of changes: one row per operation, in the transaction of
 * the change, each chained to the one before by SHA-256.
 *
 * A row never holds a secret.  The chain shows that a row was changed, taken
 * out or put in later; it can't show that the newest rows were cut off, so
 * audit_verify() gives the head for writing down elsewhere.
 */
#ifndef MODEL_AUDIT_H
#define MODEL_AUDIT_H

#include <stdint.h>

#include "base/err.h"
#include "model/actor.h"
#include "model/context.h"
#include "model/list.h"

#define AUDIT_HASH_SIZE 65 /* hexadecimal, with the final NUL */

struct audit_entry {
	const char *operation;      /* "user add" */
	const char *target;         /* name of what was changed */
	int64_t tenant_id;          /* whose admins see it; 0: the server's */
	int64_t account_id;         /* the person it is about, or 0 */
	const char *before, *after; /* "name: value" lines, "" for none */
};

/* Inside a transaction. */
enum err_code audit_add(struct db *, const struct actor *,
    const struct audit_entry *, struct err *) MUST_USE;

struct audit_report {
	int64_t count;              /* rows that were walked */
	int64_t broken_id;          /* first row that does not fit, or 0 */
	char head[AUDIT_HASH_SIZE]; /* hash of the newest row */
};

/* Walks the whole chain. */
enum err_code audit_verify(
    struct context *, struct audit_report *, struct err *) MUST_USE;

extern const struct list audit_list;

#endif
