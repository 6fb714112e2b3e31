/*
 * MTA-STS: the TXT record that announces the policy (RFC 8461 section 3.1).
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/lint.h"
#include "dns/tag_list.h"

#define DAY_SECONDS  86400
#define TESTING_DAYS 30

void
check_sts_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];

	if (!text_format(name, sizeof(name), "_mta-sts.%s", s->domain))
		return;
	question_add(q, DNS_TXT, name);
	if (subject_has_sts(s))
		judge_ask_elsewhere(s, answers, q, name, DNS_TXT, s->domain);
}

/* It has been told of long enough, or is not what is there any more. */
static void
judge_announced(struct dns_finding *f, const struct dns_subject *s)
{
	const int64_t until_at = subject_sts_left_until(s);
	const int64_t days = (s->now_at - s->sts_since) / DAY_SECONDS;
	char day[24];

	if (until_at != 0) {
		clock_format_short(day, sizeof(day), until_at);
		judge_pass(f,
		    "MTA-STS was switched off: senders are told so until %s, "
		    "then this record can go.",
		    day);
	} else if (s->sts_mode == DNS_STS_TESTING && s->sts_since != 0 &&
	    days > TESTING_DAYS) {
		judge_warn(f,
		    "The policy has been in testing for %lld days: senders "
		    "report, and none insists on TLS.",
		    (long long)days);
		judge_advise(f,
		    "When dns reports shows no failure, go on: domain edit %s "
		    "mta_sts_mode=enforce.",
		    s->domain);
	} else
		judge_pass(f, "Senders are told of the MTA-STS policy.");
}

static void
judge_record_text(struct dns_finding *f, const struct dns_subject *s,
    const struct dns_rr *rr, const struct dns_record *wanted)
{
	struct lint lint;
	struct tag_list list;
	const struct lint_finding *wrong;

	lint_run(&lint, lint_kind_by_name("mta-sts-txt"), rr->data, rr->length);
	wrong = lint_first(&lint, LINT_FAIL);
	(void)tag_list_parse(&list, rr->data, rr->length);
	if (wrong != NULL) {
		judge_fail(
		    f, "Senders ignore the MTA-STS record: %s", wrong->text);
		judge_record(f, DNS_ACT_CHANGE, wanted);
		f->differs_at = (int)wrong->at;
	} else if (!tag_is(tag_find(&list, "id"), s->sts_id)) {
		judge_warn(f,
		    "The id is not that of the present policy: senders keep "
		    "an older one.");
		judge_record(f, DNS_ACT_CHANGE, wanted);
	} else
		judge_announced(f, s);
}

/* What is announced though nothing is set here. */
static void
judge_left_over(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	char name[DNS_NAME_SIZE];
	struct judge_txt txt = { .count = 0 };
	struct dns_view view;

	if (!text_format(name, sizeof(name), "_mta-sts.%s", s->domain))
		return;
	view = answers_view(answers, name, DNS_TXT);
	if (!judge_ready(&view, f))
		return;
	judge_collect(&txt, view.answer, "v=STSv1", JUDGE_SEMICOLON);
	if (txt.count == 0) {
		judge_skip(f, "MTA-STS is not switched on for this domain.");
		return;
	}
	judge_found(f, txt.list[0]->data, txt.list[0]->length);
	f->act = DNS_ACT_DELETE;
	judge_remove(f, txt.list[0]->data, txt.list[0]->length);
	if (s->sts_since != 0) {
		judge_warn(f,
		    "MTA-STS was switched off, and senders have been told: "
		    "this record can go.");
		judge_advise(f, "Delete the TXT record \"_mta-sts\".");
		return;
	}
	judge_warn(f,
	    "An MTA-STS policy is announced, and none is set here: whose is "
	    "it?");
	judge_advise(f,
	    "Switch MTA-STS on here, testing first; or let the policy say "
	    "\"none\" for as long as its max_age was, and then delete this "
	    "record.");
	judge_consequence(f,
	    "Senders that hold the policy in \"enforce\" refuse to deliver to "
	    "mail hosts that it does not name.");
}

void
check_sts_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	struct dns_record wanted;
	struct judge_txt txt;
	struct dns_view view;
	char damage[DNS_SENTENCE_SIZE];

	if (!judge_wanted(s, "mta-sts", &wanted)) {
		judge_left_over(s, answers, f);
		return;
	}
	judge_want(f, &wanted);
	view = answers_view(answers, wanted.name, DNS_TXT);
	if (!judge_ready(&view, f))
		return;
	judge_collect(&txt, view.answer, "v=STSv1", JUDGE_SEMICOLON);
	for (size_t i = 0; i < txt.count; i++)
		judge_found(f, txt.list[i]->data, txt.list[i]->length);
	if (txt.count > 1) {
		judge_fail(f,
		    "There are %zu MTA-STS records; senders ignore "
		    "them all.",
		    txt.count);
		judge_record(f, DNS_ACT_CHANGE, &wanted);
		judge_advise(f, "Delete all but the wanted one.");
		f->act = DNS_ACT_DELETE;
		judge_remove(f, txt.list[1]->data, txt.list[1]->length);
	} else if (txt.count == 1)
		judge_record_text(f, s, txt.list[0], &wanted);
	else if (txt.lookalike != NULL) {
		judge_found(f, txt.lookalike->data, txt.lookalike->length);
		judge_damage(
		    damage, txt.lookalike->data, txt.lookalike->length);
		judge_fail(f,
		    "The MTA-STS record is not recognised: it must "
		    "begin with \"v=STSv1;\".  %s",
		    damage);
		judge_record(f, DNS_ACT_CHANGE, &wanted);
	} else {
		judge_warn(f, "Senders are not told of the MTA-STS policy.");
		judge_record(f, DNS_ACT_ADD, &wanted);
		judge_found_elsewhere(
		    s, answers, f, wanted.name, DNS_TXT, s->domain, "v=STSv1");
	}
	judge_consequence(f,
	    f->verdict == DNS_PASS
		? ""
		: "Senders deliver without insisting on TLS.");
}
