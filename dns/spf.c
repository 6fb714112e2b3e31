#include "dns/spf.h"

#include <string.h>
#include <strings.h>

#include "base/host_name.h"
#include "base/text.h"
#include "dns/spf_syntax.h"

#define DEPTH_MAX 12  /* more than the look-up limit lets happen */
#define COUNT_MAX 100 /* look-ups that are counted: includes may explode */

struct run {
	const struct dns_answers *answers;
	const struct spf_sender *sender;
	struct dns_questions *need;
	struct spf_report *report;
	const char *path[DEPTH_MAX]; /* domains above, to find loops */
	unsigned depth;
	unsigned includes; /* of them by include */
	bool is_count;     /* look at every term */
};

/* What one look-up or one term says. */
enum match { MATCH_NO, MATCH_YES, MATCH_NEED, MATCH_TEMP, MATCH_PERM };

static enum spf_result evaluate(struct run *, const char *domain);

/* Keeps the first reason.  The format takes the term's text (with its length)
 * and the domain. */
static void
why(struct run *run, const char *format, const char *domain,
    const struct spf_term *term)
{
	if (run->report->why[0] != '\0')
		return;
	text_format(run->report->why, sizeof(run->report->why), format,
	    term == NULL ? 0 : (int)term->length,
	    term == NULL ? "" : term->text, domain);
}

static bool
is_waiting(const struct run *run, const struct dns_question *question)
{
	return answers_view(run->answers, question->name, question->type)
		   .state == VIEW_WAITING;
}

/* What is answered goes into the set too, because the set says all that the
 * result rests on; when it is full, what waits takes its place. */
static void
need_question(struct run *run, const char *name, uint16_t type)
{
	struct dns_questions *need = run->need;
	struct dns_questions one = { .count = 0 };

	if (need == NULL)
		return;
	question_add(need, (enum dns_type)type, name);
	if (need->count < DNS_QUESTION_MAX)
		return;
	question_add(&one, (enum dns_type)type, name);
	if (one.count == 0 || !is_waiting(run, &one.list[0]))
		return;
	for (size_t i = 0; i < need->count; i++)
		if (!is_waiting(run, &need->list[i])) {
			need->list[i] = one.list[0];
			return;
		}
}

/* Asks; MATCH_YES when there is an answer, also one that has no records. */
static enum match
look_up(struct run *run, const char *name, uint16_t type,
    const struct dns_answer **answer)
{
	struct dns_view view;
	char normal[DNS_NAME_SIZE];

	*answer = NULL;
	/* An impossible name has no records (section 4.3, 4.8). */
	if (!dns_name_normalize(normal, name))
		return MATCH_YES;
	need_question(run, name, type);
	view = answers_view(run->answers, name, type);
	if (view.state == VIEW_WAITING)
		return MATCH_NEED;
	if (view.answer == NULL)
		return MATCH_TEMP;
	*answer = view.answer;
	return MATCH_YES;
}

/* A look-up of a term: counts it when there was nothing (section 4.6.4). */
static enum match
term_look_up(struct run *run, const char *name, uint16_t type,
    const struct dns_answer **answer)
{
	const enum match match = look_up(run, name, type, answer);

	if (match == MATCH_YES && *answer != NULL &&
	    answer_count(*answer, type) == 0)
		run->report->voids++;
	return match;
}

static uint16_t
address_type(const struct run *run)
{
	return run->sender->ip.family == AF_INET ? DNS_A : DNS_AAAA;
}

static bool
has_address(const struct run *run, const struct dns_answer *answer,
    const struct spf_term *term)
{
	const uint16_t type = address_type(run);
	const unsigned bits = type == DNS_A ? term->bits4 : term->bits6;
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, type, i)) != NULL; i++)
		if (ip_is_in_prefix(&run->sender->ip, &rr->ip, bits))
			return true;
	return false;
}

static enum match
match_a(struct run *run, const char *name, const struct spf_term *term)
{
	const struct dns_answer *answer;
	const enum match match =
	    term_look_up(run, name, address_type(run), &answer);

	if (match != MATCH_YES)
		return match;
	return has_address(run, answer, term) ? MATCH_YES : MATCH_NO;
}

