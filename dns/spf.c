#include "dns/spf.h"

#include <string.h>
#include <strings.h>

#include "base/host_name.h"
#include "base/text.h"
#include "dns/spf_syntax.h"

#define DEPTH_MAX 12 /* more than the look-up limit lets happen */

struct run {
	const struct dns_answers *answers;
	const struct spf_sender *sender;
	struct dns_questions *need;
	struct spf_report *report;
	const char *path[DEPTH_MAX]; /* domains above, to find loops */
	unsigned depth;
	bool is_count; /* look at every term */
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
	/* Also what is answered: the set must say all that it rests on. */
	if (run->need != NULL)
		question_add(run->need, (enum dns_type)type, name);
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
		const enum match match =
		    look_up(run, rr->name, address_type(run), &address);

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
	switch (evaluate(run, name)) {
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

static bool
costs_look_up(enum spf_kind kind)
{
	return kind == SPF_INCLUDE || kind == SPF_A || kind == SPF_MX ||
	    kind == SPF_PTR || kind == SPF_EXISTS || kind == SPF_REDIRECT;
}

static void
add_to_tree(struct run *run, const struct spf_term *term)
{
	char line[160];

	text_format(line, sizeof(line), "%*s%.*s%s\n", (int)run->depth * 2 - 2,
	    "", (int)(term->length < 100 ? term->length : 100), term->text,
	    costs_look_up(term->kind) ? "  [1]" : "");
	text_append(run->report->tree, sizeof(run->report->tree), line);
}

static enum match
match_term(struct run *run, const char *domain, const struct spf_term *term)
{
	char name[DNS_NAME_SIZE];
	enum match match;

	add_to_tree(run, term);
	switch (term->kind) {
	case SPF_ALL:
		return MATCH_YES;
	case SPF_IP4:
	case SPF_IP6:
		return ip_is_in_prefix(&run->sender->ip, &term->net,
			   term->kind == SPF_IP4 ? term->bits4 : term->bits6)
		    ? MATCH_YES
		    : MATCH_NO;
	default:
		break;
	}
	if (++run->report->lookups > SPF_LOOKUP_MAX && !run->is_count) {
		why(run,
		    "\"%.*s\" of %s is the 11th term that asks the DNS; "
		    "10 are allowed.",
		    domain, term);
		return MATCH_PERM;
	}
	match = target(run, name, domain, term);
	if (match != MATCH_YES)
		return match;
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

	add_to_tree(run, term);
	if (++run->report->lookups > SPF_LOOKUP_MAX && !run->is_count) {
		why(run,
		    "\"%.*s\" of %s is the 11th term that asks the DNS; "
		    "10 are allowed.",
		    domain, term);
		return SPF_PERMERROR;
	}
	match = target(run, name, domain, term);
	if (match != MATCH_YES)
		return match == MATCH_NEED ? SPF_NEED : SPF_PERMERROR;
	result = evaluate(run, name);
	if (result == SPF_NONE) {
		why(run, "\"%.*s\" of %s leads to no SPF record.", domain,
		    term);
		return SPF_PERMERROR;
	}
	return result;
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
			why(run,
			    "\"%.*s\" of %s is the third look-up that "
			    "finds nothing; two are allowed.",
			    domain, term);
			return SPF_PERMERROR;
		}
		if (match == MATCH_PERM)
			return SPF_PERMERROR;
		if (match == MATCH_TEMP) {
			why(run, "\"%.*s\" of %s: nobody answered.", domain,
			    term);
			return SPF_TEMPERROR;
		}
		if (match == MATCH_YES) {
			why(run, "\"%.*s\" of %s decided.", domain, term);
			return result_of(term->qualifier);
		}
	}
	if (is_needing)
		return SPF_NEED;
	/* Beside "all" a redirect is ignored (section 6.1). */
	if (redirect != NULL && spf_term_of(record, SPF_ALL) == NULL)
		return follow_redirect(run, domain, redirect);
	return run->is_count ? SPF_PASS : SPF_NEUTRAL;
}

static bool
is_spf(const struct dns_rr *rr)
{
	return rr->length >= 6 && strncasecmp(rr->data, "v=spf1", 6) == 0 &&
	    (rr->length == 6 || rr->data[6] == ' ');
}

static bool
is_loop(const struct run *run, const char *domain)
{
	for (unsigned i = 0; i < run->depth; i++)
		if (text_is_same_fold(run->path[i], domain))
			return true;
	return false;
}

static enum spf_result
evaluate(struct run *run, const char *domain)
{
	const struct dns_answer *answer;
	const struct dns_rr *rr, *found = NULL;
	struct spf_record record;
	enum spf_result result;
	enum match match;

	/* Section 4.3: a name of one label has no policy. */
	if (strchr(domain, '.') == NULL)
		return SPF_NONE;
	match = look_up(run, domain, DNS_TXT, &answer);
	if (match != MATCH_YES)
		return match == MATCH_NEED ? SPF_NEED : SPF_TEMPERROR;
	for (size_t i = 0; (rr = answer_rr(answer, DNS_TXT, i)) != NULL; i++) {
		if (!is_spf(rr))
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

static void
start(struct run *run, struct spf_report *report)
{
	memset(report, 0, sizeof(*report));
	run->report = report;
	report->result = evaluate(run, run->sender->domain);
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
