#include "dns/record.h"

#include <string.h>

#include "base/text.h"
#include "dns/dmarc_record.h"

/* ---- what a domain should publish ---- */

struct record_kind {
	const char *purpose;
	const char *help;
	enum dns_need need;
	enum dns_type type;
	const char *prefix; /* of the domain's name; "" is the domain itself */
	/* Adds none, one or several; values come from the subject alone. */
	void (*make)(const struct record_kind *, const struct dns_subject *,
	    struct dns_records *);
};

/* The next free row with everything in it but the value; NULL when full. */
static struct dns_record *
record_add(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records, const char *name)
{
	struct dns_record *r;

	if (records->count == DNS_RECORD_MAX)
		return NULL;
	r = &records->list[records->count++];
	memset(r, 0, sizeof(*r));
	text_copy(r->purpose, sizeof(r->purpose), kind->purpose);
	r->need = kind->need;
	r->type = kind->type;
	r->ttl_seconds = s->ttl_seconds;
	text_copy(r->name, sizeof(r->name), name);
	record_relative_name(r->relative, r->name, s->zone);
	r->place = r->type == DNS_PTR           ? DNS_AT_PROVIDER
	    : host_name_is_below(name, s->zone) ? DNS_AT_DNS_HOST
						: DNS_AT_OTHER_ZONE;
	return r;
}

/* One record below the domain, at the kind's prefix. */
static struct dns_record *
record_add_prefixed(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	char name[DNS_NAME_SIZE];

	if (!text_format(name, sizeof(name), "%s%s%s", kind->prefix,
		kind->prefix[0] == '\0' ? "" : ".", s->domain))
		return NULL;
	return record_add(kind, s, records, name);
}

static void
record_set(struct dns_record *r, const char *value)
{
	if (r != NULL)
		text_copy(r->value, sizeof(r->value), value);
}

static void
record_set_ip(struct dns_record *r, const struct ip *ip)
{
	char text[IP_TEXT_SIZE];

	ip_format(text, ip);
	record_set(r, text);
}

static void
make_mail_host(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	const struct ip *ip = kind->type == DNS_A ? &s->ip4 : &s->ip6;

	if (ip->family != 0 && s->mail_host[0] != '\0')
		record_set_ip(record_add(kind, s, records, s->mail_host), ip);
}

static void
make_mx(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	for (size_t i = 0; i < s->mx_count && i < DNS_MX_MAX; i++) {
		struct dns_record *r = record_add_prefixed(kind, s, records);

		record_set(r, s->mx[i].host);
		if (r != NULL)
			r->priority = s->mx[i].preference;
	}
}

/* "mx" lets our host send when it is one of the MX; else it gets its name. */
static void
make_spf(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	char value[DNS_VALUE_SIZE];
	bool is_mx = false;

	for (size_t i = 0; i < s->mx_count; i++)
		is_mx |= text_is_same(s->mx[i].host, s->mail_host);
	text_copy(value, sizeof(value), "v=spf1 mx");
	if (!is_mx && s->mail_host[0] != '\0') {
		text_append(value, sizeof(value), " a:");
		text_append(value, sizeof(value), s->mail_host);
	}
	if (s->spf_terms[0] != '\0') {
		text_append(value, sizeof(value), " ");
		text_append(value, sizeof(value), s->spf_terms);
	}
	text_append(value, sizeof(value), " -all");
	record_set(record_add_prefixed(kind, s, records), value);
}

/* The name that this server says in EHLO, by which bounces are judged; where
 * it is the domain's own, the domain's record is that of both. */
static void
make_spf_host(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	const bool is_known = s->ip4.family != 0 || s->ip6.family != 0;

	if (is_known && s->ehlo_name[0] != '\0' &&
	    !text_is_same(s->ehlo_name, s->domain))
		record_set(record_add(kind, s, records, s->ehlo_name),
		    "v=spf1 a -all");
}

static void
make_dkim(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	char name[DNS_NAME_SIZE];

	for (size_t i = 0; i < s->selector_count && i < DNS_SELECTOR_MAX; i++) {
		const struct dns_selector *selector = &s->selectors[i];

		if (selector->stage == DNS_KEY_NONE ||
		    selector->value[0] == '\0' ||
		    !text_format(name, sizeof(name), "%s._domainkey.%s",
			selector->selector, s->domain))
			continue;
		record_set(record_add(kind, s, records, name), selector->value);
	}
}

/* As strict as the path has come: p=none until SPF, DKIM and every sender are
 * confirmed. */
static void
make_dmarc(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	char value[DNS_VALUE_SIZE];

	text_format(value, sizeof(value), "v=DMARC1; p=%s",
	    dmarc_policy_names[s->dmarc_policy]);
	if (s->dmarc_report[0] != '\0') {
		text_append(value, sizeof(value), "; rua=mailto:");
		text_append(value, sizeof(value), s->dmarc_report);
	}
	record_set(record_add_prefixed(kind, s, records), value);
}

static void
make_ptr(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	const struct ip *ips[] = { &s->ip4, &s->ip6 };
	char name[IP_REVERSE_SIZE];

	for (size_t i = 0; i < 2; i++) {
		if (ips[i]->family == 0 || s->ehlo_name[0] == '\0')
			continue;
		ip_reverse_name(name, ips[i]);
		record_set(record_add(kind, s, records, name), s->ehlo_name);
	}
}

static void
make_sts_host(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	const struct ip *ip = kind->type == DNS_A ? &s->sts_ip4 : &s->sts_ip6;

	if (subject_has_sts(s) && ip->family != 0)
		record_set_ip(record_add_prefixed(kind, s, records), ip);
}

