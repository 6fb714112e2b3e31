/*
 * spf_syntax.h - an SPF record as terms (RFC 7208 sections 4.6, 5, 6, 12).
 */
#ifndef DNS_SPF_SYNTAX_H
#define DNS_SPF_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ip.h"

#define SPF_TERM_MAX   128
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

struct spf_record {
	struct spf_term terms[SPF_TERM_MAX];
	size_t count;
	char error[SPF_ERROR_SIZE]; /* a sentence, or "" */
	size_t error_at;            /* byte of the text */
};

/* The text begins with "v=spf1" and must live as long as the terms.  False
 * at the first error, with what came before it. */
bool spf_parse(struct spf_record *, const char *text, size_t length);

/* Begins with "v=spf1" in any letter case, then a blank or the end. */
bool spf_is_record(const char *text, size_t length);

/* Could the text be an explanation (section 6.2: macros, letters, blanks)? */
bool spf_is_macro_string(const char *text, size_t length);

/* Counts against the ten look-ups (section 4.6.4). */
bool spf_costs_look_up(enum spf_kind);

/* The term of that kind, or NULL. */
const struct spf_term *spf_term_of(const struct spf_record *, enum spf_kind);

#endif
