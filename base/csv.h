/*
 * csv.h - comma-separated values, RFC 4180.
 *
 * Reads records out of bytes in memory: lines end with CRLF or LF, a cell may
 * stand in quotes and then hold commas, line ends and doubled quotes.  What is
 * not so is an error with its line; nothing is guessed.
 *
 * Written cells that a spreadsheet would take for a formula (= + - @ first, or
 * behind apostrophes) get an apostrophe before them, and reading takes it away
 * again.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

/* All members but `line` are private. */
struct csv {
	char *at, *end;
	size_t line; /* where the record that was read begins, from 1 */
	size_t next_line;
};

/* `bytes` are changed in place and must live on; bytes[length] is written,
 * too.  A byte order mark at the start is passed over. */
void csv_open(struct csv *, char *bytes, size_t length);

/*
 * The next record that is not empty: up to `max` cells, each ended by a NUL.
 * *count is 0 at the end.  ERR_INVALID with a sentence, at csv->line; reading
 * can't go on then.
 */
enum err_code csv_next(struct csv *, char **cells, size_t max, size_t *count,
    struct err *) MUST_USE;

/* One cell, quoted where it must be, with a comma before it unless it is the
 * first of its record. */
void csv_put(struct text_builder *, const char *cell, bool is_first);

#endif
