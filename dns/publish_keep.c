#include "dns/publish_keep.h"

#include <string.h>

#include "base/text.h"
#include "dns/dmarc_better.h"
#include "dns/dmarc_record.h"
#include "dns/judge.h"
#include "dns/spf_merge.h"
#include "dns/tls_rpt.h"

/*
 * The SPF records that are there are the customer's list of senders: ours come
 * in, none goes.  False when all of them don't fit into one.
 */
static bool
keep_senders(struct publish_plan *plan, struct dns_record *wanted,
    const struct dns_answer *answer, const struct dns_subject *s)
{
	const struct ip own[] = { s->ip4, s->ip6 };
	struct spf_text texts[JUDGE_TXT_MAX];
	struct judge_txt txt;
	char merged[DNS_VALUE_SIZE];

	judge_collect(&txt, answer, "v=spf1", JUDGE_BLANK);
	if (txt.count == 0)
		return true;
	for (size_t i = 0; i < txt.count; i++)
		texts[i] =
		    (struct spf_text){ txt.list[i]->data, txt.list[i]->length };
	if (txt.count < JUDGE_TXT_MAX &&
	    spf_merge_wanted(merged, texts, txt.count, wanted->value, own, 2)) {
		text_copy(wanted->value, sizeof(wanted->value), merged);
		return true;
	}
	text_format(plan->note, sizeof(plan->note),
	    "The senders of %s do not fit into one SPF record: what is there "
	    "stays.",
	    wanted->name);
	return false;
}

static void
note_stricter(struct publish_plan *plan, const struct dns_record *wanted,
    const struct dns_subject *s)
{
	struct dmarc_record record;

	dmarc_record_read(&record, wanted->value, strlen(wanted->value));
	if (dmarc_record_effect(&record) > s->dmarc_policy)
		text_format(plan->note, sizeof(plan->note),
		    "The published DMARC policy \"%s\" is stricter than the "
		    "domain's step \"%s\" and stays; weaken=yes changes it.",
		    dmarc_policy_names[record.p],
		    dmarc_policy_names[s->dmarc_policy]);
}

/*
 * What is published of DMARC is somebody's decision: the record keeps what it
 * says, and `wanted` becomes its better form.  False when it stays as it is.
 */
static bool
keep_policy(struct publish_plan *plan, struct dns_record *wanted,
    const struct dns_answer *answer, const struct dns_subject *s,
    enum publish_policy policy)
{
	const struct dmarc_wish wish = { s->dmarc_policy,
		policy == PUBLISH_WEAKENS_POLICY, s->dmarc_report };
	struct judge_txt txt;
	const struct dns_rr *rr;

	judge_collect(&txt, answer, "v=DMARC1", JUDGE_TAG);
	if (txt.count > 1) {
		text_format(plan->note, sizeof(plan->note),
		    "%s has %zu DMARC records, and receivers ignore them all: "
		    "they stay until all but one are deleted.",
		    wanted->name, txt.count);
		return false;
	}
	rr = txt.count == 1 ? txt.list[0] : txt.lookalike;
	if (rr == NULL)
		return true;
	if (answer_cnames(answer) > 0) {
		text_format(plan->note, sizeof(plan->note),
		    "%s is an alias: the DMARC record behind it stays as it "
		    "is.",
		    wanted->name);
		return false;
	}
	if (!dmarc_better(wanted->value, rr->data, rr->length, &wish)) {
		text_format(plan->note, sizeof(plan->note),
		    "The DMARC record is too long to be put right: it stays as "
		    "it is.");
		return false;
	}
	/* Written another way it says the same: no reason to touch it. */
	if (dmarc_is_as_good(wanted->value, rr->data, rr->length))
		text_format(wanted->value, sizeof(wanted->value), "%.*s",
		    (int)rr->length, rr->data);
	note_stricter(plan, wanted, s);
	return true;
}

/* Whom others send reports on TLS to.  False when that does not fit. */
static bool
keep_reports(struct publish_plan *plan, struct dns_record *wanted,
    const struct dns_answer *answer, const struct dns_subject *s)
{
	struct judge_txt txt;
	char better[DNS_VALUE_SIZE];

	judge_collect(&txt, answer, "v=TLSRPTv1", JUDGE_SEMICOLON);
	if (txt.count == 0)
		return true;
	if (tls_rpt_better(better, txt.list, txt.count, s->tls_report)) {
		text_copy(wanted->value, sizeof(wanted->value), better);
		return true;
	}
	text_format(plan->note, sizeof(plan->note),
	    "The addresses of %s do not fit into one record: what is there "
	    "stays.",
	    wanted->name);
	return false;
}

bool
publish_keep(struct publish_plan *plan, struct dns_record *wanted,
    const struct dns_answer *answer, const struct dns_subject *s,
    enum publish_policy policy)
{
	if (text_is_same(wanted->purpose, "spf") ||
	    text_is_same(wanted->purpose, "spf-host"))
		return keep_senders(plan, wanted, answer, s);
	if (text_is_same(wanted->purpose, "tls-rpt"))
		return keep_reports(plan, wanted, answer, s);
	if (text_is_same(wanted->purpose, "dmarc"))
		return keep_policy(plan, wanted, answer, s, policy);
	return true;
}
