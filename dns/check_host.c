/*
 * Addresses of the mail host and of the MTA-STS policy host: exactly ours,
 * and the mail host no alias (RFC 5321 section 5.1, RFC 2181 section 10.3).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

struct host {
	const char *name;
	const struct ip *ip4, *ip6;
	const char *purpose4, *purpose6; /* of the wanted records */
	bool may_be_alias;
	const char *consequence;
};

static void
ask_host(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_questions *q, const char *name)
{
	if (name[0] == '\0')
		return;
	question_add(q, DNS_A, name);
	question_add(q, DNS_AAAA, name);
	judge_ask_elsewhere(s, answers, q, name, DNS_A, NULL);
}

/* The addresses of one family against the one that is ours. */
struct addresses {
	bool has_ours, has_other;
	char other[IP_TEXT_SIZE];
	const char *other_use; /* "private", or NULL for a public one */
};

static void
sort_addresses(struct addresses *a, struct dns_finding *f,
    const struct dns_answer *answer, uint16_t type, const struct ip *ours)
{
	const struct dns_rr *rr;
	char text[IP_TEXT_SIZE];

	memset(a, 0, sizeof(*a));
	for (size_t i = 0; (rr = answer_rr(answer, type, i)) != NULL; i++) {
		ip_format(text, &rr->ip);
		judge_found_text(f, text);
		if (ip_is_same(&rr->ip, ours)) {
			a->has_ours = true;
			continue;
		}
		a->has_other = true;
		memcpy(a->other, text, sizeof(a->other));
		a->other_use = ip_special_use(&rr->ip);
	}
}

/* None of the addresses is ours. */
static void
say_other_address(const struct host *host, struct dns_finding *f,
    const struct addresses *a, const struct dns_record *wanted)
{
	judge_fail(f, "%s leads to %s, which is not this server%s%s%s.",
	    host->name, a->other, a->other_use != NULL ? " (" : "",
	    a->other_use != NULL ? a->other_use : "",
	    a->other_use != NULL ? ": out of reach from the internet)" : "");
	judge_record(f, DNS_ACT_CHANGE, wanted);
	judge_add_advice(f,
	    "If your DNS host offers a web proxy for the name, switch it off: "
	    "it carries no mail.");
	judge_consequence(f, host->consequence);
}

/* The address is ours, but of a network of our own. */
static void
say_out_of_reach(
    const struct host *host, struct dns_finding *f, const struct ip *ours)
{
	char text[IP_TEXT_SIZE];

	ip_format(text, ours);
	judge_fail(f,
	    "%s leads to %s, which is %s: nobody on the internet reaches it.",
	    host->name, text, ip_out_of_reach(ours));
	judge_advise(f,
	    "Enter the public address that the server stands behind in the "
	    "server's settings, and publish that.");
	judge_consequence(f, host->consequence);
}

static void
say_missing(const struct dns_subject *s, const struct dns_answers *answers,
    const struct host *host, struct dns_finding *f, bool is_only_family,
    const struct dns_record *wanted)
{
	if (wanted->type == DNS_A || is_only_family)
		judge_fail(f, "%s has no address.", host->name);
	else
		judge_warn(f, "%s has no IPv6 address, but the server has.",
		    host->name);
	judge_record(f, DNS_ACT_ADD, wanted);
	if (f->verdict == DNS_FAIL)
		judge_consequence(f, host->consequence);
	judge_found_elsewhere(
	    s, answers, f, host->name, wanted->type, NULL, NULL);
}

/* An MX must not name an alias (RFC 2181 section 10.3). */
static void
say_alias(const struct dns_subject *s, const struct host *host,
    struct dns_finding *f, const char *target)
{
	struct dns_record wanted;

	judge_fail(f,
	    "%s is an alias (CNAME) of %s; the target of an MX must not be "
	    "one.",
	    host->name, target);
	if (judge_wanted(s, host->purpose4, &wanted))
		judge_record(f, DNS_ACT_CHANGE, &wanted);
	judge_advise(f,
	    "Delete the CNAME record of %s and add the wanted address record.",
	    host->name);
	judge_remove(f, target, strlen(target));
	judge_consequence(f, "Some servers refuse to deliver here.");
}

/* What is there beside our address, or though we have none, is to go. */
static void
advise_deletion(const struct host *host, struct dns_finding *f,
    const struct addresses *a, uint16_t type)
{
	judge_advise(f, "Delete the %s record %s of %s.",
	    type == DNS_AAAA ? "AAAA" : "A", a->other, host->name);
	f->act = DNS_ACT_DELETE;
	judge_remove(f, a->other, strlen(a->other));
}

static void
say_not_ours(const struct host *host, struct dns_finding *f,
    const struct addresses *a, uint16_t type)
{
	judge_fail(f, "%s leads to %s, but this server has no %s address.",
	    host->name, a->other, type == DNS_AAAA ? "IPv6" : "IPv4");
	advise_deletion(host, f, a, type);
	judge_consequence(f, host->consequence);
}

