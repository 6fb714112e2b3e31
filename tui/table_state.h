/*
 * table_state.h - what table.c, table_marks.c and table_view.c share; nobody
 * else includes it.
 */
#ifndef TUI_TABLE_STATE_H
#define TUI_TABLE_STATE_H

#include "tui/table.h"

/* A row of the page on the screen, copied out of the source's arena. */
struct table_stored {
	int64_t id;
	char key[TABLE_KEY_SIZE];
	char cells[TABLE_COLUMNS_MAX][TABLE_CELL_SIZE];
};

/* Copies a row; asks the source for a page, from `from` on; moves the cursor
 * one row. */
void table_store(struct table_stored *to, const struct table_row *from);
size_t table_ask(struct table *, enum table_where where,
    const struct table_stored *from, struct arena *, struct table_row *rows,
    size_t max);
void table_step(struct table *, bool down);

void table_toggle_mark(struct table *); /* of the row under the cursor */
void table_mark_all(struct table *);
bool table_is_marked(const struct table *, int64_t id);

#endif
