#include "dns/lint_words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/host_name.h"
#include "base/ip.h"
#include "base/text.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
word_next(const struct lint *lint, const char **at, struct word *word)
{
	const char *const end = lint->text + lint->length;

	while (*at < end && is_blank(**at))
		(*at)++;
	word->text = *at;
	while (*at < end && !is_blank(**at))
		(*at)++;
	word->length = (size_t)(*at - word->text);
	return word->length > 0;
}

bool
word_is_number(const struct word *word)
{
	for (size_t i = 0; i < word->length; i++)
		if (!isdigit((unsigned char)word->text[i]))
			return false;
	return word->length > 0;
}

bool
word_is_signed(const struct word *word)
{
	const struct word rest = { word->text + 1, word->length - 1 };

	return word->length > 1 &&
	    (word->text[0] == '-' || word->text[0] == '+') &&
	    word_is_number(&rest);
}

bool
word_number(struct lint *lint, const struct word *word, const char *what,
    unsigned max, unsigned *number)
{
	uint64_t value = 0;

	for (size_t i = 0; i < word->length && value <= max; i++)
		value = value * 10 + (uint64_t)(word->text[i] - '0');
	if (!word_is_number(word) || value > max) {
		lint_fail(lint, word->text,
		    "The %s is a number from 0 to %u, not \"%.*s\".", what, max,
		    lint_shown(word->length), word->text);
		return false;
	}
	*number = (unsigned)value;
	return true;
}

static bool
is_address(const char *name)
{
	struct ip ip;
	char inner[IP_TEXT_SIZE];
	const size_t length = strlen(name);

	if (name[0] == '[' && length < sizeof(inner) && length > 2) {
		text_copy(inner, sizeof(inner), name + 1);
		inner[length - 2] = '\0';
		name = inner;
	}
	return ip_parse(&ip, name, NULL) == OK;
}

/* What is wrong with the name, as a sentence's end; NULL: nothing. */
static const char *
what_is_wrong(const char *name)
{
	struct host_name host;

	if (is_address(name))
		return "is an address; a host name belongs here";
	if (text_is_same_fold(name, "localhost") ||
	    text_is_same_fold(name, "localhost.localdomain"))
		return "is every machine's own name";
	for (const char *c = name; *c != '\0'; c++)
		if (*c < 0)
			return "must be written in its xn-- form";
	if (strchr(name, '_') != NULL)
		return "holds an underscore, which no host name may";
	if (strchr(name, '.') == NULL && name[0] != '\0')
		return NULL;
	/* The one dot that may end it was cut off before. */
	if (name[0] == '\0' || name[strlen(name) - 1] == '.')
		return "is no host name: two dots hold an empty label";
	if (host_name_parse(&host, name, NULL) != OK)
		return "is no host name";
	return NULL;
}

bool
word_is_doubled(const char *name)
{
	for (const char *at = strchr(name, '.'); at != NULL;
	     at = strchr(at + 1, '.')) {
		const size_t half = strlen(at) / 2;

		/* Two labels or more: ".example.com" and the same again. */
		if (strlen(at) == 2 * half && half > 1 &&
		    memchr(at + 1, '.', half - 1) != NULL &&
		    strncasecmp(at, at + half, half) == 0)
			return true;
	}
	return false;
}

bool
word_host(struct lint *lint, const struct word *word)
{
	char name[HOST_NAME_SIZE];
	const char *wrong;
	const int shown = lint_shown(word->length);
	const bool is_root = word->length == 1 && word->text[0] == '.';

	if (is_root)
		return true;
	if (word->length > sizeof(name)) {
		lint_fail(lint, word->text, "\"%.*s\" is too long for a name.",
		    shown, word->text);
		return false;
	}
	text_format(name, sizeof(name), "%.*s", (int)word->length, word->text);
	/* A NUL byte in the word ends the text before it. */
	if (strlen(name) < word->length && word->length < sizeof(name)) {
		lint_fail(lint, word->text,
		    "The name holds a NUL byte, which no name may.");
		return false;
	}
	if (name[0] != '\0' && name[strlen(name) - 1] == '.')
		name[strlen(name) - 1] = '\0';
	wrong = what_is_wrong(name);
	if (wrong != NULL)
		lint_fail(
		    lint, word->text, "\"%.*s\" %s.", shown, word->text, wrong);
	else if (strchr(name, '.') == NULL && strlen(name) < word->length)
		lint_warn(lint, word->text,
		    "\"%.*s\" is one label and no full name, such as "
		    "mail.example.com; the dot says that it ends there.",
		    shown, word->text);
	else if (strchr(name, '.') == NULL)
		lint_warn(lint, word->text,
		    "\"%.*s\" has no dot: the zone's name will be added to "
		    "it.",
		    shown, word->text);
	else if (word_is_doubled(name))
		lint_warn(lint, word->text,
		    "\"%.*s\" holds the domain twice: end the name with a "
		    "dot, or write it without the zone.",
		    shown, word->text);
	return wrong == NULL;
}
