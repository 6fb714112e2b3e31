/*
 * DANE: TLSA records of the mail hosts that senders can use, in signed zones
 * (RFC 7672, RFC 7671 section 8).
 */
#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "dns/checks.h"
#include "dns/dnssec.h"
#include "dns/judge.h"
#include "dns/tlsa.h"

static bool
tlsa_name(char to[DNS_NAME_SIZE], const char *host)
{
	return text_format(to, DNS_NAME_SIZE, "_25._tcp.%s", host);
}

static const char *
host_at(const struct dns_subject *s, size_t index)
{
	if (s->mx_count == 0 && index == 0 && s->mail_host[0] != '\0')
		return s->mail_host;
	return index < s->mx_count ? s->mx[index].host : NULL;
}

/* The zone of a host: by what its name servers said of the TLSA name. */
static const char *
zone_of(const struct dns_subject *s, const struct dns_answers *answers,
    const char *name)
{
	const struct dns_answer *answer =
	    answers_view(answers, name, DNS_TLSA).answer;
	const char *zone = answers_zone(answers, name);

	if (zone[0] != '\0')
		return zone;
	if (answer != NULL && answer->has_soa && answer->soa_owner[0] != '\0')
		return answer->soa_owner;
	return host_name_is_below(name, s->zone) ? s->zone : "";
}

void
check_dane_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];
	const char *host, *zone;

	for (size_t i = 0; (host = host_at(s, i)) != NULL; i++) {
		if (!tlsa_name(name, host))
			continue;
		question_add(q, DNS_TLSA, name);
		if (answers == NULL)
			continue;
		zone = zone_of(s, answers, name);
		if (zone[0] != '\0' &&
		    answer_count(answers_view(answers, name, DNS_TLSA).answer,
			DNS_TLSA) > 0)
			question_add(q, DNS_DS, zone);
	}
}

/* The other forms hold what we don't know of the certificate. */
static bool
is_comparable(const struct tlsa *tlsa)
{
	return tlsa->usage == 3 && tlsa->selector == 1 && tlsa->matching <= 1;
}

static bool
is_our_key(const struct dns_subject *s, const struct tlsa *tlsa)
{
	uint8_t digest[DIGEST_SHA256_SIZE];

	if (!is_comparable(tlsa))
		return false;
	if (tlsa->matching == 0) {
		digest_sha256(digest, tlsa->data, tlsa->length);
		return memcmp(digest, s->key_sha256, sizeof(digest)) == 0;
	}
	return tlsa->length == sizeof(s->key_sha256) &&
	    memcmp(tlsa->data, s->key_sha256, tlsa->length) == 0;
}

static bool
is_key_known(const struct dns_subject *s)
{
	static const uint8_t none[sizeof(s->key_sha256)] = { 0 };

	return memcmp(s->key_sha256, none, sizeof(none)) != 0;
}

struct set {
	size_t count, usable, comparable, ours;
	struct lint lint;
};

static void
read_set(struct set *set, const struct dns_subject *s, struct dns_finding *f,
    const struct dns_answer *answer)
{
	const struct dns_rr *rr;
	struct tlsa tlsa;
	char text[40];

	for (size_t i = 0; (rr = answer_rr(answer, DNS_TLSA, i)) != NULL; i++) {
		struct lint lint = { .text = "" };

		set->count++;
		if (!tlsa_from_wire(
			&tlsa, (const uint8_t *)rr->data, rr->length))
			continue;
		text_format(text, sizeof(text), "%u %u %u (%zu octets)",
		    tlsa.usage, tlsa.selector, tlsa.matching, tlsa.length);
		judge_found_text(f, text);
		tlsa_judge(&tlsa, &lint);
		if (lint.verdict != LINT_FAIL && tlsa.usage >= 2) {
			set->usable++;
			set->comparable += is_comparable(&tlsa);
		}
		if (lint.verdict > set->lint.verdict)
			set->lint = lint;
		set->ours += is_our_key(s, &tlsa);
	}
}

/* The record for the key in use. */
static void
advise_ours(
    const struct dns_subject *s, struct dns_finding *f, const char *name)
{
	struct dns_record r = { .purpose = "tlsa",
		.need = DNS_RECOMMENDED,
		.type = DNS_TLSA,
		.ttl_seconds = s->ttl_seconds };

	text_copy(r.name, sizeof(r.name), name);
	record_relative_name(r.relative, name, s->zone);
	text_copy(r.value, sizeof(r.value), "3 1 1 ");
	for (size_t i = 0; i < sizeof(s->key_sha256); i++) {
		char digits[3];

		text_format(digits, sizeof(digits), "%02x", s->key_sha256[i]);
		text_append(r.value, sizeof(r.value), digits);
	}
	judge_record(f, DNS_ACT_ADD, &r);
}