static enum match
match_mx(struct run *run, const char *name, const struct spf_term *term)
{
	const struct dns_answer *answer, *address;
	enum match result = term_look_up(run, name, DNS_MX, &answer);
	const struct dns_rr *rr;

	if (result != MATCH_YES)
		return result;
	result = MATCH_NO;
	if (answer_count(answer, DNS_MX) > SPF_NAMES_MAX) {
		why(run, "\"%.*s\" leads to more than 10 MX names at %s.", name,
		    term);
		return MATCH_PERM;
	}
	for (size_t i = 0; (rr = answer_rr(answer, DNS_MX, i)) != NULL; i++) {
		enum match match;

		if (rr->name[0] == '\0')
			continue; /* the domain takes no mail (RFC 7505) */
		match = look_up(run, rr->name, address_type(run), &address);
		if (match == MATCH_NEED || match == MATCH_TEMP) {
			if (result == MATCH_NO)
				result = match;
		} else if (result == MATCH_NO &&
		    has_address(run, address, term))
			result = MATCH_YES;
	}
	return result;
}

/*
 * The names of the sender's address that lead back to it (section 5.5); the
 * first one below `name` is preferred.  `to` gets "unknown" when none does.
 */
static enum match
validated_name(struct run *run, const char *name, char to[DNS_NAME_SIZE])
{
	char reverse[IP_REVERSE_SIZE];
	const struct dns_answer *answer, *address;
	const struct spf_term exact = { .bits4 = 32, .bits6 = 128 };
	enum match result;
	const struct dns_rr *rr;

	text_copy(to, DNS_NAME_SIZE, "unknown");
	ip_reverse_name(reverse, &run->sender->ip);
	result = term_look_up(run, reverse, DNS_PTR, &answer);
	if (result != MATCH_YES)
		return result == MATCH_TEMP ? MATCH_NO : result;
	result = MATCH_NO;
	for (size_t i = 0;
	     i < SPF_NAMES_MAX && (rr = answer_rr(answer, DNS_PTR, i)) != NULL;
	     i++) {
		const enum match match =
		    look_up(run, rr->name, address_type(run), &address);

		if (match == MATCH_NEED)
			return match;
		if (match != MATCH_YES || !has_address(run, address, &exact))
			continue;
		if (host_name_is_below(rr->name, name)) {
			text_copy(to, DNS_NAME_SIZE, rr->name);
			return MATCH_YES;
		}
		if (text_is_same(to, "unknown"))
			text_copy(to, DNS_NAME_SIZE, rr->name);
	}
	return result;
}

/* The term's domain with macros expanded, or the current one. */
static enum match
target(struct run *run, char to[DNS_NAME_SIZE], const char *domain,
    const struct spf_term *term)
{
	char validated[DNS_NAME_SIZE] = "unknown";

	if (term->domain == NULL)
		return text_copy(to, DNS_NAME_SIZE, domain) ? MATCH_YES
							    : MATCH_PERM;
	if (memmem(term->domain, term->domain_length, "%{p", 3) != NULL ||
	    memmem(term->domain, term->domain_length, "%{P", 3) != NULL)
		if (validated_name(run, domain, validated) == MATCH_NEED)
			return MATCH_NEED;
	if (!spf_expand(to, term->domain, term->domain_length, run->sender,
		domain, validated))
		return MATCH_PERM;
	text_lower(to);
	return MATCH_YES;
}

static enum match
match_include(struct run *run, const char *name)
{
	enum spf_result result;

	run->includes++;
	result = evaluate(run, name);
	run->includes--;
	switch (result) {
	case SPF_PASS:
		return MATCH_YES;
	case SPF_NEED:
		return MATCH_NEED;
	case SPF_TEMPERROR:
		return MATCH_TEMP;
	case SPF_NONE:
	case SPF_PERMERROR:
		return MATCH_PERM;
	default:
		return MATCH_NO;
	}
}

static enum match
match_exists(struct run *run, const char *name)
{
	const struct dns_answer *answer;
	const enum match match = term_look_up(run, name, DNS_A, &answer);

	if (match != MATCH_YES)
		return match;
	return answer_count(answer, DNS_A) > 0 ? MATCH_YES : MATCH_NO;
}

/* Into the tree and the list of steps; NULL when the list is full. */
static struct spf_step *
add_step(struct run *run, const char *domain, const struct spf_term *term)
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
may_look_up(struct run *run, const char *domain, const struct spf_term *term)
{
	const unsigned most = run->is_count ? COUNT_MAX : SPF_LOOKUP_MAX;

	if (++run->report->lookups <= most)
		return true;
	why(run,
	    run->is_count
		? "\"%.*s\" of %s: too many terms ask the DNS to count them."
		: "\"%.*s\" of %s is the 11th term that asks the DNS; "
		  "10 are allowed.",
	    domain, term);
	return false;
}

