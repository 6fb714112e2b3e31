/*
 * tenant.h - customer organisations: their hosts, limits and status.
 *
 * A tenant is named by its organisation name (case aside) or by any of its
 * domains, so an organisation can't take the name of a domain that is here.
 * Suspended: nobody of the tenant signs in and no mail comes; resumed at
 * will.  Closed: the same, and the data goes 30 days later unless restored.
 */
#ifndef MODEL_TENANT_H
#define MODEL_TENANT_H

#include <stdint.h>

#include "model/list.h"
#include "model/operation.h"

#define TENANT_NAME_SIZE 128 /* bytes with the final NUL */
#define TENANT_KEPT_DAYS 30  /* what is closed or removed is kept so long */
#define TENANT_NOTE_SIZE 256
#define TENANT_LIST_SIZE 4096 /* expected mailboxes */

struct tenant {
	int64_t id, version;
	char name[TENANT_NAME_SIZE];
	char status[12];                /* "active", "suspended", "closed" */
	int64_t user_limit, user_count; /* mailboxes */
	int64_t storage_limit_bytes, storage_allocated_bytes;
	int64_t closed_at;
};

/* By name or by one of its domains.  ERR_NOT_FOUND.  Asks no rights. */
enum err_code tenant_find(
    struct db *, const char *name, struct tenant *, struct err *) MUST_USE;
enum err_code tenant_by_id(
    struct db *, int64_t id, struct tenant *, struct err *) MUST_USE;

/*
 * The tenant that an operation is about: the one of that name, or the
 * actor's own when `name` is "".  Fills run->target for something new in it;
 * leaves it unknown when there is none that the actor may see.
 */
enum err_code tenant_target(
    struct operation_run *, const char *name, struct err *) MUST_USE;

/* The same error for a tenant that is not there and one that is not shown. */
enum err_code tenant_not_found(const char *name, struct err *);

/* Each ends with a zero row. */
extern const struct operation tenant_add_operations[];
extern const struct operation tenant_edit_operations[];
extern const struct operation tenant_status_operations[];
extern const struct list tenant_list;
extern const struct db_statements tenant_statements;

#endif
