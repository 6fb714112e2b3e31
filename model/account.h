/*
 * account.h - people who can sign in, of every role, and the operations on
 * those who administer.  Mailboxes are in model/user.h.
 */
#ifndef MODEL_ACCOUNT_H
#define MODEL_ACCOUNT_H

#include <stdint.h>

#include "base/address.h"
#include "model/list.h"
#include "model/operation.h"

struct account {
	int64_t id, tenant_id, version; /* tenant 0: none */
	enum role role;
	char address[ADDRESS_SIZE]; /* stored form */
	char name[ACTOR_NAME_SIZE];
	char status[12];  /* "active", "suspended" */
	char mailbox[12]; /* "none", "local", "external" */
	int64_t quota_bytes, deleted_at;
	bool may_send;
};

/* Removed ones too: look at deleted_at.  ERR_NOT_FOUND.  Asks no rights. */
enum err_code account_find(
    struct db *, const char *address, struct account *, struct err *) MUST_USE;

/* Fills run->target with a person's account; one that was removed is unknown.
 * An empty address is the actor's own. */
enum err_code account_target(struct operation_run *, const char *address,
    struct account *, struct err *) MUST_USE;

/* Inside a transaction.  account->id is filled.  ERR_CONFLICT names what has
 * the address already. */
enum err_code account_insert(
    struct db *, struct account *, struct err *) MUST_USE;

/*
 * ERR_CONFLICT, naming what has the address as far as the actor may know: a
 * user, a removed user, an admin, an alias.  Also when the address lies in a
 * domain of a tenant other than `tenant_id` (0: of no tenant).
 */
enum err_code account_check_free(struct db *, const struct actor *,
    int64_t tenant_id, const char *field, const char *address,
    struct err *) MUST_USE;

/* ERR_CONFLICT when nobody else could sign in as super admin. */
enum err_code account_check_not_last(
    struct db *, int64_t account_id, struct err *) MUST_USE;

/*
 * Whether the person who acts is still who they were at log-in: the account
 * active and of the same role, its tenant active, the key there and not
 * expired; or the password not set by anybody else since (and, by themselves,
 * in this log-in), and passwords not switched off.  ERR_DENIED with a sentence, so that what is taken away is gone in
 * open sessions too.  Rows have ids above 0: an actor with another id has no
 * row, such as the console's and those of tests.
 */
enum err_code account_check_still(
    struct db *, const struct actor *, struct err *) MUST_USE;

/* The same when one more channel of a log-in begins; and what was a temporary
 * password is none any more where an own one was chosen meanwhile. */
enum err_code account_go_on(struct db *, struct actor *, struct err *) MUST_USE;

extern const struct operation account_operations[];
extern const struct list account_list; /* "admin list": who administers */
extern const struct db_statements account_statements;

#endif
