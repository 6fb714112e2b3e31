/*
 * SPF: the record's own words (RFC 7208 section 12), without what its
 * includes lead to: dns/spf.h evaluates that.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dns/lint.h"
#include "dns/lint_words.h"
#include "dns/spf.h"
#include "dns/spf_syntax.h"

#define LOOKUPS_TIGHT 8
#define TEXT_TIGHT    450 /* octets: the answer must fit 512 (section 3.4) */
#define HUGE_BITS4    12  /* a million addresses; wider ones let more send */
#define HUGE_BITS6    23
#define DNS_LABEL_MAX 63
#define TWICE_REACH \
	4096 /* octets in front of a term where its twin is sought */

static void
look_at_all(struct lint *lint, const struct spf_record *record,
    const struct spf_term *all)
{
	const struct spf_term *redirect = spf_term_of(record, SPF_REDIRECT);
	struct spf_term term;
	size_t at = all->at + all->length;

	if (all->qualifier == '+')
		lint_warn(lint, all->text,
		    "\"%.*s\" lets everybody send in the domain's name.",
		    (int)all->length, all->text);
	if (all->qualifier == '?')
		lint_warn(lint, all->text,
		    "\"?all\" says nothing about other senders.");
	if (redirect != NULL)
		lint_warn(lint, redirect->text,
		    "Beside \"all\" a redirect is ignored.");
	while (spf_term_next(record, &at, &term))
		if (term.kind < SPF_REDIRECT) {
			lint_warn(lint, term.text,
			    "Receivers stop at \"all\": \"%.*s\" behind it is "
			    "never looked at.",
			    lint_shown(term.length), term.text);
			break;
		}
}

static void
look_at_end(struct lint *lint, const struct spf_record *record)
{
	const struct spf_term *all = spf_term_of(record, SPF_ALL);

	if (all != NULL)
		look_at_all(lint, record, all);
	else if (spf_term_of(record, SPF_REDIRECT) == NULL)
		lint_warn(lint, lint->text + lint->length,
		    "The record does not say what to do with other senders: "
		    "it ends without \"-all\" or \"~all\".");
}

/* Only what stands in front of "all" is ever looked at. */
static void
count_look_ups(struct lint *lint, const struct spf_record *record)
{
	const bool has_all = spf_term_of(record, SPF_ALL) != NULL;
	unsigned count = 0;
	struct spf_term term;

	for (size_t at = 0; spf_term_next(record, &at, &term);) {
		if (term.kind == SPF_ALL)
			break;
		if (!spf_costs_look_up(term.kind) ||
		    (term.kind == SPF_REDIRECT && has_all))
			continue;
		if (++count == SPF_LOOKUP_MAX + 1)
			lint_fail(lint, term.text,
			    "\"%.*s\" is the 11th term that asks the DNS; "
			    "receivers give up after 10.",
			    lint_shown(term.length), term.text);
	}
	if (count >= LOOKUPS_TIGHT && count <= SPF_LOOKUP_MAX)
		lint_warn(lint, lint->text,
		    "%u of 10 allowed look-ups are used here, without those "
		    "of the included records.",
		    count);
}

static bool
is_huge(const struct spf_term *term)
{
	if (term->kind == SPF_IP6)
		return term->bits6 <= HUGE_BITS6;
	return term->bits4 <= HUGE_BITS4 ||
	    (term->kind != SPF_IP4 && term->bits6 <= HUGE_BITS6);
}

static void
look_at_net(struct lint *lint, const struct spf_term *term)
{
	const char *use;

	if (is_huge(term)) {
		lint_warn(lint, term->text,
		    "\"%.*s\" lets a large part of the internet send.",
		    lint_shown(term->length), term->text);
		return;
	}
	if (term->kind != SPF_IP4 && term->kind != SPF_IP6)
		return;
	use = ip_out_of_reach(&term->net);
	if (use != NULL)
		lint_warn(lint, term->text,
		    "\"%.*s\" is not seen on the internet (%s).",
		    lint_shown(term->length), term->text, use);
}

/* Does the same word stand in front of it? */
static bool
is_twice(const struct lint *lint, const struct spf_term *term)
{
	const char *at = lint->text, *const end = term->text;

	if (end - at > TWICE_REACH)
		at = end - TWICE_REACH;
	for (at = memchr(at, ' ', (size_t)(end - at));
	     at != NULL && end - at > (ptrdiff_t)term->length + 1;
	     at = memchr(at + 1, ' ', (size_t)(end - at - 1)))
		if (at[term->length + 1] == ' ' &&
		    strncasecmp(at + 1, term->text, term->length) == 0)
			return true;
	return false;
}

