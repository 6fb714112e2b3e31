#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void
random_bytes(void *to, size_t size)
{
	unsigned char *at = to;

	while (size > 0) {
		const ssize_t got = getrandom(at, size > 256 ? 256 : size, 0);

		if (got <= 0) {
			fputs("postern: the kernel has no random bytes\n",
			    stderr);
			abort();
		}
		at += got;
		size -= (size_t)got;
	}
}

uint32_t
random_below(uint32_t limit)
{
	const uint32_t fair = UINT32_MAX - UINT32_MAX % limit;
	uint32_t number;

	do
		random_bytes(&number, sizeof(number));
	while (number >= fair);
	return number % limit;
}

void
random_password(char to[RANDOM_PASSWORD_SIZE])
{
	static const char signs[] = "abcdefghjkmnpqrstuvwxyz23456789";
	size_t used = 0;

	for (size_t i = 0; i < 16; i++) {
		if (i != 0 && i % 4 == 0)
			to[used++] = '-';
		to[used++] = signs[random_below(sizeof(signs) - 1)];
	}
	to[used] = '\0';
}

void
random_token(char *to, size_t size)
{
	random_bytes(to, size);
	for (size_t i = 0; i + 1 < size; i++)
		to[i] = "0123456789abcdef"[to[i] & 15];
	to[size - 1] = '\0';
}
