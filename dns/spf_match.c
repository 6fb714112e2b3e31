/* What single mechanisms of an SPF record say (RFC 7208 section 5). */
#include "dns/spf_run.h"

#include <string.h>
#include <sys/socket.h>

#include "base/host_name.h"
#include "base/text.h"

void
spf_because(struct spf_run *run, const char *format, const char *domain,
    const struct spf_term *term)
{
	if (run->report->why[0] != '\0')
		return;
	text_format(run->report->why, sizeof(run->report->why), format,
	    term == NULL ? 0 : (int)term->length,
	    term == NULL ? "" : term->text, domain);
}

static bool
is_waiting(const struct spf_run *run, const struct dns_question *question)
{
	return answers_view(run->answers, question->name, question->type)
		   .state == VIEW_WAITING;
}

/* What is answered goes into the set too, because the set says all that the
 * result rests on; when it is full, what waits takes its place. */
static void
need_question(struct spf_run *run, const char *name, uint16_t type)
{
	struct dns_questions *need = run->need;
	struct dns_questions one;

	if (need == NULL)
		return;
	question_add(need, (enum dns_type)type, name);
	if (need->count < DNS_QUESTION_MAX)
		return;
	one.count = 0;
	question_add(&one, (enum dns_type)type, name);
	if (one.count == 0 || !is_waiting(run, &one.list[0]))
		return;
	for (size_t i = 0; i < need->count; i++)
		if (!is_waiting(run, &need->list[i])) {
			need->list[i] = one.list[0];
			return;
		}
}

enum spf_match
spf_look_up(struct spf_run *run, const char *name, uint16_t type,
    const struct dns_answer **answer)
{
	struct dns_view view;
	char normal[DNS_NAME_SIZE];

	*answer = NULL;
	/* An impossible name has no records (section 4.3, 4.8). */
	if (!dns_name_normalize(normal, name))
		return SPF_MATCH_YES;
	need_question(run, name, type);
	view = answers_view(run->answers, name, type);
	if (view.state == VIEW_WAITING)
		return SPF_MATCH_NEED;
	if (view.answer == NULL)
		return SPF_MATCH_TEMP;
	*answer = view.answer;
	return SPF_MATCH_YES;
}

/* A look-up of a term: counts it when there was nothing (section 4.6.4). */
static enum spf_match
term_look_up(struct spf_run *run, const char *name, uint16_t type,
    const struct dns_answer **answer)
{
	const enum spf_match match = spf_look_up(run, name, type, answer);

	if (match == SPF_MATCH_YES && *answer != NULL &&
	    answer_count(*answer, type) == 0)
		run->report->voids++;
	return match;
}

static uint16_t
address_type(const struct spf_run *run)
{
	return run->sender->ip.family == AF_INET ? DNS_A : DNS_AAAA;
}

