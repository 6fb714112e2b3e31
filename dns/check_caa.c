/*
 * CAA: may our authority issue a certificate for each host that needs one
 * (RFC 8659, RFC 8657)?
 *
 * The nearest set of records on the way from the host up rules.
 */
#include <string.h>

#include "base/text.h"
#include "dns/caa.h"
#include "dns/checks.h"
#include "dns/judge.h"

#define NAMES_MAX 8

/* ---- the hosts ---- */

struct hosts {
	char list[5][DNS_NAME_SIZE];
	size_t count;
};

static void
add_host(struct hosts *hosts, const char *name)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (text_is_same(hosts->list[i], name))
			return;
	if (name[0] != '\0' &&
	    text_copy(hosts->list[hosts->count], DNS_NAME_SIZE, name))
		hosts->count++;
}

/* Every name that somebody speaks TLS with. */
static void
list_hosts(struct hosts *hosts, const struct dns_subject *s)
{
	struct dns_record autoconfig;
	char name[DNS_NAME_SIZE];

	hosts->count = 0;
	if (s->mail_host[0] == '\0')
		return;
	add_host(hosts, s->mail_host);
	add_host(hosts, s->imap_host);
	add_host(hosts, s->smtp_host);
	if (s->sts_mode != DNS_STS_OFF &&
	    text_format(name, sizeof(name), "mta-sts.%s", s->domain))
		add_host(hosts, name);
	if (judge_wanted(s, "autoconfig", &autoconfig))
		add_host(hosts, autoconfig.name);
}

/* The index-th name on the way up; NULL above the top level. */
static const char *
name_above(const char *name, size_t index)
{
	if (index >= NAMES_MAX)
		return NULL;
	while (index-- > 0 && name != NULL) {
		name = strchr(name, '.');
		if (name != NULL)
			name++;
	}
	return name != NULL && strchr(name, '.') != NULL ? name : NULL;
}

void
check_caa_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	struct hosts hosts;
	const char *name;

	(void)answers;
	list_hosts(&hosts, s);
	for (size_t i = 0; i < hosts.count; i++)
		for (size_t k = 0;
		     (name = name_above(hosts.list[i], k)) != NULL; k++)
			question_add(q, DNS_CAA, name);
}

/* ---- one set of records ---- */

struct set {
	size_t issues; /* records that say who may issue */
	bool allows_ours;
	bool is_free; /* one of those asks for nothing more */
	char account[200],
	    methods[80]; /* what one asks for (RFC 8657), or "" */
	struct lint lint;
};

/* A record that says who may issue. */
static void
read_issue(struct set *set, const struct dns_subject *s, const struct caa *caa)
{
	char issuer[256], account[200], methods[80];
	bool has_account, has_methods;

	set->issues++;
	if (!caa_issuer(issuer, caa) || issuer[0] == '\0' ||
	    (s->authority[0] != '\0' &&
		!text_is_same_fold(issuer, s->authority)))
		return;
	has_account =
	    caa_parameter(account, sizeof(account), caa, "accounturi");
	has_methods =
	    caa_parameter(methods, sizeof(methods), caa, "validationmethods");
	set->is_free |= !has_account && !has_methods;
	if (!set->allows_ours) {
		text_copy(set->account, sizeof(set->account), account);
		text_copy(set->methods, sizeof(set->methods), methods);
	}
	set->allows_ours = true;
}

static void
read_set(struct set *set, const struct dns_subject *s, struct dns_finding *f,
    const struct dns_answer *answer)
{
	const struct dns_rr *rr;
	char text[CAA_VALUE_MAX + CAA_TAG_MAX + 40];
	struct caa caa;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_CAA, i)) != NULL; i++) {
		if (!caa_from_wire(&caa, (const uint8_t *)rr->data, rr->length))
			continue;
		text_format(text, sizeof(text), "%u %s \"%s\"", caa.flags,
		    caa.tag, caa.value);
		judge_found_text(f, text);
		caa_judge(&caa, &set->lint);
		if (text_is_same(caa.tag, "issue"))
			read_issue(set, s, &caa);
	}
}

static void
say_forbidden(
    const struct dns_subject *s, struct dns_finding *f, const char *name)
{
	judge_fail(f,
	    "The CAA records of %s allow %s%s to issue no certificate.", name,
	    s->authority[0] == '\0' ? "any authority" : "", s->authority);
	judge_advise(f, "Add a CAA record at %s: 0 issue \"%s\".", name,
	    s->authority[0] == '\0' ? "your-authority.example" : s->authority);
	judge_consequence(f, "The server's certificate can't be renewed.");
}

/* Who our account is at the authority isn't known here. */
static void
say_limits(struct dns_finding *f, const char *name, const struct set *set)
{
	judge_warn(f, "The CAA records of %s allow certificates only%s%s%s%s.",
	    name, set->account[0] != '\0' ? " to the ACME account " : "",
	    set->account, set->methods[0] != '\0' ? " by " : "", set->methods);
	judge_advise(f,
	    "Only your ACME client knows its account and its method: compare "
	    "it with yours.");
	judge_consequence(
	    f, "With another account or method nothing can be renewed.");
}

static void
judge_set(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_answer *answer, const char *name)
{
	struct set set = { .lint = { .text = "" } };
	const struct lint_finding *wrong;

	read_set(&set, s, f, answer);
	if (set.issues > 0 && !set.allows_ours) {
		say_forbidden(s, f, name);
		return;
	}
	wrong = lint_first(&set.lint, LINT_FAIL);
	if (wrong == NULL)
		wrong = lint_first(&set.lint, LINT_WARN);
	if (wrong != NULL) {
		(wrong->level == LINT_FAIL ? judge_fail : judge_warn)(
		    f, "A CAA record of %s: %s", name, wrong->text);
		judge_advise(f, "Correct or delete that record.");
	} else if (set.allows_ours && !set.is_free)
		say_limits(f, name, &set);
}

/* ---- the row ---- */

/* The nearest set on the way up; *name is "" when there is none.  False when
 * an answer is missing. */
static bool
find_set(const struct dns_answers *answers, struct dns_finding *f,
    const char *host, const char **name, const struct dns_answer **answer)
{
	for (size_t i = 0; (*name = name_above(host, i)) != NULL; i++) {
		const struct dns_view view =
		    answers_view(answers, *name, DNS_CAA);

		if (!judge_ready(&view, f))
			return false;
		*answer = view.answer;
		if (!answer_is_missing(view.answer, DNS_CAA))
			return true;
	}
	*name = "";
	return true;
}

static void
say_pass(struct dns_finding *f, const char *name)
{
	if (name[0] == '\0')
		judge_pass(f,
		    "There is no CAA record: every authority may issue "
		    "certificates.");
	else
		judge_pass(
		    f, "The CAA records of %s allow certificates.", name);
}

void
check_caa_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const struct dns_answer *answer = NULL;
	struct hosts hosts, judged = { .count = 0 };
	const char *name;
	bool is_ready = true;

	list_hosts(&hosts, s);
	if (hosts.count == 0) {
		judge_skip(f, "No mail host is set for this domain.");
		return;
	}
	for (size_t i = 0; i < hosts.count; i++) {
		const size_t before = judged.count;

		if (!find_set(answers, f, hosts.list[i], &name, &answer)) {
			is_ready = false;
			continue;
		}
		add_host(&judged, name);
		if (judged.count > before)
			judge_set(s, f, answer, name);
	}
	if (is_ready && f->verdict == DNS_WAITING)
		say_pass(f, judged.count > 0 ? judged.list[0] : "");
}