static enum match
match_net(const struct run *run, const struct spf_term *term)
{
	const unsigned bits = term->kind == SPF_IP4 ? term->bits4 : term->bits6;

	return ip_is_in_prefix(&run->sender->ip, &term->net, bits) ? MATCH_YES
								   : MATCH_NO;
}

static enum match
match_named(struct run *run, const char *domain, const char *name,
    const struct spf_term *term)
{
	enum match match;

	switch (term->kind) {
	case SPF_INCLUDE:
		match = match_include(run, name);
		if (match == MATCH_NO)
			run->report->why[0] = '\0';
		if (match == MATCH_PERM)
			why(run,
			    "\"%.*s\" of %s leads to no SPF record that "
			    "can be used.",
			    domain, term);
		return match;
	case SPF_A:
		return match_a(run, name, term);
	case SPF_MX:
		return match_mx(run, name, term);
	case SPF_PTR:
		return validated_name(run, name, (char[DNS_NAME_SIZE]){ "" });
	default:
		return match_exists(run, name);
	}
}

static enum match
match_mechanism(
    struct run *run, const char *domain, const struct spf_term *term)
{
	char name[DNS_NAME_SIZE];
	enum match match;

	if (term->kind == SPF_ALL)
		return MATCH_YES;
	if (term->kind == SPF_IP4 || term->kind == SPF_IP6)
		return match_net(run, term);
	if (!may_look_up(run, domain, term))
		return MATCH_PERM;
	match = target(run, name, domain, term);
	return match == MATCH_YES ? match_named(run, domain, name, term)
				  : match;
}

static enum match
match_term(struct run *run, const char *domain, const struct spf_term *term)
{
	static const enum spf_step_result results[] = { [MATCH_NO] =
							    SPF_STEP_NO,
		[MATCH_YES] = SPF_STEP_MATCH,
		[MATCH_NEED] = SPF_STEP_NO,
		[MATCH_TEMP] = SPF_STEP_TEMPERROR,
		[MATCH_PERM] = SPF_STEP_PERMERROR };
	struct spf_step *step = add_step(run, domain, term);
	const enum match match = match_mechanism(run, domain, term);

	if (step != NULL)
		step->result = results[match];
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
    struct run *run, const char *domain, const struct spf_term *term)
{
	char name[DNS_NAME_SIZE];
	enum spf_result result;
	enum match match;
	struct spf_step *step = add_step(run, domain, term);

