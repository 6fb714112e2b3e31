/*
 * policy.h - what a web host of the domain served, as an answer of the table:
 * the MTA-STS policy, or the file that mail programs set themselves up by.
 *
 * The question is (host, DNS_POLICY or DNS_AUTOCONFIG); each address of the
 * host answers for itself, as a name server does.  The answer's one record holds
 * "STATUS MEDIA-TYPE\nBODY": so a recording can be judged again.  A status
 * below 100 is one of those here; then the body is a sentence.
 */
#ifndef DNS_POLICY_H
#define DNS_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "dns/answers.h"
#include "dns/https.h"

enum policy_status {
	POLICY_REFUSED = 1,     /* nothing listens at that address */
	POLICY_CERTIFICATE = 2, /* not valid for the host */
	POLICY_NO_HTTPS = 3,    /* TLS or HTTP broke off */
	POLICY_TOO_LARGE = 4,   /* more than 64 KiB */
};

struct policy_answer {
	unsigned status;
	char media_type[64]; /* lower case, without parameters */
	const char *body;
	size_t length;
};

/* Words for a status below 100, "nothing answers on port 443"; NULL for the
 * others. */
const char *policy_status_problem(unsigned status);

/* False when the record is none. */
bool policy_read(struct policy_answer *, const struct dns_rr *);

/* Fills the answer, whose memory holds the record. */
void policy_fill(struct dns_answer *, const struct dns_question *,
    const struct https_reply *);

#endif
