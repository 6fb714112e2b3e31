#include "dns/check.h"

#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

#define BOTH(name) check_##name##_questions, check_##name##_judge

#define TRIO                                                                   \
	"Gmail and Yahoo want SPF or DKIM of everybody; above 5,000 messages " \
	"a day they and Microsoft want both, and DMARC."

/* name, title, source, need, is_reverse, questions, judge, receivers */
const struct dns_check dns_checks[] = {
	/* clang-format off */
	{ "host",         "Mail host leads to this server",      "RFC 5321 5.1, 2181 10.3", DNS_REQUIRED,    false, BOTH(host) },
	{ "mx",           "MX points to this server",            "RFC 5321 5.1, 7505",      DNS_REQUIRED,    false, BOTH(mx) },
	{ "spf",          "SPF lets this server send",           "RFC 7208",                DNS_REQUIRED,    false, BOTH(spf), TRIO },
	{ "dkim",         "DKIM record equals the signing key",  "RFC 6376, 8301",          DNS_REQUIRED,    false, BOTH(dkim), TRIO },
	{ "dmarc",        "DMARC policy is published",           "RFC 9989",                DNS_REQUIRED,    false, BOTH(dmarc), TRIO },
	{ "mta-sts",      "MTA-STS record announces the policy", "RFC 8461 3.1",            DNS_RECOMMENDED, false, BOTH(sts) },
	{ "mta-sts-host", "MTA-STS policy host leads here",      "RFC 8461 3.3",            DNS_RECOMMENDED, false, BOTH(sts_host) },
	{ "tls-rpt",      "TLS reports have an address",         "RFC 8460 3",              DNS_RECOMMENDED, false, BOTH(tls_rpt) },
	{ "ptr",          "Reverse DNS names this server",       "RFC 5321 4.1.4, 1912 2.1", DNS_RECOMMENDED, true, BOTH(ptr), "Gmail and Yahoo want it of every sending address." },
	{ "spf-host",     "SPF of the server's own name",        "RFC 7208 2.3, 10.1.3",    DNS_RECOMMENDED, false, BOTH(spf_host) },
	{ "sts-policy",   "MTA-STS policy fits the mail hosts",  "RFC 8461 3.2, 3.3, 4.1",  DNS_RECOMMENDED, false, BOTH(sts_policy) },
	{ "mx-tls",       "Each MX shows a good certificate",    "RFC 8461 4.1, 3207",      DNS_RECOMMENDED, false, BOTH(mx_tls) },
	{ "srv",          "Mail programs find their servers",    "RFC 6186, 8314 5.1",      DNS_RECOMMENDED, false, BOTH(srv) },
	{ "autoconfig",   "Thunderbird sets itself up",          "RFC 1034, 9110",                DNS_RECOMMENDED, false, BOTH(autoconfig) },
	{ "caa",          "Certificates may be issued",          "RFC 8659",                DNS_RECOMMENDED, false, BOTH(caa) },
	{ "zone",         "The zone is served as one",           "RFC 1034, 2308, 4592",    DNS_RECOMMENDED, false, BOTH(zone) },
	{ "delegation",   "The parent names the zone's servers", "RFC 1034 4.2.2",          DNS_RECOMMENDED, false, BOTH(delegation) },
	{ "dnssec",       "DNSSEC is whole, or not used",        "RFC 4035, 9276",          DNS_RECOMMENDED, false, BOTH(dnssec) },
	{ "dane",         "DANE lets senders deliver",           "RFC 7672, 7671",          DNS_RECOMMENDED, false, BOTH(dane) },
	{ "block-lists",  "Server and domain are on no block list", "RFC 5782",                DNS_RECOMMENDED, true,  BOTH(block_list) },
	{ 0 },
	/* clang-format on */
};

const size_t dns_check_count = sizeof(dns_checks) / sizeof(dns_checks[0]) - 1;

enum dns_route
check_route(const struct dns_check *check, const struct dns_question *question)
{
	if (question->type == DNS_POLICY || question->type == DNS_AUTOCONFIG ||
	    question->type == DNS_MAIL_TLS)
		return DNS_BY_VISIT;
	if (question->type == DNS_DELEGATION)
		return DNS_BY_PARENT;
	if (question->type == DNS_APEX)
		return DNS_BY_NAMED;
	if (question->type == DNS_DS || question->type == DNS_DNSKEY ||
	    check->questions == check_block_list_questions)
		return DNS_BY_RESOLVERS;
	return DNS_BY_SERVERS;
}

