/*
 * DMARC: one record that receivers of today (RFC 9989) and of yesterday
 * (RFC 7489) read the same way.
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/lint.h"
#include "dns/report_uri.h"
#include "dns/tag_list.h"

#define PARENTS_MAX 6 /* names above the domain that may hold a record */

/* The name above, or NULL when that would be a top level. */
static const char *
parent_of(const char *name)
{
	const char *dot = strchr(name, '.');

	if (dot == NULL || strchr(dot + 1, '.') == NULL)
		return NULL;
	return dot + 1;
}

/* Do both names belong to one organisation, as far as names tell? */
static bool
is_related(const char *a, const char *b)
{
	return host_name_is_below(a, b) || host_name_is_below(b, a);
}

static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL ? at + 1 : address;
}

/* Who takes reports for another domain must say so at this name
 * (RFC 9990 section 4). */
static bool
external_name(
    char to[DNS_NAME_SIZE], const struct dns_subject *s, const char *address)
{
	return text_format(to, DNS_NAME_SIZE, "%s._report._dmarc.%s", s->domain,
	    domain_of(address));
}

static void
ask_external(const struct dns_subject *s, const struct judge_txt *txt,
    struct dns_questions *q)
{
	struct tag_list list;
	struct report_uris uris;
	char name[DNS_NAME_SIZE];

	if (txt->count != 1)
		return;
	(void)tag_list_parse(&list, txt->list[0]->data, txt->list[0]->length);
	report_uris_parse(&uris, tag_find(&list, "rua"));
	for (size_t i = 0; i < uris.mail_count; i++)
		if (!is_related(domain_of(uris.mail[i]), s->domain) &&
		    external_name(name, s, uris.mail[i]))
			question_add(q, DNS_TXT, name);
}

void
check_dmarc_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];
	const char *parent = s->domain;
	struct judge_txt txt;

	if (!text_format(name, sizeof(name), "_dmarc.%s", s->domain))
		return;
	question_add(q, DNS_TXT, name);
	for (int i = 0; i < PARENTS_MAX; i++) {
		parent = parent_of(parent);
		if (parent == NULL)
			break;
		question_addf(q, DNS_TXT, "_dmarc.%s", parent);
	}
	if (answers == NULL)
		return;
	judge_collect(&txt, answers_view(answers, name, DNS_TXT).answer,
	    "v=DMARC1", JUDGE_TAG);
	ask_external(s, &txt, q);
	judge_ask_elsewhere(s, answers, q, name, DNS_TXT, s->domain);
}

/* ---- a better form of the record that is there ---- */

static bool
is_obsolete(const struct tag *tag)
{
	static const char *const names[] = { "pct", "rf", "ri" };

	for (size_t i = 0; i < 3; i++)
		if (tag->name_length == strlen(names[i]) &&
		    memcmp(tag->name, names[i], tag->name_length) == 0)
			return true;
	return false;
}

static bool
is_policy(const struct tag *p)
{
	return tag_is_fold(p, "none") || tag_is_fold(p, "quarantine") ||
	    tag_is_fold(p, "reject");
}

/*
 * The record as it should be: a policy that is there stays as it is (never
 * weakened by advice), report addresses too, ours is added, and what is
 * obsolete goes.
 */
static void
rewrite(char to[DNS_VALUE_SIZE], const struct dns_subject *s,
    const struct tag_list *list)
{
	const struct tag *p = tag_find(list, "p");
	struct report_uris uris;
	const char *before = "; rua=mailto:";

	report_uris_parse(&uris, tag_find(list, "rua"));
	text_format(to, DNS_VALUE_SIZE, "v=DMARC1; p=%.*s",
	    is_policy(p) ? (int)p->value_length : 4,
	    is_policy(p) ? p->value : "none");
	for (size_t i = 0; i < list->count; i++) {
		const struct tag *tag = &list->tags[i];
		const size_t used = strlen(to);

		if (tag == p || is_obsolete(tag) || tag_is(tag, "DMARC1") ||
		    (tag->name_length == 3 &&
			memcmp(tag->name, "rua", 3) == 0) ||
		    (tag->name_length == 1 && tag->name[0] == 't'))
			continue;
		text_format(to + used, DNS_VALUE_SIZE - used, "; %.*s=%.*s",
		    (int)tag->name_length, tag->name, (int)tag->value_length,
		    tag->value);
	}
	for (size_t i = 0; i < uris.mail_count; i++) {
		text_append(to, DNS_VALUE_SIZE, before);
		text_append(to, DNS_VALUE_SIZE, uris.mail[i]);
		before = ",mailto:";
	}
	if (s->dmarc_report[0] != '\0' &&
	    !report_uris_have(&uris, s->dmarc_report)) {
		text_append(to, DNS_VALUE_SIZE, before);
		text_append(to, DNS_VALUE_SIZE, s->dmarc_report);
	}
}

