/*
 * The zone itself: it exists, its name servers serve it and agree, a record
 * that is asked for too early is soon forgotten, and no wildcard answers for
 * records that aren't there (RFC 1034, RFC 2308 section 5, RFC 4592).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

#define NEGATIVE_TTL_MAX 3600 /* seconds */

/* Where a wildcard would stand, and what it would answer for. */
static const struct probe {
	const char *below; /* in front of the domain */
	uint16_t type;
} probes[] = {
	{ "", DNS_TXT },
	{ "", DNS_A },
	{ "", DNS_MX },
	{ "_domainkey.", DNS_TXT },
	{ "_dmarc.", DNS_TXT },
};

#define PROBE_COUNT (sizeof(probes) / sizeof(probes[0]))

/* A name there that nobody publishes. */
static bool
nobodys_name(char to[DNS_NAME_SIZE], const struct dns_subject *s,
    const struct probe *probe)
{
	return text_format(to, DNS_NAME_SIZE, "postern-no-such-name.%s%s",
	    probe->below, s->domain);
}

void
check_zone_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];

	(void)answers;
	question_add(q, DNS_SOA, s->domain);
	for (size_t i = 0; i < PROBE_COUNT; i++)
		if (nobodys_name(name, s, &probes[i]))
			question_add(q, (enum dns_type)probes[i].type, name);
}

/* ---- the name servers ---- */

/* Nothing that helps comes back: now, and from here at least. */
static bool
is_in_trouble(const struct dns_answer *answer)
{
	return answer->state == ANSWER_TIMEOUT ||
	    answer->state == ANSWER_UNREACHABLE ||
	    answer->state == ANSWER_SERVFAIL;
}

/* It answers, but not for this zone. */
static bool
is_lame(const struct dns_answer *answer)
{
	return answer->state == ANSWER_LAME || answer->state == ANSWER_REFUSED;
}

static void
name_server(char *to, size_t size, const struct dns_server *server)
{
	char address[IP_TEXT_SIZE];

	ip_format(address, &server->at.ip);
	text_format(to, size, "%s (%s)", server->name, address);
}

static void
judge_servers(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	char server[DNS_NAME_SIZE + IP_TEXT_SIZE + 4], what[DNS_REASON_SIZE];
	const struct dns_answer *answer;

	for (size_t i = 0; (answer = answers_at(
				answers, s->domain, DNS_SOA, false, i)) != NULL;
	     i++) {
		if (!is_lame(answer) && !is_in_trouble(answer))
			continue;
		name_server(server, sizeof(server), answer->server);
		answer_describe(what, answer);
		if (is_lame(answer)) {
			judge_fail(f, "Name server %s %s.", server, what);
			judge_advise(f,
			    "Have the zone set up on that server, or take the "
			    "server out of the delegation at the registrar.");
		} else {
			judge_warn(f, "Name server %s %s.", server, what);
			judge_advise(f,
			    "Ask its operator; when it is no more, take it "
			    "out of the delegation at the registrar.");
		}
		judge_consequence(f,
		    "Part of the look-ups fails: mail comes late, and checks "
		    "of others flap.");
	}
}

/* Newer in the arithmetic of RFC 1982. */
static bool
is_newer(uint32_t serial, uint32_t than)
{
	return (int32_t)(serial - than) > 0;
}

static void
judge_serials(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const struct dns_answer *answer, *newest = NULL, *oldest = NULL;
	char server[DNS_NAME_SIZE + IP_TEXT_SIZE + 4];
	const struct dns_rr *soa, *high = NULL, *low = NULL;

	for (size_t i = 0; (answer = answers_at(
				answers, s->domain, DNS_SOA, false, i)) != NULL;
	     i++) {
		soa = answer_rr(answer, DNS_SOA, 0);
		if (soa == NULL)
			continue;
		if (high == NULL || is_newer(soa->serial, high->serial))
			high = soa, newest = answer;
		if (low == NULL || is_newer(low->serial, soa->serial))
			low = soa, oldest = answer;
	}
	if (newest == NULL || high->serial == low->serial)
		return;
	name_server(server, sizeof(server), oldest->server);
	judge_warn(f,
	    "%s lags behind: it has serial %u of the zone, another has %u.",
	    server, low->serial, high->serial);
	judge_advise(f,
	    "Wait some minutes; if it stays so, look why that server does not "
	    "fetch the zone.");
	judge_consequence(f, "Receivers see the old records or the new ones.");
}

