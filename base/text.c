#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistr.h>
#include <uniwidth.h>

/* ---- copies ---- */

/* The most bytes of `from`, at most `room`, that end between characters. */
static size_t
whole_characters(const char *from, size_t room)
{
	while (room > 0 && ((unsigned char)from[room] & 0xC0) == 0x80)
		room--;
	return room;
}

bool
text_copy(char *to, size_t size, const char *from)
{
	size_t length = strlen(from);
	const bool fits = length < size;

	if (!fits)
		length = whole_characters(from, size - 1);
	memmove(to, from, length);
	to[length] = '\0';
	return fits;
}

bool
text_append(char *to, size_t size, const char *more)
{
	const size_t length = strlen(to);

	return text_copy(to + length, size - length, more);
}

bool
text_format(char *to, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(to, size, format, args);
	va_end(args);
	if (length >= 0 && (size_t)length < size)
		return true;
	/* Cut again where no character is split. */
	size_t end = strlen(to);
	size_t start = end;

	while (start > 0 && ((unsigned char)to[start - 1] & 0xC0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)to[start - 1] >= 0xC0 &&
	    u8_check((const uint8_t *)to + start - 1, end - start + 1) != NULL)
		to[start - 1] = '\0';
	return false;
}

bool
text_is_same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool
text_is_same_fold(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

bool
text_starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

void
text_lower(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text + ('a' - 'A'));
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void
text_trim(char *text)
{
	const char *start = text;
	size_t length;

	while (is_blank(*start))
		start++;
	length = strlen(start);
	while (length > 0 && is_blank(start[length - 1]))
		length--;
	memmove(text, start, length);
	text[length] = '\0';
}

/* ---- characters ---- */

uint32_t
text_next(const char **at, const char *end)
{
	ucs4_t character = 0;
	int length;

	if (*at >= end || **at == '\0')
		return 0;
	length =
	    u8_mbtoucr(&character, (const uint8_t *)*at, (size_t)(end - *at));
	if (length <= 0) {
		(*at)++;
		return 0xFFFD;
	}
	*at += length;
	return character;
}

int
text_char_columns(uint32_t character)
{
	const int columns = uc_width(character, "UTF-8");

	return columns < 0 ? 0 : columns;
}

int
text_columns(const char *text)
{
	const char *end = text + strlen(text);
	int columns = 0;
	uint32_t c;

	while ((c = text_next(&text, end)) != 0)
		columns += text_char_columns(c);
	return columns;
}

bool
text_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x00AD ||
	    c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
	    (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
	    c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
	    (c >= 0xE0000 && c <= 0xE0FFF);
}

int
text_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
text_is_clean(const char *bytes, size_t length)
{
	const char *end = bytes + length;
	uint32_t c;

	if (u8_check((const uint8_t *)bytes, length) != NULL)
		return false;
	while (bytes < end) {
		if ((c = text_next(&bytes, end)) == 0 || text_is_control(c))
			return false;
	}
	return true;
}

/* One character as it may be shown; returns its bytes in `shown`. */
typedef size_t character_writer(
    char shown[16], uint32_t, const char *from, size_t length);

static bool
clean(char *to, size_t size, const char *from, size_t length,
    character_writer *write)
{
	const char *end = from + length;
	size_t used = 0;

	while (from < end) {
		char shown[16];
		const char *start = from;
		uint32_t c = text_next(&from, end);

		if (c == 0) /* a NUL inside */
			from = start + 1;
		const size_t n = write(shown, c, start, (size_t)(from - start));
		if (n >= size - used) {
			to[used] = '\0';
			return false;
		}
		memcpy(to + used, shown, n);
		used += n;
	}
	to[used] = '\0';
	return true;
}

static bool
is_invalid(uint32_t c, size_t length)
{
	return c == 0xFFFD && length == 1;
}

static size_t
write_visible(char shown[16], uint32_t c, const char *from, size_t length)
{
	if (text_is_control(c) || is_invalid(c, length)) {
		shown[0] = '?';
		return 1;
	}
	memcpy(shown, from, length);
	return length;
}

static size_t
write_escaped(char shown[16], uint32_t c, const char *from, size_t length)
{
	int n;

	if (c == '\n')
		n = snprintf(shown, 16, "\\n");
	else if (c == '\t')
		n = snprintf(shown, 16, "\\t");
	else if (c == '\\')
		n = snprintf(shown, 16, "\\\\");
	else if (is_invalid(c, length) || c < 0x20 || c == 0x7F)
		n = snprintf(shown, 16, "\\x%02X", (unsigned char)*from);
	else if (text_is_control(c))
		n = snprintf(shown, 16, "\\u{%04" PRIX32 "}", c);
	else
		return write_visible(shown, c, from, length);
	return (size_t)n;
}

bool
text_visible(char *to, size_t size, const char *from, size_t length)
{
	return clean(to, size, from, length, write_visible);
}

bool
text_escape(char *to, size_t size, const char *from, size_t length)
{
	return clean(to, size, from, length, write_escaped);
}

/* ---- growing text ---- */

void
text_builder_open(struct text_builder *text, struct arena *arena, size_t max)
{
	*text = (struct text_builder){ .arena = arena, .max = max };
	text->data = arena_text(arena, "");
}

static void
grow(struct text_builder *text, size_t capacity)
{
	char *bigger = arena_bytes(text->arena, capacity);

	memcpy(bigger, text->data, text->length + 1);
	text->data = bigger;
	text->capacity = capacity;
}

void
text_reserve(struct text_builder *text, size_t more)
{
	if (more > text->max - text->length)
		more = text->max - text->length;
	if (text->length + more + 1 > text->capacity)
		grow(text, text->length + more + 1);
}

void
text_add_n(struct text_builder *text, const char *bytes, size_t length)
{
	if (length > text->max - text->length) {
		length = text->max - text->length;
		length = whole_characters(bytes, length);
		text->is_cut = true;
	}
	if (text->length + length + 1 > text->capacity)
		grow(text, 2 * (text->length + length + 1));
	memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void
text_add(struct text_builder *text, const char *more)
{
	text_add_n(text, more, strlen(more));
}

void
text_addf(struct text_builder *text, const char *format, ...)
{
	char small[512];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (length < 0)
		return;
	if ((size_t)length < sizeof(small)) {
		text_add_n(text, small, (size_t)length);
		return;
	}
	char *large = arena_alloc(text->arena, (size_t)length + 1);

	va_start(args, format);
	vsnprintf(large, (size_t)length + 1, format, args);
	va_end(args);
	text_add_n(text, large, (size_t)length);
}

/* Bytes of the next line: up to a blank, or all when there is none. */
static size_t
line_length(const char *text, size_t width)
{
	const size_t all = strlen(text);
	size_t length = width;

	if (all <= width)
		return all;
	while (length > 0 && text[length] != ' ')
		length--;
	return length > 0 ? length : all;
}

void
text_add_wrapped(struct text_builder *to, const char *label, int indent,
    size_t width, const char *sentence)
{
	while (*sentence != '\0') {
		const size_t length = line_length(sentence, width);

		text_addf(
		    to, "%-*s%.*s\n", indent, label, (int)length, sentence);
		sentence += length;
		sentence += strspn(sentence, " ");
		label = "";
	}
}
