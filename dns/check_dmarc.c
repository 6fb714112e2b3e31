/*
 * DMARC: one record that receivers of today (RFC 9989) and of yesterday
 * (RFC 7489) read the same way.
 */
#include <string.h>

#include "dns/check_dmarc.h"
#include "dns/checks.h"
#include "dns/dmarc_better.h"
#include "dns/dmarc_record.h"
#include "dns/lint.h"
#include "dns/tag_list.h"

void
check_dmarc_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];
	struct dmarc_record record;
	struct dmarc_walk walk;
	struct judge_txt txt;

	dmarc_walk_begin(&walk, s->domain);
	for (size_t i = 0; i < walk.count; i++)
		if (check_dmarc_name(name, walk.levels[i].domain))
			question_add(q, DNS_TXT, name);
	if (answers == NULL || !check_dmarc_name(name, s->domain))
		return;
	judge_collect(&txt, answers_view(answers, name, DNS_TXT).answer,
	    "v=DMARC1", JUDGE_TAG);
	if (txt.count == 1) {
		dmarc_record_read(
		    &record, txt.list[0]->data, txt.list[0]->length);
		check_dmarc_ask_reports(s, answers, q, &record);
	}
	judge_ask_elsewhere(s, answers, q, name, DNS_TXT, s->domain);
}

/* ---- a better form of the record that is there ---- */

static void
advise_better(struct dns_finding *f, const struct dns_subject *s,
    const struct dns_rr *rr, const struct dns_record *wanted,
    const char *consequence)
{
	const struct dmarc_wish wish = { s->dmarc_policy, false,
		s->dmarc_report };
	struct dns_record better = *wanted;

	if (f->act != DNS_ACT_NONE)
		return;
	if (!dmarc_better(better.value, rr->data, rr->length, &wish))
		judge_advise(f, "Shorten the record: there is too much in it.");
	else if (dmarc_is_as_good(better.value, rr->data, rr->length))
		judge_advise(f,
		    "Nothing in it is written wrongly: take out what makes the "
		    "policy weaker when the reports show that the domain's "
		    "mail passes.");
	else
		judge_record(f, DNS_ACT_CHANGE, &better);
	judge_consequence(f, consequence);
}

/* ---- what can be wrong with one record ---- */

/* Is the finding about the addresses for reports, which judge_reports() knows
 * more of? */
static bool
is_about_reports(const struct lint *lint, const struct lint_finding *finding,
    const struct tag *rua)
{
	const char *at = lint->text + finding->at;

	return rua == NULL
	    ? strstr(finding->text, "(rua)") != NULL
	    : at >= rua->name && at <= rua->value + rua->value_length;
}

/* Whatever the record's own text gives reason to say. */
static void
judge_text(
    struct dns_finding *f, const struct dns_rr *rr, const struct tag_list *list)
{
	struct lint lint;

	lint_run(&lint, lint_kind_by_name("dmarc"), rr->data, rr->length);
	for (size_t i = 0; i < lint.count; i++) {
		const struct lint_finding *finding = &lint.findings[i];

		if (!is_about_reports(&lint, finding, tag_find(list, "rua")))
			(finding->level == LINT_FAIL ? judge_fail : judge_warn)(
			    f, "%s", finding->text);
	}
}

static void
judge_one(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_rr *rr,
    const struct dns_record *wanted)
{
	struct dmarc_record record;
	bool is_told;

	dmarc_record_read(&record, rr->data, rr->length);
	if (record.list.error[0] != '\0') {
		judge_fail(
		    f, "The DMARC record is broken: %s", record.list.error);
		advise_better(
		    f, s, rr, wanted, "Receivers ignore it, or part of it.");
		f->differs_at = (int)record.list.error_at;
		return;
	}
	is_told = check_dmarc_alignment(s, answers, f, &record);
	check_dmarc_step(s, f, &record);
	judge_text(f, rr, &record.list);
	if (f->verdict == DNS_WARN || f->verdict == DNS_FAIL)
		advise_better(f, s, rr, wanted, "Forged mail is delivered.");
	if (check_dmarc_addresses(s, f, &record))
		advise_better(f, s, rr, wanted,
		    "You don't learn who sends in the domain's name.");
	if (check_dmarc_destinations(s, answers, f, &record) && is_told &&
	    f->verdict == DNS_WAITING)
		check_dmarc_pass(s, f, &record);
}

static void
say_missing(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_record *wanted)
{
	judge_fail(f, "The domain has no DMARC record.");
	judge_record(f, DNS_ACT_ADD, wanted);
	judge_consequence(f,
	    "Gmail, Yahoo and Microsoft refuse bulk mail "
	    "without it, and forgers have it easy.");
	judge_found_elsewhere(
	    s, answers, f, wanted->name, DNS_TXT, s->domain, "v=DMARC1");
}

/* Of several the strictest is the one to keep. */
static void
remove_weakest(struct dns_finding *f, const struct judge_txt *txt)
{
	const struct dns_rr *weakest = NULL;
	enum dmarc_policy least = DMARC_NONE;

	for (size_t i = 0; i < txt->count; i++) {
		struct dmarc_record record;

		dmarc_record_read(
		    &record, txt->list[i]->data, txt->list[i]->length);
		if (weakest == NULL || dmarc_record_effect(&record) <= least) {
			weakest = txt->list[i];
			least = dmarc_record_effect(&record);
		}
	}
	judge_remove(f, weakest->data, weakest->length);
}

void
check_dmarc_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	struct dns_record wanted;
	struct judge_txt txt;
	struct dns_view view;
	char damage[DNS_SENTENCE_SIZE];

	if (!judge_wanted(s, "dmarc", &wanted))
		return;
	judge_want(f, &wanted);
	view = answers_view(answers, wanted.name, DNS_TXT);
	if (!judge_ready(&view, f))
		return;
	judge_collect(&txt, view.answer, "v=DMARC1", JUDGE_TAG);
	for (size_t i = 0; i < txt.count; i++)
		judge_found(f, txt.list[i]->data, txt.list[i]->length);
	if (txt.count > 1) {
		judge_fail(f,
		    "There are %zu DMARC records; receivers ignore "
		    "them all.",
		    txt.count);
		judge_advise(f, "Delete all but one of them.");
		f->act = DNS_ACT_DELETE;
		f->wanted[0] = '\0';
		remove_weakest(f, &txt);
		judge_consequence(f, "Forged mail is delivered.");
	} else if (txt.count == 1) {
		judge_one(s, answers, f, txt.list[0], &wanted);
		judge_want_nothing(f);
	} else if (txt.lookalike != NULL) {
		judge_found(f, txt.lookalike->data, txt.lookalike->length);
		judge_damage(
		    damage, txt.lookalike->data, txt.lookalike->length);
		judge_fail(f,
		    "The DMARC record is not recognised: it must begin with "
		    "\"v=DMARC1;\" to the letter.  %s",
		    damage);
		advise_better(
		    f, s, txt.lookalike, &wanted, "Receivers ignore it.");
	} else if (!check_dmarc_above(s, answers, f, &wanted))
		say_missing(s, answers, f, &wanted);
}
