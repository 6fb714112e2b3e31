/*
 * In place of base/random.c: the same "random" bytes in each run, so that
 * temporary passwords and tokens stand in golden screens.
 */
#include "base/random.h"

static uint32_t seed = 1;

void
random_bytes(void *to, size_t size)
{
	unsigned char *at = to;

	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525u + 1013904223u;
		at[i] = (unsigned char)(seed >> 24);
	}
}

uint32_t
random_below(uint32_t limit)
{
	uint32_t number;

	random_bytes(&number, sizeof number);
	return number % limit;
}

void
random_password(char to[RANDOM_PASSWORD_SIZE])
{
	static const char password[] = "kw7m-xq3d-9hpt-r2fz";

	for (size_t i = 0; i < sizeof password; i++)
		to[i] = password[i];
}

void
random_token(char *to, size_t size)
{
	for (size_t i = 0; i + 1 < size; i++)
		to[i] = "0123456789abcdef"[i % 16];
	to[size - 1] = '\0';
}
