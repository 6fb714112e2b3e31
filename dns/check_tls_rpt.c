/*
 * TLS-RPT: where reports on failed TLS go (RFC 8460 section 3).
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/lint.h"
#include "dns/report_uri.h"
#include "dns/tag_list.h"
#include "dns/tls_rpt.h"

void
check_tls_rpt_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];

	if (s->tls_report[0] == '\0' ||
	    !text_format(name, sizeof(name), "_smtp._tls.%s", s->domain))
		return;
	question_add(q, DNS_TXT, name);
	judge_ask_elsewhere(s, answers, q, name, DNS_TXT, s->domain);
}

/* The addresses of others stay beside ours. */
static void
advise_better(struct dns_finding *f, const struct dns_subject *s,
    const struct dns_rr *const *list, size_t count,
    const struct dns_record *wanted)
{
	struct dns_record better = *wanted;

	if (tls_rpt_better(better.value, list, count, s->tls_report))
		judge_record(f, DNS_ACT_CHANGE, &better);
	else
		judge_advise(f, "Shorten the record: there is too much in it.");
}

static void
judge_record_text(struct dns_finding *f, const struct dns_subject *s,
    const struct dns_rr *rr, const struct dns_record *wanted)
{
	struct lint lint;
	struct tag_list list;
	struct report_uris uris;
	const struct lint_finding *wrong;

	lint_run(&lint, lint_kind_by_name("tlsrpt"), rr->data, rr->length);
	wrong = lint_first(&lint, LINT_FAIL);
	(void)tag_list_parse(&list, rr->data, rr->length);
	report_uris_parse(&uris, tag_find(&list, "rua"));
	if (wrong != NULL) {
		judge_fail(
		    f, "Senders ignore the TLS-RPT record: %s", wrong->text);
		advise_better(f, s, &rr, 1, wanted);
		f->differs_at = (int)wrong->at;
	} else if (!report_uris_have(&uris, s->tls_report)) {
		judge_warn(
		    f, "Reports go elsewhere, not to %s.", s->tls_report);
		advise_better(f, s, &rr, 1, wanted);
	} else
		judge_pass(f, "Reports on TLS go to %s.", s->tls_report);
}

void
check_tls_rpt_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	struct dns_record wanted;
	struct judge_txt txt;
	struct dns_view view;
	char damage[DNS_SENTENCE_SIZE];

	if (!judge_wanted(s, "tls-rpt", &wanted)) {
		judge_skip(f, "No mailbox for TLS reports is set.");
		return;
	}
	judge_want(f, &wanted);
	view = answers_view(answers, wanted.name, DNS_TXT);
	if (!judge_ready(&view, f))
		return;
	judge_collect(&txt, view.answer, "v=TLSRPTv1", JUDGE_SEMICOLON);
	for (size_t i = 0; i < txt.count; i++)
		judge_found(f, txt.list[i]->data, txt.list[i]->length);
	if (txt.count > 1) {
		judge_fail(f,
		    "There are %zu TLS-RPT records; senders ignore "
		    "them all.",
		    txt.count);
		advise_better(f, s, txt.list, txt.count, &wanted);
		judge_advise(
		    f, "Let one be the wanted one, and delete the others.");
		f->act = DNS_ACT_DELETE;
		judge_remove(f, txt.list[1]->data, txt.list[1]->length);
	} else if (txt.count == 1)
		judge_record_text(f, s, txt.list[0], &wanted);
	else if (txt.lookalike != NULL) {
		judge_found(f, txt.lookalike->data, txt.lookalike->length);
		judge_damage(
		    damage, txt.lookalike->data, txt.lookalike->length);
		judge_fail(f,
		    "The TLS-RPT record is not recognised: it must "
		    "begin with \"v=TLSRPTv1;\".  %s",
		    damage);
		advise_better(f, s, &txt.lookalike, 1, &wanted);
	} else {
		judge_warn(f, "Nobody is told when TLS to this server fails.");
		judge_record(f, DNS_ACT_ADD, &wanted);
		judge_found_elsewhere(s, answers, f, wanted.name, DNS_TXT,
		    s->domain, "v=TLSRPTv1");
	}
	judge_consequence(
	    f, f->verdict == DNS_PASS ? "" : "You don't learn of broken TLS.");
}
