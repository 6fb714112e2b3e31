/*
 * The MTA-STS policy: served over HTTPS as senders want it, and it names the
 * mail hosts, all of them and no others (RFC 8461 sections 3.2, 3.3, 4.1).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/policy.h"
#include "dns/sts_policy.h"

static bool
policy_host(char to[DNS_NAME_SIZE], const struct dns_subject *s)
{
	return subject_has_sts(s) &&
	    text_format(to, DNS_NAME_SIZE, "mta-sts.%s", s->domain);
}

void
check_sts_policy_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char host[DNS_NAME_SIZE];

	(void)answers;
	if (!policy_host(host, s))
		return;
	question_add(q, DNS_A, host);
	question_add(q, DNS_AAAA, host);
	question_add(q, DNS_MX, s->domain);
	question_add(q, DNS_POLICY, host);
}

/* ---- what one address served ---- */

static void
judge_status(struct dns_finding *f, const char *host, const char *from,
    const struct policy_answer *policy)
{
	const char *problem = policy_status_problem(policy->status);

	if (problem != NULL)
		judge_fail(f, "Policy host %s (%s): %s.", host, from, problem);
	else if (policy->status >= 300 && policy->status < 400)
		judge_fail(f,
		    "Policy host %s (%s) sends elsewhere (status %u), which "
		    "senders don't follow.",
		    host, from, policy->status);
	else
		judge_fail(f, "Policy host %s (%s) has no policy: status %u.",
		    host, from, policy->status);
	if (policy->status == POLICY_CERTIFICATE)
		judge_advise(f,
		    "Order a certificate for %s and install it on the web "
		    "server there.  %.*s",
		    host, (int)(policy->length < 160 ? policy->length : 160),
		    policy->body);
	else
		judge_advise(f,
		    "Serve the policy at https://%s/.well-known/mta-sts.txt "
		    "with status 200.",
		    host);
}

/* Every MX must be allowed, or its mail is refused under "enforce". */
static void
judge_hosts(const struct dns_answers *answers, const struct dns_subject *s,
    struct dns_finding *f, const struct sts_policy *policy)
{
	const struct dns_view mx = answers_view(answers, s->domain, DNS_MX);
	const bool is_strict = policy->mode == DNS_STS_ENFORCE;
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(mx.answer, DNS_MX, i)) != NULL;
	     i++) {
		if (rr->name[0] == '\0' || sts_policy_covers(policy, rr->name))
			continue;
		(is_strict ? judge_fail : judge_warn)(
		    f, "The policy does not allow the mail host %s.", rr->name);
		judge_advise(f,
		    "Add the line \"mx: %s\" to the policy, and then change "
		    "the id of the TXT record.",
		    rr->name);
		judge_consequence(
		    f, is_strict ? "Senders refuse to deliver there." : "");
	}
}

static bool
is_used(const struct dns_answer *answer, const char *pattern)
{
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_MX, i)) != NULL; i++)
		if (sts_pattern_covers(pattern, rr->name))
			return true;
	return false;
}

/* A pattern that no MX needs lets others in. */
static void
judge_patterns(const struct dns_answers *answers, const struct dns_subject *s,
    struct dns_finding *f, const struct sts_policy *policy)
{
	const struct dns_view mx = answers_view(answers, s->domain, DNS_MX);

	for (size_t i = 0; mx.answer != NULL && i < policy->mx_count; i++) {
		if (is_used(mx.answer, policy->mx[i]))
			continue;
		judge_warn(
		    f, "The policy allows %s, which is no MX.", policy->mx[i]);
		judge_advise(
		    f, "Remove it from the policy, or add the MX record.");
	}
}

static void
judge_mode(struct dns_finding *f, const struct dns_subject *s,
    const struct sts_policy *policy)
{
	static const char *const modes[] = { "none", "testing", "enforce" };

	if (policy->mode == s->sts_mode)
		return;
	judge_warn(f, "The policy served says \"%s\", set here is \"%s\".",
	    modes[policy->mode], modes[s->sts_mode]);
	judge_advise(f,
	    "Install the policy of these settings on the web server, and then "
	    "change the id of the TXT record.");
}

static void
judge_text(const struct dns_answers *answers, const struct dns_subject *s,
    struct dns_finding *f, const struct policy_answer *served)
{
	const struct lint_finding *wrong;
	struct sts_policy policy;
	struct lint lint = { .text = served->body, .length = served->length };

	sts_policy_read(&policy, &lint);
	if (lint.verdict == LINT_FAIL || lint.verdict == LINT_SKIP) {
		wrong = lint_first(&lint, lint.verdict);
		judge_fail(f, "Senders can't use the policy: %s", wrong->text);
		judge_advise(f, "Serve the policy as these settings have it.");
		return;
	}
	judge_mode(f, s, &policy);
	if (policy.mode != DNS_STS_OFF) {
		judge_hosts(answers, s, f, &policy);
		judge_patterns(answers, s, f, &policy);
	}
	wrong = lint_first(&lint, LINT_WARN);
	if (wrong != NULL)
		judge_warn(f, "%s", wrong->text);
	if (!text_is_same(served->media_type, "text/plain"))
		judge_warn(f,
		    "The policy is served as \"%s\"; senders want text/plain.",
		    served->media_type);
}

static void
judge_served(const struct dns_answers *answers, const struct dns_subject *s,
    struct dns_finding *f, const struct dns_answer *answer)
{
	char from[IP_TEXT_SIZE];
	struct policy_answer served;
	const char *host = answer->target;

	if (answer->state != ANSWER_GOOD)
		return;
	if (!policy_read(&served, answer_rr(answer, DNS_POLICY, 0))) {
		judge_unknown(f, "The policy of %s wasn't fetched.", host);
		return;
	}
	ip_format(from, &answer->server->at.ip);
	if (served.status == 200)
		judge_text(answers, s, f, &served);
	else
		judge_status(f, host, from, &served);
}

void
check_sts_policy_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	char host[DNS_NAME_SIZE];
	const struct dns_answer *answer;
	struct dns_view a, aaaa, mx, view;

	if (!policy_host(host, s)) {
		judge_skip(f, "MTA-STS is not switched on for this domain.");
		return;
	}
	a = answers_view(answers, host, DNS_A);
	aaaa = answers_view(answers, host, DNS_AAAA);
	mx = answers_view(answers, s->domain, DNS_MX);
	view = answers_view(answers, host, DNS_POLICY);
	if (answer_is_missing(a.answer, DNS_A) &&
	    answer_is_missing(aaaa.answer, DNS_AAAA)) {
		judge_fail(f, "The policy host %s has no address.", host);
		judge_advise(f, "See the row of the policy host.");
		return;
	}
	if (!judge_ready(&view, f) || !judge_ready(&mx, f))
		return;
	for (size_t i = 0;
	     (answer = answers_at(answers, host, DNS_POLICY, false, i)) != NULL;
	     i++)
		judge_served(answers, s, f, answer);
	if (f->verdict == DNS_WAITING && f->problem[0] == '\0')
		judge_pass(f, "The policy is served, and allows every MX.");
	else if (f->consequence[0] == '\0' && f->verdict == DNS_FAIL)
		judge_consequence(
		    f, "Senders deliver without insisting on TLS.");
}
