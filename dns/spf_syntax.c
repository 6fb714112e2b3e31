#include "dns/spf_syntax.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define VERSION_LENGTH 6 /* "v=spf1" */

/* What a mechanism may have behind its name. */
enum argument { NONE, DOMAIN_NEEDED, DOMAIN_AND_BITS, DOMAIN_MAYBE, NET };

static const struct mechanism {
	const char *name;
	enum spf_kind kind;
	enum argument argument;
} mechanisms[] = {
	{ "all", SPF_ALL, NONE },
	{ "include", SPF_INCLUDE, DOMAIN_NEEDED },
	{ "a", SPF_A, DOMAIN_AND_BITS },
	{ "mx", SPF_MX, DOMAIN_AND_BITS },
	{ "ptr", SPF_PTR, DOMAIN_MAYBE },
	{ "ip4", SPF_IP4, NET },
	{ "ip6", SPF_IP6, NET },
	{ "exists", SPF_EXISTS, DOMAIN_NEEDED },
};

#define MECHANISM_COUNT (sizeof(mechanisms) / sizeof(mechanisms[0]))

struct cursor {
	const char *text; /* of the whole record */
	struct spf_record *record;
};

static bool
fail(struct cursor *c, const char *at, const char *format, ...)
{
	char raw[sizeof(c->record->error)];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	text_visible(
	    c->record->error, sizeof(c->record->error), raw, strlen(raw));
	c->record->error_at = (size_t)(at - c->text);
	return false;
}

static int
shown(size_t length)
{
	return length > 40 ? 40 : (int)length;
}

/* ---- macros and domain-spec, section 7.1 ---- */

/* Length of the macro at `from`, which begins with "%"; 0 when it is none. */
static size_t
macro_length(const char *from, const char *end)
{
	const char *at = from + 1;
	bool has_digits = false, is_zero = true;

	if (at == end)
		return 0;
	if (*at == '%' || *at == '_' || *at == '-')
		return 2;
	if (*at++ != '{' || at == end ||
	    strchr("slodiphcrtvSLODIPHCRTV", *at) == NULL)
		return 0;
	at++;
	for (; at < end && isdigit((unsigned char)*at); at++) {
		has_digits = true;
		is_zero &= *at == '0';
	}
	if (has_digits && is_zero)
		return 0; /* zero labels (section 7.3) */
	if (at < end && (*at == 'r' || *at == 'R'))
		at++;
	while (at < end && *at != '\0' && strchr(".-+,/_=", *at) != NULL)
		at++;
	if (at == end || *at != '}')
		return 0;
	return (size_t)(at + 1 - from);
}

static bool
is_top_label(const char *label, size_t length)
{
	bool has_other = false;

	if (length == 0 || label[0] == '-' || label[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)label[i]) && label[i] != '-')
			return false;
		has_other |= !isdigit((unsigned char)label[i]);
	}
	return has_other;
}

static bool
check_macros(struct cursor *c, const char *from, const char *end)
{
	for (const char *at = from; at < end; at++) {
		if (*at <= ' ' || *at > '~')
			return fail(c, at,
			    "There is a sign that is not plain "
			    "ASCII.");
		if (*at != '%')
			continue;
		const size_t length = macro_length(at, end);

		if (length == 0)
			return fail(c, at, "\"%.*s\" is no macro.",
			    shown((size_t)(end - at)), at);
		at += length - 1;
	}
	return true;
}

/* True when a macro-expand ends exactly at `end`. */
static bool
ends_in_macro(const char *from, const char *end)
{
	bool is_macro = false;

	for (const char *at = from; at < end; at++) {
		is_macro = false;
		if (*at == '%') {
			at += macro_length(at, end) - 1;
			is_macro = true;
		}
	}
	return is_macro;
}

/* c, r and t are for explanations alone (section 7.2). */
static bool
check_letters(struct cursor *c, const char *from, const char *end)
{
	for (const char *at = from; at < end; at++) {
		if (*at != '%')
			continue;
		if (at[1] == '{' && strchr("crtCRT", at[2]) != NULL)
			return fail(c, at,
			    "\"%%{%c}\" may stand in explanations only.",
			    at[2]);
		at += macro_length(at, end) - 1;
	}
	return true;
}

static bool
check_domain(struct cursor *c, const char *from, const char *end)
{
	const char *label, *last = end;

	if (from == end)
		return fail(c, from, "A domain name is missing here.");
	if (!check_macros(c, from, end) || !check_letters(c, from, end))
		return false;
	if (ends_in_macro(from, end))
		return true;
	if (last[-1] == '.')
		last--;
	for (label = last; label > from && label[-1] != '.'; label--)
		;
	if (label == from)
		return fail(c, from,
		    "\"%.*s\" is no full domain name: it has no dot.",
		    shown((size_t)(end - from)), from);
	if (!is_top_label(label, (size_t)(last - label)))
		return fail(c, label, "\"%.*s\" is no domain name.",
		    shown((size_t)(end - from)), from);
	return true;
}

