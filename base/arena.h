/*
 * arena.h - memory that is freed in one call.
 *
 * The only allocator of the program.  An arena belongs to a screen, an
 * operation or a request, and whoever made it frees it.  Nothing else needs
 * freeing.  Out of memory ends the process.  Secrets don't go in here: they
 * live in the caller's buffers and are wiped with explicit_bzero().
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"

struct arena_block;

/* All zero is an empty arena, ready for use. */
struct arena {
	struct arena_block *blocks; /* newest first */
};

/* `size` zeroed bytes, aligned for any type.  Never NULL. */
void *arena_alloc(struct arena *, size_t size)
    __attribute__((malloc, returns_nonnull));

/* The same for bytes that are written over at once: not zeroed, which counts
 * for megabytes; aligned as malloc's. */
void *arena_bytes(struct arena *, size_t size)
    __attribute__((malloc, returns_nonnull));

/* An array of `count` zeroed members; ends the process on overflow. */
void *arena_array(struct arena *, size_t count, size_t member_size)
    __attribute__((malloc, returns_nonnull));

/* A copy, with a final NUL. */
char *arena_text(struct arena *, const char *text);
char *arena_text_n(struct arena *, const char *bytes, size_t length);
char *arena_format(struct arena *, const char *format, ...) PRINTF(2, 3);

/* Frees everything; the arena is empty and may be used again. */
void arena_free(struct arena *);

/* From here on what arenas free stays with the process, for one that needs as
 * much again at once. */
void arena_keep_memory(void);

/* Bytes handed out since the last arena_free(). */
size_t arena_used(const struct arena *);

#endif
