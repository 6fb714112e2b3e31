/*
 * usage.h - how much of its quota a mailbox uses, as Dovecot counts it.
 *
 * The figures are kept with the accounts, with the moment of each, so that
 * lists show them without asking; whoever shows a few users asks anew first.
 */
#ifndef MODEL_USAGE_H
#define MODEL_USAGE_H

#include <stddef.h>
#include <stdint.h>

#include "model/context.h"
#include "model/db.h"

#define USAGE_FRESH_SECONDS 30   /* figures so young are not asked again */
#define USAGE_MOST_MS       1000 /* the most that one call waits */

/*
 * Asks Dovecot about up to `most` local mailboxes that the actor may see,
 * those asked longest ago first, or about the one of `address`, and keeps the
 * answers.  Where Dovecot does not run, or not everything was answered in
 * time, the older figures stay: no error.  Runs transactions of its own.
 */
enum err_code usage_refresh(
    struct context *, const char *address, size_t most, struct err *) MUST_USE;

extern const struct db_statements usage_statements;

#endif
