/*
 * base64.h - bytes as text and back (RFC 4648 section 4).
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text of that many bytes, with padding and the final NUL. */
#define BASE64_SIZE(bytes) (((bytes) + 2) / 3 * 4 + 1)

/* `size` at least BASE64_SIZE(length), else "" is stored and false given. */
bool base64_encode(char *to, size_t size, const void *bytes, size_t length);

/*
 * Strict: no blanks, padding required, unused bits zero, so that one value
 * has one text.  *length is what was stored.  False for anything else and
 * when it does not fit.
 */
bool base64_decode(uint8_t *to, size_t size, size_t *length, const char *text);

#endif