static void
make_sts(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	char value[DNS_VALUE_SIZE];

	if (!subject_has_sts(s) || s->sts_id[0] == '\0')
		return;
	text_format(value, sizeof(value), "v=STSv1; id=%s", s->sts_id);
	record_set(record_add_prefixed(kind, s, records), value);
}

static void
make_tls_rpt(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	char value[DNS_VALUE_SIZE];

	if (s->tls_report[0] == '\0')
		return;
	text_format(
	    value, sizeof(value), "v=TLSRPTv1; rua=mailto:%s", s->tls_report);
	record_set(record_add_prefixed(kind, s, records), value);
}

/* The service name says how TLS begins (RFC 8314 5.1): the row for the port
 * in use makes a record, the others none. */
static void
make_srv(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	static const struct {
		const char *purpose;
		uint16_t port;
		bool is_imap;
	} services[] = {
		{ "srv-imaps", 993, true },
		{ "srv-imap", 143, true },
		{ "srv-submissions", 465, false },
		{ "srv-submission", 587, false },
	};

	for (size_t i = 0; i < 4; i++) {
		const char *host =
		    services[i].is_imap ? s->imap_host : s->smtp_host;
		const uint16_t port =
		    services[i].is_imap ? s->imap_port : s->smtp_port;
		char value[DNS_VALUE_SIZE];

		if (!text_is_same(services[i].purpose, kind->purpose) ||
		    host[0] == '\0' || port != services[i].port)
			continue;
		text_format(value, sizeof(value), "1 %u %s", port, host);
		record_set(record_add_prefixed(kind, s, records), value);
	}
}

static void
make_autoconfig(const struct record_kind *kind, const struct dns_subject *s,
    struct dns_records *records)
{
	if (s->autoconfig_host[0] != '\0')
		record_set(
		    record_add_prefixed(kind, s, records), s->autoconfig_host);
}

/* purpose, help, need, type, prefix, maker */
static const struct record_kind kinds[] = {
	/* clang-format off */
	{ "mail-host",       "Points the mail host name to the mail server.",            DNS_REQUIRED,    DNS_A,     "",                 make_mail_host },
	{ "mail-host-6",     "The same over IPv6.",                                      DNS_REQUIRED,    DNS_AAAA,  "",                 make_mail_host },
	{ "mx",              "Sends inbound mail for the domain to the mail server.",    DNS_REQUIRED,    DNS_MX,    "",                 make_mx },
	{ "spf",             "Lets the domain's mail hosts send for it (RFC 7208).",     DNS_REQUIRED,    DNS_TXT,   "",                 make_spf },
	{ "dkim",            "Lets receivers verify signed mail (RFC 6376).",            DNS_REQUIRED,    DNS_TXT,   "",                 make_dkim },
	{ "dmarc",           "Says what to do with forged mail (RFC 9989).",             DNS_REQUIRED,    DNS_TXT,   "_dmarc",           make_dmarc },
	{ "spf-host",        "Lets the server's own name send bounces (RFC 7208).",      DNS_RECOMMENDED, DNS_TXT,   "",                 make_spf_host },
	{ "mta-sts-host",    "Serves the MTA-STS policy (RFC 8461).",                    DNS_RECOMMENDED, DNS_A,     "mta-sts",          make_sts_host },
	{ "mta-sts-host-6",  "The same over IPv6.",                                      DNS_RECOMMENDED, DNS_AAAA,  "mta-sts",          make_sts_host },
	{ "mta-sts",         "Says that there is an MTA-STS policy (RFC 8461).",         DNS_RECOMMENDED, DNS_TXT,   "_mta-sts",         make_sts },
	{ "tls-rpt",         "Where reports on failed TLS go (RFC 8460).",               DNS_RECOMMENDED, DNS_TXT,   "_smtp._tls",       make_tls_rpt },
	{ "ptr",             "Names the sending address; large receivers ask for it.",   DNS_RECOMMENDED, DNS_PTR,   "",                 make_ptr },
	{ "srv-imaps",       "Lets mail programs find IMAP by themselves (RFC 6186).",   DNS_RECOMMENDED, DNS_SRV,   "_imaps._tcp",      make_srv },
	{ "srv-imap",        "Lets mail programs find IMAP by themselves (RFC 6186).",   DNS_RECOMMENDED, DNS_SRV,   "_imap._tcp",       make_srv },
	{ "srv-submissions", "Lets mail programs find outgoing mail (RFC 8314).",        DNS_RECOMMENDED, DNS_SRV,   "_submissions._tcp", make_srv },
	{ "srv-submission",  "Lets mail programs find outgoing mail (RFC 6186).",        DNS_RECOMMENDED, DNS_SRV,   "_submission._tcp", make_srv },
	{ "autoconfig",      "Lets Thunderbird set itself up.",                          DNS_RECOMMENDED, DNS_CNAME, "autoconfig",       make_autoconfig },
	/* clang-format on */
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* Checks ask for this often: only rows that are used are written. */
void
record_list_of(const struct dns_subject *given, const char *purpose,
    struct dns_records *records)
{
	struct dns_subject copy;
	const struct dns_subject *s = subject_completed(given, &copy);

	records->count = 0;
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (purpose == NULL || text_is_same(kinds[i].purpose, purpose))
			kinds[i].make(&kinds[i], s, records);
}

void
record_list(const struct dns_subject *s, struct dns_records *records)
{
	record_list_of(s, NULL, records);
}

const struct dns_record *
record_by_purpose(const struct dns_records *records, const char *purpose)
{
	for (size_t i = 0; i < records->count; i++)
		if (text_is_same(records->list[i].purpose, purpose))
			return &records->list[i];
	return NULL;
}

const char *
record_help(const char *purpose)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (text_is_same(kinds[i].purpose, purpose))
			return kinds[i].help;
	return "";
}
