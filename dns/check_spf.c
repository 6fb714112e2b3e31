/*
 * SPF: one record, well formed, that lets this server's addresses send
 * (RFC 7208), evaluated as a receiver does.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"
#include "dns/lint.h"
#include "dns/spf.h"
#include "dns/spf_merge.h"
#include "dns/spf_syntax.h"

#define LOOKUPS_TIGHT 8
#define TOO_MANY                                                   \
	"Remove an include or mx that is no longer used, or name " \
	"addresses with ip4: and ip6:."
#define ANSWER_TIGHT 1232 /* octets that go safely into one datagram */
#define HEAD_SIZE    27   /* of a message: header, class and type, OPT */
#define RR_HEAD_SIZE 12   /* of a record whose name points to the question */

static struct spf_sender
sender_of(const struct dns_subject *s, const struct ip *ip)
{
	return (struct spf_sender){ .ip = *ip,
		.local = "postmaster",
		.domain = s->domain,
		.helo = s->ehlo_name[0] != '\0' ? s->ehlo_name : s->mail_host,
		.is_terse = true };
}

void
check_spf_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	const struct ip *ips[] = { &s->ip4, &s->ip6 };
	struct spf_report report;

	question_add(q, DNS_TXT, s->domain);
	question_add(q, DNS_MX, s->domain);
	if (answers == NULL)
		return;
	for (size_t i = 0; i < 2; i++) {
		if (ips[i]->family == 0)
			continue;
		const struct spf_sender sender = sender_of(s, ips[i]);

		spf_count(answers, &sender, q, &report);
	}
	judge_ask_elsewhere(s, answers, q, s->domain, DNS_TXT, NULL);
}

/* Advises a record that keeps every sender of what is there. */
static void
advise_merged(const struct dns_subject *s, struct dns_finding *f,
    const struct spf_text *texts, size_t count, const struct dns_record *wanted)
{
	const struct ip own[] = { s->ip4, s->ip6 };
	struct dns_record merged = *wanted;

	if (spf_merge_wanted(merged.value, texts, count, wanted->value, own, 2))
		judge_record(f, DNS_ACT_CHANGE, &merged);
	else
		judge_advise(f,
		    "All its senders do not fit into %d characters: take out "
		    "those that are no longer used.",
		    DNS_VALUE_SIZE - 1);
}

/* The record that is there, with what lets our server send put in front. */
static void
advise_own(const struct dns_subject *s, struct dns_finding *f,
    const struct spf_text *text, const struct dns_record *wanted)
{
	const struct ip own[] = { s->ip4, s->ip6 };
	struct dns_record better = *wanted;

	if (spf_merge(better.value, text, 1, own, 2))
		judge_record(f, DNS_ACT_CHANGE, &better);
}

/* The term of the domain's own record that ends in an error. */
static bool
term_in_error(const struct spf_record *record, const struct spf_report *report,
    struct spf_term *term)
{
	const struct spf_step *step = report->steps;
	const struct spf_step *end = step + report->step_count;

	while (step < end &&
	    (step->depth > 0 || step->result != SPF_STEP_PERMERROR))
		step++;
	for (size_t at = 0; step < end && spf_term_next(record, &at, term);)
		if (strlen(step->text) == term->length &&
		    text_starts_with(term->text, step->text))
			return true;
	return false;
}

/* The record without its term that leads to an error. */
static void
advise_without_error(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_rr *rr, const struct spf_report *report,
    const struct dns_record *wanted)
{
	struct spf_record record;
	struct spf_term term;
	char text[DNS_VALUE_SIZE];

	if (!spf_parse(&record, rr->data, rr->length))
		return;
	if (!term_in_error(&record, report, &term) ||
	    !text_format(text, sizeof(text), "%.*s%s", (int)term.at, rr->data,
		term.text + term.length))
		return;
	advise_own(s, f, &(struct spf_text){ text, strlen(text) }, wanted);
	judge_add_advice(f,
	    "It leaves out \"%.*s\", which leads to the error: or have its "
	    "owner mend that.",
	    lint_shown(term.length), term.text);
}

