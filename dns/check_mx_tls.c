/*
 * The certificate of each MX, as a sender sees it after STARTTLS on port 25:
 * for its name, in its time, by an authority that is known (RFC 8461 section
 * 4.1).  A connection that doesn't come about is no verdict: networks keep
 * port 25, and calls to oneself, from coming through.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/mail_tls.h"

#define HOSTS_MAX   8
#define DAY_SECONDS 86400
#define DAYS_LEFT   14

/* The index-th MX that takes mail, or NULL. */
static const char *
host_at(const struct dns_answer *answer, size_t index)
{
	const struct dns_rr *rr;

	for (size_t i = 0;
	     i < HOSTS_MAX && (rr = answer_rr(answer, DNS_MX, i)) != NULL; i++)
		if (rr->name[0] != '\0' && index-- == 0)
			return rr->name;
	return NULL;
}

void
check_mx_tls_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	const struct dns_answer *mx;
	const char *host;

	if (s->sts_mode == DNS_STS_OFF)
		return;
	question_add(q, DNS_MX, s->domain);
	if (answers == NULL)
		return;
	mx = answers_view(answers, s->domain, DNS_MX).answer;
	for (size_t i = 0; (host = host_at(mx, i)) != NULL; i++) {
		question_add(q, DNS_A, host);
		question_add(q, DNS_AAAA, host);
		question_add(q, DNS_MAIL_TLS, host);
	}
}

/* ---- what one address showed ---- */

/* One address of a mail host, and how bad a fault is. */
struct place {
	const char *host;
	char address[IP_TEXT_SIZE];
	bool is_strict; /* senders refuse to deliver */
};

/* "mail.example.com (203.0.113.10): PROBLEM" */
static void
say_fault(struct dns_finding *f, const struct place *place, const char *problem)
{
	f->stops_enforce = true;
	(place->is_strict ? judge_fail : judge_warn)(
	    f, "%s (%s): %s.", place->host, place->address, problem);
	judge_consequence(f,
	    place->is_strict
		? "Senders that keep to MTA-STS do not deliver there."
		: "Senders report it now, and would not deliver under "
		  "\"enforce\".");
}

static void
judge_certificate(const struct dns_subject *s, struct dns_finding *f,
    const struct place *place, const struct starttls_reply *reply)
{
	char problem[DNS_SENTENCE_SIZE] = "", date[32];

	if (!reply->has_name) {
		text_format(problem, sizeof(problem),
		    "the certificate is not for that name, but for %s",
		    reply->names[0] != '\0' ? reply->names : "no DNS name");
	} else if (reply->until_at <= s->now_at) {
		clock_format_utc(date, sizeof(date), reply->until_at);
		text_format(problem, sizeof(problem),
		    "the certificate has ended: it was good until %s", date);
	} else if (reply->from_at > s->now_at) {
		clock_format_utc(date, sizeof(date), reply->from_at);
		text_format(problem, sizeof(problem),
		    "the certificate begins only on %s", date);
	} else if (reply->why[0] != '\0')
		text_format(problem, sizeof(problem),
		    "the certificate can't be trusted: %s", reply->why);
	if (problem[0] == '\0')
		return;
	say_fault(f, place, problem);
	judge_advise(f,
	    "Have the mail server show a certificate for %s, by a public "
	    "authority and together with the chain (fullchain.pem).",
	    place->host);
}

static void
judge_days_left(const struct dns_subject *s, struct dns_finding *f,
    const struct place *place, const struct starttls_reply *reply)
{
	const int64_t left = reply->until_at - s->now_at;

	if (left <= 0 || left >= DAYS_LEFT * DAY_SECONDS)
		return;
	judge_warn(f, "%s (%s): the certificate ends in %lld days.",
	    place->host, place->address, (long long)(left / DAY_SECONDS));
	judge_advise(f, "See why it was not renewed yet.");
}

