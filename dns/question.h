/*
 * question.h - a set of DNS questions, each in it once.
 */
#ifndef DNS_QUESTION_H
#define DNS_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_NAME_SIZE    256 /* bytes of a name as text, with the NUL */
#define DNS_QUESTION_MAX 96

/* RR types, by their numbers in the IANA table. */
enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_DS = 43,
	DNS_RRSIG = 46,
	DNS_DNSKEY = 48,
	DNS_TLSA = 52,
	DNS_CAA = 257,
	/* No type of the DNS: what the MTA-STS policy host of that name serves
	 * over HTTPS (dns/policy.h).  In the range for private use. */
	DNS_POLICY = 65400,
	/* Ditto, of autoconfig.DOMAIN: the file for mail programs. */
	DNS_AUTOCONFIG = 65401,
	/* Ditto, of an MX: its certificate (dns/mail_tls.h). */
	DNS_MAIL_TLS = 65402,
	/* NS, asked of the parent's servers: where they say that the zone is,
	 * with the addresses that came along. */
	DNS_DELEGATION = 65403,
	/* NS, asked of the servers that the parent names. */
	DNS_APEX = 65404,
};

/* Lower case, no final dot; may hold underscores. */
struct dns_question {
	char name[DNS_NAME_SIZE];
	uint16_t type;
	/* A resolver is to answer also what DNSSEC finds bogus (the CD bit,
	 * RFC 4035 section 3.2.2): only to find name servers by. */
	bool is_unchecked;
};

struct dns_questions {
	struct dns_question list[DNS_QUESTION_MAX];
	size_t count;
};

/*
 * Adds one unless it is there; the name is lowered and a final dot dropped.
 * An impossible name (empty label, label over 63 bytes) is left out.
 */
void question_add(struct dns_questions *, enum dns_type, const char *name);
void question_addf(struct dns_questions *, enum dns_type, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* The type that goes over the wire. */
uint16_t question_wire_type(uint16_t type);

/* "TXT"; "TYPE65" for one without a name here.  `to` has 16 bytes. */
void question_type_name(char to[16], uint16_t type);

/* 0 when the name is unknown. */
uint16_t question_type_by_name(const char *);

#endif
