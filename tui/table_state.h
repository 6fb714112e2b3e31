/*
 * table_state.h - what table.c and table_view.c share; nobody else includes
 * it.
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

bool table_is_marked(const struct table *, int64_t id);

#endif
