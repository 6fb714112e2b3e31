#include "smime/encode.h"

#include <stdbool.h>
#include <string.h>

#include "base/base64.h"

#define ENCODED_LINE 76 /* columns */
#define BASE64_BYTES (ENCODED_LINE / 4 * 3)

static const char digits[] = "0123456789ABCDEF";

static bool
is_line_end(struct mime_span in, size_t at)
{
	return at + 1 < in.length && in.bytes[at] == '\r' &&
	    in.bytes[at + 1] == '\n';
}

/* "From " and a lone dot at the start of a line are changed by mail stores
 * and transports of old; a blank at its end gets lost. */
static bool
must_escape(struct mime_span in, size_t at, size_t column)
{
	const unsigned char c = (unsigned char)in.bytes[at];

	if (c == ' ' || c == '\t')
		return at + 1 == in.length || is_line_end(in, at + 1);
	if (c < 33 || c > 126 || c == '=')
		return true;
	if (column > 0)
		return false;
	return c == '.' ||
	    (in.length - at >= 5 && memcmp(in.bytes + at, "From ", 5) == 0);
}

void
encode_quoted(struct text_builder *to, struct mime_span in)
{
	size_t column = 0;

	for (size_t i = 0; i < in.length; i++) {
		const unsigned char c = (unsigned char)in.bytes[i];
		bool is_escaped;

		if (is_line_end(in, i)) {
			text_add(to, "\r\n");
			column = 0;
			i++;
			continue;
		}
		is_escaped = must_escape(in, i, column);
		if (column + (is_escaped ? 3 : 1) > ENCODED_LINE - 1) {
			text_add(to, "=\r\n");
			column = 0;
			is_escaped = must_escape(in, i, column);
		}
		if (is_escaped)
			text_add_n(to,
			    (const char[]){
				'=', digits[c >> 4], digits[c & 15] },
			    3);
		else
			text_add_n(to, in.bytes + i, 1);
		column += is_escaped ? 3 : 1;
	}
}

static int
digit(char c)
{
	const char *at =
	    c == '\0' ? NULL : strchr(digits, c >= 'a' ? c - 32 : c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* Bytes of the soft line break at `at`, 0 when there is none. */
static size_t
soft_break(struct mime_span in, size_t at)
{
	size_t end = at + 1;

	while (
	    end < in.length && (in.bytes[end] == ' ' || in.bytes[end] == '\t'))
		end++;
	return is_line_end(in, end) ? end + 2 - at : 0;
}

void
decode_quoted(struct text_builder *to, struct mime_span in)
{
	for (size_t i = 0; i < in.length; i++) {
		const char c = in.bytes[i];
		size_t skip;
		int high, low;

		if (c != '=') {
			text_add_n(to, &c, 1);
		} else if ((skip = soft_break(in, i)) > 0) {
			i += skip - 1;
		} else if (i + 2 < in.length &&
		    (high = digit(in.bytes[i + 1])) >= 0 &&
		    (low = digit(in.bytes[i + 2])) >= 0) {
			const char byte = (char)(high << 4 | low);

			text_add_n(to, &byte, 1);
			i += 2;
		} else {
			text_add_n(to, &c, 1);
		}
	}
}

void
encode_base64(struct text_builder *to, struct mime_span in)
{
	char line[ENCODED_LINE + 1];

	for (size_t i = 0; i < in.length; i += BASE64_BYTES) {
		const size_t left = in.length - i;

		base64_encode(line, sizeof(line), in.bytes + i,
		    left < BASE64_BYTES ? left : BASE64_BYTES);
		text_add(to, line);
		text_add(to, "\r\n");
	}
}

void
rewrap_base64(struct text_builder *to, struct mime_span in)
{
	size_t column = 0;

	for (size_t i = 0; i < in.length; i++) {
		const char c = in.bytes[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') || c == '+' || c == '/' ||
			c == '='))
			continue;
		text_add_n(to, &c, 1);
		if (++column == ENCODED_LINE) {
			text_add(to, "\r\n");
			column = 0;
		}
	}
	if (column > 0)
		text_add(to, "\r\n");
}
