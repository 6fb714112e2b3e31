#include "smime/sender.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* A reader of the value; `is_bad` stays. */
struct reader {
	const char *at, *end;
	bool is_bad;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Of an atom, bytes of UTF-8 too (RFC 6532). */
static bool
is_atom(char c)
{
	return (unsigned char)c > 127 ||
	    (c > 32 && c < 127 && strchr("()<>[]:;@\\,.\"", c) == NULL);
}

static char
peek(const struct reader *reader)
{
	return reader->at < reader->end ? *reader->at : '\0';
}

static void
skip_comment(struct reader *reader)
{
	int depth = 0;

	for (; reader->at < reader->end; reader->at++) {
		const char c = *reader->at;

		if (c == '\\' && reader->at + 1 < reader->end)
			reader->at++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			break;
	}
	if (peek(reader) != ')')
		reader->is_bad = true;
	else
		reader->at++;
}

static void
skip_space(struct reader *reader)
{
	while (!reader->is_bad && reader->at < reader->end) {
		if (is_blank(*reader->at))
			reader->at++;
		else if (*reader->at == '(')
			skip_comment(reader);
		else
			break;
	}
}

static void
skip_quoted(struct reader *reader)
{
	for (reader->at++; peek(reader) != '"'; reader->at++) {
		if (reader->at >= reader->end) {
			reader->is_bad = true;
			return;
		}
		if (*reader->at == '\\' && reader->at + 1 < reader->end)
			reader->at++;
	}
	reader->at++;
}

/* Atoms with dots, without blanks: one half of an address. */
static void
take_dotted(struct reader *reader, char *to, size_t size)
{
	size_t used = 0;

	while (reader->at < reader->end &&
	    (is_atom(*reader->at) || *reader->at == '.')) {
		if (used + 1 == size) {
			reader->is_bad = true;
			break;
		}
		to[used++] = *reader->at++;
	}
	to[used] = '\0';
	if (used == 0)
		reader->is_bad = true;
}

static void
take_address(struct reader *reader, char *to, size_t size)
{
	char local[ADDRESS_SIZE], domain[ADDRESS_SIZE];

	take_dotted(reader, local, sizeof(local));
	if (peek(reader) != '@') {
		reader->is_bad = true;
		return;
	}
	reader->at++;
	take_dotted(reader, domain, sizeof(domain));
	if (!text_format(to, size, "%s@%s", local, domain))
		reader->is_bad = true;
}

/* "Nina <nina@...>": moves to the "<", over words and quoted words. */
static bool
has_angle(struct reader *reader)
{
	struct reader ahead = *reader;

	for (skip_space(&ahead); !ahead.is_bad && peek(&ahead) != '\0';
	     skip_space(&ahead)) {
		if (peek(&ahead) == '<') {
			*reader = ahead;
			return true;
		}
		if (peek(&ahead) == '"')
			skip_quoted(&ahead);
		else if (is_atom(peek(&ahead)) || peek(&ahead) == '.')
			ahead.at++;
		else
			return false;
	}
	return false;
}

static enum err_code
refuse(struct err *err, const char *sentence)
{
	return err_set(err, ERR_INVALID, "from", "%s", sentence);
}

static bool
has_control(struct mime_span value)
{
	for (size_t i = 0; i < value.length; i++) {
		const unsigned char c = (unsigned char)value.bytes[i];

		if ((c < 32 && !is_blank((char)c)) || c == 127)
			return true;
	}
	return false;
}

enum err_code
sender_read(struct mime_span value, char to[ADDRESS_SIZE], struct err *err)
{
	struct reader reader = { value.bytes, value.bytes + value.length,
		false };
	char text[2 * ADDRESS_SIZE] = "";
	struct address address;
	bool is_angled;

	if (has_control(value))
		return refuse(err, "The From field holds control characters.");
	is_angled = has_angle(&reader);
	if (is_angled)
		reader.at++;
	skip_space(&reader);
	take_address(&reader, text, sizeof(text));
	skip_space(&reader);
	if (is_angled && !reader.is_bad) {
		reader.is_bad = peek(&reader) != '>';
		reader.at += reader.is_bad ? 0 : 1;
		skip_space(&reader);
	}
	if (!reader.is_bad && peek(&reader) == ',')
		return refuse(err, "The From field must hold one address.");
	if (reader.is_bad || reader.at < reader.end ||
	    address_parse(&address, text, NULL) != OK)
		return refuse(err, "The From field must be one plain address.");
	address_format(to, &address);
	return OK;
}

bool
sender_is_named(struct mime_span value, const char *address)
{
	const size_t length = strlen(address);

	for (size_t i = 0; i + length <= value.length; i++) {
		const char before = i == 0 ? ' ' : value.bytes[i - 1];
		const char after =
		    i + length == value.length ? ' ' : value.bytes[i + length];

		if (strncasecmp(value.bytes + i, address, length) == 0 &&
		    !is_atom(before) && before != '.' && !is_atom(after))
			return true;
	}
	return false;
}
