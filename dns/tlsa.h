/*
 * tlsa.h - a TLSA record (RFC 6698 section 2, for mail RFC 7672).
 */
#ifndef DNS_TLSA_H
#define DNS_TLSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/lint.h"

#define TLSA_DATA_MAX 8192 /* bytes of a certificate */

struct tlsa {
	unsigned usage, selector, matching;
	const uint8_t *data;
	size_t length;
	/* Where the numbers and the data stand in lint->text; NULL: at its
	 * start. */
	const char *places[4];
};

/* The octets of a record, which `data` points into; false when cut. */
bool tlsa_from_wire(struct tlsa *, const uint8_t *octets, size_t length);

/* Judges the numbers and the data. */
void tlsa_judge(const struct tlsa *, struct lint *);

#endif