	if (!may_look_up(run, domain, term)) {
		if (step != NULL)
			step->result = SPF_STEP_PERMERROR;
		return SPF_PERMERROR;
	}
	match = target(run, name, domain, term);
	if (match != MATCH_YES)
		return match == MATCH_NEED ? SPF_NEED : SPF_PERMERROR;
	result = evaluate(run, name);
	if (result == SPF_NONE) {
		why(run, "\"%.*s\" of %s leads to no SPF record.", domain,
		    term);
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
explain(struct run *run, const char *domain, const struct spf_record *record)
{
	const struct spf_term *exp = spf_term_of(record, SPF_EXP);
	char name[DNS_NAME_SIZE], validated[DNS_NAME_SIZE] = "unknown";
	const struct dns_answer *answer;
	const struct dns_rr *rr;
	enum match match;

	if (exp == NULL || run->includes > 0 || run->is_count)
		return true;
	match = target(run, name, domain, exp);
	if (match == MATCH_YES)
		match = look_up(run, name, DNS_TXT, &answer);
	if (match != MATCH_YES || answer_count(answer, DNS_TXT) != 1)
		return match != MATCH_NEED;
	rr = answer_rr(answer, DNS_TXT, 0);
	if ((memmem(rr->data, rr->length, "%{p", 3) != NULL ||
		memmem(rr->data, rr->length, "%{P", 3) != NULL) &&
	    validated_name(run, domain, validated) == MATCH_NEED)
		return false;
	if (!spf_explain(run->report->explanation, rr->data, rr->length,
		run->sender, domain, validated))
		run->report->explanation[0] = '\0';
	return true;
}

/* A term has matched. */
static enum spf_result
decide(struct run *run, const char *domain, const struct spf_record *record,
    const struct spf_term *term)
{
	const enum spf_result result = result_of(term->qualifier);

	why(run, "\"%.*s\" of %s decided.", domain, term);
	if (result == SPF_FAIL && !explain(run, domain, record))
		return SPF_NEED;
	return result;
}

static void
say_void(struct run *run, const char *domain, const struct spf_term *term)
{
	why(run,
	    "\"%.*s\" of %s is the third look-up that finds nothing; two are "
	    "allowed.",
	    domain, term);
}

/* Goes through the terms of one record in order. */
static enum spf_result
walk(struct run *run, const char *domain, const struct spf_record *record)
{
	const struct spf_term *redirect = spf_term_of(record, SPF_REDIRECT);
	bool is_needing = false;

	for (size_t i = 0; i < record->count; i++) {
		const struct spf_term *term = &record->terms[i];
		enum match match;

		if (term->kind >= SPF_REDIRECT)
			continue;
		match = match_term(run, domain, term);
		if (match == MATCH_NEED) {
			/* Go on, so that all questions are asked at once. */
			is_needing = true;
			continue;
		}
		if (is_needing)
			continue;
		if (run->is_count && match != MATCH_PERM)
			continue;
		if (run->report->voids > SPF_VOID_MAX && !run->is_count) {
			say_void(run, domain, term);
			return SPF_PERMERROR;
		}
		if (match == MATCH_PERM)
			return SPF_PERMERROR;
		if (match == MATCH_TEMP) {
			why(run, "\"%.*s\" of %s: nobody answered.", domain,
			    term);
			return SPF_TEMPERROR;
		}
		if (match == MATCH_YES)
			return decide(run, domain, record, term);
	}
	if (is_needing)
		return SPF_NEED;
	/* Beside "all" a redirect is ignored (section 6.1). */
	if (redirect != NULL && spf_term_of(record, SPF_ALL) == NULL)
		return follow_redirect(run, domain, redirect);
	return run->is_count ? SPF_PASS : SPF_NEUTRAL;
}

static bool
is_loop(const struct run *run, const char *domain)
{
	for (unsigned i = 0; i < run->depth; i++)
		if (text_is_same_fold(run->path[i], domain))
			return true;
	return false;
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
evaluate(struct run *run, const char *domain)
{
	const struct dns_answer *answer;
	const struct dns_rr *rr, *found = NULL;
	struct spf_record record;
	enum spf_result result;
	enum match match;

	if (!is_domain(domain))
		return SPF_NONE;
	match = look_up(run, domain, DNS_TXT, &answer);
	if (match != MATCH_YES)
		return match == MATCH_NEED ? SPF_NEED : SPF_TEMPERROR;
	for (size_t i = 0; (rr = answer_rr(answer, DNS_TXT, i)) != NULL; i++) {
		if (!spf_is_record(rr->data, rr->length))
			continue;
		if (found != NULL) {
			why(run, "%.*s%s has two SPF records.", domain, NULL);
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
	if (run->depth == DEPTH_MAX || is_loop(run, domain)) {
		why(run, "%.*sThe record of %s leads back to itself.", domain,
		    NULL);
		return SPF_PERMERROR;
	}
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

static void
start(struct run *run, struct spf_report *report)
{
	const struct spf_sender *asked = run->sender;
	struct spf_sender sender = *asked;

	unmap(&sender.ip);
	run->sender = &sender;
	memset(report, 0, sizeof(*report));
	run->report = report;
	report->result = evaluate(run, sender.domain);
	if (report->result != SPF_FAIL)
		report->explanation[0] = '\0';
	if (report->result == SPF_NONE)
		why(run, "%.*s%s has no SPF record.", sender.domain, NULL);
	else if (report->result == SPF_TEMPERROR)
		why(run, "%.*sNobody answered what the record of %s is.",
		    sender.domain, NULL);
	run->sender = asked;
}

void
spf_evaluate(const struct dns_answers *answers, const struct spf_sender *sender,
    struct dns_questions *need, struct spf_report *report)
{
	struct run run = { .answers = answers, .sender = sender, .need = need };

	start(&run, report);
}

void
spf_count(const struct dns_answers *answers, const struct spf_sender *sender,
    struct dns_questions *need, struct spf_report *report)
{
	struct run run = { .answers = answers,
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