static void
judge_set(const struct dns_subject *s, struct dns_finding *f, const char *name,
    const struct set *set)
{
	if (set->usable == 0) {
		judge_fail(f, "No TLSA record at %s can be used: %s", name,
		    set->lint.count > 0 ? set->lint.findings[0].text
					: "it is cut.");
		if (is_key_known(s))
			advise_ours(s, f, name);
		else
			judge_advise(
			    f, "Publish 3 1 1 with the hash of the key.");
	} else if (is_key_known(s) && set->ours == 0 &&
	    set->comparable < set->usable) {
		judge_warn(f,
		    "The TLSA records at %s can't be compared with the mail "
		    "server's key.",
		    name);
		advise_ours(s, f, name);
	} else if (is_key_known(s) && set->ours == 0) {
		judge_fail(f,
		    "No TLSA record at %s belongs to the mail server's key.",
		    name);
		advise_ours(s, f, name);
		judge_advise(f,
		    "Publish the wanted record, the hash of the key in use, "
		    "beside "
		    "the old one until that has gone from the caches.");
		judge_consequence(f, "Senders that use DANE don't deliver.");
	} else if (set->lint.verdict >= LINT_WARN)
		judge_warn(f, "A TLSA record at %s: %s", name,
		    set->lint.findings[0].text);
	else if (set->count == 1) {
		judge_warn(f,
		    "There is one TLSA record at %s: a change of the key "
		    "breaks it.",
		    name);
		judge_advise(f,
		    "Publish the hash of the next key as a second record, two "
		    "lifetimes (TTL) before it is used.");
	}
}

/* Without DNSSEC senders don't look at TLSA. */
static void
judge_zone(const struct dns_answers *answers, struct dns_finding *f,
    const char *name, const char *zone)
{
	const struct dns_view ds = answers_view(answers, zone, DNS_DS);

	if (zone[0] == '\0' || !judge_ready(&ds, f))
		return;
	if (!answer_is_missing(ds.answer, DNS_DS))
		return;
	judge_warn(f,
	    "The TLSA record at %s has no effect: %s is not signed "
	    "(DNSSEC).",
	    name, zone);
	judge_advise(f, "Sign the zone, or delete the TLSA records.");
}

/* RFC 7672 section 2.1.1: a look-up that fails is not one that finds nothing. */
static bool
is_answered(const struct dns_view *view, struct dns_finding *f)
{
	if (judge_ready(view, f))
		return true;
	if (f->verdict == DNS_UNKNOWN && f->consequence[0] == '\0')
		judge_consequence(f,
		    "While the look-up of TLSA fails, senders that use DANE "
		    "put the mail off.");
	return false;
}

static void
judge_host(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const char *host, size_t *with)
{
	struct set set = { .lint = { .text = "" } };
	char name[DNS_NAME_SIZE];
	struct dns_view view;

	if (!tlsa_name(name, host))
		return;
	view = answers_view(answers, name, DNS_TLSA);
	if (!is_answered(&view, f) || answer_is_missing(view.answer, DNS_TLSA))
		return;
	(*with)++;
	read_set(&set, s, f, view.answer);
	judge_zone(answers, f, name, zone_of(s, answers, name));
	if (f->verdict == DNS_WAITING)
		judge_set(s, f, name, &set);
}

/* Everything that was asked is answered. */
static bool
is_complete(const struct dns_subject *s, const struct dns_answers *answers)
{
	struct dns_questions need;

	need.count = 0;
	check_dane_questions(s, answers, &need);
	for (size_t i = 0; i < need.count; i++)
		if (answers_view(answers, need.list[i].name, need.list[i].type)
			.answer == NULL)
			return false;
	return true;
}

void
check_dane_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const char *host;
	size_t hosts = 0, with = 0;

	for (; (host = host_at(s, hosts)) != NULL; hosts++)
		judge_host(s, answers, f, host, &with);
	if (f->verdict != DNS_WAITING || !is_complete(s, answers)) {
		if (hosts == 0)
			judge_skip(f, "No mail host is set for this domain.");
		return;
	}
	if (with == 0)
		judge_skip(f, "No TLSA record is published: DANE is not used.");
	else if (with < hosts)
		judge_warn(f,
		    "Only %zu of %zu mail hosts have TLSA records: an attacker "
		    "takes the others.",
		    with, hosts);
	else
		judge_pass(f, "The TLSA records can be used.");
}
