/*
 * encode.h - quoted-printable and base64 of mail (RFC 2045 sections 6.7 and
 * 6.8).
 */
#ifndef SMIME_ENCODE_H
#define SMIME_ENCODE_H

#include <stddef.h>

#include "base/text.h"
#include "smime/mime.h"

/* Of text whose lines end in CRLF; those ends stay. */
void encode_quoted(struct text_builder *, struct mime_span);

/* Bytes; a wrong escape stays as it stands. */
void decode_quoted(struct text_builder *, struct mime_span);

/* In lines of 76, each with its CRLF. */
void encode_base64(struct text_builder *, struct mime_span);

/* Base64 that has over-long lines or rubbish in it, put in order. */
void rewrap_base64(struct text_builder *, struct mime_span);

#endif
