/*
 * intake.h - the sheet of what is asked of a customer before the start.
 *
 * A super admin fills it in before the tenant exists; it is then named by the
 * organisation or the primary domain, and "tenant add" of that name or domain
 * (or with "intake=" its organisation) takes it over.  From then on it is the tenant's, and its admins change it
 * too.  The expected mailboxes are a checklist that ticks itself off: an
 * address counts as there once a user or an alias of the tenant has it.
 */
#ifndef MODEL_INTAKE_H
#define MODEL_INTAKE_H

#include "model/list.h"
#include "model/operation.h"
#include "model/tenant.h"

struct intake {
	int64_t id, tenant_id, version; /* tenant_id 0: before the tenant */
	char organisation[TENANT_NAME_SIZE];
	char primary_domain[HOST_NAME_SIZE], mail_host[HOST_NAME_SIZE];
	char admin_address[ADDRESS_SIZE];
	char mailboxes[TENANT_LIST_SIZE]; /* ", " between */
	char dns_provider[TENANT_NOTE_SIZE], dns_login[TENANT_NOTE_SIZE];
	int64_t is_external, wants_smime; /* 0 or 1 */
};

/* By organisation or domain.  ERR_NOT_FOUND.  Asks no rights. */
enum err_code intake_find(
    struct db *, const char *name, struct intake *, struct err *) MUST_USE;

/* The same for somebody who may see it, else ERR_NOT_FOUND: what the wizard
 * for a new tenant starts from. */
enum err_code intake_read(
    struct context *, const char *name, struct intake *, struct err *) MUST_USE;

/* The expected mailboxes that are not there yet, ", " between. */
enum err_code intake_missing(struct db *, const struct intake *, char *to,
    size_t size, struct err *) MUST_USE;

/* Inside a transaction: the sheet that waits for this tenant becomes its own.
 * Fine when there is none. */
enum err_code intake_take_over(struct db *, int64_t tenant_id,
    const char *organisation, const char *primary_domain,
    struct err *) MUST_USE;

/* The sheet as plain text to send to the customer, blanks to be filled in;
 * in the arena. */
enum err_code intake_text(struct context *, const char *name, struct arena *,
    char **text, struct err *) MUST_USE;

extern const struct operation intake_operations[];
extern const struct list intake_list;
extern const struct db_statements intake_statements;

#endif
