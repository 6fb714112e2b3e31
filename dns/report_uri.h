/*
 * report_uri.h - the list of report addresses in DMARC and TLS-RPT
 * ("rua=mailto:a@example.com,https://example.net/report").
 */
#ifndef DNS_REPORT_URI_H
#define DNS_REPORT_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "dns/tag_list.h"

#define REPORT_URI_MAX 8

struct report_uris {
	/* Those with mailto:, in lower case, without a "!10m" behind. */
	char mail[REPORT_URI_MAX][ADDRESS_SIZE];
	size_t mail_count;
	size_t good, bad; /* URIs; bad: neither mailto: nor https: */
	bool has_size;    /* "!10m", which RFC 9989 dropped */
	char first_bad[80];
};

/* A NULL tag gives none. */
void report_uris_parse(struct report_uris *, const struct tag *);

bool report_uris_have(const struct report_uris *, const char *address);

#endif
