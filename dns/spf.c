#include "dns/spf.h"

#include <string.h>
#include <strings.h>

#include "base/host_name.h"
#include "base/text.h"
#include "dns/spf_run.h"

static enum spf_result evaluate(struct spf_run *, const char *domain);

static enum spf_match
match_include(struct spf_run *run, const char *name)
{
	enum spf_result result;

	run->includes++;
	result = evaluate(run, name);
	run->includes--;
	switch (result) {
	case SPF_PASS:
		return SPF_MATCH_YES;
	case SPF_NEED:
		return SPF_MATCH_NEED;
	case SPF_TEMPERROR:
		return SPF_MATCH_TEMP;
	case SPF_NONE:
	case SPF_PERMERROR:
		return SPF_MATCH_PERM;
	default:
		return SPF_MATCH_NO;
	}
}

/* Into the tree and the list of steps; NULL when the list is full. */
static struct spf_step *
add_step(struct spf_run *run, const char *domain, const struct spf_term *term)
{
	struct spf_report *report = run->report;
	const bool costs = spf_costs_look_up(term->kind);
	struct spf_step *step;
	char line[160];

	text_format(line, sizeof(line), "%*s%.*s%s\n", (int)run->depth * 2 - 2,
	    "", (int)(term->length < 100 ? term->length : 100), term->text,
	    costs ? "  [1]" : "");
	text_append(report->tree, sizeof(report->tree), line);
	if (report->step_count == SPF_STEPS_MAX)
		return NULL;
	step = &report->steps[report->step_count++];
	*step = (struct spf_step){ .depth = run->depth - 1, .costs = costs };
	text_copy(step->domain, sizeof(step->domain), domain);
	text_visible(step->text, sizeof(step->text), term->text, term->length);
	return step;
}

/* Counts a term that asks the DNS; false when that is one too many. */
static bool
may_look_up(
    struct spf_run *run, const char *domain, const struct spf_term *term)
{
	const unsigned most = run->is_count ? SPF_COUNT_MAX : SPF_LOOKUP_MAX;

	if (++run->report->lookups <= most)
		return true;
	spf_because(run,
	    run->is_count
		? "\"%.*s\" of %s: too many terms ask the DNS to count them."
		: "\"%.*s\" of %s is the 11th term that asks the DNS; "
		  "10 are allowed.",
	    domain, term);
	return false;
}

/* An include says in its own words what is wrong; what it did not match says
 * nothing. */
static enum spf_match
match_include_of(struct spf_run *run, const char *domain, const char *name,
    const struct spf_term *term)
{
	const enum spf_match match = match_include(run, name);

	if (match == SPF_MATCH_NO)
		run->report->why[0] = '\0';
	if (match == SPF_MATCH_PERM)
		spf_because(run,
		    "\"%.*s\" of %s leads to no SPF record that can be used.",
		    domain, term);
	return match;
}

static enum spf_match
match_mechanism(
    struct spf_run *run, const char *domain, const struct spf_term *term)
{
	char name[DNS_NAME_SIZE];
	enum spf_match match;

	if (term->kind == SPF_ALL)
		return SPF_MATCH_YES;
	if (term->kind == SPF_IP4 || term->kind == SPF_IP6)
		return spf_match_net(run, term);
	if (!may_look_up(run, domain, term))
		return SPF_MATCH_PERM;
	match = spf_target(run, name, domain, term);
	if (match != SPF_MATCH_YES)
		return match;
	return term->kind == SPF_INCLUDE
	    ? match_include_of(run, domain, name, term)
	    : spf_match_name(run, name, term);
}

static enum spf_match
match_term(struct spf_run *run, const char *domain, const struct spf_term *term)
{
	static const enum spf_step_result results[] = { [SPF_MATCH_NO] =
							    SPF_STEP_NO,
		[SPF_MATCH_YES] = SPF_STEP_MATCH,
		[SPF_MATCH_NEED] = SPF_STEP_NO,
		[SPF_MATCH_TEMP] = SPF_STEP_TEMPERROR,
		[SPF_MATCH_PERM] = SPF_STEP_PERMERROR };
	struct spf_report *report = run->report;
	const unsigned voids = report->voids;
	struct spf_step *step = add_step(run, domain, term);
	const enum spf_match match = match_mechanism(run, domain, term);

	if (step != NULL)
		step->result = results[match];
	if (report->voids > voids && report->void_term[0] == '\0')
		text_visible(report->void_term, sizeof(report->void_term),
		    term->text, term->length);
	return match;
}

static enum spf_result
result_of(char qualifier)
{
	switch (qualifier) {
	case '-':
		return SPF_FAIL;
	case '~':
		return SPF_SOFTFAIL;
	case '?':
		return SPF_NEUTRAL;
	default:
		return SPF_PASS;
	}
}

