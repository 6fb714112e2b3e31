/*
 * DNSSEC: the zone is signed as its parent says, or not signed at all.
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/dnssec.h"
#include "dns/judge.h"

#define DAY       86400 /* seconds */
#define ENDS_SOON (3 * DAY)

/* The zone that holds the domain, by its SOA; "" while that isn't known. */
static void
zone_of(char to[DNS_NAME_SIZE], const struct dns_subject *s,
    const struct dns_answers *answers)
{
	const struct dns_view view = answers_view(answers, s->domain, DNS_SOA);

	to[0] = '\0';
	if (view.answer == NULL)
		return;
	if (answer_count(view.answer, DNS_SOA) > 0)
		text_copy(to, DNS_NAME_SIZE, s->domain);
	else if (view.answer->has_soa)
		text_copy(to, DNS_NAME_SIZE, view.answer->soa_owner);
	if (to[0] == '\0')
		text_copy(to, DNS_NAME_SIZE,
		    s->zone[0] != '\0' ? s->zone : s->domain);
}

void
check_dnssec_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char zone[DNS_NAME_SIZE] = "";

	question_add(q, DNS_SOA, s->domain);
	if (answers != NULL)
		zone_of(zone, s, answers);
	if (zone[0] == '\0')
		return;
	question_add(q, DNS_DS, zone);
	question_add(q, DNS_DNSKEY, zone);
}

static void
say_bogus(struct dns_finding *f, const char *zone, const char *why)
{
	judge_fail(f, "DNSSEC of %s is broken: %s", zone, why);
	judge_advise(f,
	    "Remove the DS record at the registrar, or bring back the keys and "
	    "signatures that it belongs to.");
	judge_consequence(f,
	    "Receivers that check DNSSEC see nothing of the domain; mail "
	    "waits and comes back.");
}

static bool
judge_bogus(const struct dns_answers *answers, struct dns_finding *f,
    const char *zone, uint16_t type)
{
	const struct dns_answer *answer =
	    dnssec_bogus_answer(answers, zone, type);
	char words[DNS_REASON_SIZE];

	if (answer == NULL)
		return false;
	answer_describe(words, answer);
	say_bogus(f, zone, words);
	return true;
}

/* Does any DS belong to any key?  At most 8 of each are looked at. */
static bool
judge_fit(struct dns_finding *f, const char *zone, const struct dns_answer *ds,
    const struct dns_answer *keys)
{
	const struct dns_rr *d, *k;
	bool is_known = false;

	for (size_t i = 0; i < 8 && (d = answer_rr(ds, DNS_DS, i)) != NULL; i++)
		for (size_t j = 0;
		     j < 8 && (k = answer_rr(keys, DNS_DNSKEY, j)) != NULL;
		     j++) {
			const enum dnssec_fit fit = dnssec_ds_fits(zone, d, k);

			if (fit == DNSSEC_FITS)
				return true;
			is_known |= fit == DNSSEC_DIFFERS;
		}
	if (is_known)
		say_bogus(f, zone,
		    "no DS record of the parent belongs to a key of the "
		    "zone.");
	return !is_known;
}

/* The keys are right: is any record refused for its signature? */
static void
judge_records(
    const struct dns_answers *answers, struct dns_finding *f, const char *zone)
{
	const struct dns_question *question;
	const struct dns_answer *answer =
	    dnssec_bogus_below(answers, zone, &question);
	char words[DNS_REASON_SIZE], type[16];

	if (answer == NULL)
		return;
	answer_describe(words, answer);
	question_type_name(type, question->type);
	judge_fail(f,
	    "DNSSEC of %s is broken at the %s record of %s: a resolver %s.",
	    zone, type, question->name, words);
	judge_advise(f,
	    "Let the zone's signer sign again, and see that no record is "
	    "changed behind it.");
	judge_consequence(
	    f, "Receivers that check DNSSEC don't see that record.");
}

static void
judge_end(struct dns_finding *f, const char *zone,
    const struct dns_answer *keys, int64_t now)
{
	const int64_t left = keys->signed_until - now;

	if (keys->signed_until == 0 || left > ENDS_SOON)
		return;
	if (left <= 0)
		say_bogus(f, zone, "its signatures have ended.");
	else {
		judge_warn(f, "A signature of %s ends in %lld hours.", zone,
		    (long long)(left / 3600));
		judge_advise(f, "See that the zone's signer still works.");
	}
}

static void
judge_signed(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const char *zone, const struct dns_answer *ds)
{
	const struct dns_view keys = answers_view(answers, zone, DNS_DNSKEY);

	if (judge_bogus(answers, f, zone, DNS_DNSKEY) || !judge_ready(&keys, f))
		return;
	if (answer_is_missing(keys.answer, DNS_DNSKEY)) {
		say_bogus(f, zone,
		    "the parent has a DS record, but the zone has no keys.");
		return;
	}
	if (!judge_fit(f, zone, ds, keys.answer))
		return;
	judge_records(answers, f, zone);
	judge_end(f, zone, keys.answer, s->now_at);
	if (f->verdict == DNS_WAITING)
		judge_pass(f,
		    keys.answer->is_validated
			? "%s is signed, and a resolver finds it right."
			: "%s is signed with the keys that its parent names; "
			  "the resolver does not check signatures.",
		    zone);
}

void
check_dnssec_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	const struct dns_view soa = answers_view(answers, s->domain, DNS_SOA);
	char zone[DNS_NAME_SIZE];
	struct dns_view ds;

	if (!judge_ready(&soa, f))
		return;
	zone_of(zone, s, answers);
	ds = answers_view(answers, zone, DNS_DS);
	if (judge_bogus(answers, f, zone, DNS_DS) || !judge_ready(&ds, f))
		return;
	if (answer_is_missing(ds.answer, DNS_DS))
		judge_pass(f, "%s is not signed: DNSSEC is not used.", zone);
	else
		judge_signed(s, answers, f, zone, ds.answer);
}