/* ---- addresses and prefix lengths ---- */

/* No leading zero, at most `most`. */
static bool
parse_bits(struct cursor *c, const char *from, const char *end, unsigned most,
    unsigned *bits)
{
	unsigned value = 0;

	if (from == end || end - from > 3 || (*from == '0' && end - from > 1))
		return fail(c, from, "\"/%.*s\" is no prefix length.",
		    shown((size_t)(end - from)), from);
	for (const char *at = from; at < end; at++) {
		if (!isdigit((unsigned char)*at))
			return fail(c, at, "\"/%.*s\" is no prefix length.",
			    shown((size_t)(end - from)), from);
		value = value * 10 + (unsigned)(*at - '0');
	}
	if (value > most)
		return fail(
		    c, from, "The prefix length is at most %u here.", most);
	*bits = value;
	return true;
}

static bool
parse_net(
    struct cursor *c, struct spf_term *term, const char *from, const char *end)
{
	const bool is_ip4 = term->kind == SPF_IP4;
	const char *slash = memchr(from, '/', (size_t)(end - from));
	const char *stop = slash != NULL ? slash : end;
	char text[IP_TEXT_SIZE];
	unsigned *bits = is_ip4 ? &term->bits4 : &term->bits6;

	if (stop == from || (size_t)(stop - from) >= sizeof(text))
		return fail(c, from, "An address is missing behind \"ip%d:\".",
		    is_ip4 ? 4 : 6);
	memcpy(text, from, (size_t)(stop - from));
	text[stop - from] = '\0';
	if (ip_parse(&term->net, text, NULL) != OK ||
	    (term->net.family == AF_INET) != is_ip4)
		return fail(c, from,
		    "\"%.*s\" is no %s address.  Host names go behind "
		    "\"a:\".",
		    shown((size_t)(stop - from)), from,
		    is_ip4 ? "IPv4" : "IPv6");
	return slash == NULL ||
	    parse_bits(c, slash + 1, end, is_ip4 ? 32 : 128, bits);
}

/* Digits behind a slash at the end: "/24", "//64", "/24//64".  *end moves in
 * front of them. */
static bool
cut_bits(
    struct cursor *c, struct spf_term *term, const char *from, const char **end)
{
	const char *digits = *end;

	while (digits > from && isdigit((unsigned char)digits[-1]))
		digits--;
	if (digits == *end || digits == from || digits[-1] != '/')
		return true;
	if (digits - 1 > from && digits[-2] == '/') {
		if (!parse_bits(c, digits, *end, 128, &term->bits6))
			return false;
		*end = digits - 2;
		digits = *end;
		while (digits > from && isdigit((unsigned char)digits[-1]))
			digits--;
		if (digits == *end || digits == from || digits[-1] != '/')
			return true;
	}
	if (!parse_bits(c, digits, *end, 32, &term->bits4))
		return false;
	*end = digits - 1;
	return true;
}

/* ---- terms ---- */

static bool
parse_argument(struct cursor *c, struct spf_term *term, enum argument kind,
    const char *from, const char *end)
{
	if (kind == DOMAIN_AND_BITS && !cut_bits(c, term, from, &end))
		return false;
	if (from == end)
		return kind == NONE || kind == DOMAIN_MAYBE ||
			kind == DOMAIN_AND_BITS
		    ? true
		    : fail(c, from,
			  "\"%.*s\" needs \":\" and a value, "
			  "without a blank.",
			  shown(term->length), c->text + term->at);
	if (*from != ':')
		return fail(c, from, "\"%.*s\" is not understood here.",
		    shown((size_t)(end - from)), from);
	from++;
	if (kind == NONE)
		return fail(c, from, "\"all\" takes no value.");
	if (kind == NET)
		return parse_net(c, term, from, end);
	term->domain = from;
	term->domain_length = (size_t)(end - from);
	return check_domain(c, from, end);
}

static bool
parse_modifier(struct cursor *c, struct spf_term *term, const char *from,
    const char *equals, const char *end)
{
	const size_t name_length = (size_t)(equals - from);

	term->kind = SPF_OTHER_MODIFIER;
	if (name_length == 8 && strncasecmp(from, "redirect", 8) == 0)
		term->kind = SPF_REDIRECT;
	else if (name_length == 3 && strncasecmp(from, "exp", 3) == 0)
		term->kind = SPF_EXP;
	if (term->kind == SPF_OTHER_MODIFIER)
		return check_macros(c, equals + 1, end);
	if (spf_term_of(c->record, term->kind) != NULL)
		return fail(c, from, "\"%.*s=\" is there twice.",
		    (int)name_length, from);
	term->domain = equals + 1;
	term->domain_length = (size_t)(end - equals - 1);
	return check_domain(c, equals + 1, end);
}