static enum spf_result
follow_redirect(
    struct spf_run *run, const char *domain, const struct spf_term *term)
{
	char name[DNS_NAME_SIZE];
	enum spf_result result;
	enum spf_match match;
	struct spf_step *step = add_step(run, domain, term);

	if (!may_look_up(run, domain, term)) {
		if (step != NULL)
			step->result = SPF_STEP_PERMERROR;
		return SPF_PERMERROR;
	}
	match = spf_target(run, name, domain, term);
	if (match != SPF_MATCH_YES)
		return match == SPF_MATCH_NEED ? SPF_NEED : SPF_PERMERROR;
	result = evaluate(run, name);
	if (result == SPF_NONE) {
		spf_because(run, "\"%.*s\" of %s leads to no SPF record.",
		    domain, term);
		result = SPF_PERMERROR;
	}
	if (step != NULL)
		step->result = result == SPF_PERMERROR ? SPF_STEP_PERMERROR
		    : result == SPF_TEMPERROR          ? SPF_STEP_TEMPERROR
						       : SPF_STEP_MATCH;
	return result;
}

/*
 * What the domain says to a sender that fails (section 6.2); an include's own
 * words don't count.  Whatever goes wrong leaves the explanation empty; false
 * only when an answer is needed first.
 */
static bool
explain(
    struct spf_run *run, const char *domain, const struct spf_record *record)
{
	const struct spf_term *exp = spf_term_of(record, SPF_EXP);
	char name[DNS_NAME_SIZE], validated[DNS_NAME_SIZE] = "unknown";
	const struct dns_answer *answer;
	const struct dns_rr *rr;
	enum spf_match match;

	if (exp == NULL || run->includes > 0 || run->is_count ||
	    run->sender->is_terse)
		return true;
	match = spf_target(run, name, domain, exp);
	if (match == SPF_MATCH_YES)
		match = spf_look_up(run, name, DNS_TXT, &answer);
	if (match != SPF_MATCH_YES || answer_count(answer, DNS_TXT) != 1)
		return match != SPF_MATCH_NEED;
	rr = answer_rr(answer, DNS_TXT, 0);
	if ((memmem(rr->data, rr->length, "%{p", 3) != NULL ||
		memmem(rr->data, rr->length, "%{P", 3) != NULL) &&
	    spf_validated_name(run, domain, validated) == SPF_MATCH_NEED)
		return false;
	if (!spf_explain(run->report->explanation, rr->data, rr->length,
		run->sender, domain, validated))
		run->report->explanation[0] = '\0';
	return true;
}

/* A term has matched. */
static enum spf_result
decide(struct spf_run *run, const char *domain, const struct spf_record *record,
    const struct spf_term *term)
{
	const enum spf_result result = result_of(term->qualifier);

	spf_because(run, "\"%.*s\" of %s decided.", domain, term);
	if (result == SPF_FAIL && !explain(run, domain, record))
		return SPF_NEED;
	return result;
}

static void
say_void(struct spf_run *run, const char *domain, const struct spf_term *term)
{
	spf_because(run,
	    "\"%.*s\" of %s is the third look-up that finds nothing; two are "
	    "allowed.",
	    domain, term);
}

/* Goes through the terms of one record in order. */
static enum spf_result
walk(struct spf_run *run, const char *domain, const struct spf_record *record)
{
	const struct spf_term *redirect = spf_term_of(record, SPF_REDIRECT);
	bool is_needing = false;
	struct spf_term next;
	const struct spf_term *const term = &next;

	for (size_t at = 0; spf_term_next(record, &at, &next);) {
		enum spf_match match;

		if (term->kind >= SPF_REDIRECT)
			continue;
		match = match_term(run, domain, term);
		if (match == SPF_MATCH_NEED) {
			/* Go on, so that all questions are asked at once. */
			is_needing = true;
			continue;
		}
		run->report->is_partial =
		    run->report->is_partial || match == SPF_MATCH_TEMP;
		if (is_needing || (run->is_count && match != SPF_MATCH_PERM)) {
			if (term->kind == SPF_ALL)
				break; /* nobody looks behind it */
			continue;
		}
		if (run->report->voids > SPF_VOID_MAX && !run->is_count) {
			say_void(run, domain, term);
			return SPF_PERMERROR;
		}
		if (match == SPF_MATCH_PERM)
			return SPF_PERMERROR;
		if (match == SPF_MATCH_TEMP) {
			spf_because(run, "\"%.*s\" of %s: nobody answered.",
			    domain, term);
			return SPF_TEMPERROR;
		}
		if (match == SPF_MATCH_YES)
			return decide(run, domain, record, term);
	}
	if (is_needing)
		return SPF_NEED;
	/* Beside "all" a redirect is ignored (section 6.1). */
	if (redirect != NULL && spf_term_of(record, SPF_ALL) == NULL)
		return follow_redirect(run, domain, redirect);
	return run->is_count ? SPF_PASS : SPF_NEUTRAL;
}

