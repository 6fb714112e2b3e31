/*
 * dns_example.h - the domain that the DNS tests are about: that of the guide.
 */
#ifndef TESTS_LIB_DNS_EXAMPLE_H
#define TESTS_LIB_DNS_EXAMPLE_H

#include <string.h>

#include "base/text.h"
#include "dns/subject.h"

/* A real RSA 2048 key, 410 bytes: longer than one TXT string. */
/* clang-format off */
#define EXAMPLE_KEY \
	"v=DKIM1; k=rsa; p=" \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAomgui4kUingEiHRmlrt6" \
	"JSDOC0OvUbpSt+reRL8MNqKOCQZeFmuWTWmW7AWC3nbRuONyYVCeOxMtBze4Yjaj" \
	"yr/Y0bT+sipenEVJPIqOxhkboZLjDOek5qRUDHuiS8Of01Fr0CJdJ28DKoy2XRCA" \
	"FkwkWYFXjWHECpXMCpRHe3crNZgCaEj8NFbejGY4rRR67TPv0SUu+xXIlTBXMDpC" \
	"2nBxxeycYulBStcz1J2YDXSChoLqOIzSULsp7w7MWx2x1YZFbAlfFVVK+FocjLkp" \
	"jr0Ur5BpgtiiwG+e2m5B2LBllNBo4nNKI5RdPYnOe3fJVWa3C+dYvPTFI+uMezVr" \
	"IwIDAQAB"
/* clang-format on */

static inline struct ip
example_ip(const char *text)
{
	struct ip ip = { 0 };

	return ip_parse(&ip, text, NULL) == OK ? ip : (struct ip){ 0 };
}

static inline void
example_subject(struct dns_subject *s)
{
	memset(s, 0, sizeof(*s));
	text_copy(s->domain, sizeof(s->domain), "example.com");
	text_copy(s->mail_host, sizeof(s->mail_host), "mail.example.com");
	s->ip4 = example_ip("203.0.113.10");
	s->ip6 = example_ip("2001:db8::10");
	text_copy(s->selectors[0].selector, DNS_LABEL_SIZE, "2026a");
	text_copy(s->selectors[0].value, DNS_VALUE_SIZE, EXAMPLE_KEY);
	s->selectors[0].stage = DNS_KEY_SIGNING;
	s->selector_count = 1;
	text_copy(s->dmarc_report, ADDRESS_SIZE, "dmarc@example.com");
	text_copy(s->tls_report, ADDRESS_SIZE, "tls-rpt@example.com");
	s->sts_mode = DNS_STS_TESTING;
	text_copy(s->sts_id, sizeof(s->sts_id), "20260521T000000Z");
	text_copy(s->imap_host, sizeof(s->imap_host), "mail.example.com");
	text_copy(s->smtp_host, sizeof(s->smtp_host), "mail.example.com");
	s->imap_port = 993;
	s->smtp_port = 587;
	s->now_at = 1795435200; /* 2026-11-23T12:00:00Z */
}

#endif