static void
judge_several(const struct dns_subject *s, struct dns_finding *f,
    const struct judge_txt *txt, const struct dns_record *wanted)
{
	struct spf_text texts[JUDGE_TXT_MAX];

	for (size_t i = 0; i < txt->count; i++)
		texts[i] = (struct spf_text){ txt->list[i]->data,
			txt->list[i]->length };
	judge_fail(f,
	    "There are %zu SPF records; receivers take that for an "
	    "error and use none.",
	    txt->count);
	advise_merged(s, f, texts, txt->count, wanted);
	if (f->act == DNS_ACT_CHANGE)
		judge_advise(f,
		    "Merge them: change one record to the wanted value and "
		    "delete the others.");
	judge_remove(f, txt->list[1]->data, txt->list[1]->length);
	judge_consequence(f,
	    "Receivers treat the domain as without SPF, or "
	    "refuse its mail.");
}

static void
judge_syntax_error(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_rr *rr, const struct spf_record *record,
    const struct dns_record *wanted)
{
	char damage[DNS_SENTENCE_SIZE];

	judge_damage(damage, rr->data, rr->length);
	judge_fail(f, "The SPF record is broken at character %zu: %s%s%s",
	    record->error_at + 1, record->error, damage[0] != '\0' ? "  " : "",
	    damage);
	advise_merged(
	    s, f, &(struct spf_text){ rr->data, rr->length }, 1, wanted);
	f->differs_at = (int)record->error_at;
	judge_consequence(f,
	    "Receivers use none of it, and some refuse the "
	    "domain's mail.");
}

/* Why receivers end in an error, and what to take out. */
static void
advise_on_error(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_rr *rr, const struct spf_report *report,
    const struct dns_record *wanted)
{
	if (report->lookups > SPF_LOOKUP_MAX)
		judge_advise(f, TOO_MANY);
	else if (report->voids > SPF_VOID_MAX)
		judge_advise(f,
		    "Take out terms that find nothing, such as \"%s\".",
		    report->void_term);
	else
		advise_without_error(s, f, rr, report, wanted);
}

/* True when the record lets this address send. */
static bool
judge_address(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_rr *rr, const struct ip *ip,
    const struct dns_record *wanted)
{
	const struct spf_sender sender = sender_of(s, ip);
	struct spf_report report;
	char address[IP_TEXT_SIZE];

	spf_evaluate(answers, &sender, NULL, &report);
	ip_format(address, ip);
	switch (report.result) {
	case SPF_PASS:
		return true;
	case SPF_NEED:
		if (f->verdict != DNS_FAIL)
			f->verdict = DNS_WAITING;
		return false;
	case SPF_TEMPERROR:
		judge_unknown(f, "SPF can't be worked out for %s: %s", address,
		    report.why);
		return false;
	case SPF_PERMERROR:
		judge_fail(
		    f, "SPF ends in an error for %s: %s", address, report.why);
		advise_on_error(s, f, rr, &report, wanted);
		break;
	default:
		judge_fail(f,
		    "SPF does not let %s send: the result is \"%s\".  %s",
		    address, spf_result_name(report.result), report.why);
		advise_own(
		    s, f, &(struct spf_text){ rr->data, rr->length }, wanted);
		judge_add_advice(
		    f, "What is there stays; this server's addresses come in.");
	}
	judge_consequence(
	    f, "Mail from this server lands in spam or is refused.");
	return false;
}

