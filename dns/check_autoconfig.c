/*
 * autoconfig.DOMAIN, where Thunderbird asks for its settings.
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

void
check_autoconfig_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	struct dns_record wanted;

	(void)answers;
	if (!judge_wanted(s, "autoconfig", &wanted))
		return;
	question_add(q, DNS_A, wanted.name);
	question_add(q, DNS_AAAA, wanted.name);
}

static bool
has_our_address(
    const struct dns_answer *answer, uint16_t type, const struct ip *ip)
{
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, type, i)) != NULL; i++)
		if (ip_is_same(&rr->ip, ip))
			return true;
	return false;
}

void
check_autoconfig_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	struct dns_record wanted;
	struct dns_view a, aaaa;
	bool is_there;

	if (!judge_wanted(s, "autoconfig", &wanted)) {
		judge_skip(f, "No host for autoconfig is set.");
		return;
	}
	text_copy(f->wanted, sizeof(f->wanted), wanted.value);
	a = answers_view(answers, wanted.name, DNS_A);
	aaaa = answers_view(answers, wanted.name, DNS_AAAA);
	if (!judge_ready(&a, f) || !judge_ready(&aaaa, f))
		return;
	if (a.is_alias)
		judge_found_text(f, a.answer->target);
	is_there = !answer_is_missing(a.answer, DNS_A) ||
	    !answer_is_missing(aaaa.answer, DNS_AAAA);
	if ((a.is_alias && text_is_same(a.answer->target, wanted.value)) ||
	    has_our_address(a.answer, DNS_A, &s->ip4) ||
	    has_our_address(aaaa.answer, DNS_AAAA, &s->ip6)) {
		judge_pass(f, "%s leads here.", wanted.name);
		return;
	}
	if (is_there || a.is_alias)
		judge_warn(f, "%s leads to another server.", wanted.name);
	else
		judge_warn(f, "There is no %s.", wanted.name);
	judge_record(
	    f, is_there || a.is_alias ? DNS_ACT_CHANGE : DNS_ACT_ADD, &wanted);
	judge_consequence(f, "Thunderbird's users enter servers by hand.");
}
