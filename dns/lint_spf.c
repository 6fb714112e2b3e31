/*
 * SPF: the record's own words (RFC 7208 section 12), without what its
 * includes lead to: dns/spf.h evaluates that.
 */
#include <string.h>
#include <strings.h>

#include "dns/lint.h"
#include "dns/spf.h"
#include "dns/spf_syntax.h"

#define LOOKUPS_TIGHT 8
#define TEXT_TIGHT    450 /* octets: the answer must fit 512 (section 3.4) */
#define HUGE_BITS4    8   /* wider prefixes than this let millions send */
#define HUGE_BITS6    24

static void
look_at_all(struct lint *lint, const struct spf_record *record,
    const struct spf_term *all)
{
	const struct spf_term *redirect = spf_term_of(record, SPF_REDIRECT);
	const struct spf_term *last = &record->terms[record->count - 1];

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
	for (const struct spf_term *term = all + 1; term <= last; term++)
		if (term->kind < SPF_REDIRECT) {
			lint_warn(lint, term->text,
			    "Receivers stop at \"all\": \"%.*s\" behind it is "
			    "never looked at.",
			    lint_shown(term->length), term->text);
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

	for (size_t i = 0; i < record->count; i++) {
		const struct spf_term *term = &record->terms[i];

		if (term->kind == SPF_ALL)
			break;
		if (!spf_costs_look_up(term->kind) ||
		    (term->kind == SPF_REDIRECT && has_all))
			continue;
		if (++count == SPF_LOOKUP_MAX + 1)
			lint_fail(lint, term->text,
			    "\"%.*s\" is the 11th term that asks the DNS; "
			    "receivers give up after 10.",
			    lint_shown(term->length), term->text);
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
		return term->bits6 < HUGE_BITS6;
	return term->bits4 < HUGE_BITS4 ||
	    (term->kind != SPF_IP4 && term->bits6 < HUGE_BITS6);
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
	use = ip_special_use(&term->net);
	if (use != NULL && strstr(use, "documentation") == NULL)
		lint_warn(lint, term->text,
		    "\"%.*s\" is not seen on the internet (%s).",
		    lint_shown(term->length), term->text, use);
}

static bool
is_same_term(const struct spf_term *a, const struct spf_term *b)
{
	return a->length == b->length &&
	    strncasecmp(a->text, b->text, a->length) == 0;
}

static void
look_at_term(struct lint *lint, const struct spf_record *record, size_t index)
{
	const struct spf_term *term = &record->terms[index];

	for (size_t i = 0; i < index; i++)
		if (is_same_term(&record->terms[i], term)) {
			lint_warn(lint, term->text, "\"%.*s\" is there twice.",
			    lint_shown(term->length), term->text);
			break;
		}
	if (term->kind == SPF_PTR)
		lint_warn(lint, term->text,
		    "\"ptr\" is slow and unsure; RFC 7208 says not to use it.");
	else if (term->kind == SPF_OTHER_MODIFIER)
		lint_warn(lint, term->text,
		    "\"%.*s\" is no modifier that receivers know; they ignore "
		    "it.",
		    lint_shown(term->length), term->text);
	else if (term->kind == SPF_A || term->kind == SPF_MX ||
	    term->kind == SPF_IP4 || term->kind == SPF_IP6)
		look_at_net(lint, term);
	if (term->domain != NULL &&
	    (memmem(term->domain, term->domain_length, "%{p", 3) != NULL ||
		memmem(term->domain, term->domain_length, "%{P", 3) != NULL))
		lint_warn(lint, term->domain,
		    "The macro p is as slow and unsure as \"ptr\"; RFC 7208 "
		    "says not to use it.");
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

	if (!spf_is_record(lint->text, lint->length)) {
		say_other(lint);
		return;
	}
	if (!spf_parse(&record, lint->text, lint->length)) {
		lint_fail(
		    lint, lint->text + record.error_at, "%s", record.error);
		return;
	}
	for (size_t i = 0; i < record.count; i++)
		look_at_term(lint, &record, i);
	look_at_end(lint, &record);
	count_look_ups(lint, &record);
	if (lint->length > TEXT_TIGHT)
		lint_warn(lint, lint->text + TEXT_TIGHT,
		    "The record has %zu octets; above %d the answer may not "
		    "fit one datagram.",
		    lint->length, TEXT_TIGHT);
}