static void
advise_rewrite(struct dns_finding *f, const struct dns_subject *s,
    const struct tag_list *list, const struct dns_record *wanted,
    const char *consequence)
{
	struct dns_record better = *wanted;

	if (f->act != DNS_ACT_NONE)
		return;
	rewrite(better.value, s, list);
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
judge_reports(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct report_uris *uris)
{
	char name[DNS_NAME_SIZE];

	if (uris->bad > 0)
		judge_warn(f,
		    "The report address \"%s\" needs \"mailto:\" in front.",
		    uris->first_bad);
	else if (uris->good == 0 && s->dmarc_report[0] != '\0')
		judge_warn(f, "No address for reports (rua) is given.");
	else if (s->dmarc_report[0] != '\0' &&
	    !report_uris_have(uris, s->dmarc_report))
		judge_warn(f, "Reports do not go to %s.", s->dmarc_report);
	if (uris->has_size)
		judge_warn(f,
		    "The size behind the report address is obsolete "
		    "since RFC 9989.");
	for (size_t i = 0; i < uris->mail_count; i++) {
		struct judge_txt txt;

		if (is_related(domain_of(uris->mail[i]), s->domain) ||
		    !external_name(name, s, uris->mail[i]))
			continue;
		const struct dns_view view =
		    answers_view(answers, name, DNS_TXT);

		if (!judge_ready(&view, f))
			return;
		judge_collect(&txt, view.answer, "v=DMARC1", JUDGE_TAG);
		if (txt.count > 0)
			continue;
		judge_warn(f,
		    "%s has not agreed to take reports about %s, so none are "
		    "sent there.",
		    domain_of(uris->mail[i]), s->domain);
		if (f->act != DNS_ACT_NONE)
			return;
		judge_advise(f,
		    "Whoever runs %s adds the TXT record %s with the value "
		    "v=DMARC1.",
		    domain_of(uris->mail[i]), name);
		return;
	}
}

/* judge_text() has said it. */
static void
skip_broken(void *context, size_t at, const char *sentence)
{
	(void)context;
	(void)at;
	(void)sentence;
}

static void
judge_one(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_rr *rr,
    const struct dns_record *wanted)
{
	struct tag_list list;
	struct report_uris uris;

	if (!tag_list_parse_usable(
		&list, rr->data, rr->length, skip_broken, NULL)) {
		judge_fail(f, "The DMARC record is broken: %s", list.error);
		advise_rewrite(
		    f, s, &list, wanted, "Receivers ignore it, or part of it.");
		f->differs_at = (int)list.error_at;
		return;
	}
	report_uris_parse(&uris, tag_find(&list, "rua"));
	judge_text(f, rr, &list);
	if (f->verdict == DNS_WARN || f->verdict == DNS_FAIL)
		advise_rewrite(
		    f, s, &list, wanted, "Forged mail is delivered.");
	if (uris.bad > 0 ||
	    (s->dmarc_report[0] != '\0' &&
		!report_uris_have(&uris, s->dmarc_report))) {
		judge_reports(s, answers, f, &uris);
		advise_rewrite(f, s, &list, wanted,
		    "You don't learn who sends in the domain's name.");
	}
	judge_reports(s, answers, f, &uris);
	if (f->verdict != DNS_WAITING || f->problem[0] != '\0')
		return;
	const struct tag *p = tag_find(&list, "p");

	for (size_t i = 0; i < uris.mail_count; i++) {
		char name[DNS_NAME_SIZE];

		if (!is_related(domain_of(uris.mail[i]), s->domain) &&
		    external_name(name, s, uris.mail[i]) &&
		    answers_view(answers, name, DNS_TXT).state == VIEW_WAITING)
			return;
	}
	judge_pass(
	    f, "The policy is \"%.*s\".", (int)p->value_length, p->value);
	if (tag_is_fold(p, "none")) {
		judge_advise(f,
		    "A good start: forged mail is reported, but delivered.  "
		    "When SPF, DKIM and every sender are confirmed, change p "
		    "to quarantine, later to reject.");
		f->act = DNS_ACT_NONE;
	}
	f->wanted[0] = '\0';
}

/* No record of its own: one above may rule (RFC 9989 section 4.10). */
static bool
judge_parent(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const char *parent = s->domain;
	char name[DNS_NAME_SIZE];
	struct judge_txt txt;

	for (int i = 0; i < PARENTS_MAX; i++) {
		parent = parent_of(parent);
		if (parent == NULL ||
		    !text_format(name, sizeof(name), "_dmarc.%s", parent))
			return false;
		const struct dns_view view =
		    answers_view(answers, name, DNS_TXT);

		if (view.answer == NULL)
			continue;
		judge_collect(&txt, view.answer, "v=DMARC1", JUDGE_TAG);
		if (txt.count != 1)
			continue;
		judge_found(f, txt.list[0]->data, txt.list[0]->length);
		judge_pass(f,
		    "The record at %s rules here too; one of its own is needed "
		    "only to differ.",
		    name);
		return true;
	}
	return false;
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
		judge_remove(f, txt.list[1]->data, txt.list[1]->length);
		judge_consequence(f, "Forged mail is delivered.");
	} else if (txt.count == 1)
		judge_one(s, answers, f, txt.list[0], &wanted);
	else if (txt.lookalike != NULL) {
		judge_found(f, txt.lookalike->data, txt.lookalike->length);
		judge_damage(
		    damage, txt.lookalike->data, txt.lookalike->length);
		judge_fail(f,
		    "The DMARC record is not recognised: it must begin with "
		    "\"v=DMARC1;\" to the letter.  %s",
		    damage);
		judge_record(f, DNS_ACT_CHANGE, &wanted);
		judge_consequence(f, "Receivers ignore it.");
	} else if (!judge_parent(s, answers, f))
		say_missing(s, answers, f, &wanted);
}
