/*
 * MTA-STS: the TXT record that announces the policy (RFC 8461 section 3.1).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/tag_list.h"

#define ID_MAX 32 /* letters and digits */

void
check_sts_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];

	if (s->sts_mode == DNS_STS_OFF ||
	    !text_format(name, sizeof(name), "_mta-sts.%s", s->domain))
		return;
	question_add(q, DNS_TXT, name);
	judge_ask_elsewhere(s, answers, q, name, DNS_TXT, s->domain);
}

static bool
is_id(const struct tag *id)
{
	if (id == NULL || id->value_length == 0 || id->value_length > ID_MAX)
		return false;
	for (size_t i = 0; i < id->value_length; i++) {
		const char c = id->value[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z')))
			return false;
	}
	return true;
}

static void
judge_record_text(struct dns_finding *f, const struct dns_subject *s,
    const struct dns_rr *rr, const struct dns_record *wanted)
{
	struct tag_list list;
	const struct tag *id;

	if (!tag_list_parse(&list, rr->data, rr->length)) {
		judge_fail(f, "The MTA-STS record is broken: %s", list.error);
		f->differs_at = (int)list.error_at;
		judge_record(f, DNS_ACT_CHANGE, wanted);
		return;
	}
	id = tag_find(&list, "id");
	if (!is_id(id)) {
		judge_fail(f,
		    "The id must be 1 to 32 letters or digits; "
		    "senders ignore this record.");
		judge_record(f, DNS_ACT_CHANGE, wanted);
	} else if (!tag_is(id, s->sts_id)) {
		judge_warn(f,
		    "The id is not that of the present policy: senders keep "
		    "an older one.");
		judge_record(f, DNS_ACT_CHANGE, wanted);
	} else
		judge_pass(f, "Senders are told of the MTA-STS policy.");
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
		judge_skip(f, "MTA-STS is not switched on for this domain.");
		return;
	}
	text_copy(f->wanted, sizeof(f->wanted), wanted.value);
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
