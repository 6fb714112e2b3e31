/*
 * password_login.h - mailbox users sign in with address and password.
 *
 * Only the role `user` does; who administers has an SSH key.  Each try is
 * counted before the password is looked at, so that tries at once don't
 * escape the count, and a right one takes it back.  From the sixth wrong one
 * on, the next try is heard only after 2 s, 4 s ... at most 60 s.  A source
 * that the person has signed in from lately has a count of its own: strangers
 * who guess can't keep the person out.
 */
#ifndef MODEL_PASSWORD_LOGIN_H
#define MODEL_PASSWORD_LOGIN_H

#include <stdbool.h>

#include "base/ip.h"
#include "model/actor.h"
#include "model/db.h"

#define PASSWORD_LOGIN_FREE    5  /* wrong ones before it gets slower */
#define PASSWORD_LOGIN_MAX_S   60 /* longest wait between two tries */
#define PASSWORD_LOGIN_SOURCES 20 /* kept for each account */
#define PASSWORD_LOGIN_DAYS    90 /* a source is known so long */

/* Whether the server takes passwords at all: offer the method only then. */
enum err_code password_login_is_on(
    struct db *, bool *is_on, struct err *) MUST_USE;

/*
 * Who signs in.  Every refusal is the same ERR_DENIED, takes as long, and
 * says nothing: unknown address, wrong password, too soon, suspended, tenant
 * closed, an admin, passwords switched off.  `why` (may be NULL) gets a
 * constant text for the log, never for the client.  The actor has
 * is_password_temporary set where that is so.  Takes some 15 ms on purpose.
 */
enum err_code account_password_login(struct db *, const char *address,
    const char *password, const struct ip *from, struct actor *,
    const char **why, struct err *) MUST_USE;

/* Notes a log-in: login_at, login_from.  Call it once, after the above. */
enum err_code password_login_note(
    struct db *, const struct actor *, struct err *) MUST_USE;

extern const struct db_statements password_login_statements;

#endif
