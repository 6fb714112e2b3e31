/*
 * text.h - the only place that copies, measures and cleans text.
 *
 * Text is UTF-8 with a final NUL.  Every copy is bounded and says when it
 * cut; a cut never splits a character.  Columns are those of a terminal
 * (Unicode East Asian width, through libunistring).
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* True when all of `from` fitted; `to` always ends in NUL (size > 0). */
bool text_copy(char *to, size_t size, const char *from);
bool text_append(char *to, size_t size, const char *more);
bool text_format(char *to, size_t size, const char *format, ...) PRINTF(3, 4);

bool text_is_same(const char *, const char *);          /* to the byte */
bool text_is_same_fold(const char *, const char *);     /* ASCII case aside */
bool text_starts_with(const char *, const char *start); /* to the byte */
void text_lower(char *); /* ASCII letters, in place */
void text_trim(char *);  /* blanks and line ends at both ends, in place */

/*
 * The next character at *at, whose text ends at `end`; moves *at behind it.
 * An invalid byte gives U+FFFD and moves one byte.  0 at the end or a NUL.
 */
uint32_t text_next(const char **at, const char *end);

/* Columns of one character (0, 1 or 2), and of a whole text. */
int text_char_columns(uint32_t character);
int text_columns(const char *);

/* True for C0, C1, DEL, bidi controls, line separators and the like: what
 * must not reach a terminal, a log line or a mail as it is. */
bool text_is_control(uint32_t character);

/* Of a hexadecimal digit; -1: it is none. */
int text_hex_value(char);

/* True when the bytes are valid UTF-8 without control characters. */
bool text_is_clean(const char *bytes, size_t length);

/*
 * Copies bytes of unknown origin so that they can be shown: control
 * characters and invalid UTF-8 become '?'.  True when all fitted.
 */
bool text_visible(char *to, size_t size, const char *from, size_t length);

/* The same with nothing lost: "\t" "\n" "\\" "\xNN" "\u{202E}". */
bool text_escape(char *to, size_t size, const char *from, size_t length);

/* Whole text, decimal, optional '-'.  False when it is anything else. */
bool text_to_int64(const char *, int64_t *);

/* "500", "20G", "20 GB", "1.5 TB": bytes, powers of 1024.  False otherwise. */
bool text_to_bytes(const char *, int64_t *bytes);

/* "3,540", "-12", "0". */
void text_from_number(char *to, size_t size, int64_t number);

/* "20 GB", "1.5 GB", "0 B": shortest form that text_to_bytes() reads back
 * to the same number where one decimal suffices. */
void text_from_bytes(char *to, size_t size, int64_t bytes);

/* The candidate nearest to `word` by edit distance, or NULL when none is
 * near (more than a third of the letters differ).  Ends with NULL. */
const char *text_nearest(const char *word, const char *const *candidates);

/*
 * Text that grows in an arena up to `max` bytes; what does not fit is cut and
 * is_cut is set.  `data` is never NULL after text_builder_open() and moves at
 * each add.
 */
struct text_builder {
	struct arena *arena;
	char *data;
	size_t length, capacity, max;
	bool is_cut;
};

void text_builder_open(struct text_builder *, struct arena *, size_t max);
/* Room for so many bytes more, so that the text isn't moved as it grows. */
void text_reserve(struct text_builder *, size_t more);
void text_add(struct text_builder *, const char *);
void text_add_n(struct text_builder *, const char *bytes, size_t length);
void text_addf(struct text_builder *, const char *format, ...) PRINTF(2, 3);

/*
 * A sentence behind a label that takes `indent` bytes, broken at blanks into
 * lines of at most `width` bytes; the further lines have an empty label.
 * Nothing for "".
 */
void text_add_wrapped(struct text_builder *, const char *label, int indent,
    size_t width, const char *sentence);

#endif
