/*
 * update.h - changes records at a name server of our own (RFC 2136), signed
 * with a shared key (TSIG, RFC 8945).
 *
 * The answer counts only when it carries the key's signature.  It waits for
 * the network, at most UPDATE_MS.
 */
#ifndef DNS_UPDATE_H
#define DNS_UPDATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/ip.h"
#include "dns/record.h"

#define UPDATE_MS  10000
#define UPDATE_MAX 64 /* changes */

struct update_key {
	char algorithm[32]; /* "hmac-sha256." */
	char name[DNS_NAME_SIZE];
	char secret[256]; /* base64; wipe it after use */
};

/* "hmac-sha256:NAME:SECRET", as knsupdate and nsupdate write it.  The message
 * holds nothing of the secret. */
enum err_code update_key_parse(
    struct update_key *, const char *line, struct err *) MUST_USE;

struct update_change {
	bool is_delete; /* of exactly this value; else it is added */
	struct dns_record record;
};

/* All of them or none.  ERR_DENIED when the server refuses the key or the
 * change, ERR_TIMEOUT when it is silent. */
enum err_code update_send(const struct ip_port *server, const char *zone,
    const struct update_change *, size_t count, const struct update_key *,
    struct err *) MUST_USE;

#endif
