/*
 * SRV records by which mail programs find their servers (RFC 6186, RFC 8314
 * section 5.1), and what leads them to another one: records of services that
 * we don't offer, and those that Outlook asks for.
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

/* Left behind by the host of before, each takes mail programs there. */
static const char *const others[] = { "_imaps._tcp", "_imap._tcp",
	"_submissions._tcp", "_submission._tcp", "_pop3s._tcp", "_pop3._tcp",
	"_sieve._tcp", "_autodiscover._tcp" };

#define OTHER_COUNT (sizeof(others) / sizeof(others[0]))

#define AUTODISCOVER "autodiscover.%s"

static void
ask_others(const struct dns_subject *s, struct dns_questions *q)
{
	question_addf(q, DNS_A, AUTODISCOVER, s->domain);
	for (size_t i = 0; i < OTHER_COUNT; i++)
		question_addf(q, DNS_SRV, "%s.%s", others[i], s->domain);
}

void
check_srv_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	struct dns_records records;
	const struct dns_rr *rr;

	record_list(s, &records);
	for (size_t i = 0; i < records.count; i++) {
		const struct dns_record *r = &records.list[i];

		if (r->type != DNS_SRV)
			continue;
		question_add(q, DNS_SRV, r->name);
		if (answers == NULL)
			continue;
		rr = answer_rr(
		    answers_view(answers, r->name, DNS_SRV).answer, DNS_SRV, 0);
		if (rr != NULL && rr->name[0] != '\0')
			question_add(q, DNS_A, rr->name);
	}
	if (q->count > 0)
		ask_others(s, q);
}

/* "1 993 mail.example.com": weight, port and host of the wanted record. */
static bool
is_wanted(const struct dns_record *r, const struct dns_rr *rr)
{
	char text[DNS_NAME_SIZE + 16];

	text_format(text, sizeof(text), "%u %s", rr->port, rr->name);
	return text_is_same(strchr(r->value, ' ') + 1, text);
}

static void
judge_service(const struct dns_answers *answers, struct dns_finding *f,
    const struct dns_record *r)
{
	const struct dns_view view = answers_view(answers, r->name, DNS_SRV);
	char text[DNS_NAME_SIZE + 32];
	const struct dns_rr *rr, *wrong = NULL;
	bool is_there = false;

	if (!judge_ready(&view, f))
		return;
	for (size_t i = 0; (rr = answer_rr(view.answer, DNS_SRV, i)) != NULL;
	     i++) {
		text_format(text, sizeof(text), "%u %u %u %s", rr->preference,
		    rr->weight, rr->port, rr->name[0] == '\0' ? "." : rr->name);
		judge_found_text(f, text);
		if (!is_wanted(r, rr))
			wrong = rr;
		else if (answers_view(answers, rr->name, DNS_A).is_alias)
			judge_warn(f, "%s leads to %s, which is an alias.",
			    r->name, rr->name);
		else
			is_there = true;
	}
	if (wrong != NULL && wrong->name[0] == '\0')
		judge_warn(
		    f, "%s says that the service is not offered.", r->name);
	else if (wrong != NULL)
		judge_fail(f, "%s leads to %s port %u.", r->name, wrong->name,
		    wrong->port);
	else if (!is_there)
		judge_warn(f, "There is no %s record.", r->name);
	else
		return;
	if (f->act == DNS_ACT_NONE)
		judge_record(
		    f, wrong != NULL ? DNS_ACT_CHANGE : DNS_ACT_ADD, r);
	judge_consequence(f,
	    wrong != NULL ? "Mail programs connect to the wrong server."
			  : "People enter their servers by hand.");
}

/* ---- what leads elsewhere ---- */

static bool
is_our_host(const struct dns_subject *s, const char *host)
{
	return text_is_same(host, s->mail_host) ||
	    text_is_same(host, s->imap_host) ||
	    text_is_same(host, s->smtp_host) ||
	    text_is_same(host, s->autoconfig_host);
}

/* An alias within the domain is the customer's own. */
static void
judge_autodiscover(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	char name[DNS_NAME_SIZE];
	struct dns_view view;

	if (!text_format(name, sizeof(name), AUTODISCOVER, s->domain))
		return;
	view = answers_view(answers, name, DNS_A);
	if (view.answer == NULL || !view.is_alias ||
	    is_our_host(s, view.answer->target) ||
	    host_name_is_below(view.answer->target, s->domain))
		return;
	judge_warn(f,
	    "%s is an alias of %s: Outlook takes its settings from there.",
	    name, view.answer->target);
	judge_advise(f,
	    "Delete the CNAME record to %s unless its settings name our hosts.",
	    view.answer->target);
	judge_consequence(f, "Outlook connects to the wrong server.");
}

static void
judge_other(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const char *name)
{
	const struct dns_answer *answer =
	    answers_view(answers, name, DNS_SRV).answer;
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_SRV, i)) != NULL; i++) {
		if (rr->name[0] == '\0' || is_our_host(s, rr->name))
			continue;
		judge_warn(f, "%s leads to %s, which is none of our hosts.",
		    name, rr->name);
		judge_advise(f,
		    "Delete the SRV record to %s, unless people shall use that "
		    "server.",
		    rr->name);
		judge_consequence(f,
		    "Some mail programs are set up with another server than "
		    "the rest.");
	}
}

/* False while one is waited for; silence says nothing. */
static bool
judge_others(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	struct dns_questions asked = { .count = 0 };
	bool is_ready = true;

	ask_others(s, &asked);
	for (size_t i = 0; i < asked.count; i++) {
		is_ready &= answers_view(
				answers, asked.list[i].name, asked.list[i].type)
				.state != VIEW_WAITING;
		if (asked.list[i].type == DNS_SRV)
			judge_other(s, answers, f, asked.list[i].name);
	}
	judge_autodiscover(s, answers, f);
	return is_ready;
}

/* ---- the row ---- */

void
check_srv_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	struct dns_records records;
	size_t wanted = 0, ready = 0;
	bool is_ready;

	record_list(s, &records);
	for (size_t i = 0; i < records.count; i++) {
		const struct dns_record *r = &records.list[i];

		if (r->type != DNS_SRV)
			continue;
		wanted++;
		ready += answers_view(answers, r->name, DNS_SRV).answer != NULL;
		judge_service(answers, f, r);
	}
	if (wanted == 0) {
		judge_skip(f, "No hosts for mail programs are set.");
		return;
	}
	is_ready = judge_others(s, answers, f);
	if (is_ready && ready == wanted && f->verdict == DNS_WAITING)
		judge_pass(f, "Mail programs find their servers by name.");
}
