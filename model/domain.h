/*
 * domain.h - mail domains, each of one tenant.
 *
 * A domain name exists once on the server.  Whoever may not see the tenant
 * that has it learns only that it is taken.  Ownership is proven by a TXT
 * record with the domain's token, or confirmed by a super admin who says how
 * or why.
 */
#ifndef MODEL_DOMAIN_H
#define MODEL_DOMAIN_H

#include <stdint.h>

#include "base/host_name.h"
#include "model/list.h"
#include "model/operation.h"

#define DOMAIN_TOKEN_SIZE 33 /* hexadecimal digits and a NUL */

struct domain {
	int64_t id, tenant_id, version;
	char name[HOST_NAME_SIZE]; /* stored form */
	char mail_host[HOST_NAME_SIZE];
	char status[12];    /* "preparing", "live", "suspended" */
	char ownership[12]; /* "unverified", "verified" */
	char proof_token[DOMAIN_TOKEN_SIZE];
	bool is_primary;
};

/* By name in any form that people write.  ERR_NOT_FOUND.  Asks no rights. */
enum err_code domain_find(
    struct db *, const char *name, struct domain *, struct err *) MUST_USE;

/* Fills run->target with the domain of that name; unknown when it is not
 * there.  `domain` may be NULL. */
enum err_code domain_target(struct operation_run *, const char *name,
    struct domain *, struct err *) MUST_USE;

/*
 * The domain that a new address will be in; fills run->target for it.
 * ERR_NOT_FOUND, in the same words, when there is no such domain and when it
 * is of a tenant that the actor does not see.  ERR_CONFLICT when its tenant is
 * closed.
 */
enum err_code domain_of_new(struct operation_run *, const char *address,
    struct domain *, struct err *) MUST_USE;

/* ERR_CONFLICT when the server has the domain already, in words that this
 * actor may read; ERR_INVALID when it is the server's own name. */
enum err_code domain_check_free(struct db *, const struct actor *,
    const char *field, const char *name, struct err *) MUST_USE;

/* Inside a transaction: the row, with a fresh proof token. */
enum err_code domain_insert(struct db *, int64_t tenant_id, const char *name,
    const char *mail_host, bool is_primary, int64_t *id, struct err *) MUST_USE;

extern const struct operation domain_operations[], move_operations[];
extern const struct list domain_list;
extern const struct db_statements domain_statements, move_statements;

#endif
