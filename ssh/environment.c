#include "ssh/environment.h"

#include <string.h>

#include "base/text.h"

#define VALUE_MAX 64 /* bytes */
#define LETTERS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS    "0123456789"

static bool
is_made_of(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}

static bool
is_locale_name(const char *name)
{
	return text_is_same(name, "LANG") ||
	    (text_starts_with(name, "LC_") && strlen(name) <= 24 &&
		is_made_of(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"));
}

bool
environment_allows(const char *name, const char *value)
{
	if (strlen(value) > VALUE_MAX ||
	    !is_made_of(value, LETTERS DIGITS "+._@:-"))
		return false;
	return is_locale_name(name) || text_is_same(name, "NO_COLOR") ||
	    text_is_same(name, "COLORTERM");
}

bool
environment_allows_pair(const char *pair)
{
	const char *equals = strchr(pair, '=');
	char name[32];

	if (equals == NULL || (size_t)(equals - pair) >= sizeof(name))
		return false;
	memcpy(name, pair, (size_t)(equals - pair));
	name[equals - pair] = '\0';
	return environment_allows(name, equals + 1);
}

bool
environment_is_term(const char *term)
{
	return term[0] != '\0' && strlen(term) <= VALUE_MAX &&
	    is_made_of(term, LETTERS DIGITS "+._-");
}
