/*
 * checks.h - the two functions of each check, for the table in check.c.
 */
#ifndef DNS_CHECKS_H
#define DNS_CHECKS_H

#include "dns/check.h"

#define DNS_CHECK(name)                                           \
	void check_##name##_questions(const struct dns_subject *, \
	    const struct dns_answers *, struct dns_questions *);  \
	void check_##name##_judge(const struct dns_subject *,     \
	    const struct dns_answers *, struct dns_finding *)

DNS_CHECK(host);
DNS_CHECK(mx);
DNS_CHECK(spf);
DNS_CHECK(spf_host);
DNS_CHECK(dkim);
DNS_CHECK(dmarc);
DNS_CHECK(ptr);
DNS_CHECK(sts);
DNS_CHECK(sts_host);
DNS_CHECK(tls_rpt);
DNS_CHECK(sts_policy);
DNS_CHECK(mx_tls);
DNS_CHECK(srv);
DNS_CHECK(autoconfig);
DNS_CHECK(caa);
DNS_CHECK(zone);
DNS_CHECK(delegation);
DNS_CHECK(dnssec);
DNS_CHECK(dane);
DNS_CHECK(block_list);

#endif
