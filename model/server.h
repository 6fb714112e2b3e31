/*
 * server.h - the box itself: its names, addresses and defaults; one row.
 */
#ifndef MODEL_SERVER_H
#define MODEL_SERVER_H

#include <stdint.h>

#include "base/address.h"
#include "base/host_name.h"
#include "base/ip.h"
#include "model/context.h"
#include "model/db.h"
#include "model/list.h"
#include "model/operation.h"

#define SERVER_RESOLVERS_SIZE 400
#define SERVER_PATH_SIZE      512

struct server {
	char host_name[HOST_NAME_SIZE]; /* "" until the setup is done */
	char ip4[IP_TEXT_SIZE], ip6[IP_TEXT_SIZE];
	char resolvers[SERVER_RESOLVERS_SIZE]; /* "192.0.2.53, ..."; "": the
	                                        * machine's own */
	/* "192.0.2.1:5353, ...": name servers that don't answer on port 53,
	 * which a delegation can't say. */
	char dns_ports[SERVER_RESOLVERS_SIZE];
	int64_t default_user_limit;
	int64_t default_storage_bytes;
	int64_t default_quota_bytes;
	char dmarc_mailbox[ADDRESS_SIZE];
	char tls_report_mailbox[ADDRESS_SIZE];
	char dkim_directory[SERVER_PATH_SIZE]; /* "": dkim/ in the state */
	char dkim_selector[64];
	char mta_sts_directory[SERVER_PATH_SIZE];
	char tls_certificate[SERVER_PATH_SIZE], tls_key[SERVER_PATH_SIZE];
	char authority[HOST_NAME_SIZE]; /* "letsencrypt.org", see CAA */
	char mail_directory[SERVER_PATH_SIZE];
	char mail_root[SERVER_PATH_SIZE]; /* before the daemons' paths */
	int64_t refuses_own_senders;      /* on port 25, without a log-in */
	int64_t may_use_password; /* mailbox users sign in to the console */
	int64_t idle_minutes;
};

/* Everybody may know it: no right is asked. */
enum err_code server_load(
    struct db *, struct server *, int64_t *version, struct err *) MUST_USE;

/*
 * Who is asked for DNS, appended to to[*count]: those of --resolver, else
 * those of the settings.  None without a database or where neither names any:
 * then it is the machine's own (resolvers_default()).
 */
enum err_code server_resolvers(struct context *, struct ip_port *to, size_t max,
    size_t *count, struct err *) MUST_USE;

extern const struct field server_fields[];
extern const struct operation server_operations[]; /* "server set" */
extern const struct list server_list;              /* "server show" */

#endif
