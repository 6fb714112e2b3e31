/*
 * spf_syntax.h - an SPF record as terms (RFC 7208 sections 4.6, 5, 6, 12).
 */
#ifndef DNS_SPF_SYNTAX_H
#define DNS_SPF_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ip.h"

#define SPF_ERROR_SIZE 160

enum spf_kind {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
	SPF_REDIRECT, /* modifiers from here on */
	SPF_EXP,
	SPF_OTHER_MODIFIER,
	SPF_KIND_COUNT,
};

struct spf_term {
	enum spf_kind kind;
	const char *text;   /* the term itself, `length` bytes */
	char qualifier;     /* + - ~ ? */
	size_t at, length;  /* in the record's text */
	const char *domain; /* domain-spec with macros, or NULL */
	size_t domain_length;
	struct ip net;         /* ip4, ip6 */
	unsigned bits4, bits6; /* prefix lengths; 32 and 128 if not given */
};

/* The RFC sets no limit on terms, and a TXT record may have 64 kB of them: one
 * is read after another. */
struct spf_record {
	const char *text;
	size_t length;
	size_t count;                          /* terms in front of an error */
	struct spf_term first[SPF_KIND_COUNT]; /* length 0: none of the kind */
	char error[SPF_ERROR_SIZE];            /* a sentence, or "" */
	size_t error_at;                       /* byte of the text */
	size_t error_term_at; /* where the term with the error begins */
};

/* The text begins with "v=spf1" and must live as long as the record.  False
 * at the first error; the terms in front of it can be read. */
bool spf_parse(struct spf_record *, const char *text, size_t length);

/* The terms one after another; *at begins at 0.  False behind the last. */
bool spf_term_next(
    const struct spf_record *, size_t *at, struct spf_term *term);

/* Begins with "v=spf1" in any letter case, then a blank or the end. */
bool spf_is_record(const char *text, size_t length);

/* Could the text be an explanation (section 6.2: macros, letters, blanks)? */
bool spf_is_macro_string(const char *text, size_t length);

/* A mechanism with a value behind ":", as "ip4"; not "all". */
bool spf_takes_value(const char *name, size_t length);

/* Counts against the ten look-ups (section 4.6.4). */
bool spf_costs_look_up(enum spf_kind);

/* The first term of that kind, or NULL. */
const struct spf_term *spf_term_of(const struct spf_record *, enum spf_kind);

#endif
