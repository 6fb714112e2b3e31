/*
 * spf_run.h - one evaluation of an SPF record: what it carries, and what its
 * mechanisms say.  For dns/spf.c and dns/spf_match.c alone.
 */
#ifndef DNS_SPF_RUN_H
#define DNS_SPF_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/answers.h"
#include "dns/spf.h"
#include "dns/spf_syntax.h"

#define SPF_DEPTH_MAX 12  /* more than the look-up limit lets happen */
#define SPF_COUNT_MAX 100 /* look-ups that are counted: includes may explode */

struct spf_run {
	const struct dns_answers *answers;
	const struct spf_sender *sender;
	struct dns_questions *need;
	struct spf_report *report;
	const char *path[SPF_DEPTH_MAX]; /* domains above, to find loops */
	unsigned depth;
	unsigned includes; /* of them by include */
	bool is_count;     /* look at every term */
};

/* What one look-up or one term says. */
enum spf_match {
	SPF_MATCH_NO,
	SPF_MATCH_YES,
	SPF_MATCH_NEED, /* an answer is needed first */
	SPF_MATCH_TEMP,
	SPF_MATCH_PERM,
};

/* Keeps the first reason.  The format takes the term's text (with its length)
 * and the domain. */
void spf_because(struct spf_run *, const char *format, const char *domain,
    const struct spf_term *);

/* Asks; SPF_MATCH_YES when there is an answer, also one that has no records
 * (then `answer` may be NULL: an impossible name has none). */
enum spf_match spf_look_up(struct spf_run *, const char *name, uint16_t type,
    const struct dns_answer **answer);

/*
 * The names of the sender's address that lead back to it (section 5.5); `name`
 * itself is preferred, then the first one below it.  `to` gets "unknown" when none does.
 */
enum spf_match spf_validated_name(
    struct spf_run *, const char *name, char to[DNS_NAME_SIZE]);

/* The term's domain with macros expanded, or the current one. */
enum spf_match spf_target(struct spf_run *, char to[DNS_NAME_SIZE],
    const char *domain, const struct spf_term *);

/* Does the sender match a, mx, ptr or exists of `name`? */
enum spf_match spf_match_name(
    struct spf_run *, const char *name, const struct spf_term *);

/* Does the sender match ip4 or ip6? */
enum spf_match spf_match_net(const struct spf_run *, const struct spf_term *);

#endif
