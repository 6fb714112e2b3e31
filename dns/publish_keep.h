/*
 * publish_keep.h - what is published already and is the customer's own: the
 * senders of the SPF record, tags, addresses and policy of DMARC, and whom
 * TLS-RPT sends reports to.
 */
#ifndef DNS_PUBLISH_KEEP_H
#define DNS_PUBLISH_KEEP_H

#include "dns/publish.h"

/*
 * Makes the wanted record one that keeps what the answer at its name has.
 * False when what is there stays as it is; then the plan's note says why.
 */
bool publish_keep(struct publish_plan *, struct dns_record *wanted,
    const struct dns_answer *, const struct dns_subject *, enum publish_policy);

#endif
