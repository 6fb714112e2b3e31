/* CSV: what was read and is written again is read as the same cells. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

#define CELLS_MAX 16
#define TEXT_MAX  (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy with the byte behind its end that the reader writes. */
static char *
copy_of(struct arena *arena, const void *bytes, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	memcpy(copy, bytes, length);
	return copy;
}

static void
write_record(struct text_builder *to, char **cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		csv_put(to, cells[i], i == 0);
	text_add(to, "\r\n");
}

/* The records, written anew; false when they are no CSV. */
static bool
rewrite(struct arena *arena, const void *bytes, size_t length,
    struct text_builder *to)
{
	char *cells[CELLS_MAX];
	struct csv csv;
	struct err err;
	size_t count;

	text_builder_open(to, arena, TEXT_MAX);
	csv_open(&csv, copy_of(arena, bytes, length), length);
	for (;;) {
		if (csv_next(&csv, cells, CELLS_MAX, &count, &err) != OK) {
			if (err.text[0] == '\0' || csv.line == 0)
				abort();
			return false;
		}
		if (count == 0)
			return true;
		write_record(to, cells, count);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct text_builder once, twice;

	if (rewrite(&arena, data, size, &once) && !once.is_cut &&
	    (!rewrite(&arena, once.data, once.length, &twice) ||
		once.length != twice.length ||
		memcmp(once.data, twice.data, once.length) != 0))
		abort();
	arena_free(&arena);
	return 0;
}