static bool
has_address(const struct spf_run *run, const struct dns_answer *answer,
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

static enum spf_match
match_a(struct spf_run *run, const char *name, const struct spf_term *term)
{
	const struct dns_answer *answer;
	const enum spf_match match =
	    term_look_up(run, name, address_type(run), &answer);

	if (match != SPF_MATCH_YES)
		return match;
	return has_address(run, answer, term) ? SPF_MATCH_YES : SPF_MATCH_NO;
}

static enum spf_match
match_mx(struct spf_run *run, const char *name, const struct spf_term *term)
{
	const struct dns_answer *answer, *address;
	enum spf_match result = term_look_up(run, name, DNS_MX, &answer);
	const struct dns_rr *rr;

	if (result != SPF_MATCH_YES)
		return result;
	result = SPF_MATCH_NO;
	if (answer_count(answer, DNS_MX) > SPF_NAMES_MAX) {
		spf_because(run,
		    "\"%.*s\" leads to more than 10 MX names at %s.", name,
		    term);
		return SPF_MATCH_PERM;
	}
	for (size_t i = 0; (rr = answer_rr(answer, DNS_MX, i)) != NULL; i++) {
		enum spf_match match;

		if (rr->name[0] == '\0')
			continue; /* the domain takes no mail (RFC 7505) */
		match = spf_look_up(run, rr->name, address_type(run), &address);
		if (match == SPF_MATCH_NEED || match == SPF_MATCH_TEMP) {
			if (result == SPF_MATCH_NO)
				result = match;
		} else if (result == SPF_MATCH_NO &&
		    has_address(run, address, term))
			result = SPF_MATCH_YES;
	}
	return result;
}

/* Does the name lead back to the sender's address (section 5.5)?  An error
 * means that this one does not. */
static enum spf_match
is_confirmed(struct spf_run *run, const char *name)
{
	static const struct spf_term exact = { .bits4 = 32, .bits6 = 128 };
	const struct dns_answer *answer;
	const enum spf_match match =
	    spf_look_up(run, name, address_type(run), &answer);

	if (match == SPF_MATCH_NEED)
		return match;
	return match == SPF_MATCH_YES && has_address(run, answer, &exact)
	    ? SPF_MATCH_YES
	    : SPF_MATCH_NO;
}

/* Which of the names is taken for %{p}: the domain itself, else one below it,
 * else any (section 7.3). */
enum { NAME_OTHER = 1, NAME_BELOW, NAME_SAME };

static int
preference(const char *found, const char *domain)
{
	if (text_is_same_fold(found, domain))
		return NAME_SAME;
	return host_name_is_below(found, domain) ? NAME_BELOW : NAME_OTHER;
}

enum spf_match
spf_validated_name(
    struct spf_run *run, const char *name, char to[DNS_NAME_SIZE])
{
	char reverse[IP_REVERSE_SIZE];
	const struct dns_answer *answer;
	const struct dns_rr *rr;
	enum spf_match match;
	bool is_needing = false;
	int best = 0, rank;

	text_copy(to, DNS_NAME_SIZE, "unknown");
	ip_reverse_name(reverse, &run->sender->ip);
	match = term_look_up(run, reverse, DNS_PTR, &answer);
	if (match != SPF_MATCH_YES)
		return match == SPF_MATCH_TEMP ? SPF_MATCH_NO : match;
	for (size_t i = 0;
	     i < SPF_NAMES_MAX && (rr = answer_rr(answer, DNS_PTR, i)) != NULL;
	     i++) {
		match = is_confirmed(run, rr->name);
		/* Go on, so that all questions are asked at once. */
		is_needing |= match == SPF_MATCH_NEED;
		rank = preference(rr->name, name);
		if (match != SPF_MATCH_YES || rank <= best)
			continue;
		best = rank;
		text_copy(to, DNS_NAME_SIZE, rr->name);
	}
	if (is_needing)
		return SPF_MATCH_NEED;
	return best >= NAME_BELOW ? SPF_MATCH_YES : SPF_MATCH_NO;
}

enum spf_match
spf_target(struct spf_run *run, char to[DNS_NAME_SIZE], const char *domain,
    const struct spf_term *term)
{
	char validated[DNS_NAME_SIZE] = "unknown";

	if (term->domain == NULL)
		return text_copy(to, DNS_NAME_SIZE, domain) ? SPF_MATCH_YES
							    : SPF_MATCH_PERM;
	if (memmem(term->domain, term->domain_length, "%{p", 3) != NULL ||
	    memmem(term->domain, term->domain_length, "%{P", 3) != NULL)
		if (spf_validated_name(run, domain, validated) ==
		    SPF_MATCH_NEED)
			return SPF_MATCH_NEED;
	if (!spf_expand(to, term->domain, term->domain_length, run->sender,
		domain, validated))
		return SPF_MATCH_PERM;
	text_lower(to);
	return SPF_MATCH_YES;
}

static enum spf_match
match_exists(struct spf_run *run, const char *name)
{
	const struct dns_answer *answer;
	const enum spf_match match = term_look_up(run, name, DNS_A, &answer);

	if (match != SPF_MATCH_YES)
		return match;
	return answer_count(answer, DNS_A) > 0 ? SPF_MATCH_YES : SPF_MATCH_NO;
}

enum spf_match
spf_match_net(const struct spf_run *run, const struct spf_term *term)
{
	const unsigned bits = term->kind == SPF_IP4 ? term->bits4 : term->bits6;

	return ip_is_in_prefix(&run->sender->ip, &term->net, bits)
	    ? SPF_MATCH_YES
	    : SPF_MATCH_NO;
}

enum spf_match
spf_match_name(
    struct spf_run *run, const char *name, const struct spf_term *term)
{
	char validated[DNS_NAME_SIZE];

	switch (term->kind) {
	case SPF_A:
		return match_a(run, name, term);
	case SPF_MX:
		return match_mx(run, name, term);
	case SPF_PTR:
		return spf_validated_name(run, name, validated);
	default:
		return match_exists(run, name);
	}
}