const struct dns_check *
check_by_name(const char *name)
{
	for (size_t i = 0; i < dns_check_count; i++)
		if (text_is_same(dns_checks[i].name, name))
			return &dns_checks[i];
	return NULL;
}

static const struct {
	const char *word, *name;
	int rank; /* for a summary */
} verdicts[] = {
	[DNS_WAITING] = { "...", "waiting", 2 },
	[DNS_PASS] = { "pass", "pass", 1 },
	[DNS_WARN] = { "WARN", "warn", 3 },
	[DNS_FAIL] = { "FAIL", "fail", 5 },
	[DNS_UNKNOWN] = { "unknown", "unknown", 4 },
	[DNS_SKIPPED] = { "skip", "skipped", 0 },
};

const char *
check_verdict_word(enum dns_verdict verdict)
{
	return verdicts[verdict].word;
}

const char *
check_verdict_name(enum dns_verdict verdict)
{
	return verdicts[verdict].name;
}

enum dns_verdict
check_worse(enum dns_verdict a, enum dns_verdict b)
{
	return verdicts[a].rank >= verdicts[b].rank ? a : b;
}

static void
clean(char *text, size_t size)
{
	char copy[DNS_VALUE_SIZE];

	text_visible(copy, sizeof(copy), text, strlen(text));
	text_copy(text, size, copy);
}

/* The TXT records of a row are the wanted ones whose purpose is its name; for
 * each the question whether a wildcard says the same. */
void
check_questions(const struct dns_check *check, const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	struct dns_records records;
	char name[DNS_NAME_SIZE];

	check->questions(s, answers, q);
	record_list_of(s, check->name, &records);
	for (size_t i = 0; i < records.count; i++)
		if (records.list[i].type == DNS_TXT &&
		    judge_nobodys_name(name, s, records.list[i].name))
			question_add(q, DNS_TXT, name);
}

static bool
is_wildcards(const struct dns_subject *s, const struct dns_answers *answers,
    const char *name)
{
	char nobodys[DNS_NAME_SIZE];
	const struct dns_answer *own, *any;

	if (!judge_nobodys_name(nobodys, s, name))
		return false;
	own = answers_view(answers, name, DNS_TXT).answer;
	any = answers_view(answers, nobodys, DNS_TXT).answer;
	return own != NULL && answer_count(any, DNS_TXT) > 0 &&
	    answer_is_same_data(own, any, DNS_TXT);
}

/* What is right as it stands may be so by a wildcard alone.  A record of its
 * own that says the same looks no different. */
static void
look_for_wildcard(const struct dns_check *check, const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	struct dns_records records;

	record_list_of(s, check->name, &records);
	for (size_t i = 0; i < records.count; i++) {
		const struct dns_record *r = &records.list[i];

		if (r->type != DNS_TXT || !is_wildcards(s, answers, r->name))
			continue;
		judge_warn(f,
		    "The text at %s may come from a wildcard (*): any name "
		    "beside it has the same text.",
		    r->name);
		judge_advise(f,
		    "If it has no record of its own, publish one; then take "
		    "the wildcard away.");
		judge_consequence(f,
		    "Every other name below has the same text, where it means "
		    "something else.");
	}
}

void
check_judge(const struct dns_check *check, const struct dns_subject *given,
    const struct dns_answers *answers, struct dns_finding *f)
{
	struct dns_subject copy;
	const struct dns_subject *s = subject_completed(given, &copy);

	memset(f, 0, sizeof(*f));
	f->check = (int)(check - dns_checks);
	f->differs_at = -1;
	check->judge(s, answers, f);
	if (f->verdict == DNS_PASS)
		look_for_wildcard(check, s, answers, f);
	clean(f->problem, sizeof(f->problem));
	clean(f->advice, sizeof(f->advice));
	clean(f->found, sizeof(f->found));
	clean(f->remove, sizeof(f->remove));
}
