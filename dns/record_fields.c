#include "dns/record_fields.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_LENGTH 32

static bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

/* The version in any letter case, blanks and quotes aside. */
static bool
is_meant(const struct lint *lint, const char *version)
{
	for (size_t i = 0; i < lint->length && *version != '\0'; i++) {
		const char c = lint->text[i];

		if (is_wsp(c) || c == '"' || c == '\'' || c == '\\')
			continue;
		if (tolower((unsigned char)c) !=
		    tolower((unsigned char)*version))
			return false;
		version++;
	}
	return *version == '\0';
}

static bool
has_version(const struct lint *lint, const char *version)
{
	const size_t length = strlen(version);
	const char *at = lint->text + length;
	const char *const end = lint->text + lint->length;

	if (lint->length < length || memcmp(lint->text, version, length) != 0)
		return false;
	while (at < end && is_wsp(*at))
		at++;
	return at < end && *at == ';';
}

bool
record_is_field_name(const char *from, size_t length)
{
	if (length == 0 || length > NAME_MAX_LENGTH)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)from[i]) &&
		    (i == 0 || from[i] == '\0' ||
			strchr("_-.", from[i]) == NULL))
			return false;
	return true;
}

static bool
look_at_value(struct lint *lint, const struct tag *field, const char *may_have)
{
	for (size_t i = 0; i < field->value_length; i++) {
		const char c = field->value[i];

		if ((c > ' ' && c <= '~' && c != '=') ||
		    (c != '\0' && strchr(may_have, c) != NULL))
			continue;
		lint_fail(lint, field->value + i,
		    "The value of \"%.*s\" holds a sign that may not stand "
		    "there.",
		    lint_shown(field->name_length), field->name);
		return false;
	}
	return true;
}

static bool
take_field(struct lint *lint, struct tag *field, const char *from,
    const char *end, const char *name, const char *may_have)
{
	const char *equals = memchr(from, '=', (size_t)(end - from));

	if (equals == NULL ||
	    !record_is_field_name(from, (size_t)(equals - from))) {
		lint_fail(lint, from,
		    "\"%.*s\" is no field: write name=value, without blanks "
		    "round the \"=\".",
		    lint_shown((size_t)(end - from)), from);
		return false;
	}
	*field = (struct tag){ from, equals + 1, (size_t)(equals - from),
		(size_t)(end - equals - 1) };
	if (field->value_length == 0) {
		lint_fail(lint, from, "\"%.*s\" has no value.",
		    lint_shown(field->name_length), from);
		return false;
	}
	return look_at_value(lint, field,
	    strlen(name) == field->name_length &&
		    memcmp(name, from, field->name_length) == 0
		? may_have
		: "");
}

static void
take_fields(struct lint *lint, struct tag_list *list, const char *at,
    const char *name, const char *may_have)
{
	const char *const end = lint->text + lint->length;

	while (at < end) {
		const char *stop, *last;

		while (at < end && is_wsp(*at))
			at++;
		stop = memchr(at, ';', (size_t)(end - at));
		/* Behind the last semicolon there may be nothing. */
		if (at == end)
			return;
		last = stop != NULL ? stop : end;
		while (stop != NULL && last > at && is_wsp(last[-1]))
			last--;
		if (last == at)
			lint_fail(lint, at,
			    "There is nothing in front of a semicolon.");
		else if (list->count == TAG_MAX)
			lint_fail(lint, at, "There are too many fields.");
		else if (take_field(lint, &list->tags[list->count], at, last,
			     name, may_have))
			list->count++;
		at = stop != NULL ? stop + 1 : end;
	}
}

bool
record_fields_parse(struct lint *lint, struct tag_list *list,
    const char *version, const char *name, const char *may_have)
{
	memset(list, 0, sizeof(*list));
	if (!has_version(lint, version)) {
		if (is_meant(lint, version))
			lint_fail(lint, lint->text,
			    "Senders see no record: it must begin with "
			    "\"%s;\" to the letter.",
			    version);
		else
			lint_skip(
			    lint, "It does not begin with \"%s;\".", version);
		return false;
	}
	take_fields(lint, list,
	    (const char *)memchr(lint->text, ';', lint->length) + 1, name,
	    may_have);
	return true;
}
