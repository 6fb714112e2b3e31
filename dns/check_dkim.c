/*
 * DKIM: the published key of each selector is the one we sign with
 * (RFC 6376 section 3.6, RFC 8301).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/difference.h"
#include "dns/judge.h"
#include "dns/lint.h"
#include "dns/tag_list.h"

#define KEY_SIZE 1024 /* base64 digits, with the NUL */

static bool
is_expected(const struct dns_selector *selector)
{
	return selector->stage != DNS_KEY_NONE && selector->value[0] != '\0';
}

static bool
key_name(char to[DNS_NAME_SIZE], const struct dns_subject *s,
    const struct dns_selector *selector)
{
	return text_format(to, DNS_NAME_SIZE, "%s._domainkey.%s",
	    selector->selector, s->domain);
}

/* Where the record often lands: at the selector of every second manual. */
static bool
other_name(char to[DNS_NAME_SIZE], const struct dns_subject *s,
    const struct dns_selector *selector)
{
	return text_format(to, DNS_NAME_SIZE, "%s._domainkey.%s",
	    text_is_same(selector->selector, "default") ? "mail" : "default",
	    s->domain);
}

void
check_dkim_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE], other[DNS_NAME_SIZE];

	for (size_t i = 0; i < s->selector_count; i++) {
		if (!is_expected(&s->selectors[i]) ||
		    !key_name(name, s, &s->selectors[i]) ||
		    !other_name(other, s, &s->selectors[i]))
			continue;
		question_add(q, DNS_TXT, name);
		judge_ask_elsewhere(s, answers, q, name, DNS_TXT, other);
	}
}

/* The key without blanks; false when there is no tag p. */
static bool
key_of(char to[KEY_SIZE], const char *text, size_t length)
{
	struct tag_list list;
	const struct tag *p;
	size_t used = 0;

	(void)tag_list_parse(&list, text, length);
	p = tag_find(&list, "p");
	if (p == NULL)
		return false;
	for (size_t i = 0; i < p->value_length && used + 1 < KEY_SIZE; i++)
		if (strchr(" \t\r\n", p->value[i]) == NULL)
			to[used++] = p->value[i];
	to[used] = '\0';
	return true;
}

static bool
has_key(const struct dns_rr *rr, const char *value)
{
	char found[KEY_SIZE], wanted[KEY_SIZE];

	return key_of(found, rr->data, rr->length) &&
	    key_of(wanted, value, strlen(value)) && text_is_same(found, wanted);
}

/* The other selector whose key this record holds, or NULL. */
static const char *
whose_key(const struct dns_subject *s, const struct dns_rr *rr)
{
	for (size_t i = 0; i < s->selector_count; i++)
		if (has_key(rr, s->selectors[i].value))
			return s->selectors[i].selector;
	return NULL;
}

/* A key that signs (or the only one) breaks mail; one that waits or retires
 * does not yet. */
static bool
is_in_use(const struct dns_subject *s, const struct dns_selector *selector)
{
	if (selector->stage == DNS_KEY_SIGNING)
		return true;
	for (size_t i = 0; i < s->selector_count; i++)
		if (s->selectors[i].stage == DNS_KEY_SIGNING)
			return false;
	return selector->stage != DNS_KEY_RETIRING;
}

static void
say(bool is_bad, struct dns_finding *f, const char *selector,
    const char *sentence)
{
	(is_bad ? judge_fail : judge_warn)(
	    f, "Selector %s: %s", selector, sentence);
}

static void
advise(struct dns_finding *f, enum dns_act act, const struct dns_record *r,
    bool is_bad)
{
	judge_record(f, act, r);
	judge_consequence(f,
	    is_bad ? "Receivers can't verify the domain's mail, which lands "
		     "in spam or is refused."
		   : "");
}

/* What makes a right key useless, or worth a word. */
static void
judge_tags(struct dns_finding *f, const struct dns_selector *selector,
    const struct dns_rr *rr, const struct dns_record *wanted, bool is_bad)
{
	struct lint lint;
	const struct lint_finding *finding;

	lint_run(&lint, lint_kind_by_name("dkim"), rr->data, rr->length);
	finding = lint_first(&lint, LINT_FAIL);
	if (finding != NULL)
		say(is_bad, f, selector->selector, finding->text);
	else if (!lint_dkim_is_for_mail(rr->data, rr->length))
		say(is_bad, f, selector->selector,
		    "the key is not for e-mail (tag s).");
	else if ((finding = lint_first(&lint, LINT_WARN)) != NULL)
		judge_warn(
		    f, "Selector %s: %s", selector->selector, finding->text);
	else
		return;
	advise(f, DNS_ACT_CHANGE, wanted, is_bad && lint.verdict == LINT_FAIL);
	if (lint.verdict == LINT_FAIL)
		f->differs_at = (int)finding->at;
}

static void
say_other_key(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_selector *selector, const struct dns_rr *rr, bool is_bad)
{
	char words[DIFFERENCE_SIZE], found[KEY_SIZE], damage[DNS_SENTENCE_SIZE];
	const char *other = whose_key(s, rr);
	const size_t wanted_length = strlen(selector->value);

	f->differs_at = difference_describe(
	    words, rr->data, rr->length, selector->value, wanted_length);
	if (key_of(found, rr->data, rr->length) && found[0] == '\0')
		say(is_bad, f, selector->selector,
		    "the key is empty (p=), which revokes it.");
	else if (other != NULL)
		(is_bad ? judge_fail : judge_warn)(f,
		    "Selector %s: this is the key of selector %s.",
		    selector->selector, other);
	else if (f->differs_at == (int)rr->length && rr->length == 255)
		say(is_bad, f, selector->selector,
		    "the DNS host cut the value after 255 characters.");
	else if (judge_damage(damage, rr->data, rr->length))
		(is_bad ? judge_fail : judge_warn)(
		    f, "Selector %s: %s", selector->selector, damage);
	else
		(is_bad ? judge_fail : judge_warn)(f,
		    "Selector %s: the record differs from the key in use.  %s",
		    selector->selector, words);
}

