/*
 * dnssec.h - the little of DNSSEC that is worked out here: does a DS at the
 * parent belong to a key of the zone?  Signatures are checked by resolvers.
 */
#ifndef DNS_DNSSEC_H
#define DNS_DNSSEC_H

#include <stdbool.h>
#include <stddef.h>

#include "dns/answers.h"

enum dnssec_fit {
	DNSSEC_FITS,
	DNSSEC_DIFFERS,
	DNSSEC_UNKNOWN, /* another sort of digest, or octets that are cut */
};

/* Does the DS stand for the DNSKEY of that zone (RFC 4034 section 5.1.4)? */
enum dnssec_fit dnssec_ds_fits(
    const char *zone, const struct dns_rr *ds, const struct dns_rr *dnskey);

/* RFC 4034 appendix B. */
unsigned dnssec_key_tag(const unsigned char *dnskey, size_t length);

/* True for the extended errors that mean: the zone's signatures are wrong
 * (RFC 8914). */
bool dnssec_is_bogus(int ede_code);

/* A resolver said that the zone is bogus; the answer, or NULL. */
const struct dns_answer *dnssec_bogus_answer(
    const struct dns_answers *, const char *name, uint16_t type);

/* The same for any question at the zone or below it; *question is which. */
const struct dns_answer *dnssec_bogus_below(const struct dns_answers *,
    const char *zone, const struct dns_question **question);

#endif