/* "The record leads back to itself: a.example > b.example > a.example.";
 * false when it does not. */
static bool
say_loop(struct spf_run *run, const char *domain)
{
	char path[SPF_WHY_SIZE] = "", step[DNS_NAME_SIZE + 4];
	unsigned first = 0;

	while (
	    first < run->depth && !text_is_same_fold(run->path[first], domain))
		first++;
	if (first == run->depth)
		return false;
	for (unsigned i = first; i < run->depth; i++) {
		text_format(step, sizeof(step), "%s > ", run->path[i]);
		text_append(path, sizeof(path), step);
	}
	text_append(path, sizeof(path), domain);
	spf_because(
	    run, "%.*sThe record leads back to itself: %s.", path, NULL);
	return true;
}

/* Section 4.3: no policy for what is no name of two labels or more, such as
 * an address in brackets. */
static bool
is_domain(const char *domain)
{
	char normal[DNS_NAME_SIZE];

	return dns_name_normalize(normal, domain) &&
	    strchr(normal, '.') != NULL && strpbrk(normal, "[]:\\") == NULL;
}

static enum spf_result
evaluate(struct spf_run *run, const char *domain)
{
	const struct dns_answer *answer;
	const struct dns_rr *rr, *found = NULL;
	struct spf_record record;
	enum spf_result result;
	enum spf_match match;

	if (!is_domain(domain))
		return SPF_NONE;
	match = spf_look_up(run, domain, DNS_TXT, &answer);
	if (match != SPF_MATCH_YES)
		return match == SPF_MATCH_NEED ? SPF_NEED : SPF_TEMPERROR;
	for (size_t i = 0; (rr = answer_rr(answer, DNS_TXT, i)) != NULL; i++) {
		if (!spf_is_record(rr->data, rr->length))
			continue;
		if (found != NULL) {
			spf_because(
			    run, "%.*s%s has two SPF records.", domain, NULL);
			return SPF_PERMERROR;
		}
		found = rr;
	}
	if (found == NULL)
		return SPF_NONE;
	if (!spf_parse(&record, found->data, found->length)) {
		text_format(run->report->why, sizeof(run->report->why),
		    "The record of %s is broken: %s", domain, record.error);
		return SPF_PERMERROR;
	}
	if (run->depth == SPF_DEPTH_MAX) {
		spf_because(run, "%.*sThe record of %s is included too deeply.",
		    domain, NULL);
		return SPF_PERMERROR;
	}
	if (say_loop(run, domain))
		return SPF_PERMERROR;
	run->path[run->depth++] = domain;
	result = walk(run, domain, &record);
	run->depth--;
	return result;
}

/* An IPv4 address in the form of an IPv6 one is judged as IPv4. */
static void
unmap(struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (ip->family != AF_INET6 || memcmp(ip->bytes, mapped, 12) != 0)
		return;
	ip->family = AF_INET;
	memmove(ip->bytes, ip->bytes + 12, 4);
	memset(ip->bytes + 4, 0, 12);
}

/* It is large: only what counts is written. */
static void
empty(struct spf_report *report)
{
	report->why[0] = report->tree[0] = report->explanation[0] = '\0';
	report->void_term[0] = '\0';
	report->lookups = report->voids = 0;
	report->is_partial = false;
	report->step_count = 0;
}

static void
start(struct spf_run *run, struct spf_report *report)
{
	const struct spf_sender *asked = run->sender;
	struct spf_sender sender = *asked;

	unmap(&sender.ip);
	run->sender = &sender;
	empty(report);
	run->report = report;
	report->result = evaluate(run, sender.domain);
	if (report->result != SPF_FAIL)
		report->explanation[0] = '\0';
	if (report->result == SPF_NONE)
		spf_because(
		    run, "%.*s%s has no SPF record.", sender.domain, NULL);
	else if (report->result == SPF_TEMPERROR)
		spf_because(run,
		    "%.*sNobody answered what the record of %s is.",
		    sender.domain, NULL);
	run->sender = asked;
}

void
spf_evaluate(const struct dns_answers *answers, const struct spf_sender *sender,
    struct dns_questions *need, struct spf_report *report)
{
	struct spf_run run = {
		.answers = answers, .sender = sender, .need = need
	};

	start(&run, report);
}

void
spf_count(const struct dns_answers *answers, const struct spf_sender *sender,
    struct dns_questions *need, struct spf_report *report)
{
	struct spf_run run = { .answers = answers,
		.sender = sender,
		.need = need,
		.is_count = true };

	start(&run, report);
}

const char *
spf_result_name(enum spf_result result)
{
	static const char *const names[] = { "waiting", "none", "neutral",
		"pass", "fail", "softfail", "temperror", "permerror" };

	return names[result];
}

const char *
spf_step_name(enum spf_step_result result)
{
	static const char *const names[] = { "no match", "match", "temperror",
		"permerror" };

	return names[result];
}
