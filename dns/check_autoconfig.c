/*
 * autoconfig.DOMAIN, where Thunderbird asks for its settings: it leads here,
 * and what is served there over HTTPS names the tenant's servers.
 */
#include <string.h>

#include "base/text.h"
#include "dns/autoconfig.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/policy.h"

#define BY_HAND "Thunderbird's users enter servers by hand."

void
check_autoconfig_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	struct dns_record wanted;

	(void)answers;
	if (!judge_wanted(s, "autoconfig", &wanted))
		return;
	question_add(q, DNS_A, wanted.name);
	question_add(q, DNS_AAAA, wanted.name);
	question_add(q, DNS_AUTOCONFIG, wanted.name);
}

static bool
has_our_address(
    const struct dns_answer *answer, uint16_t type, const struct ip *ip)
{
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, type, i)) != NULL; i++)
		if (ip_is_same(&rr->ip, ip))
			return true;
	return false;
}

/* ---- what one address served ---- */

static void
judge_status(struct dns_finding *f, const char *host, const char *from,
    const struct policy_answer *served)
{
	const char *problem = policy_status_problem(served->status);

	if (problem != NULL)
		judge_warn(f, "%s (%s): %s.", host, from, problem);
	else
		judge_warn(f, "%s (%s) has no settings: status %u.", host, from,
		    served->status);
	if (served->status == POLICY_CERTIFICATE)
		judge_advise(f,
		    "Order a certificate for %s and install it on the web "
		    "server there.  %.*s",
		    host, (int)(served->length < 160 ? served->length : 160),
		    served->body);
	else
		judge_advise(f,
		    "Serve the file at https://%s/mail/config-v1.1.xml with "
		    "status 200.",
		    host);
}

static void
judge_server(struct dns_finding *f, const char *what,
    const struct autoconfig_server *served, const char *host, uint16_t port)
{
	if (host[0] == '\0')
		return;
	if (served->host[0] == '\0')
		judge_warn(f, "The settings served name no %s server.", what);
	else if (!text_is_same(served->host, host))
		judge_warn(f, "The settings served name the %s server %s.",
		    what, served->host);
	else if (served->port != port)
		judge_warn(f, "The settings served name port %u for %s.",
		    served->port, what);
	else
		return;
	judge_advise(
	    f, "The right one is %s, port %u: serve our file.", host, port);
}

static void
judge_file(const struct dns_subject *s, struct dns_finding *f, const char *host,
    const struct policy_answer *served)
{
	struct autoconfig config;

	if (!autoconfig_read(
		&config, served->body, served->length, s->domain)) {
		judge_warn(f,
		    "What %s serves are no settings for mail "
		    "programs.",
		    host);
		judge_advise(f,
		    "Serve our file at https://%s/mail/config-v1.1.xml.", host);
		return;
	}
	judge_server(f, "IMAP", &config.imap, s->imap_host, s->imap_port);
	judge_server(f, "SMTP", &config.smtp, s->smtp_host, s->smtp_port);
	if (text_is_same(served->media_type, "text/xml") ||
	    text_is_same(served->media_type, "application/xml"))
		return;
	judge_warn(f,
	    "The settings are served as \"%s\"; mail programs want "
	    "text/xml.",
	    served->media_type);
	judge_advise(f, "Set the media type of .xml on the web server.");
}

static void
judge_served(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const char *host)
{
	const struct dns_view view =
	    answers_view(answers, host, DNS_AUTOCONFIG);
	const struct dns_answer *answer;
	struct policy_answer served;
	char from[IP_TEXT_SIZE];

	if (!judge_ready(&view, f))
		return;
	for (size_t i = 0; (answer = answers_at(answers, host, DNS_AUTOCONFIG,
				false, i)) != NULL;
	     i++) {
		if (answer->state != ANSWER_GOOD)
			continue;
		ip_format(from, &answer->server->at.ip);
		if (!policy_read(&served, answer_rr(answer, DNS_AUTOCONFIG, 0)))
			judge_unknown(
			    f, "The settings at %s weren't fetched.", host);
		else if (served.status == 200)
			judge_file(s, f, host, &served);
		else
			judge_status(f, host, from, &served);
	}
	if (f->verdict == DNS_WAITING && f->problem[0] == '\0')
		judge_pass(f, "%s leads here and serves the settings.", host);
	else if (f->verdict == DNS_WARN)
		judge_consequence(f, BY_HAND);
}

void
check_autoconfig_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	struct dns_record wanted;
	struct dns_view a, aaaa;
	bool is_there;

	if (!judge_wanted(s, "autoconfig", &wanted)) {
		judge_skip(f, "No host for autoconfig is set.");
		return;
	}
	judge_want(f, &wanted);
	a = answers_view(answers, wanted.name, DNS_A);
	aaaa = answers_view(answers, wanted.name, DNS_AAAA);
	if (!judge_ready(&a, f) || !judge_ready(&aaaa, f))
		return;
	if (a.is_alias)
		judge_found_text(f, a.answer->target);
	is_there = !answer_is_missing(a.answer, DNS_A) ||
	    !answer_is_missing(aaaa.answer, DNS_AAAA);
	if ((a.is_alias && text_is_same(a.answer->target, wanted.value)) ||
	    has_our_address(a.answer, DNS_A, &s->ip4) ||
	    has_our_address(aaaa.answer, DNS_AAAA, &s->ip6)) {
		judge_served(s, answers, f, wanted.name);
		return;
	}
	if (is_there || a.is_alias)
		judge_warn(f, "%s leads to another server.", wanted.name);
	else
		judge_warn(f, "There is no %s.", wanted.name);
	judge_record(
	    f, is_there || a.is_alias ? DNS_ACT_CHANGE : DNS_ACT_ADD, &wanted);
	judge_consequence(f, BY_HAND);
}
