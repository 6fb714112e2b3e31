/*
 * SPF of the name that this server says in EHLO: bounces have no sender, and
 * receivers judge them by that name (RFC 7208 sections 2.3, 2.4, 10.1.3).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/spf.h"
#include "dns/spf_merge.h"

static struct spf_sender
sender_of(const struct dns_subject *s, const struct ip *ip)
{
	return (struct spf_sender){ .ip = *ip,
		.local = "postmaster",
		.domain = s->ehlo_name,
		.helo = s->ehlo_name,
		.is_terse = true };
}

void
check_spf_host_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	const struct ip *ips[] = { &s->ip4, &s->ip6 };
	struct spf_report report;

	if (s->ehlo_name[0] == '\0')
		return;
	question_add(q, DNS_TXT, s->ehlo_name);
	if (answers == NULL)
		return;
	for (size_t i = 0; i < 2; i++) {
		if (ips[i]->family == 0)
			continue;
		const struct spf_sender sender = sender_of(s, ips[i]);

		spf_evaluate(answers, &sender, q, &report);
	}
}

/* What is there with our addresses in front: no sender is lost. */
static void
advise_change(const struct dns_subject *s, struct dns_finding *f,
    const struct judge_txt *txt, const struct dns_record *wanted)
{
	const struct ip own[] = { s->ip4, s->ip6 };
	struct dns_record better = *wanted;
	struct spf_text texts[JUDGE_TXT_MAX];

	for (size_t i = 0; i < txt->count; i++)
		texts[i] = (struct spf_text){ txt->list[i]->data,
			txt->list[i]->length };
	if (spf_merge(better.value, texts, txt->count, own, 2))
		judge_record(f, DNS_ACT_CHANGE, &better);
}

/* No record that receivers take for one. */
static void
say_none(const struct dns_subject *s, struct dns_finding *f,
    const struct judge_txt *txt, const struct dns_record *wanted)
{
	char damage[DNS_SENTENCE_SIZE];

	if (txt->lookalike == NULL) {
		judge_warn(f,
		    "%s has no SPF record: bounces are judged by that name.",
		    s->ehlo_name);
		judge_record(f, DNS_ACT_ADD, wanted);
		return;
	}
	judge_found(f, txt->lookalike->data, txt->lookalike->length);
	judge_damage(damage, txt->lookalike->data, txt->lookalike->length);
	judge_warn(f, "The SPF record of %s is not recognised.  %s",
	    s->ehlo_name, damage);
	judge_record(f, DNS_ACT_CHANGE, wanted);
}

static void
say_error(const struct dns_subject *s, struct dns_finding *f,
    const struct judge_txt *txt, const struct dns_record *wanted,
    const char *why)
{
	judge_fail(f, "SPF of %s ends in an error: %s", s->ehlo_name, why);
	advise_change(s, f, txt, wanted);
	if (txt->count > 1)
		judge_advise(f,
		    "Change one of the %zu SPF records of %s to the wanted "
		    "value and delete the others.",
		    txt->count, s->ehlo_name);
}

/* True when the name lets this address send. */
static bool
judge_address(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct ip *ip, const struct judge_txt *txt,
    const struct dns_record *wanted)
{
	const struct spf_sender sender = sender_of(s, ip);
	struct spf_report report;
	char address[IP_TEXT_SIZE];

	spf_evaluate(answers, &sender, NULL, &report);
	ip_format(address, ip);
	switch (report.result) {
	case SPF_PASS:
		return true;
	case SPF_NEED:
		f->verdict = DNS_WAITING;
		return false;
	case SPF_TEMPERROR:
		judge_unknown(f, "SPF of %s can't be worked out for %s: %s",
		    s->ehlo_name, address, report.why);
		return false;
	case SPF_NONE:
		say_none(s, f, txt, wanted);
		break;
	case SPF_NEUTRAL:
		judge_warn(f, "SPF of %s says nothing about %s.  %s",
		    s->ehlo_name, address, report.why);
		advise_change(s, f, txt, wanted);
		break;
	case SPF_PERMERROR:
		say_error(s, f, txt, wanted, report.why);
		break;
	default:
		judge_fail(f,
		    "SPF of %s does not let %s send: the result is \"%s\".  %s",
		    s->ehlo_name, address, spf_result_name(report.result),
		    report.why);
		advise_change(s, f, txt, wanted);
	}
	judge_consequence(f,
	    f->verdict == DNS_FAIL
		? "Bounces, which have no sender, are refused."
		: "Some receivers suspect bounces, which have no sender.");
	return false;
}

void
check_spf_host_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	const struct dns_view view =
	    answers_view(answers, s->ehlo_name, DNS_TXT);
	const struct ip *ips[] = { &s->ip4, &s->ip6 };
	bool is_right = true;
	struct dns_record wanted;
	struct judge_txt txt;

	if (s->ehlo_name[0] == '\0' ||
	    (s->ip4.family == 0 && s->ip6.family == 0)) {
		judge_skip(f,
		    "The name or the public address of this server isn't "
		    "known: enter it in the server's settings.");
		return;
	}
	if (!judge_wanted(s, "spf-host", &wanted)) {
		judge_skip(f,
		    "The server has the domain's own name: the SPF record of "
		    "the domain is that of both.");
		return;
	}
	text_copy(f->wanted, sizeof(f->wanted), wanted.value);
	if (!judge_ready(&view, f))
		return;
	judge_collect(&txt, view.answer, "v=spf1", JUDGE_BLANK);
	for (size_t i = 0; i < txt.count; i++)
		judge_found(f, txt.list[i]->data, txt.list[i]->length);
	for (size_t i = 0; i < 2 && f->verdict != DNS_FAIL; i++)
		if (ips[i]->family != 0 &&
		    !judge_address(s, answers, f, ips[i], &txt, &wanted))
			is_right = false;
	if (is_right)
		judge_pass(
		    f, "SPF lets %s send in its own name.", s->ehlo_name);
}
