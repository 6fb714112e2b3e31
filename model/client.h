/*
 * client.h - the mail program's settings of one person or one domain, from
 * the rows, and whether they work.
 */
#ifndef MODEL_CLIENT_H
#define MODEL_CLIENT_H

#include "dns/subject.h"
#include "mail/client.h"
#include "model/context.h"
#include "model/db.h"

/*
 * The settings of an account with a mailbox: the hosts of its tenant, or its
 * own where the mailbox is elsewhere.  ERR_NOT_FOUND in the same words for one
 * that is not here and one that the actor may not see.
 */
enum err_code client_of_account(struct context *, const char *command,
    const char *address, struct client_settings *, struct err *) MUST_USE;

/* The same for whoever has an address in the domain: address and user name
 * stay "".  Asks no rights: such settings are public. */
enum err_code client_of_domain(struct db *, const char *domain,
    struct client_settings *, struct err *) MUST_USE;

#define CLIENT_ADDRESSES_MAX 4 /* of a host, that a probe tries */

struct client_probe_request {
	struct probe_endpoint endpoints[2];
	struct ip_port resolvers[DNS_RESOLVER_MAX];
	size_t resolver_count;
};

/* The request for client_probe_job(): both endpoints, and the resolvers of the
 * context, else the server's own. */
enum err_code client_probe_prepare(struct context *,
    const struct client_settings *, struct client_probe_request *,
    struct err *) MUST_USE;

/* A job_function: asks for the addresses of each host and writes a struct
 * probe_result for every one, or one that says why there is none. */
void client_probe_job(int out, void *request);

/* What such a look showed: a step of the domain's go-live list, when the
 * settings are those that all of the domain have. */
enum err_code client_probe_keep(struct context *,
    const struct client_settings *, const struct probe_result *, size_t count,
    struct err *) MUST_USE;

extern const struct db_statements client_statements;

#endif
