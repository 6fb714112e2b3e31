#include "smime/mime.h"

#include <string.h>

#include "base/text.h"
#include "smime/encode.h"
#include "smime/mime_part.h"

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

/* ---- writing one part ---- */

/* The fields, with another transfer encoding and, where none is, a type. */
static void
write_fields(struct writer *writer, const struct mime_part *part,
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
keep_fields(struct writer *writer, const struct mime_part *part)
{
	add(writer, part->fields);
	if (part->has_break)
		text_add(&writer->out, "\r\n");
}

static void
keep(struct writer *writer, const struct mime_part *part)
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
recode_identity(struct writer *writer, const struct mime_part *part)
{
	const bool is_text = !part->has_type ||
	    text_starts_with(part->type, "text/") || part->type[0] == '\0';
	const bool is_quoted =
	    is_text && mime_count_8bit(part->body) <= part->body.length / 3;

	write_fields(writer, part, is_quoted ? "quoted-printable" : "base64",
	    guess_type(part->body));
	if (is_quoted)
		encode_quoted(&writer->out, part->body);
	else
		encode_base64(&writer->out, part->body);
}

static void
recode_quoted(struct writer *writer, const struct mime_part *part)
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
write_leaf(struct writer *writer, const struct mime_part *part)
{
	const bool is_fine = mime_is_safe(part->body);

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
		*line =
		    (struct mime_span){ rest->bytes, mime_line_length(*rest) };
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
	if (mime_is_safe(text))
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
write_multipart(struct writer *writer, const struct mime_part *part, int depth)
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
write_message(struct writer *writer, const struct mime_part *part, int depth)
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
	struct mime_part part = { .shape = SHAPE_LEAF };

	mime_part_cut(&part, entity);
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
		!mime_is_safe(
		    (struct mime_span){ writer.out.data, writer.out.length }) };
	return OK;
}
