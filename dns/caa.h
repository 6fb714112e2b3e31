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
#define CAA_VALUE_MAX 1024

struct caa {
	unsigned flags;
	char tag[16]; /* "issue", lower case */
	char value[CAA_VALUE_MAX];
	size_t length;
};

/* The octets of a record; false when they are none. */
bool caa_from_wire(struct caa *, const uint8_t *octets, size_t length);

/* Judges tag and value; findings are at lint->text. */
void caa_judge(const struct caa *, struct lint *);

/*
 * The authority's domain of an issue value into `to`, "" when it forbids all;
 * false when the value is malformed, which forbids all, too.
 */
bool caa_issuer(char to[256], const struct caa *);

#endif