/* Names of unknown modifiers: a letter, then letters, digits, "-_." */
static const char *
modifier_equals(const char *from, const char *end)
{
	const char *at = from;

	if (!isalpha((unsigned char)*at))
		return NULL;
	while (at < end &&
	    (isalnum((unsigned char)*at) ||
		(*at != '\0' && strchr("-_.", *at) != NULL)))
		at++;
	return at < end && *at == '=' ? at : NULL;
}

/* The mechanism's name at the start of `name`; NULL for none that exists. */
static const struct mechanism *
find_mechanism(const char *name, const char *end)
{
	size_t length = 0;

	while (name + length < end && isalnum((unsigned char)name[length]))
		length++;
	for (size_t i = 0; i < MECHANISM_COUNT; i++)
		if (strlen(mechanisms[i].name) == length &&
		    strncasecmp(mechanisms[i].name, name, length) == 0)
			return &mechanisms[i];
	return NULL;
}

static bool
parse_term(
    struct cursor *c, struct spf_term *term, const char *from, const char *end)
{
	const char *equals = modifier_equals(from, end);
	const char *name = from;
	const struct mechanism *mechanism;

	*term = (struct spf_term){ .text = from,
		.qualifier = '+',
		.at = (size_t)(from - c->text),
		.length = (size_t)(end - from),
		.bits4 = 32,
		.bits6 = 128 };
	if (equals != NULL)
		return parse_modifier(c, term, from, equals, end);
	if (*name != '\0' && strchr("+-~?", *name) != NULL)
		term->qualifier = *name++;
	mechanism = find_mechanism(name, end);
	if (mechanism == NULL)
		return fail(c, from, "\"%.*s\" is no SPF term.",
		    shown((size_t)(end - from)), from);
	term->kind = mechanism->kind;
	return parse_argument(
	    c, term, mechanism->argument, name + strlen(mechanism->name), end);
}

/* The word at or behind *at, which moves behind it; false at the end. */
static bool
next_word(const char **at, const char *end, const char **word)
{
	while (*at < end && **at == ' ')
		(*at)++;
	*word = *at;
	while (*at < end && **at != ' ')
		(*at)++;
	return *at > *word;
}

bool
spf_term_next(
    const struct spf_record *record, size_t *at, struct spf_term *term)
{
	/* All up to the error was good once, and is again. */
	struct spf_record again = { .text = record->text };
	struct cursor c = { record->text, &again };
	const size_t stop =
	    record->error[0] != '\0' ? record->error_term_at : record->length;
	const char *from, *word;

	if (*at == 0)
		*at = VERSION_LENGTH;
	from = record->text + *at;
	if (*at >= stop || !next_word(&from, record->text + stop, &word))
		return false;
	*at = (size_t)(from - record->text);
	return parse_term(&c, term, word, from);
}

bool
spf_parse(struct spf_record *record, const char *text, size_t length)
{
	struct cursor c = { text, record };
	const char *at = text, *const end = text + length, *word;
	struct spf_term term;

	memset(record, 0, sizeof(*record));
	record->text = text;
	record->length = length;
	if (!spf_is_record(text, length))
		return fail(
		    &c, text, "It does not begin with \"v=spf1\" and a blank.");
	at += VERSION_LENGTH;
	while (next_word(&at, end, &word)) {
		record->error_term_at = (size_t)(word - text);
		if (!parse_term(&c, &term, word, at))
			return false;
		if (spf_term_of(record, term.kind) == NULL)
			record->first[term.kind] = term;
		record->count++;
	}
	return true;
}

bool
spf_is_record(const char *text, size_t length)
{
	return length >= VERSION_LENGTH &&
	    strncasecmp(text, "v=spf1", VERSION_LENGTH) == 0 &&
	    (length == VERSION_LENGTH || text[VERSION_LENGTH] == ' ');
}

bool
spf_is_macro_string(const char *text, size_t length)
{
	const char *const end = text + length;

	for (const char *at = text; at < end; at++) {
		size_t macro = 1;

		if (*at < ' ' || *at > '~')
			return false;
		if (*at == '%')
			macro = macro_length(at, end);
		if (macro == 0)
			return false;
		at += macro - 1;
	}
	return true;
}

bool
spf_takes_value(const char *name, size_t length)
{
	const struct mechanism *mechanism = find_mechanism(name, name + length);

	return mechanism != NULL && mechanism->argument != NONE;
}

bool
spf_costs_look_up(enum spf_kind kind)
{
	return kind == SPF_INCLUDE || kind == SPF_A || kind == SPF_MX ||
	    kind == SPF_PTR || kind == SPF_EXISTS || kind == SPF_REDIRECT;
}

const struct spf_term *
spf_term_of(const struct spf_record *record, enum spf_kind kind)
{
	return record->first[kind].length > 0 ? &record->first[kind] : NULL;
}