static void
say_one_too_many(const struct host *host, struct dns_finding *f,
    const struct addresses *a, uint16_t type)
{
	judge_warn(f,
	    "%s leads to this server and also to %s, which is not ours.",
	    host->name, a->other);
	advise_deletion(host, f, a, type);
	judge_consequence(f, "Part of the connections go astray.");
}

static void
judge_family(const struct dns_subject *s, const struct dns_answers *answers,
    const struct host *host, struct dns_finding *f, bool is_ip6)
{
	const uint16_t type = is_ip6 ? DNS_AAAA : DNS_A;
	const struct ip *ours = is_ip6 ? host->ip6 : host->ip4;
	const struct ip *other_family = is_ip6 ? host->ip4 : host->ip6;
	const struct dns_view view = answers_view(answers, host->name, type);
	struct dns_record wanted;
	struct addresses a;

	if (!judge_ready(&view, f))
		return;
	if (!host->may_be_alias && answer_cnames(view.answer) > 0) {
		say_alias(s, host, f, view.answer->target);
		return;
	}
	sort_addresses(&a, f, view.answer, type, ours);
	if (ours->family == 0) {
		if (a.has_other)
			say_not_ours(host, f, &a, type);
	} else if (a.has_ours && ip_out_of_reach(ours) != NULL)
		say_out_of_reach(host, f, ours);
	else if (!judge_wanted(
		     s, is_ip6 ? host->purpose6 : host->purpose4, &wanted))
		return;
	else if (!a.has_ours && !a.has_other)
		say_missing(
		    s, answers, host, f, other_family->family == 0, &wanted);
	else if (!a.has_ours)
		say_other_address(host, f, &a, &wanted);
	else if (a.has_other)
		say_one_too_many(host, f, &a, type);
}

static void
judge_host(const struct dns_subject *s, const struct dns_answers *answers,
    const struct host *host, struct dns_finding *f)
{
	char ip4[IP_TEXT_SIZE] = "", ip6[IP_TEXT_SIZE] = "";

	if (host->ip4->family == 0 && host->ip6->family == 0) {
		judge_skip(f,
		    "The public address of this server isn't known: "
		    "enter it in the server's settings.");
		return;
	}
	judge_family(s, answers, host, f, false);
	if (f->verdict != DNS_FAIL)
		judge_family(s, answers, host, f, true);
	if (host->ip4->family != 0)
		ip_format(ip4, host->ip4);
	if (host->ip6->family != 0)
		ip_format(ip6, host->ip6);
	if (f->wanted[0] == '\0')
		text_format(f->wanted, sizeof(f->wanted), "%s%s%s", ip4,
		    ip4[0] != '\0' && ip6[0] != '\0' ? ", " : "", ip6);
}

void
check_host_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	ask_host(s, answers, q, s->mail_host);
}

/* A pass is said only when both families had an answer. */
static bool
is_answered(const struct dns_answers *answers, const char *name)
{
	return answers_view(answers, name, DNS_A).answer != NULL &&
	    answers_view(answers, name, DNS_AAAA).answer != NULL;
}

void
check_host_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const struct host host = {
		.name = s->mail_host,
		.ip4 = &s->ip4,
		.ip6 = &s->ip6,
		.purpose4 = "mail-host",
		.purpose6 = "mail-host-6",
		.consequence =
		    "Mail to the domain is lost or comes late, and mail "
		    "programs can't connect.",
	};

	if (s->mail_host[0] == '\0') {
		judge_skip(f, "No mail host is set for this domain.");
		return;
	}
	judge_host(s, answers, &host, f);
	if (f->verdict == DNS_WAITING && is_answered(answers, host.name))
		judge_pass(f, "%s leads to this server.", host.name);
}

void
check_sts_host_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];

	if (subject_has_sts(s) &&
	    text_format(name, sizeof(name), "mta-sts.%s", s->domain))
		ask_host(s, answers, q, name);
}

void
check_sts_host_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	char name[DNS_NAME_SIZE];
	const struct host host = {
		.name = name,
		.ip4 = &s->sts_ip4,
		.ip6 = &s->sts_ip6,
		.purpose4 = "mta-sts-host",
		.purpose6 = "mta-sts-host-6",
		.may_be_alias = true,
		.consequence = "Senders can't fetch the policy and deliver "
			       "without it.",
	};

	if (!subject_has_sts(s)) {
		judge_skip(f, "MTA-STS is not switched on for this domain.");
		return;
	}
	text_format(name, sizeof(name), "mta-sts.%s", s->domain);
	judge_host(s, answers, &host, f);
	if (f->verdict == DNS_WAITING && is_answered(answers, name))
		judge_pass(f, "%s leads to this server.", name);
}