static void
judge_records(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_selector *selector, const struct dns_answer *answer,
    const struct dns_record *wanted)
{
	const bool is_bad = is_in_use(s, selector);
	const struct dns_rr *right = NULL, *wrong = NULL, *rr;
	int differs_at;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_TXT, i)) != NULL; i++) {
		judge_found(f, rr->data, rr->length);
		if (has_key(rr, selector->value))
			right = rr;
		else
			wrong = rr;
	}
	if (right != NULL && wrong != NULL) {
		say(is_bad, f, selector->selector,
		    "there are two records; receivers take either of them.");
		judge_advise(f,
		    "Delete the record that is not the wanted "
		    "one.");
		f->act = DNS_ACT_DELETE;
		judge_remove(f, wrong->data, wrong->length);
		return;
	}
	if (right != NULL) {
		judge_tags(f, selector, right, wanted, is_bad);
		return;
	}
	say_other_key(s, f, selector, wrong, is_bad);
	differs_at =
	    difference_describe((char[DIFFERENCE_SIZE]){ "" }, wrong->data,
		wrong->length, selector->value, strlen(selector->value));
	advise(f, DNS_ACT_CHANGE, wanted, is_bad);
	f->differs_at = differs_at;
	if (wrong->length >= 255 && differs_at >= 250 && differs_at <= 257)
		judge_add_advice(f,
		    "Enter it as two strings of at most 255 characters, if "
		    "your DNS host cuts it.");
}

static void
judge_selector(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_selector *selector,
    const struct dns_record *wanted)
{
	const struct dns_view view =
	    answers_view(answers, wanted->name, DNS_TXT);
	const bool is_bad = is_in_use(s, selector);
	char other[DNS_NAME_SIZE];

	if (!judge_ready(&view, f))
		return;
	if (!answer_is_missing(view.answer, DNS_TXT)) {
		judge_records(s, f, selector, view.answer, wanted);
		return;
	}
	say(is_bad, f, selector->selector, "there is no key in the DNS.");
	advise(f, DNS_ACT_ADD, wanted, is_bad);
	if (other_name(other, s, selector))
		judge_found_elsewhere(s, answers, f, wanted->name, DNS_TXT,
		    other, selector->value[0] == 'v' ? "v=DKIM1" : NULL);
}

static bool
wanted_key(
    const struct dns_records *records, const char *name, struct dns_record *to)
{
	for (size_t i = 0; i < records->count; i++) {
		if (!text_is_same(records->list[i].name, name))
			continue;
		*to = records->list[i];
		return true;
	}
	return false;
}

/* Of a subject that says nothing of stages, every key does. */
static bool
does_sign(const struct dns_subject *s)
{
	for (size_t i = 0; i < s->selector_count; i++)
		if (s->selectors[i].stage == DNS_KEY_SIGNING ||
		    s->selectors[i].stage == DNS_KEY_NONE)
			return true;
	return false;
}

/* Where the keys stand on their way in and out. */
static void
inform(const struct dns_subject *s, struct dns_finding *f)
{
	for (size_t i = 0; i < s->selector_count; i++) {
		const struct dns_selector *selector = &s->selectors[i];

		if (!is_in_use(s, selector) &&
		    (selector->stage == DNS_KEY_MADE ||
			selector->stage == DNS_KEY_SEEN))
			judge_inform(f,
			    "\"%s\" is published ahead and signs from the "
			    "next change on.",
			    selector->selector);
		else if (selector->stage == DNS_KEY_RETIRING)
			judge_inform(f,
			    "\"%s\" signs no more: keep it for the mail on its "
			    "way, about a week, and then revoke it with an "
			    "empty p=.",
			    selector->selector);
	}
}

void
check_dkim_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	struct dns_records records;
	struct dns_record wanted;
	size_t expected = 0, answered = 0;
	char name[DNS_NAME_SIZE];

	record_list(s, &records);
	for (size_t i = 0; i < s->selector_count; i++) {
		const struct dns_selector *selector = &s->selectors[i];

		if (!is_expected(selector) || !key_name(name, s, selector) ||
		    !wanted_key(&records, name, &wanted))
			continue;
		if (expected++ == 0)
			judge_want(f, &wanted);
		if (answers_view(answers, name, DNS_TXT).state != VIEW_WAITING)
			answered++;
		judge_selector(s, answers, f, selector, &wanted);
	}
	if (expected == 0)
		judge_skip(f,
		    "No DKIM key has been made for this domain: "
		    "the operator makes it.");
	else if (expected == answered && f->verdict == DNS_WAITING) {
		judge_pass(f, "%s",
		    !does_sign(s)       ? "The published key is right, and no "
					  "key signs yet."
			: expected == 1 ? "The published key is the one in use."
					: "The published keys are the ones in "
					  "use.");
		if (does_sign(s))
			inform(s, f);
		else
			judge_inform(
			    f, "The operator's next step is dkim activate.");
	}
}
