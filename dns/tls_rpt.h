/*
 * tls_rpt.h - a TLS-RPT record (RFC 8460) put right, without taking from it
 * whom others send reports to.
 */
#ifndef DNS_TLS_RPT_H
#define DNS_TLS_RPT_H

#include "dns/answers.h"
#include "dns/subject.h"

/* One record for all that are published, damaged ones too (dns/txt_mend.h):
 * their addresses, and then `report`.  False when that is too much. */
bool tls_rpt_better(char to[DNS_VALUE_SIZE], const struct dns_rr *const *list,
    size_t count, const char *report);

#endif
