/*
 * Where the zone is: the servers that its parent names serve it and are those
 * that it names itself (RFC 1034 section 4.2.2); and whose servers they are,
 * for who edits records at a company that the world doesn't ask.
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/dns_host.h"
#include "dns/judge.h"

/* The zone that holds the domain, as far as is known. */
static const char *
zone_of(const struct dns_subject *s, const struct dns_answers *answers)
{
	const struct dns_answer *soa = answers == NULL
	    ? NULL
	    : answers_view(answers, s->domain, DNS_SOA).answer;

	if (answer_rr(soa, DNS_SOA, 0) != NULL)
		return answer_rr(soa, DNS_SOA, 0)->owner;
	if (soa != NULL && soa->has_soa && soa->soa_owner[0] != '\0')
		return soa->soa_owner;
	return s->zone;
}

void
check_delegation_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	const char *zone = zone_of(s, answers);

	question_add(q, DNS_SOA, s->domain);
	question_add(q, DNS_DELEGATION, zone);
	if (answers != NULL &&
	    answer_count(
		answers_view(answers, zone, DNS_DELEGATION).answer, DNS_NS) > 0)
		question_add(q, DNS_APEX, zone);
}

static bool
has_server(const struct dns_answer *answer, const char *name)
{
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_NS, i)) != NULL; i++)
		if (text_is_same_fold(rr->name, name))
			return true;
	return false;
}

/* "ns1.example.com, ns2.example.com": those of `one` that `other` lacks. */
static void
list_missing(char to[DNS_SENTENCE_SIZE / 3], const struct dns_answer *one,
    const struct dns_answer *other)
{
	const struct dns_rr *rr;

	to[0] = '\0';
	for (size_t i = 0; (rr = answer_rr(one, DNS_NS, i)) != NULL; i++) {
		if (has_server(other, rr->name))
			continue;
		if (to[0] != '\0')
			text_append(to, DNS_SENTENCE_SIZE / 3, ", ");
		text_append(to, DNS_SENTENCE_SIZE / 3, rr->name);
	}
}

static void
judge_sets(struct dns_finding *f, const char *zone,
    const struct dns_answer *parent, const struct dns_answer *apex)
{
	char left[DNS_SENTENCE_SIZE / 3], right[DNS_SENTENCE_SIZE / 3];

	list_missing(left, parent, apex);
	list_missing(right, apex, parent);
	if (left[0] != '\0' && right[0] != '\0')
		judge_warn(f,
		    "The parent sends the world to %s for %s, the zone itself "
		    "names %s.",
		    left, zone, right);
	else if (left[0] != '\0')
		judge_warn(f,
		    "The parent sends the world also to %s for %s, which the "
		    "zone itself does not name.",
		    left, zone);
	else if (right[0] != '\0')
		judge_warn(f,
		    "The zone %s names also %s, which its parent does not "
		    "know.",
		    zone, right);
	else
		return;
	if (left[0] != '\0')
		judge_add_advice(f,
		    "At the registrar take out %s, or, if it serves the zone, "
		    "add its NS record to the zone.",
		    left);
	if (right[0] != '\0')
		judge_add_advice(f,
		    "At the registrar enter %s, or, if it does not serve the "
		    "zone, delete its NS record from the zone.",
		    right);
	judge_consequence(f,
	    "Some of the world asks other servers than those that you edit.");
}

/* ---- whose servers they are ---- */

/* Below the zone itself, or below the domain of this server. */
static bool
is_own(const struct dns_subject *s, const char *zone, const char *name)
{
	const char *dot = strchr(s->ehlo_name, '.');

	return host_name_is_below(name, zone) ||
	    (dot != NULL && strchr(dot + 1, '.') != NULL &&
		host_name_is_below(name, dot + 1));
}

static void
say_pass(const struct dns_subject *s, struct dns_finding *f, const char *zone,
    const struct dns_answer *apex)
{
	const char *name = answer_rr(apex, DNS_NS, 0)->name;
	const char *company = dns_host_company(name);
	const size_t count = answer_count(apex, DNS_NS);
	char servers[DNS_NAME_SIZE + 40];

	text_format(servers, sizeof(servers), "%s", name);
	if (count > 1)
		text_format(servers, sizeof(servers), "%s and %zu other%s",
		    name, count - 1, count == 2 ? "" : "s");
	if (is_own(s, zone, name))
		judge_pass(
		    f, "The records of %s are served by %s.", zone, servers);
	else if (company != NULL)
		judge_pass(f,
		    "The records of %s are served by %s (%s).  Changes made "
		    "at any other company have no effect.",
		    zone, company, servers);
	else
		judge_pass(f,
		    "The records of %s are served by %s.  Changes made at any "
		    "other company have no effect.",
		    zone, servers);
}

/* ---- the whole ---- */

/* The row of the zone says it when it asked the same servers. */
static void
say_all_lame(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const char *zone)
{
	if (judge_are_all_lame(answers, s->domain, DNS_SOA)) {
		judge_skip(f, "See the row of the zone.");
		return;
	}
	judge_fail(f,
	    "The parent of %s sends the world to %s: no server there has the "
	    "zone.",
	    zone, f->found);
	judge_advise(f,
	    "Set up the zone at those name servers, or name at the registrar "
	    "those that have it.");
	judge_consequence(f, "No mail of the domain is delivered or taken.");
}

void
check_delegation_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	const char *zone = zone_of(s, answers);
	const struct dns_view parent =
	    answers_view(answers, zone, DNS_DELEGATION);
	const struct dns_view apex = answers_view(answers, zone, DNS_APEX);
	const struct dns_rr *rr;

	if (!judge_ready(&parent, f))
		return;
	if (answer_is_missing(parent.answer, DNS_NS)) {
		judge_skip(f,
		    "The parent names no servers for %s: see the row of the "
		    "zone.",
		    zone);
		return;
	}
	for (size_t i = 0; (rr = answer_rr(parent.answer, DNS_NS, i)) != NULL;
	     i++)
		judge_found_text(f, rr->name);
	if (apex.state == VIEW_NONE &&
	    judge_are_all_lame(answers, zone, DNS_APEX)) {
		say_all_lame(s, answers, f, zone);
		return;
	}
	if (!judge_ready(&apex, f))
		return;
	judge_sets(f, zone, parent.answer, apex.answer);
	if (f->verdict == DNS_WAITING && answer_count(apex.answer, DNS_NS) > 0)
		say_pass(s, f, zone, apex.answer);
}
