#include "dns/tag_list.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_name_sign(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

static void
cut_blanks(const char **from, const char **end)
{
	while (*from < *end && is_blank(**from))
		(*from)++;
	while (*end > *from && is_blank((*end)[-1]))
		(*end)--;
}

static bool
fail(struct tag_list *list, const char *text, const char *at, const char *why,
    const char *word, size_t length)
{
	snprintf(list->error, sizeof(list->error), why,
	    (int)(length < 40 ? length : 40), word);
	for (char *c = list->error; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	list->error_at = (size_t)(at - text);
	return false;
}

static bool
is_known(const struct tag_list *list, const char *name, size_t length)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->tags[i].name_length == length &&
		    memcmp(list->tags[i].name, name, length) == 0)
			return true;
	return false;
}

/* The part between two semicolons. */
static bool
parse_tag(
    struct tag_list *list, const char *text, const char *from, const char *end)
{
	struct tag *tag = &list->tags[list->count];
	const char *equals, *name_end, *value;

	cut_blanks(&from, &end);
	equals = memchr(from, '=', (size_t)(end - from));
	if (equals == NULL)
		return fail(list, text, from,
		    "\"%.*s\" has no \"=\": a tag is written name=value.", from,
		    (size_t)(end - from));
	name_end = equals;
	value = equals + 1;
	cut_blanks(&from, &name_end);
	if (from == name_end || !is_letter(*from))
		return fail(list, text, from,
		    "A tag's name is missing in front of \"%.*s\".", from,
		    (size_t)(end - from));
	for (const char *c = from; c < name_end; c++)
		if (!is_name_sign(*c))
			return fail(list, text, c,
			    "\"%.*s\" is no tag name: is a semicolon missing "
			    "in front of it?",
			    from, (size_t)(name_end - from));
	list->has_duplicate = is_known(list, from, (size_t)(name_end - from));
	if (list->has_duplicate)
		return fail(list, text, from,
		    "The tag \"%.*s\" is there twice.", from,
		    (size_t)(name_end - from));
	cut_blanks(&value, &end);
	for (const char *c = value; c < end; c++)
		if (!is_blank(*c) && (*c < '!' || *c > '~'))
			return fail(list, text, c,
			    "The value of \"%.*s\" holds a sign that is not "
			    "plain ASCII.",
			    from, (size_t)(name_end - from));
	*tag = (struct tag){ from, value, (size_t)(name_end - from),
		(size_t)(end - value) };
	list->count++;
	return true;
}

bool
tag_list_parse(struct tag_list *list, const char *text, size_t length)
{
	const char *from = text, *const end = text + length;

	memset(list, 0, sizeof(*list));
	while (from < end) {
		const char *semicolon = memchr(from, ';', (size_t)(end - from));
		const char *stop = semicolon != NULL ? semicolon : end;
		const char *first = from, *last = stop;

		cut_blanks(&first, &last);
		/* Only behind the last semicolon may there be nothing. */
		if (first == last && semicolon == NULL)
			return true;
		if (first == last)
			return fail(list, text, from,
			    "There is nothing in front of a semicolon%.*s.", "",
			    0);
		if (list->count == TAG_MAX)
			return fail(
			    list, text, from, "Too many tags%.*s.", "", 0);
		if (!parse_tag(list, text, from, stop))
			return false;
		from = semicolon != NULL ? semicolon + 1 : end;
	}
	if (list->count == 0)
		return fail(list, text, text, "It is empty%.*s.", "", 0);
	return true;
}

bool
tag_list_parse_usable(struct tag_list *list, const char *text, size_t length,
    void (*broken)(void *context, size_t at, const char *sentence),
    void *context)
{
	const char *from = text, *const end = text + length;

	memset(list, 0, sizeof(*list));
	while (from < end) {
		const char *semicolon = memchr(from, ';', (size_t)(end - from));
		const char *stop = semicolon != NULL ? semicolon : end;
		const char *first = from, *last = stop;

		cut_blanks(&first, &last);
		if (first == last && semicolon == NULL)
			break;
		if (list->count == TAG_MAX)
			return fail(
			    list, text, from, "Too many tags%.*s.", "", 0);
		if (first == last)
			fail(list, text, from,
			    "There is nothing in front of a semicolon%.*s.", "",
			    0);
		if (first == last || !parse_tag(list, text, from, stop)) {
			if (list->has_duplicate)
				return false;
			broken(context, list->error_at, list->error);
			list->error[0] = '\0';
		}
		from = stop + (semicolon != NULL);
	}
	return true;
}

const struct tag *
tag_find(const struct tag_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strlen(name) == list->tags[i].name_length &&
		    memcmp(list->tags[i].name, name, strlen(name)) == 0)
			return &list->tags[i];
	return NULL;
}

bool
tag_is(const struct tag *tag, const char *value)
{
	return tag != NULL && tag->value_length == strlen(value) &&
	    memcmp(tag->value, value, tag->value_length) == 0;
}

bool
tag_is_fold(const struct tag *tag, const char *value)
{
	return tag != NULL && tag->value_length == strlen(value) &&
	    strncasecmp(tag->value, value, tag->value_length) == 0;
}

bool
tag_part(const struct tag *tag, char separator, size_t *at, const char **part,
    size_t *length)
{
	const char *from, *stop, *end;

	if (tag == NULL || *at > tag->value_length)
		return false;
	end = tag->value + tag->value_length;
	from = tag->value + *at;
	stop = memchr(from, separator, (size_t)(end - from));
	if (stop == NULL)
		stop = end;
	*at = (size_t)(stop - tag->value) + 1;
	cut_blanks(&from, &stop);
	*part = from;
	*length = (size_t)(stop - from);
	return true;
}
