/* A recording that is read, written and read again says the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
write_again(struct arena *arena, const char *text)
{
	struct dns_answers *answers = answers_open(arena);
	struct text_builder to;
	struct err err;

	text_builder_open(&to, arena, 4 * 1024 * 1024);
	if (replay_read(answers, text, &err) == OK)
		replay_write(answers, &to);
	answers_close(&answers);
	return to.data;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	const char *once =
	    write_again(&arena, arena_text_n(&arena, (const char *)data, size));
	const char *twice = write_again(&arena, once);

	if (strcmp(once, twice) != 0)
		abort();
	arena_free(&arena);
	return 0;
}
