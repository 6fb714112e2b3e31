/*
 * MX (RFC 5321 section 5.1, RFC 7505) and SRV (RFC 2782): numbers and a host.
 */
#include <string.h>

#include "dns/lint.h"
#include "dns/lint_words.h"

#define NUMBER_MAX 65535

static bool
is_root(const struct word *word)
{
	return word->length == 1 && word->text[0] == '.';
}

static void
look_for_more(struct lint *lint, const char *at)
{
	struct word word;

	if (word_next(lint, &at, &word))
		lint_fail(lint, word.text,
		    "\"%.*s\": nothing may stand behind the host.",
		    lint_shown(word.length), word.text);
}

/* The word begins with a number and a comma; *comma is that. */
static bool
is_list(const struct word *word, const char **comma)
{
	struct word number = { word->text, 0 };

	*comma = memchr(word->text, ',', word->length);
	if (*comma == NULL)
		return false;
	number.length = (size_t)(*comma - word->text);
	return word_is_number(&number);
}

/* "10,mail.example.com": the comma as a list has it. */
static bool
has_comma_for_blank(struct lint *lint, const struct word *word)
{
	const char *comma;
	size_t number, rest;

	if (!is_list(word, &comma))
		return false;
	number = (size_t)(comma - word->text);
	rest = word->length - number - 1;
	if (rest == 0)
		return false;
	lint_fail(lint, comma,
	    "Between the preference and the host stands a blank, no comma: "
	    "%.*s %.*s.",
	    lint_shown(number), word->text, lint_shown(rest), comma + 1);
	return true;
}

/* One word with a dot in it: a host whose number was left out. */
static bool
is_host_alone(const struct lint *lint, const struct word *word)
{
	struct word more;
	const char *at = word->text + word->length;

	return !word_next(lint, &at, &more) &&
	    memchr(word->text, '.', word->length) != NULL &&
	    memchr(word->text, '=', word->length) == NULL;
}

void
lint_mx(struct lint *lint)
{
	const char *at = lint->text;
	struct word number = { lint->text, 0 }, host;
	unsigned preference = 0;

	word_next(lint, &at, &number);
	if (!word_is_number(&number) && !word_is_signed(&number)) {
		if (has_comma_for_blank(lint, &number))
			return;
		if (is_host_alone(lint, &number))
			lint_fail(lint, number.text,
			    "The preference is missing: 10 %.*s.",
			    lint_shown(number.length), number.text);
		else
			lint_skip(lint,
			    "It is no MX: a number and a host, such as 10 "
			    "mail.example.com.");
		return;
	}
	word_number(lint, &number, "preference", NUMBER_MAX, &preference);
	if (!word_next(lint, &at, &host)) {
		lint_fail(lint, at, "The host is missing.");
		return;
	}
	word_host(lint, &host);
	if (is_root(&host) && preference != 0)
		lint_warn(lint, number.text,
		    "\".\" says that the domain takes no mail; its preference "
		    "should be 0.");
	look_for_more(lint, at);
}

static void
look_at_target(
    struct lint *lint, const struct word *target, const unsigned numbers[3])
{
	word_host(lint, target);
	if (is_root(target) &&
	    (numbers[0] != 0 || numbers[1] != 0 || numbers[2] != 0))
		lint_warn(lint, lint->text,
		    "\".\" says that the service is not offered; the usual "
		    "form is 0 0 0 .");
	if (!is_root(target) && numbers[2] == 0 && lint->verdict < LINT_FAIL)
		lint_warn(lint, lint->text,
		    "Port 0 belongs to a service that is not offered (0 0 0 "
		    ".).");
}

void
lint_srv(struct lint *lint)
{
	static const char *const names[] = { "priority", "weight", "port" };
	const char *at = lint->text, *comma;
	unsigned numbers[3] = { 0 };
	struct word word;

	for (size_t i = 0; i < 3; i++) {
		if (!word_next(lint, &at, &word)) {
			lint_fail(lint, at, "The %s is missing.", names[i]);
			return;
		}
		if (is_list(&word, &comma)) {
			lint_fail(lint, comma,
			    "Between its parts stand blanks, no commas: 0 1 "
			    "993 mail.example.com.");
			return;
		}
		if (i == 0 && !word_is_number(&word) &&
		    !word_is_signed(&word)) {
			lint_skip(lint,
			    "It is no SRV: three numbers and a host, such as 0 "
			    "1 993 mail.example.com.");
			return;
		}
		if (!word_number(
			lint, &word, names[i], NUMBER_MAX, &numbers[i]) &&
		    !word_is_number(&word))
			return;
	}
	if (!word_next(lint, &at, &word)) {
		lint_fail(lint, at, "The host is missing.");
		return;
	}
	look_at_target(lint, &word, numbers);
	look_for_more(lint, at);
}
