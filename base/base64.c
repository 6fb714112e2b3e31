#include "base/base64.h"

#include <string.h>

static const char signs[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool
base64_encode(char *to, size_t size, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	char *out = to;

	if (size < BASE64_SIZE(length)) {
		if (size > 0)
			to[0] = '\0';
		return false;
	}
	for (size_t i = 0; i < length; i += 3) {
		const uint32_t group = (uint32_t)at[i] << 16 |
		    (i + 1 < length ? (uint32_t)at[i + 1] << 8 : 0) |
		    (i + 2 < length ? at[i + 2] : 0);

		*out++ = signs[group >> 18];
		*out++ = signs[group >> 12 & 63];
		*out++ = i + 1 < length ? signs[group >> 6 & 63] : '=';
		*out++ = i + 2 < length ? signs[group & 63] : '=';
	}
	*out = '\0';
	return true;
}

/* 0..63, or -1. */
static int
value(char sign)
{
	const char *at = sign == '\0' ? NULL : strchr(signs, sign);

	return at == NULL ? -1 : (int)(at - signs);
}

/* One group of four signs gives 1 to 3 bytes, 0 when it is wrong. */
static size_t
decode_group(uint8_t to[3], const char *text, bool is_last)
{
	uint32_t group = 0;
	size_t count = 4;

	if (is_last && text[3] == '=')
		count = text[2] == '=' ? 2 : 3;
	for (size_t i = 0; i < 4; i++) {
		const int v = i < count ? value(text[i]) : 0;

		if (v < 0)
			return 0;
		group = group << 6 | (uint32_t)v;
	}
	if ((count == 2 && (group & 0xFFFF) != 0) ||
	    (count == 3 && (group & 0xFF) != 0))
		return 0;
	to[0] = (uint8_t)(group >> 16);
	to[1] = (uint8_t)(group >> 8);
	to[2] = (uint8_t)group;
	return count - 1;
}

bool
base64_decode(uint8_t *to, size_t size, size_t *length, const char *text)
{
	const size_t signs_count = strlen(text);

	*length = 0;
	if (signs_count % 4 != 0)
		return false;
	for (size_t i = 0; i < signs_count; i += 4) {
		uint8_t bytes[3];
		const size_t count =
		    decode_group(bytes, text + i, i + 4 == signs_count);

		if (count == 0 || size - *length < count)
			return false;
		memcpy(to + *length, bytes, count);
		*length += count;
	}
	return true;
}
