/*
 * setup.h - the first super admin, from whom every other right comes.
 *
 * No account may make a super admin where there is none, so this is no
 * operation: whoever owns the state directory does it, once, with
 * "postern init".
 */
#ifndef MODEL_SETUP_H
#define MODEL_SETUP_H

#include "model/context.h"

/*
 * One transaction: the account with that address, its key (as pasted) and
 * the entry in the audit log.  ERR_CONFLICT when there is a super admin
 * already; err.field is "admin" or "key".
 */
enum err_code setup_first_admin(struct context *, const char *address,
    const char *public_key, struct err *) MUST_USE;

extern const struct db_statements setup_statements;

#endif
