/*
 * spf.h - what a receiver makes of a domain's SPF record (RFC 7208).
 *
 * A pure function of the answers that are there.  It adds the questions that
 * it rests on to `need` (which may be NULL); when some aren't answered it
 * returns SPF_NEED: ask them and run it again.
 */
#ifndef DNS_SPF_H
#define DNS_SPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/answers.h"

#define SPF_LOOKUP_MAX 10 /* section 4.6.4 */
#define SPF_VOID_MAX   2
#define SPF_NAMES_MAX  10 /* MX names per mx term, PTR names */
#define SPF_WHY_SIZE   240
#define SPF_TREE_SIZE  2048
#define SPF_TEXT_SIZE  512 /* of an explanation */
#define SPF_STEP_SIZE  120 /* of one term, cut when longer */
#define SPF_STEPS_MAX  96  /* more are left out */

enum spf_result {
	SPF_NEED,
	SPF_NONE,
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR,
	SPF_PERMERROR,
};

struct spf_sender {
	struct ip ip;
	const char *local, *domain; /* MAIL FROM; "postmaster" for none */
	const char *helo;
	bool is_terse; /* the explanation of a fail is not asked for */
	/* For %{r} and %{t} in explanations: NULL is "unknown", seconds. */
	const char *receiver;
	int64_t now_at;
};

enum spf_step_result {
	SPF_STEP_NO, /* does not match */
	SPF_STEP_MATCH,
	SPF_STEP_TEMPERROR,
	SPF_STEP_PERMERROR,
};

/* One term that was looked at. */
struct spf_step {
	unsigned depth;             /* 0: in the domain's own record */
	char domain[DNS_NAME_SIZE]; /* whose record holds it */
	char text[SPF_STEP_SIZE];
	bool costs; /* counts as a look-up */
	enum spf_step_result result;
};

struct spf_report {
	enum spf_result result;
	char why[SPF_WHY_SIZE];  /* the term that decided, or what is wrong */
	unsigned lookups, voids; /* terms that query; look-ups for nothing */
	bool is_partial;         /* of a count: a look-up got no answer */
	char void_term[SPF_STEP_SIZE]; /* the first that finds nothing, or "" */
	/* The terms with what each costs, one a line, indented by depth. */
	char tree[SPF_TREE_SIZE];
	struct spf_step steps[SPF_STEPS_MAX]; /* in order */
	size_t step_count;
	/* SPF_FAIL: what the domain says to the sender (section 6.2), or "". */
	char explanation[SPF_TEXT_SIZE];
};

/* check_host() of section 4, as a receiver runs it. */
void spf_evaluate(const struct dns_answers *, const struct spf_sender *,
    struct dns_questions *need, struct spf_report *);

/*
 * The worst case over all senders: every term is looked at, none ends the
 * walk.  `lookups`, `voids` and `tree` count; the result is SPF_PASS, or why
 * receivers may give up.
 */
void spf_count(const struct dns_answers *, const struct spf_sender *,
    struct dns_questions *need, struct spf_report *);

/* "pass", "softfail"... */
const char *spf_result_name(enum spf_result);

/* "no match", "match"... */
const char *spf_step_name(enum spf_step_result);

/* Expands an explanation into `to`, cut when too long; false when its text
 * can't be one. */
bool spf_explain(char to[SPF_TEXT_SIZE], const char *text, size_t length,
    const struct spf_sender *, const char *domain, const char *validated);

/*
 * Expands the macros of a domain-spec (section 7) for a question: at most 253
 * bytes, labels dropped from the left.  `domain` is the one whose record
 * holds it.  False when it is no macro string.  `validated` stands for %{p}.
 */
bool spf_expand(char to[DNS_NAME_SIZE], const char *spec, size_t length,
    const struct spf_sender *, const char *domain, const char *validated);

#endif
