/*
 * check_dmarc.h - the parts of the DMARC check, which dns/check_dmarc.c puts
 * together.
 */
#ifndef DNS_CHECK_DMARC_H
#define DNS_CHECK_DMARC_H

#include "dns/dmarc_walk.h"
#include "dns/judge.h"

/* The walk from the domain up, as far as the answers have it. */
void check_dmarc_walk(struct dmarc_walk *, struct dmarc_walked *,
    const struct dns_subject *, const struct dns_answers *);

/* "_dmarc.example.com"; false when that is no name. */
bool check_dmarc_name(char to[DNS_NAME_SIZE], const char *domain);

/* No record of the domain's own: one above may govern.  False when there is
 * none there either. */
bool check_dmarc_above(const struct dns_subject *, const struct dns_answers *,
    struct dns_finding *, const struct dns_record *wanted);

#endif
