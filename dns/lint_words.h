/*
 * lint_words.h - the data of a record as a zone file writes it: words apart
 * by blanks.
 */
#ifndef DNS_LINT_WORDS_H
#define DNS_LINT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/lint.h"

struct word {
	const char *text;
	size_t length;
};

/* The next word at *at, which moves behind it; false at the end. */
bool word_next(const struct lint *, const char **at, struct word *);

bool word_is_number(const struct word *);
bool word_is_signed(const struct word *); /* "-5": meant for a number */

/* True when it is one from 0 to `max`; else a failure that calls it `what`. */
bool word_number(struct lint *, const struct word *, const char *what,
    unsigned max, unsigned *number);

/* Judges the target of an MX or SRV ("." is none: true is given for it). */
bool word_host(struct lint *, const struct word *);

/* "mail.example.com.example.com": a panel added the zone a second time. */
bool word_is_doubled(const char *name);

#endif
