/*
 * CAA: may our authority issue a certificate for the mail host (RFC 8659)?
 *
 * The nearest set of records on the way from the host up rules.
 */
#include <string.h>

#include "base/text.h"
#include "dns/caa.h"
#include "dns/checks.h"
#include "dns/judge.h"

#define NAMES_MAX 8

/* The index-th name on the way up; NULL above the top level. */
static const char *
name_above(const char *name, size_t index)
{
	while (index-- > 0 && name != NULL) {
		name = strchr(name, '.');
		if (name != NULL)
			name++;
	}
	return name;
}

void
check_caa_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	const char *name;

	(void)answers;
	for (size_t i = 0;
	     i < NAMES_MAX && (name = name_above(s->mail_host, i)) != NULL &&
	     strchr(name, '.') != NULL;
	     i++)
		question_add(q, DNS_CAA, name);
}

struct set {
	size_t issues; /* records that say who may issue */
	bool allows_ours, is_critical;
	struct lint lint;
};

static void
read_set(struct set *set, const struct dns_subject *s, struct dns_finding *f,
    const struct dns_answer *answer)
{
	const struct dns_rr *rr;
	char issuer[256], text[CAA_VALUE_MAX + CAA_TAG_MAX + 40];
	struct caa caa;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_CAA, i)) != NULL; i++) {
		if (!caa_from_wire(&caa, (const uint8_t *)rr->data, rr->length))
			continue;
		text_format(text, sizeof(text), "%u %s \"%s\"", caa.flags,
		    caa.tag, caa.value);
		judge_found_text(f, text);
		caa_judge(&caa, &set->lint);
		if (!text_is_same(caa.tag, "issue"))
			continue;
		set->issues++;
		if (caa_issuer(issuer, &caa) && issuer[0] != '\0' &&
		    (s->authority[0] == '\0' ||
			text_is_same_fold(issuer, s->authority)))
			set->allows_ours = true;
	}
}

static void
judge_set(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_answer *answer, const char *name)
{
	struct set set = { .lint = { .text = "" } };
	const struct lint_finding *wrong;

	read_set(&set, s, f, answer);
	if (set.issues > 0 && !set.allows_ours) {
		judge_fail(f,
		    "The CAA records of %s allow %s%s to issue no "
		    "certificate.",
		    name, s->authority[0] == '\0' ? "any authority" : "",
		    s->authority);
		judge_advise(f, "Add a CAA record at %s: 0 issue \"%s\".", name,
		    s->authority[0] == '\0' ? "your-authority.example"
					    : s->authority);
		judge_consequence(
		    f, "The mail server's certificate can't be renewed.");
		return;
	}
	wrong = lint_first(&set.lint, LINT_FAIL);
	if (wrong == NULL)
		wrong = lint_first(&set.lint, LINT_WARN);
	if (wrong != NULL) {
		(wrong->level == LINT_FAIL ? judge_fail : judge_warn)(
		    f, "A CAA record of %s: %s", name, wrong->text);
		judge_advise(f, "Correct or delete that record.");
	} else
		judge_pass(
		    f, "The CAA records of %s allow certificates.", name);
}

void
check_caa_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const char *name;

	if (s->mail_host[0] == '\0') {
		judge_skip(f, "No mail host is set for this domain.");
		return;
	}
	for (size_t i = 0;
	     i < NAMES_MAX && (name = name_above(s->mail_host, i)) != NULL &&
	     strchr(name, '.') != NULL;
	     i++) {
		const struct dns_view view =
		    answers_view(answers, name, DNS_CAA);

		if (!judge_ready(&view, f))
			return;
		if (!answer_is_missing(view.answer, DNS_CAA)) {
			judge_set(s, f, view.answer, name);
			return;
		}
	}
	judge_pass(f,
	    "There is no CAA record: every authority may issue certificates.");
}
