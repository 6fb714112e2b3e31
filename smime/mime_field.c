/* Header fields: RFC 5322 section 2.2, and the parameters of RFC 2045. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "smime/mime.h"
#include "smime/mime_part.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
advance(struct mime_span *span, size_t count)
{
	span->bytes += count;
	span->length -= count;
}

static struct mime_span
trim(struct mime_span span)
{
	while (span.length > 0 && is_blank(span.bytes[0]))
		advance(&span, 1);
	while (span.length > 0 && is_blank(span.bytes[span.length - 1]))
		span.length--;
	return span;
}

bool
mime_next_field(struct mime_span *at, struct mime_field *field)
{
	size_t length = mime_line_length(*at);
	const char *colon = length == 0 ? NULL : memchr(at->bytes, ':', length);

	if (colon == NULL || is_blank(at->bytes[0]))
		return false;
	while (length < at->length &&
	    (at->bytes[length] == ' ' || at->bytes[length] == '\t'))
		length += mime_line_length((struct mime_span){
		    at->bytes + length, at->length - length });
	field->whole = (struct mime_span){ at->bytes, length };
	field->name =
	    trim((struct mime_span){ at->bytes, (size_t)(colon - at->bytes) });
	field->value = trim((struct mime_span){
	    colon + 1, length - (size_t)(colon + 1 - at->bytes) });
	advance(at, length);
	return true;
}

bool
mime_is_named(const struct mime_field *field, const char *name)
{
	return field->name.length == strlen(name) &&
	    strncasecmp(field->name.bytes, name, field->name.length) == 0;
}

/* Blanks and (comments). */
static void
skip_space(struct mime_span *at)
{
	int depth = 0;

	while (at->length > 0) {
		const char c = at->bytes[0];

		if (c == '\\' && depth > 0 && at->length > 1)
			advance(at, 1);
		else if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth == 0 && !is_blank(c))
			return;
		advance(at, 1);
	}
}

static bool
is_token(char c)
{
	return c > 32 && c < 127 && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static struct mime_span
take_token(struct mime_span *at)
{
	struct mime_span token = { at->bytes, 0 };

	while (at->length > 0 && is_token(at->bytes[0])) {
		token.length++;
		advance(at, 1);
	}
	return token;
}

static bool
take(struct mime_span *at, char c)
{
	skip_space(at);
	if (at->length == 0 || at->bytes[0] != c)
		return false;
	advance(at, 1);
	skip_space(at);
	return true;
}

static void
copy_span(char *to, size_t size, struct mime_span from)
{
	const size_t length = from.length < size ? from.length : 0;

	if (length > 0)
		memcpy(to, from.bytes, length);
	to[length] = '\0';
}

void
mime_type(char to[MIME_TYPE_SIZE], struct mime_span at)
{
	char subtype[MIME_TYPE_SIZE];

	skip_space(&at);
	copy_span(to, MIME_TYPE_SIZE, take_token(&at));
	if (to[0] == '\0' || !take(&at, '/')) {
		to[0] = '\0';
		return;
	}
	copy_span(subtype, sizeof(subtype), take_token(&at));
	if (subtype[0] == '\0' || !text_append(to, MIME_TYPE_SIZE, "/") ||
	    !text_append(to, MIME_TYPE_SIZE, subtype))
		to[0] = '\0';
	text_lower(to);
}

/* "..." with its backslashes, or a token. */
static bool
take_value(struct mime_span *at, char *to, size_t size)
{
	size_t used = 0;

	if (at->length == 0 || at->bytes[0] != '"') {
		const struct mime_span token = take_token(at);

		copy_span(to, size, token);
		return token.length > 0 && token.length < size;
	}
	for (advance(at, 1); at->length > 0 && at->bytes[0] != '"';
	     advance(at, 1)) {
		if (at->bytes[0] == '\\' && at->length > 1)
			advance(at, 1);
		if (used + 1 >= size)
			return false;
		to[used++] = at->bytes[0];
	}
	to[used] = '\0';
	return take(at, '"');
}

bool
mime_parameter(char *to, size_t size, struct mime_span at, const char *wanted)
{
	skip_space(&at);
	take_token(&at);
	if (!take(&at, '/'))
		return false;
	take_token(&at);
	while (take(&at, ';')) {
		char value[1024];
		const struct mime_span name = take_token(&at);

		if (!take(&at, '=') || !take_value(&at, value, sizeof(value)))
			return false;
		if (name.length == strlen(wanted) &&
		    strncasecmp(name.bytes, wanted, name.length) == 0)
			return text_copy(to, size, value);
	}
	return false;
}

bool
mime_is_protected(struct mime_span content_type)
{
	static const char *const types[] = { "multipart/signed",
		"multipart/encrypted", "application/pkcs7-mime",
		"application/x-pkcs7-mime", "application/pkcs7-signature",
		"application/x-pkcs7-signature", "application/pgp-encrypted" };
	char type[MIME_TYPE_SIZE];

	mime_type(type, content_type);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_is_same(type, types[i]))
			return true;
	return false;
}
