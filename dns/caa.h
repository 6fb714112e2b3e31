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

/* Judges flags, tag and value. */
void caa_judge(const struct caa *, struct lint *);

/*
 * The authority's domain of an issue value into `to`, "" when it forbids all;
 * false when the value is malformed, which forbids all, too.
 */
bool caa_issuer(char to[256], const struct caa *);

#endif
