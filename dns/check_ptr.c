/*
 * PTR: each sending address has one name, the one this server says in EHLO,
 * and that name leads back (RFC 1912 section 2.1).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

#define NAMES_MAX 4

void
check_ptr_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	const struct ip *ips[] = { &s->ip4, &s->ip6 };
	char name[IP_REVERSE_SIZE];
	const struct dns_rr *rr;

	for (size_t i = 0; i < 2; i++) {
		if (ips[i]->family == 0)
			continue;
		ip_reverse_name(name, ips[i]);
		question_add(q, DNS_PTR, name);
		if (answers == NULL)
			continue;
		const struct dns_view view =
		    answers_view(answers, name, DNS_PTR);

		for (size_t j = 0; j < NAMES_MAX &&
		     (rr = answer_rr(view.answer, DNS_PTR, j)) != NULL;
		     j++)
			question_add(q, i == 0 ? DNS_A : DNS_AAAA, rr->name);
	}
}

/* Does the name lead back to the address?  Waiting, pass, fail or unknown. */
static enum dns_verdict
leads_back(
    const struct dns_answers *answers, const char *name, const struct ip *ip)
{
	const uint16_t type = ip->family == AF_INET ? DNS_A : DNS_AAAA;
	const struct dns_view view = answers_view(answers, name, type);
	const struct dns_rr *rr;

	if (view.state == VIEW_WAITING)
		return DNS_WAITING;
	if (view.answer == NULL)
		return DNS_UNKNOWN;
	for (size_t i = 0; (rr = answer_rr(view.answer, type, i)) != NULL; i++)
		if (ip_is_same(&rr->ip, ip))
			return DNS_PASS;
	return DNS_FAIL;
}

static void
advise(struct dns_finding *f, const struct dns_record *wanted, enum dns_act act,
    const char *address)
{
	judge_record(f, act, wanted);
	judge_advise(f,
	    "Ask the company that rents out %s (not the DNS host of the "
	    "domain) to set its reverse DNS to %s.",
	    address, wanted->value);
	judge_consequence(
	    f, "Gmail, Yahoo and many others refuse or suspect its mail.");
}

/* Judges the names that were found for one address. */
static void
judge_names(const struct dns_answers *answers, struct dns_finding *f,
    const struct dns_answer *answer, const struct ip *ip, const char *address,
    const struct dns_record *wanted)
{
	const struct dns_rr *rr, *confirmed = NULL;
	bool is_waiting = false, is_unknown = false, has_wanted = false;
	const size_t count = answer_count(answer, DNS_PTR);

	for (size_t i = 0;
	     i < NAMES_MAX && (rr = answer_rr(answer, DNS_PTR, i)) != NULL;
	     i++) {
		const enum dns_verdict back = leads_back(answers, rr->name, ip);

		is_waiting |= back == DNS_WAITING;
		is_unknown |= back == DNS_UNKNOWN;
		if (back == DNS_PASS && (confirmed == NULL || !has_wanted))
			confirmed = rr;
		has_wanted |= text_is_same(rr->name, wanted->value);
	}
	if (confirmed == NULL && is_waiting) {
		f->verdict = DNS_WAITING;
		return;
	}
	rr = answer_rr(answer, DNS_PTR, 0);
	if (confirmed == NULL && is_unknown)
		judge_unknown(f,
		    "%s is named %s; nobody answered where that leads.",
		    address, rr->name);
	else if (confirmed == NULL) {
		judge_fail(f,
		    "%s is named %s, but that name does not lead back to it.",
		    address, rr->name);
		if (has_wanted) {
			judge_advise(f, "Add the %s record %s for %s.",
			    ip->family == AF_INET ? "A" : "AAAA", address,
			    rr->name);
			judge_consequence(f,
			    "Many receivers suspect its "
			    "mail.");
		} else
			advise(f, wanted, DNS_ACT_CHANGE, address);
	} else if (!has_wanted) {
		judge_warn(f, "%s is named %s, but greets as %s.", address,
		    confirmed->name, wanted->value);
		advise(f, wanted, DNS_ACT_CHANGE, address);
		judge_consequence(f, "Some receivers suspect its mail.");
	} else if (count > 1) {
		judge_warn(
		    f, "%s has %zu names; it should have one.", address, count);
		advise(f, wanted, DNS_ACT_CHANGE, address);
		judge_consequence(f, "Receivers look at any one of them.");
	}
}

static void
judge_address(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct ip *ip)
{
	struct dns_records records;
	char name[IP_REVERSE_SIZE], address[IP_TEXT_SIZE];
	const struct dns_record *wanted = NULL;
	const struct dns_rr *rr;

	record_list(s, &records);
	ip_reverse_name(name, ip);
	ip_format(address, ip);
	for (size_t i = 0; i < records.count; i++)
		if (text_is_same(records.list[i].name, name))
			wanted = &records.list[i];
	const struct dns_view view = answers_view(answers, name, DNS_PTR);

	if (wanted == NULL || !judge_ready(&view, f))
		return;
	judge_want(f, wanted);
	for (size_t i = 0; (rr = answer_rr(view.answer, DNS_PTR, i)) != NULL;
	     i++)
		judge_found_text(f, rr->name);
	if (!answer_is_missing(view.answer, DNS_PTR)) {
		judge_names(answers, f, view.answer, ip, address, wanted);
		return;
	}
	judge_fail(f, "%s has no name (no PTR record).", address);
	advise(f, wanted, DNS_ACT_ADD, address);
}

void
check_ptr_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const struct ip *ips[] = { &s->ip4, &s->ip6 };
	bool is_pending = false;

	if ((s->ip4.family == 0 && s->ip6.family == 0) ||
	    s->ehlo_name[0] == '\0') {
		judge_skip(f,
		    "The public address of this server isn't known: "
		    "enter it in the server's settings.");
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		if (ips[i]->family == 0 || f->verdict == DNS_FAIL)
			continue;
		const enum dns_verdict before = f->verdict;

		f->verdict = DNS_PASS; /* so that waiting shows */
		judge_address(s, answers, f, ips[i]);
		is_pending |= f->verdict == DNS_WAITING;
		if (f->verdict <= DNS_PASS)
			f->verdict = before;
	}
	if (is_pending && f->verdict != DNS_FAIL)
		f->verdict = DNS_WAITING;
	else if (f->verdict == DNS_WAITING)
		judge_pass(f,
		    "The server's address is named %s, and that "
		    "name leads back.",
		    s->ehlo_name);
}
