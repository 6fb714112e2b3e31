/*
 * caa.h - which certificate authorities may issue (RFC 8659).
 */
#ifndef DNS_CAA_H
#define DNS_CAA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/lint.h"

#define CAA_CRITICAL  128
#define CAA_TAG_MAX   255 /* RFC 8659 section 4.1: what the octet holds */
#define CAA_VALUE_MAX 1024

struct caa {
	unsigned flags;
	char tag[CAA_TAG_MAX + 1]; /* "issue", lower case */
	char value[CAA_VALUE_MAX]; /* cut when longer */
	size_t length;
	/* Where flags, tag and value stand in lint->text; NULL: at its start.
	 * The value may hold escapes there. */
	const char *at_flags, *at_tag, *at_value;
};

/* The octets of a record; false when they are none. */
bool caa_from_wire(struct caa *, const uint8_t *octets, size_t length);

/* Does an authority know the tag, in any letter case? */
bool caa_is_known(const char *tag, size_t length);

/* One sign of a quoted or bare string at *at, which moves behind it; "\\"" and
 * "\059" are taken back. */
char caa_next_sign(const char **at, const char *end);

/* Judges flags, tag and value. */
void caa_judge(const struct caa *, struct lint *);

/*
 * The authority's domain of an issue value into `to`, "" when it forbids all;
 * false when the value is malformed, which forbids all, too.
 */
bool caa_issuer(char to[256], const struct caa *);

/* The value of a parameter behind the issuer, such as "accounturi" (RFC 8657)
 * into `to`, cut when too long; false when it isn't there. */
bool caa_parameter(char *to, size_t size, const struct caa *, const char *name);

#endif
