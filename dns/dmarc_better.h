/*
 * dmarc_better.h - a DMARC record put right, without taking from it what its
 * owner decided.
 */
#ifndef DNS_DMARC_BETTER_H
#define DNS_DMARC_BETTER_H

#include <stdbool.h>
#include <stddef.h>

#include "dns/subject.h"

struct dmarc_wish {
	enum dmarc_policy step; /* a weaker policy becomes this one */
	bool may_weaken;        /* and a stronger one too */
	const char *report;     /* an address that reports go to; "" is none */
};

/*
 * The published text, also a damaged one (dns/txt_mend.h), as it should be: its
 * policies, its choices and its report addresses stay, `wish` comes in, and
 * what is obsolete, unknown or does not exist goes.  pct=0 becomes t=y, which
 * stays where the policy is as strong as the step all the same.  False when
 * there is too much for one record.
 */
bool dmarc_better(char to[DNS_VALUE_SIZE], const char *published, size_t length,
    const struct dmarc_wish *);

/* True when the better record says no more and no less than the published
 * one: what is left to say of that is a decision, not a slip. */
bool dmarc_is_as_good(const char *better, const char *published, size_t length);

#endif
