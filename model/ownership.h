/*
 * ownership.h - who proves that a domain is the customer's, and what waits
 * for it.
 *
 * A new domain is unverified: the exports leave it out, so no mail comes, and
 * the names that stand for a domain to the world (postmaster@, admin@ ...) go
 * to the tenant's admins only.  "domain verify" asks the DNS for the proof; a
 * super admin may confirm without it and says why.
 */
#ifndef MODEL_OWNERSHIP_H
#define MODEL_OWNERSHIP_H

#include "dns/ownership.h"
#include "model/domain.h"
#include "model/operation.h"

/* "postmaster", ...: ends with NULL. */
extern const char *const ownership_reserved[];

/* "postmaster@...": addresses that certificate authorities and other
 * providers take for the domain's owner (RFC 2142, CA/Browser Forum). */
bool ownership_is_reserved(const char *address);

/*
 * ERR_DENIED when `address` is reserved and its domain unverified: a mailbox
 * of a plain user can't have it.
 */
enum err_code ownership_check_mailbox(
    struct db *, const char *address, struct err *) MUST_USE;

/* The same for the alias row with its targets, which may deliver to admins of
 * the tenant.  Inside the transaction that writes them. */
enum err_code ownership_check_alias(
    struct db *, int64_t alias_id, struct err *) MUST_USE;

/* ---- for a job that asks ---- */

struct ownership_look {
	char domain[HOST_NAME_SIZE], token[DOMAIN_TOKEN_SIZE];
	struct ownership found;
};

/* What ownership_job() asks for the domain of that id; the proof's name and
 * text are in the list of domains. */
enum err_code ownership_request_of(struct context *, int64_t domain_id,
    struct ownership_request *, struct err *) MUST_USE;

/* Runs "domain verify" with what that job saw; the text that it looked for
 * must still be the domain's. */
enum err_code ownership_confirm(struct context *,
    const struct ownership_request *, const struct ownership *,
    struct operation_result *, struct err *) MUST_USE;

extern const struct operation ownership_operations[];
extern const struct db_statements ownership_statements;

#endif