/* The end of the record: what happens to everybody else. */
static void
judge_end(struct dns_finding *f, const struct spf_record *record,
    const char *text, const struct dns_record *wanted)
{
	const struct spf_term *all = spf_term_of(record, SPF_ALL);
	struct dns_record better = *wanted;

	if (all == NULL) {
		if (spf_term_of(record, SPF_REDIRECT) != NULL)
			return;
		judge_warn(f,
		    "The record does not say what to do with other "
		    "senders: it ends without \"-all\".");
		text_format(better.value, sizeof(better.value), "%.*s -all",
		    DNS_VALUE_SIZE - 8, text);
	} else if (all->qualifier == '+') {
		judge_fail(f,
		    "\"+all\" lets everybody on the internet send in "
		    "the domain's name.");
	} else if (all->qualifier == '?') {
		judge_warn(f, "\"?all\" says nothing about other senders.");
	} else
		return;
	if (all != NULL)
		text_format(better.value, sizeof(better.value), "%.*s-all%s",
		    (int)all->at, text, text + all->at + all->length);
	judge_record(f, DNS_ACT_CHANGE, &better);
	judge_consequence(f, "Forged mail passes.");
}

static void
judge_cost(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const struct spf_sender sender =
	    sender_of(s, s->ip4.family != 0 ? &s->ip4 : &s->ip6);
	struct spf_report report;

	spf_count(answers, &sender, NULL, &report);
	if (report.result == SPF_NEED) {
		if (f->verdict != DNS_FAIL)
			f->verdict = DNS_WAITING;
		return;
	}
	if (report.lookups > SPF_LOOKUP_MAX) {
		judge_fail(f,
		    "The record asks the DNS %u times in the worst case; "
		    "receivers give up after 10.",
		    report.lookups);
		judge_advise(f, TOO_MANY);
		f->act = DNS_ACT_OTHER;
		judge_consequence(f, "Part of the mail fails SPF.");
	} else if (report.lookups >= LOOKUPS_TIGHT)
		judge_warn(f,
		    "The record asks the DNS %u of 10 times: one more sender "
		    "may break it.",
		    report.lookups);
	if (report.result == SPF_PERMERROR)
		judge_fail(f,
		    "Mail from this server passes, for other senders SPF ends "
		    "in an error: %s",
		    report.why);
	if (report.is_partial)
		judge_unknown(f,
		    "This server's mail passes; what the record says of "
		    "others can't be told: a part of it was not answered.");
	if (report.voids > 0)
		(report.voids > SPF_VOID_MAX ? judge_fail : judge_warn)(f,
		    "%u term%s of the record lead%s nowhere, such as \"%s\"; "
		    "receivers give up at the third.",
		    report.voids, report.voids == 1 ? "" : "s",
		    report.voids == 1 ? "s" : "", report.void_term);
	if ((f->verdict == DNS_WARN || f->verdict == DNS_FAIL) &&
	    f->advice[0] == '\0')
		judge_advise(f,
		    "Remove terms that are no longer used, or that lead "
		    "nowhere.");
}

/* Octets of the answer with all TXT records of the name. */
static size_t
answer_size(const struct dns_answer *answer)
{
	size_t size = HEAD_SIZE + strlen(answer->target) + 2;
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_TXT, i)) != NULL; i++)
		size += RR_HEAD_SIZE + rr->length + rr->string_count;
	return size;
}

static void
judge_size(struct dns_finding *f, const struct dns_answer *answer)
{
	const size_t size = answer_size(answer);

	if (size <= ANSWER_TIGHT)
		return;
	judge_warn(f,
	    "The TXT records of %s take %zu octets together: above %d they "
	    "need TCP, which some receivers don't try.",
	    answer->target, size, ANSWER_TIGHT);
	judge_advise(f,
	    "Delete TXT records that are no longer needed, such as old "
	    "verification codes.");
}

/* What is usable, but odd: the words of "dns lint". */
static void
judge_words(struct dns_finding *f, const struct dns_rr *rr)
{
	struct lint lint;
	const struct lint_finding *odd;

	lint_run(&lint, lint_kind_by_name("spf"), rr->data, rr->length);
	odd = lint_first(&lint, LINT_WARN);
	if (odd == NULL)
		return;
	judge_warn(f, "%s", odd->text);
	f->differs_at = (int)odd->at;
	judge_advise(f,
	    "Correct that part of the record, or take out what is no longer "
	    "used; leave the rest as it is.");
}

