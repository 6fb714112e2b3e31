#include "smime/mime_part.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* ---- is it safe? ---- */

/* With its line end, when it has one. */
size_t
mime_line_length(struct mime_span in)
{
	const char *end =
	    in.length == 0 ? NULL : memchr(in.bytes, '\n', in.length);

	return end == NULL ? in.length : (size_t)(end - in.bytes) + 1;
}

/* Eight at a time: this looks at every octet of every message. */
static bool
is_7bit(struct mime_span in)
{
	uint64_t seen = 0, word;
	size_t at = 0;

	for (; at + sizeof(word) <= in.length; at += sizeof(word)) {
		memcpy(&word, in.bytes + at, sizeof(word));
		seen |= word;
	}
	for (; at < in.length; at++)
		seen |= (unsigned char)in.bytes[at];
	return (seen & UINT64_C(0x8080808080808080)) == 0;
}

/* 7-bit, no NUL, no lone CR, no line over the limit; lines end in CRLF. */
bool
mime_is_safe(struct mime_span in)
{
	if (in.length > 0 &&
	    (!is_7bit(in) || memchr(in.bytes, '\0', in.length) != NULL))
		return false;
	while (in.length > 0) {
		const size_t line = mime_line_length(in);
		size_t text = line;

		if (text > 0 && in.bytes[text - 1] == '\n')
			text--;
		if (text < line && text > 0 && in.bytes[text - 1] == '\r')
			text--;
		if (text > MIME_LINE_MAX ||
		    (text > 0 && memchr(in.bytes, '\r', text) != NULL))
			return false;
		in.bytes += line;
		in.length -= line;
	}
	return true;
}

size_t
mime_count_8bit(struct mime_span in)
{
	size_t count = 0;

	for (size_t i = 0; i < in.length; i++)
		count +=
		    (unsigned char)in.bytes[i] > 127 || in.bytes[i] == '\0';
	return count;
}

/* ---- reading ---- */

static void
read_encoding(struct mime_part *part, struct mime_span value)
{
	static const struct {
		const char *word;
		enum mime_encoding encoding;
		bool is_8bit;
	} words[] = {
		{ "7bit", ENC_IDENTITY, false },
		{ "8bit", ENC_IDENTITY, true },
		{ "binary", ENC_IDENTITY, true },
		{ "quoted-printable", ENC_QUOTED, false },
		{ "base64", ENC_BASE64, false },
	};
	char word[MIME_WORD_SIZE] = "";

	part->has_encoding = true;
	part->encoding = ENC_UNKNOWN;
	if (value.length < sizeof(word))
		memcpy(word, value.bytes, value.length);
	word[strcspn(word, " \t\r\n(;")] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!text_is_same_fold(word, words[i].word))
			continue;
		part->encoding = words[i].encoding;
		part->is_labelled_8bit = words[i].is_8bit;
	}
}

static void
read_type(struct mime_part *part, struct mime_span value)
{
	part->has_type = true;
	mime_type(part->type, value);
	if (text_is_same(part->type, "multipart/signed"))
		part->shape = SHAPE_SEALED;
	else if (text_is_same(part->type, "message/rfc822") ||
	    text_is_same(part->type, "message/global"))
		part->shape = SHAPE_MESSAGE;
	else if (text_starts_with(part->type, "multipart/"))
		part->shape = mime_parameter(part->boundary, MIME_BOUNDARY_SIZE,
				  value, "boundary") &&
			part->boundary[0] != '\0'
		    ? SHAPE_MULTIPART
		    : SHAPE_SEALED;
	/* Reports and the like may not be encoded (RFC 2046 section 5.2). */
	else if (text_starts_with(part->type, "message/"))
		part->shape = SHAPE_SEALED;
}

void
mime_part_cut(struct mime_part *part, struct mime_span entity)
{
	struct mime_span rest = entity;
	struct mime_field field;

	while (mime_next_field(&rest, &field)) {
		if (!part->has_type && mime_is_named(&field, "Content-Type"))
			read_type(part, field.value);
		if (!part->has_encoding &&
		    mime_is_named(&field, "Content-Transfer-Encoding"))
			read_encoding(part, field.value);
	}
	part->fields =
	    (struct mime_span){ entity.bytes, entity.length - rest.length };
	part->has_break =
	    rest.length >= 2 && rest.bytes[0] == '\r' && rest.bytes[1] == '\n';
	part->body = rest;
	if (part->has_break) {
		part->body.bytes += 2;
		part->body.length -= 2;
	}
}