/* "ip4=192.0.2.1": the grammar makes a modifier of it. */
static void
look_at_modifier(struct lint *lint, const struct spf_term *term)
{
	const char *equals = memchr(term->text, '=', term->length);
	const size_t length = (size_t)(equals - term->text);

	if (spf_takes_value(term->text, length))
		lint_warn(lint, equals,
		    "Write \"%.*s:\" with a colon: as it stands receivers "
		    "ignore it, and this sender is lost.",
		    (int)length, term->text);
	else
		lint_warn(lint, term->text,
		    "\"%.*s\" is no modifier that receivers know; they ignore "
		    "it.",
		    lint_shown(term->length), term->text);
}

/* ---- names ---- */

static const char name_signs[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

/* Has an empty label, or one that is too long: no name of the DNS (section 4.3). */
static bool
is_malformed(const char *name)
{
	for (;;) {
		const size_t length = strcspn(name, ".");

		if (length == 0 || length > DNS_LABEL_MAX)
			return true;
		if (name[length] == '\0' || name[length + 1] == '\0')
			return false;
		name += length + 1;
	}
}

static void
look_at_name(struct lint *lint, const struct spf_term *term, const char *name)
{
	const int shown = lint_shown(term->domain_length);
	const char *scheme = strstr(name, "://");

	if (scheme != NULL)
		lint_warn(lint, term->domain,
		    "\"%.*s\" is a web address, and no such name exists: "
		    "write the domain alone.",
		    shown, term->domain);
	else if (is_malformed(name) &&
	    (term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT))
		lint_fail(lint, term->domain,
		    "\"%.*s\" can be no name (two dots, or a label of more "
		    "than 63 letters): receivers take the record for broken.",
		    shown, term->domain);
	else if (is_malformed(name))
		lint_warn(lint, term->domain,
		    "\"%.*s\" can be no name (two dots, or a label of more "
		    "than 63 letters): it never matches.",
		    shown, term->domain);
	else if (name[strspn(name, name_signs)] != '\0')
		lint_warn(lint, term->domain,
		    "\"%.*s\" holds a sign that no host name has: it never "
		    "matches.",
		    shown, term->domain);
	else if (word_is_doubled(name))
		lint_warn(lint, term->domain,
		    "\"%.*s\" holds the domain twice.", shown, term->domain);
}

static void
look_at_domain(struct lint *lint, const struct spf_term *term)
{
	char name[DNS_NAME_SIZE];

	if (memmem(term->domain, term->domain_length, "%{p", 3) != NULL ||
	    memmem(term->domain, term->domain_length, "%{P", 3) != NULL)
		lint_warn(lint, term->domain,
		    "The macro p is as slow and unsure as \"ptr\"; RFC 7208 "
		    "says not to use it.");
	if (memchr(term->domain, '%', term->domain_length) == NULL &&
	    text_format(name, sizeof(name), "%.*s", (int)term->domain_length,
		term->domain))
		look_at_name(lint, term, name);
}

/* ---- terms ---- */

static void
look_at_term(struct lint *lint, const struct spf_term *term)
{
	if (is_twice(lint, term))
		lint_warn(lint, term->text, "\"%.*s\" is there twice.",
		    lint_shown(term->length), term->text);
	if (term->kind == SPF_PTR)
		lint_warn(lint, term->text,
		    "\"ptr\" is slow and unsure; RFC 7208 says not to use it.");
	else if (term->kind == SPF_OTHER_MODIFIER)
		look_at_modifier(lint, term);
	else if (term->kind == SPF_A || term->kind == SPF_MX ||
	    term->kind == SPF_IP4 || term->kind == SPF_IP6)
		look_at_net(lint, term);
	if (term->domain != NULL)
		look_at_domain(lint, term);
}

static void
say_other(struct lint *lint)
{
	if (memmem(lint->text, lint->length, "v=spf1", 6) != NULL)
		lint_skip(lint,
		    "Receivers see no SPF record: it must begin with "
		    "\"v=spf1\" and a blank, with nothing in front.");
	else
		lint_skip(lint, "It does not begin with \"v=spf1\".");
}

void
lint_spf(struct lint *lint)
{
	struct spf_record record;
	struct spf_term term;

	if (!spf_is_record(lint->text, lint->length)) {
		say_other(lint);
		return;
	}
	if (!spf_parse(&record, lint->text, lint->length)) {
		lint_fail(
		    lint, lint->text + record.error_at, "%s", record.error);
		return;
	}
	for (size_t at = 0; spf_term_next(&record, &at, &term);)
		look_at_term(lint, &term);
	look_at_end(lint, &record);
	count_look_ups(lint, &record);
	if (lint->length > TEXT_TIGHT)
		lint_warn(lint, lint->text + TEXT_TIGHT,
		    "The record has %zu octets; above %d the answer may not "
		    "fit one datagram.",
		    lint->length, TEXT_TIGHT);
}
