/*
 * mime_part.h - one MIME entity, cut up: what smime/mime.h looks at before it
 * writes it.  Nothing is copied.
 */
#ifndef SMIME_MIME_PART_H
#define SMIME_MIME_PART_H

#include "smime/mime.h"

#define MIME_BOUNDARY_SIZE 256 /* RFC 2046 allows 70; more is met */

enum mime_encoding { ENC_IDENTITY, ENC_QUOTED, ENC_BASE64, ENC_UNKNOWN };

enum mime_shape {
	SHAPE_LEAF,
	SHAPE_MULTIPART,
	SHAPE_MESSAGE, /* a whole message inside, which may not be encoded */
	SHAPE_SEALED,  /* signed inside: hands off */
};

/* One entity, mime_part_cut up. */
struct mime_part {
	struct mime_span fields, body; /* without the empty line between */
	bool has_break;                /* there is an empty line */
	bool is_digest;                /* of its parts, see RFC 2046 5.1.5 */
	bool has_type, has_encoding;
	char type[MIME_TYPE_SIZE], boundary[MIME_BOUNDARY_SIZE];
	enum mime_shape shape;
	enum mime_encoding encoding;
	bool is_labelled_8bit;
};

void mime_part_cut(struct mime_part *, struct mime_span entity);

/* 7-bit, no NUL, no lone CR, no line over the limit; lines end in CRLF. */
bool mime_is_safe(struct mime_span);

/* Octets that are not ASCII, and NULs. */
size_t mime_count_8bit(struct mime_span);

/* Of the first line, with its line end when it has one. */
size_t mime_line_length(struct mime_span);

#endif
