/*
 * Messages as people submit them: Content-* fields, an empty line, a body.
 * What comes out holds what was promised: CRLF alone, no over-long line and no
 * 8-bit octet, unless it says that it is fragile; and it comes out of a second
 * pass as it went in.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "smime/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RESULT_MAX (4 * 1024 * 1024) /* bytes */

static void
check(const struct mime_entity *entity)
{
	size_t column = 0;

	for (size_t i = 0; i < entity->length; i++) {
		const unsigned char byte = (unsigned char)entity->bytes[i];
		const bool is_end = byte == '\r' && i + 1 < entity->length &&
		    entity->bytes[i + 1] == '\n';

		if (byte == '\n' && (i == 0 || entity->bytes[i - 1] != '\r'))
			abort();
		column = is_end || byte == '\n' ? 0 : column + 1;
		if (!entity->is_fragile &&
		    (column > MIME_LINE_MAX || byte > 127))
			abort();
	}
}

/* The body's start in what has fields before it. */
static size_t
body_of(const char *bytes, size_t length)
{
	const char *found = memmem(bytes, length, "\r\n\r\n", 4);

	return found == NULL ? length : (size_t)(found - bytes) + 4;
}

static void
make_safe(struct arena *arena, const char *bytes, size_t length,
    struct mime_entity *entity)
{
	const size_t body = body_of(bytes, length);
	const size_t fields = body < length ? body - 2 : body;
	struct err err;

	if (mime_make_safe(arena, (struct mime_span){ bytes, fields },
		(struct mime_span){ bytes + body, length - body }, RESULT_MAX,
		entity, &err) != OK)
		*entity = (struct mime_entity){ 0 };
	else
		check(entity);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct mime_entity once, twice;

	make_safe(&arena, (const char *)data, size, &once);
	if (once.bytes != NULL && !once.is_fragile) {
		make_safe(&arena, once.bytes, once.length, &twice);
		if (twice.bytes != NULL && twice.is_changed)
			abort();
	}
	arena_free(&arena);
	return 0;
}
