#include "base/arena.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN 4096 /* bytes */
#define KEPT_MAX  (32 * 1024 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data */
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

static _Noreturn void
out_of_memory(void)
{
	fputs("postern: out of memory\n", stderr);
	abort();
}

static struct arena_block *
make_block(size_t size, bool is_zeroed)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		out_of_memory();
	block = is_zeroed ? calloc(1, sizeof(*block) + size)
			  : malloc(sizeof(*block) + size);
	if (block == NULL)
		out_of_memory();
	*block = (struct arena_block){ .size = size };
	return block;
}

static struct arena_block *
add_block(struct arena *arena, size_t need)
{
	struct arena_block *block =
	    make_block(need > BLOCK_MIN ? need : BLOCK_MIN, true);

	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *block = arena->blocks;
	void *start;

	if (size > SIZE_MAX - align)
		out_of_memory();
	size = (size + align - 1) / align * align;
	if (block == NULL || block->size - block->used < size)
		block = add_block(arena, size);
	start = block->data + block->used;
	block->used += size;
	return start;
}

/* Large ones get a block of their own, behind the first, in which there may
 * be room yet. */
void *
arena_bytes(struct arena *arena, size_t size)
{
	struct arena_block *block;

	if (size < BLOCK_MIN || arena->blocks == NULL)
		return arena_alloc(arena, size);
	block = make_block(size, false);
	block->used = size;
	block->next = arena->blocks->next;
	arena->blocks->next = block;
	return block->data;
}

void *
arena_array(struct arena *arena, size_t count, size_t member_size)
{
	if (member_size != 0 && count > SIZE_MAX / member_size)
		out_of_memory();
	return arena_alloc(arena, count * member_size);
}

char *
arena_text_n(struct arena *arena, const char *bytes, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

char *
arena_text(struct arena *arena, const char *text)
{
	return arena_text_n(arena, text, strlen(text));
}

char *
arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		return arena_text(arena, "");
	text = arena_alloc(arena, (size_t)length + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return text;
}

void
arena_free(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	while (block != NULL) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
	arena->blocks = NULL;
}

void
arena_keep_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, KEPT_MAX);
	mallopt(M_MMAP_THRESHOLD, KEPT_MAX);
	mallopt(M_TOP_PAD, KEPT_MAX / 16);
}

size_t
arena_used(const struct arena *arena)
{
	size_t used = 0;

	for (const struct arena_block *b = arena->blocks; b != NULL;
	     b = b->next)
		used += b->used;
	return used;
}
