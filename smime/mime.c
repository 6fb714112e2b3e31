#include "smime/mime.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "smime/encode.h"

#define BOUNDARY_SIZE 256 /* RFC 2046 allows 70; more is met */

enum encoding { ENC_IDENTITY, ENC_QUOTED, ENC_BASE64, ENC_UNKNOWN };

enum shape {
	SHAPE_LEAF,
	SHAPE_MULTIPART,
	SHAPE_MESSAGE, /* a whole message inside, which may not be encoded */
	SHAPE_SEALED,  /* signed inside: hands off */
};

/* One entity, cut up. */
struct part {
	struct mime_span fields, body; /* without the empty line between */
	bool has_break;                /* there is an empty line */
	bool is_digest;                /* of its parts, see RFC 2046 5.1.5 */
	bool has_type, has_encoding;
	char type[MIME_TYPE_SIZE], boundary[BOUNDARY_SIZE];
	enum shape shape;
	enum encoding encoding;
	bool is_labelled_8bit;
};

struct writer {
	struct arena *arena;
	struct text_builder out;
	bool is_changed;
};

static void
add(struct writer *writer, struct mime_span span)
{
	text_add_n(&writer->out, span.bytes, span.length);
}

/* ---- is it safe? ---- */

/* With its line end, when it has one. */
static size_t
line_length(struct mime_span in)
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
static bool
is_safe(struct mime_span in)
{
	if (in.length > 0 &&
	    (!is_7bit(in) || memchr(in.bytes, '\0', in.length) != NULL))
		return false;
	while (in.length > 0) {
		const size_t line = line_length(in);
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

static size_t
count_8bit(struct mime_span in)
{
	size_t count = 0;

	for (size_t i = 0; i < in.length; i++)
		count +=
		    (unsigned char)in.bytes[i] > 127 || in.bytes[i] == '\0';
	return count;
}

/* ---- reading ---- */

static void
read_encoding(struct part *part, struct mime_span value)
{
	static const struct {
		const char *word;
		enum encoding encoding;
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
read_type(struct part *part, struct mime_span value)
{
	part->has_type = true;
	mime_type(part->type, value);
	if (text_is_same(part->type, "multipart/signed"))
		part->shape = SHAPE_SEALED;
	else if (text_is_same(part->type, "message/rfc822") ||
	    text_is_same(part->type, "message/global"))
		part->shape = SHAPE_MESSAGE;
	else if (text_starts_with(part->type, "multipart/"))
		part->shape = mime_parameter(part->boundary, BOUNDARY_SIZE,
				  value, "boundary") &&
			part->boundary[0] != '\0'
		    ? SHAPE_MULTIPART
		    : SHAPE_SEALED;
	/* Reports and the like may not be encoded (RFC 2046 section 5.2). */
	else if (text_starts_with(part->type, "message/"))
		part->shape = SHAPE_SEALED;
}

static void
cut(struct part *part, struct mime_span entity)
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

/* ---- writing one part ---- */

/* The fields, with another transfer encoding and, where none is, a type. */
static void
write_fields(struct writer *writer, const struct part *part,
    const char *encoding, const char *type)
{
	struct mime_span rest = part->fields;
	struct mime_field field;
	bool is_written = false;

	writer->is_changed = true;
	if (!part->has_type && type != NULL)
		text_addf(&writer->out, "Content-Type: %s\r\n", type);
	while (mime_next_field(&rest, &field)) {
		if (!mime_is_named(&field, "Content-Transfer-Encoding")) {
			add(writer, field.whole);
			continue;
		}
		if (!is_written)
			text_addf(&writer->out,
			    "Content-Transfer-Encoding: %s\r\n", encoding);
		is_written = true;
	}
	if (!is_written)
		text_addf(&writer->out, "Content-Transfer-Encoding: %s\r\n",
		    encoding);
	text_add(&writer->out, "\r\n");
}

/* As they are. */
static void
keep_fields(struct writer *writer, const struct part *part)
{
	add(writer, part->fields);
	if (part->has_break)
		text_add(&writer->out, "\r\n");
}

static void
keep(struct writer *writer, const struct part *part)
{
	keep_fields(writer, part);
	add(writer, part->body);
}

static const char *
guess_type(struct mime_span body)
{
	const char *end = body.bytes + body.length;

	for (const char *at = body.bytes; at < end;) {
		if (*at == '\0')
			at++; /* for text_next() a NUL is the end */
		else if (text_next(&at, end) == 0xFFFD)
			return "text/plain; charset=unknown-8bit";
	}
	return "text/plain; charset=utf-8";
}

static void
recode_identity(struct writer *writer, const struct part *part)
{
	const bool is_text = !part->has_type ||
	    text_starts_with(part->type, "text/") || part->type[0] == '\0';
	const bool is_quoted =
	    is_text && count_8bit(part->body) <= part->body.length / 3;

	write_fields(writer, part, is_quoted ? "quoted-printable" : "base64",
	    guess_type(part->body));
	if (is_quoted)
		encode_quoted(&writer->out, part->body);
	else
		encode_base64(&writer->out, part->body);
}

static void
recode_quoted(struct writer *writer, const struct part *part)
{
	struct text_builder plain;

	text_builder_open(&plain, writer->arena, part->body.length + 1);
	decode_quoted(&plain, part->body);
	keep_fields(writer, part);
	encode_quoted(
	    &writer->out, (struct mime_span){ plain.data, plain.length });
	writer->is_changed = true;
}

static void
write_leaf(struct writer *writer, const struct part *part)
{
	const bool is_fine = is_safe(part->body);

	if (is_fine && part->is_labelled_8bit) {
		write_fields(writer, part, "7bit", NULL);
		add(writer, part->body);
	} else if (is_fine || part->encoding == ENC_UNKNOWN) {
		keep(writer, part);
	} else if (part->encoding == ENC_QUOTED) {
		recode_quoted(writer, part);
	} else if (part->encoding == ENC_BASE64) {
		keep_fields(writer, part);
		rewrap_base64(&writer->out, part->body);
		writer->is_changed = true;
	} else {
		recode_identity(writer, part);
	}
}

/* ---- parts within parts ---- */

static void write_entity(
    struct writer *, struct mime_span entity, bool is_in_digest, int depth);

/* 1: a delimiter, 2: the last one, 0: neither. */
static int
delimiter_kind(struct mime_span line, const char *boundary)
{
	const size_t length = strlen(boundary);
	size_t at = 2 + length;
	int kind = 1;

	if (line.length < at || memcmp(line.bytes, "--", 2) != 0 ||
	    memcmp(line.bytes + 2, boundary, length) != 0)
		return 0;
	if (line.length >= at + 2 && memcmp(line.bytes + at, "--", 2) == 0) {
		kind = 2;
		at += 2;
	}
	while (at < line.length && strchr(" \t\r\n", line.bytes[at]) != NULL)
		at++;
	return at == line.length ? kind : 0;
}

/* The bytes up to the next delimiter line, whose kind and line are given. */
static struct mime_span
up_to_delimiter(struct mime_span *rest, const char *boundary,
    struct mime_span *line, int *kind)
{
	struct mime_span before = { rest->bytes, 0 };

	for (*kind = 0; rest->length > 0;) {
		*line = (struct mime_span){ rest->bytes, line_length(*rest) };
		*kind = delimiter_kind(*line, boundary);
		rest->bytes += line->length;
		rest->length -= line->length;
		if (*kind != 0)
			break;
		before.length += line->length;
	}
	return before;
}

/* Text that nobody reads stays only where it is harmless. */
static void
write_ignored(struct writer *writer, struct mime_span text)
{
	if (is_safe(text))
		add(writer, text);
	else
		writer->is_changed = true;
}

/* The line end before a delimiter belongs to it (RFC 2046 section 5.1.1). */
static void
write_part(struct writer *writer, struct mime_span part, bool is_ended,
    bool is_digest, int depth)
{
	const bool has_end =
	    is_ended && part.length >= 2 && part.bytes[part.length - 1] == '\n';

	if (has_end)
		part.length -= 2;
	write_entity(writer, part, is_digest, depth);
	if (has_end)
		text_add(&writer->out, "\r\n");
}

static void
write_multipart(struct writer *writer, const struct part *part, int depth)
{
	const bool is_digest = text_is_same(part->type, "multipart/digest");
	struct mime_span rest = part->body, line = { 0 };
	int kind;

	if (part->is_labelled_8bit)
		write_fields(writer, part, "7bit", NULL);
	else
		keep_fields(writer, part);
	write_ignored(
	    writer, up_to_delimiter(&rest, part->boundary, &line, &kind));
	while (kind == 1) {
		struct mime_span inner;

		add(writer, line);
		inner = up_to_delimiter(&rest, part->boundary, &line, &kind);
		write_part(writer, inner, kind != 0, is_digest, depth + 1);
	}
	if (kind == 2) {
		add(writer, line);
		write_ignored(writer, rest);
	}
}

static void
write_message(struct writer *writer, const struct part *part, int depth)
{
	if (part->is_labelled_8bit)
		write_fields(writer, part, "7bit", NULL);
	else
		keep_fields(writer, part);
	write_entity(writer, part->body, false, depth + 1);
}

static void
write_entity(struct writer *writer, struct mime_span entity, bool is_in_digest,
    int depth)
{
	struct part part = { .shape = SHAPE_LEAF };

	cut(&part, entity);
	if (is_in_digest && !part.has_type)
		part.shape = SHAPE_MESSAGE;
	/* What may hold parts is encoded itself: that is against the rules,
	 * and it is left alone. */
	if (part.shape != SHAPE_LEAF && part.encoding != ENC_IDENTITY)
		part.shape =
		    part.shape == SHAPE_SEALED ? SHAPE_SEALED : SHAPE_LEAF;
	if (part.shape == SHAPE_SEALED || depth > MIME_DEPTH_MAX)
		keep(writer, &part);
	else if (part.shape == SHAPE_MULTIPART)
		write_multipart(writer, &part, depth);
	else if (part.shape == SHAPE_MESSAGE)
		write_message(writer, &part, depth);
	else
		write_leaf(writer, &part);
}

/* ---- the whole ---- */

/* LF alone becomes CRLF; CR alone stays and is dealt with later. */
static void
add_canonical(struct text_builder *to, struct mime_span in)
{
	const char *start = in.bytes, *const end = in.bytes + in.length;

	for (const char *at = start;
	     at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL;
	     at++) {
		if (at > in.bytes && at[-1] == '\r')
			continue;
		text_add_n(to, start, (size_t)(at - start));
		text_add(to, "\r");
		start = at;
	}
	text_add_n(to, start, (size_t)(end - start));
}

enum err_code
mime_make_safe(struct arena *arena, struct mime_span fields,
    struct mime_span body, size_t max, struct mime_entity *entity,
    struct err *err)
{
	struct text_builder plain;
	struct writer writer = { .arena = arena };

	text_builder_open(&plain, arena, max);
	text_reserve(&plain, fields.length + body.length + 4);
	add_canonical(&plain, fields);
	if (plain.length > 0 && plain.data[plain.length - 1] != '\n')
		text_add(&plain, "\r\n");
	text_add(&plain, "\r\n");
	add_canonical(&plain, body);
	text_builder_open(&writer.out, arena, max);
	text_reserve(&writer.out, plain.length);
	write_entity(
	    &writer, (struct mime_span){ plain.data, plain.length }, false, 0);
	if (plain.is_cut || writer.out.is_cut)
		return err_set(err, ERR_LIMIT, NULL,
		    "The message is too large to be signed here.");
	*entity = (struct mime_entity){ writer.out.data, writer.out.length,
		writer.is_changed,
		!is_safe(
		    (struct mime_span){ writer.out.data, writer.out.length }) };
	return OK;
}