/* ---- what the zone says ---- */

static void
judge_negative(struct dns_finding *f, const struct dns_answer *answer)
{
	const struct dns_rr *soa = answer_rr(answer, DNS_SOA, 0);
	uint32_t ttl = answer->negative_ttl;

	if (soa != NULL)
		ttl = soa->ttl < soa->minimum ? soa->ttl : soa->minimum;
	if (ttl <= NEGATIVE_TTL_MAX)
		return;
	judge_warn(f,
	    "A record that is asked for before it is there stays missing for "
	    "%u minutes.",
	    ttl / 60);
	judge_advise(f,
	    "Set the last number of the SOA record (minimum) to %d or less.",
	    NEGATIVE_TTL_MAX);
}

static void
judge_wildcard(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	char name[DNS_NAME_SIZE], type[16];

	for (size_t i = 0; i < PROBE_COUNT; i++) {
		const struct probe *probe = &probes[i];
		struct dns_view view;

		if (!nobodys_name(name, s, probe))
			continue;
		view = answers_view(answers, name, probe->type);
		if (view.answer == NULL ||
		    (answer_is_missing(view.answer, probe->type) &&
			!view.is_alias))
			continue;
		question_type_name(type, probe->type);
		judge_warn(f,
		    "A wildcard (*) answers %s for every name below %s%s: "
		    "records that are missing look as if they were there.",
		    view.is_alias ? "with an alias" : type, probe->below,
		    s->domain);
		judge_advise(f,
		    "Delete the record \"*\", or name the hosts that it is "
		    "for.");
	}
}

static bool
is_wildcard_asked(
    const struct dns_subject *s, const struct dns_answers *answers)
{
	char name[DNS_NAME_SIZE];

	for (size_t i = 0; i < PROBE_COUNT; i++)
		if (nobodys_name(name, s, &probes[i]) &&
		    answers_view(answers, name, probes[i].type).state ==
			VIEW_WAITING)
			return false;
	return true;
}

/* ---- the whole ---- */

static void
say_missing(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_answer *answer)
{
	judge_fail(f, "%s does not exist in the DNS: %s%s does not know it.",
	    s->domain,
	    answer->soa_owner[0] == '\0' ? "its parent" : "the zone ",
	    answer->soa_owner);
	judge_advise(f,
	    "Look at the registrar first: is the domain paid for, not on hold, "
	    "and delegated to your name servers?  Nothing below can work until "
	    "then.");
	judge_consequence(f, "No mail of the domain is delivered or taken.");
}

static void
say_pass(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_answer *answer)
{
	if (answer_rr(answer, DNS_SOA, 0) == NULL && answer->has_soa)
		judge_pass(f, "The records of %s belong into the zone %s.",
		    s->domain, answer->soa_owner);
	else
		judge_pass(
		    f, "The name servers of %s serve it and agree.", s->domain);
}

void
check_zone_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const struct dns_view soa = answers_view(answers, s->domain, DNS_SOA);

	if (soa.state == VIEW_NONE &&
	    judge_are_all_lame(answers, s->domain, DNS_SOA)) {
		judge_fail(f, "No name server of %s has the zone.", s->domain);
		judge_advise(f,
		    "Set up the zone at the name servers that the registrar "
		    "names, or name there those that have it.");
		judge_consequence(
		    f, "No mail of the domain is delivered or taken.");
		return;
	}
	if (!judge_ready(&soa, f))
		return;
	if (soa.answer->rcode == DNS_NXDOMAIN) {
		say_missing(s, f, soa.answer);
		return;
	}
	judge_servers(s, answers, f);
	judge_serials(s, answers, f);
	judge_negative(f, soa.answer);
	judge_wildcard(s, answers, f);
	if (f->verdict == DNS_WAITING && is_wildcard_asked(s, answers))
		say_pass(s, f, soa.answer);
}
