/*
 * list_reading.h - what the files behind list.h share: one reading of a
 * list.  For model/list*.c alone.
 */
#ifndef MODEL_LIST_READING_H
#define MODEL_LIST_READING_H

#include "base/text.h"
#include "model/db.h"
#include "model/list.h"

#define WORDS_MAX  8 /* of the filter */
#define WORD_SIZE  128
#define MATCH_SIZE 400

/* One reading of a list: the statement as it grows, and what to bind. */
struct reading {
	struct context *context;
	const struct list *list;
	const struct list_query *query;
	struct arena *arena;
	struct text_builder sql;
	const char *scope; /* condition, or NULL: all rows */
	char words[WORDS_MAX][WORD_SIZE];
	size_t word_count;
	char matches[LIST_MATCH_MAX][MATCH_SIZE];
	int sort;           /* column */
	bool is_descending; /* of the list, not of this page */
};

/* ---- its statement: model/list_sql.c ---- */

/* The column that was asked for, or the list's own order.  ERR_INVALID. */
enum err_code reading_choose_sort(struct reading *, struct err *) MUST_USE;
const char *reading_sort_sql(const struct reading *);

/* Which rows the actor may see.  `command` is what the key must allow.
 * ERR_DENIED. */
enum err_code reading_choose_scope(
    struct reading *, const char *command, struct err *) MUST_USE;

/* "SELECT id, key, cursor, each column", and "FROM ... WHERE ...". */
void reading_add_select(struct reading *);
enum err_code reading_add_where(struct reading *, struct err *) MUST_USE;

/* The values of what reading_add_where() wrote. */
void reading_bind(struct reading *, struct db_query *);

/* ---- its rows: model/list_value.c ---- */

/* Of what reading_add_select() asked for; lives in the reading's arena. */
void reading_read_row(
    const struct reading *, const struct db_query *, struct list_row *);

bool list_kind_is_number(enum list_kind);

#endif