/* True when it lets every address of ours send. */
static bool
judge_one(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_answer *answer,
    const struct dns_rr *rr, const struct dns_record *wanted)
{
	const struct ip *ips[] = { &s->ip4, &s->ip6 };
	struct spf_record record;
	bool is_pass = true;

	if (!spf_parse(&record, rr->data, rr->length)) {
		judge_syntax_error(s, f, rr, &record, wanted);
		return false;
	}
	judge_end(f, &record, rr->data, wanted);
	for (size_t i = 0; i < 2; i++)
		if (ips[i]->family != 0 && f->verdict != DNS_FAIL)
			is_pass =
			    judge_address(s, answers, f, rr, ips[i], wanted) &&
			    is_pass;
	if (f->verdict == DNS_WAITING && f->problem[0] != '\0')
		return false;
	if (f->verdict != DNS_FAIL && f->verdict != DNS_UNKNOWN)
		judge_cost(s, answers, f);
	if (f->verdict == DNS_WAITING && f->problem[0] == '\0')
		judge_words(f, rr);
	if (f->verdict == DNS_WAITING && f->problem[0] == '\0')
		judge_size(f, answer);
	return is_pass;
}

/* True when evaluation and count have all they need. */
static bool
is_complete(const struct dns_subject *s, const struct dns_answers *answers)
{
	struct dns_questions need;

	need.count = 0;
	check_spf_questions(s, answers, &need);
	for (size_t i = 0; i < need.count; i++)
		if (answers_view(answers, need.list[i].name, need.list[i].type)
			.state == VIEW_WAITING)
			return false;
	return true;
}

void
check_spf_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const struct dns_view view = answers_view(answers, s->domain, DNS_TXT);
	struct dns_record wanted;
	struct judge_txt txt;
	char damage[DNS_SENTENCE_SIZE];

	if (s->ip4.family == 0 && s->ip6.family == 0) {
		judge_skip(f,
		    "The public address of this server isn't known: "
		    "enter it in the server's settings.");
		return;
	}
	if (!judge_wanted(s, "spf", &wanted))
		return;
	judge_want(f, &wanted);
	if (!judge_ready(&view, f))
		return;
	judge_collect(&txt, view.answer, "v=spf1", JUDGE_BLANK);
	for (size_t i = 0; i < txt.count; i++)
		judge_found(f, txt.list[i]->data, txt.list[i]->length);
	if (txt.count > 1) {
		judge_several(s, f, &txt, &wanted);
	} else if (txt.count == 1) {
		const bool is_pass =
		    judge_one(s, answers, f, view.answer, txt.list[0], &wanted);

		judge_want_nothing(f);
		if (is_pass && f->verdict == DNS_WAITING &&
		    f->problem[0] == '\0' && is_complete(s, answers)) {
			judge_pass(f, "SPF lets this server send.");
			judge_inform(f,
			    "Subdomains don't inherit it: for those that "
			    "never send publish v=spf1 -all.");
		}
	} else if (txt.lookalike != NULL) {
		judge_found(f, txt.lookalike->data, txt.lookalike->length);
		judge_damage(
		    damage, txt.lookalike->data, txt.lookalike->length);
		judge_fail(f,
		    "The SPF record is not recognised: it must begin "
		    "with \"v=spf1\" and a blank.  %s",
		    damage);
		judge_record(f, DNS_ACT_CHANGE, &wanted);
		judge_consequence(f, "Receivers see no SPF record.");
	} else {
		judge_fail(f, "The domain has no SPF record.");
		judge_record(f, DNS_ACT_ADD, &wanted);
		judge_consequence(f,
		    "Mail from this server lands in spam, and "
		    "forgers have it easy.");
		judge_found_elsewhere(
		    s, answers, f, s->domain, DNS_TXT, NULL, "v=spf1");
	}
}
