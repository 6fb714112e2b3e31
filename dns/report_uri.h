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

enum report_uri_kind {
	REPORT_MAIL,   /* mailto: with one address */
	REPORT_HTTPS,  /* https: with a host */
	REPORT_OTHER,  /* a URI of another scheme (RFC 3986) */
	REPORT_EMPTY,  /* nothing between two commas */
	REPORT_NO_URI, /* no URI at all, or a mailto: without an address */
};

struct report_uri {
	enum report_uri_kind kind;
	const char *text; /* the part of the list, `length` bytes */
	size_t length;
	bool has_slashes;   /* "mailto://a@b", which is no form of RFC 6068 */
	size_t bare_length; /* without the size */
	bool has_size;      /* "!10m" behind it, which RFC 9989 dropped */
	char address[ADDRESS_SIZE]; /* of REPORT_MAIL, in lower case */
};

/* For has_slashes, with the length and the text. */
#define REPORT_SLASHES_FORMAT                                         \
	"\"%.*s\": behind mailto: stand no two slashes; reports get " \
	"lost."

/* One after another; *at begins at 0.  False behind the last. */
bool report_uri_next(const struct tag *, size_t *at, struct report_uri *);

struct report_uris {
	char mail[REPORT_URI_MAX][ADDRESS_SIZE];
	size_t mail_count;
	size_t good, bad; /* URIs; bad: neither mailto: nor https: */
	bool has_size;
	char first_bad[80];
};

/* A NULL tag gives none. */
void report_uris_parse(struct report_uris *, const struct tag *);

bool report_uris_have(const struct report_uris *, const char *address);

/*
 * Writes a list, "mailto:a@example.com,https://example.net/r": each URI of the
 * tag (NULL: none) that isn't in it yet, without its size; an address that
 * lacks "mailto:" gets it, and what nobody can send to is left out.  False when `to` is too
 * small.
 */
bool report_uris_add(char *to, size_t size, const struct tag *);

/* The same for one address; "" adds none. */
bool report_uris_add_mail(char *to, size_t size, const char *address);

#endif
