/*
 * mime.h - reads a MIME entity (RFC 2045, 2046) and writes it in a form that
 * no mail server on its way has a reason to change.
 *
 * A signature holds for bytes, and servers still change some: they break
 * lines over 998 octets and recode 8-bit text for a next hop without 8BITMIME.
 * So line ends become CRLF, and every part that holds such a thing, however
 * deep inside, is recoded to quoted-printable or base64 (RFC 8551 section
 * 3.1.2).  What needs no change keeps its bytes.  Parts of an inner
 * multipart/signed are never touched: that would break its signature.
 *
 * Pure functions on bytes: nothing is kept, all memory is in the arena.
 */
#ifndef SMIME_MIME_H
#define SMIME_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define MIME_LINE_MAX  998 /* octets without CRLF (RFC 5322 2.1.1) */
#define MIME_DEPTH_MAX 24  /* parts within parts; deeper ones stay as is */
#define MIME_TYPE_SIZE 128
#define MIME_WORD_SIZE 128

struct mime_span {
	const char *bytes;
	size_t length;
};

/* One header field, name without colon, value with its folding. */
struct mime_field {
	struct mime_span name, value;
	struct mime_span whole; /* with the final line end */
};

/* The field at *at, which moves behind it; false at the end or at a line that
 * is no field. */
bool mime_next_field(struct mime_span *at, struct mime_field *);

/* Without case. */
bool mime_is_named(const struct mime_field *, const char *name);

/* "text/plain" in lower case; "" when it is none. */
void mime_type(char to[MIME_TYPE_SIZE], struct mime_span content_type);

/* The value of a parameter such as boundary; false when there is none. */
bool mime_parameter(
    char *to, size_t size, struct mime_span content_type, const char *name);

/* True for what is signed or encrypted already, by its Content-Type. */
bool mime_is_protected(struct mime_span content_type);

/* ---- the whole ---- */

struct mime_entity {
	char *bytes; /* fields, empty line, body; lines end in CRLF */
	size_t length;
	bool is_changed; /* something was recoded */
	bool is_fragile; /* something is left that a server may change */
};

/*
 * `fields` are the Content-* fields of the message (none: plain text),
 * `body` its body.  ERR_LIMIT when the result would be over `max` bytes.
 */
enum err_code mime_make_safe(struct arena *, struct mime_span fields,
    struct mime_span body, size_t max, struct mime_entity *,
    struct err *) MUST_USE;

#endif
