/*
 * subject.h - the facts about one mail domain that the DNS side works from.
 *
 * Plain data without pointers: it may be copied by assignment and sent
 * through a pipe.  All zero is a subject of nothing; the caller fills what it
 * knows and leaves the rest empty, and what is empty is not expected of the
 * DNS.  Names are in stored form (base/host_name.h): A-labels, lower case,
 * no final dot.
 */
#ifndef DNS_SUBJECT_H
#define DNS_SUBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/host_name.h"
#include "base/ip.h"

#define DNS_VALUE_SIZE   1024 /* bytes of one TXT text: RSA 4096 fits */
#define DNS_SELECTOR_MAX 6
#define DNS_MX_MAX       4
#define DNS_RESOLVER_MAX 8
#define DNS_SERVER_MAX   16
#define DNS_LABEL_SIZE   64

/* The life of a DKIM key.  DNS must have the record in all of them but
 * DNS_KEY_NONE; it matters most while the key signs. */
enum dns_key_stage {
	DNS_KEY_NONE,
	DNS_KEY_MADE,     /* made, waits to be seen in the DNS */
	DNS_KEY_SEEN,     /* in the DNS, does not sign yet */
	DNS_KEY_SIGNING,  /* mail is signed with it now */
	DNS_KEY_RETIRING, /* signs no more, mail on its way still needs it */
};

struct dns_selector {
	char selector[DNS_LABEL_SIZE]; /* "2026a" */
	char value[DNS_VALUE_SIZE];    /* "v=DKIM1; k=rsa; p=..." */
	enum dns_key_stage stage;
};

struct dns_mx {
	char host[HOST_NAME_SIZE];
	uint16_t preference;
};

enum dns_sts_mode { DNS_STS_OFF, DNS_STS_TESTING, DNS_STS_ENFORCE };

/* What receivers do with mail that fails DMARC, weakest first. */
enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };

struct dns_subject {
	char domain[HOST_NAME_SIZE];
	/* Apex of the zone that holds `domain`; "" is not known yet, and then
	 * the domain itself is taken for it. */
	char zone[HOST_NAME_SIZE];

	char mail_host[HOST_NAME_SIZE]; /* "mail.example.com" */
	struct ip ip4, ip6;             /* of this server; family 0: none */
	char ehlo_name[HOST_NAME_SIZE]; /* what PTR must say; "": mail_host */

	struct dns_mx mx[DNS_MX_MAX]; /* none: the mail host, preference 10 */
	size_t mx_count;

	/* A sender beside this server, such as "include:_spf.example.net":
	 * terms that go into the wanted SPF record before "-all". */
	char spf_terms[256];

	struct dns_selector selectors[DNS_SELECTOR_MAX];
	size_t selector_count;

	/* The step that the domain's path has reached: the wanted record asks
	 * for it, and one that asks for more is never made weaker. */
	enum dmarc_policy dmarc_policy;
	/* d= of the signatures and the domain of the return path that the
	 * domain's mail carries; "" is the domain itself, as OpenDKIM's tables
	 * of dkim_tables_add() and mailboxes have it. */
	char signing_domain[HOST_NAME_SIZE], return_path[HOST_NAME_SIZE];
	char dmarc_report[ADDRESS_SIZE]; /* "dmarc@example.com" or "" */
	char tls_report[ADDRESS_SIZE];

	enum dns_sts_mode sts_mode;
	int64_t sts_since;          /* when it was set; 0: never */
	char sts_id[33];            /* "20260521T000000Z" */
	struct ip sts_ip4, sts_ip6; /* of the policy host; none: ip4, ip6 */

	/* Hosts that mail programs connect to; "" is not offered. */
	char imap_host[HOST_NAME_SIZE], smtp_host[HOST_NAME_SIZE];
	uint16_t imap_port, smtp_port;        /* 993, 587 or 465 */
	char autoconfig_host[HOST_NAME_SIZE]; /* serves autoconfig, or "" */

	/* The authority that issues our certificates, as CAA names it:
	 * "letsencrypt.org"; "" is not known. */
	char authority[HOST_NAME_SIZE];
	/* SHA-256 of the mail host's public key (SubjectPublicKeyInfo), for
	 * TLSA; all zero is not known. */
	uint8_t key_sha256[32];

	uint32_t ttl_seconds; /* of the records we ask for; 0: 3600 */

	/* Whom to ask.  No resolvers: those of /etc/resolv.conf. */
	struct ip_port resolvers[DNS_RESOLVER_MAX];
	size_t resolver_count;

	/* For a name server at one of these addresses, the port that answers
	 * there; 53 for all others.  A delegation can't say a port. */
	struct ip_port server_ports[DNS_SERVER_MAX];
	size_t server_port_count;

	/* For tests of the policy host: where it is (family 0: at its own
	 * address, port 443) and a file of authorities to trust ("": those of
	 * this machine). */
	struct ip_port https_at;
	char https_authorities[128];
	/* The same for port 25 of each MX. */
	struct ip_port mx_at;
	char mx_authorities[128];

	/* The moment of the verdict; 0: the clock's. */
	int64_t now_at;
};

/* With the defaults that the comments above name put in, so that what
 * follows needs no "or". */
void subject_complete(struct dns_subject *);

/* The same without a copy where nothing was missing: `given`, or `copy` with
 * the defaults put in. */
const struct dns_subject *subject_completed(
    const struct dns_subject *given, struct dns_subject *copy);

/* Seconds that a sender keeps a policy of ours (RFC 8461 section 3.2). */
#define DNS_STS_MAX_AGE 604800

/* Until when senders may hold a policy that was switched off: they must be
 * told of "none" so long (section 8.3).  0: none was switched off. */
int64_t subject_sts_left_until(const struct dns_subject *);

/* Whether there is a policy to be announced; "none" after another is one. */
bool subject_has_sts(const struct dns_subject *);

/* The port that a name server at this address answers on. */
uint16_t subject_port(const struct dns_subject *, const struct ip *);

#endif