/* False when that address says nothing about its certificate. */
static bool
judge_reply(const struct dns_subject *s, struct dns_finding *f,
    const struct place *place, const struct dns_answer *answer)
{
	char problem[DNS_SENTENCE_SIZE];
	struct starttls_reply reply;

	if (answer->state != ANSWER_GOOD ||
	    !mail_tls_read(&reply, answer_rr(answer, DNS_MAIL_TLS, 0)) ||
	    reply.result == STARTTLS_NOT_NOW)
		return false;
	if (reply.result == STARTTLS_TLS) {
		judge_found_text(f, reply.names);
		judge_certificate(s, f, place, &reply);
		judge_days_left(s, f, place, &reply);
		return true;
	}
	if (reply.result == STARTTLS_MISSING)
		text_copy(problem, sizeof(problem), "it offers no STARTTLS");
	else
		text_format(problem, sizeof(problem), "TLS does not begin: %s",
		    reply.detail);
	say_fault(f, place, problem);
	judge_advise(f,
	    "Switch TLS on for port 25 of %s, and nothing in between may "
	    "filter it.",
	    place->host);
	return true;
}

/* ---- a mail host, all its addresses ---- */

/* Nothing is known of the host. */
static void
say_unreached(
    struct dns_finding *f, const char *host, const struct dns_answer *answer)
{
	struct starttls_reply reply;

	if (answer->state == ANSWER_GOOD &&
	    mail_tls_read(&reply, answer_rr(answer, DNS_MAIL_TLS, 0)))
		judge_unknown(f,
		    "%s showed no certificate on port 25: it says \"%s\".",
		    host, reply.detail);
	else if (answer->note[0] != '\0')
		judge_unknown(f, "%s was not asked: %s", host, answer->note);
	else
		judge_unknown(f,
		    "%s can't be reached on port 25 from here.  Networks "
		    "often keep port 25, or calls to oneself, from coming "
		    "through: that is no fault of the mail host.",
		    host);
	judge_advise(f,
	    "Look from another network: openssl s_client -starttls smtp "
	    "-connect %s:25 -verify_hostname %s",
	    host, host);
}

/* False while an address hasn't answered.  `unreached` gets one that said
 * nothing. */
static bool
judge_host(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const char *host, char unreached[IP_TEXT_SIZE])
{
	struct place place = { .host = host,
		.is_strict = s->sts_mode == DNS_STS_ENFORCE };
	const struct dns_answer *answer, *silent = NULL;
	size_t reached = 0;

	for (size_t i = 0; (answer = answers_at(
				answers, host, DNS_MAIL_TLS, false, i)) != NULL;
	     i++) {
		if (answer->state == ANSWER_WAITING)
			return false;
		ip_format(place.address, &answer->server->at.ip);
		if (judge_reply(s, f, &place, answer)) {
			reached++;
			continue;
		}
		silent = answer;
		memcpy(unreached, place.address, IP_TEXT_SIZE);
	}
	if (reached == 0 && silent != NULL)
		say_unreached(f, host, silent);
	return reached > 0 || silent != NULL;
}

static void
judge_hosts(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_answer *mx)
{
	char unreached[IP_TEXT_SIZE] = "";
	bool is_waiting = false;
	const char *host;

	for (size_t i = 0; (host = host_at(mx, i)) != NULL; i++) {
		const struct dns_view view =
		    answers_view(answers, host, DNS_MAIL_TLS);

		if (view.state == VIEW_NONE && view.asked == 0)
			judge_unknown(
			    f, "%s can't be asked: %s.", host, view.reason);
		else if (!judge_host(s, answers, f, host, unreached))
			is_waiting = true;
	}
	if (is_waiting && f->verdict != DNS_FAIL)
		f->verdict = DNS_WAITING;
	else if (unreached[0] != '\0')
		judge_pass(f,
		    "Each MX shows a certificate that senders trust; %s could "
		    "not be asked.",
		    unreached);
	else
		judge_pass(
		    f, "Each MX shows a certificate that senders trust.");
}

void
check_mx_tls_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	const struct dns_view mx = answers_view(answers, s->domain, DNS_MX);

	if (s->sts_mode == DNS_STS_OFF)
		judge_skip(f, "MTA-STS is not switched on for this domain.");
	else if (!judge_ready(&mx, f))
		return;
	else if (host_at(mx.answer, 0) == NULL)
		judge_skip(f, "No MX takes mail: see the row of the MX.");
	else
		judge_hosts(s, answers, f, mx.answer);
}
