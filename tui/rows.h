/*
 * rows.h - the cursor of a short list that a screen draws by itself: which
 * row it is on, and which rows are in view.
 *
 * For rows that are all in memory and drawn with a pane below them; long
 * lists from the database are tables (tui/table.h).
 */
#ifndef TUI_ROWS_H
#define TUI_ROWS_H

#include "tui/screen.h"

struct rows {
	int count;   /* of the list */
	int cursor;  /* 0 to count - 1; 0 when there are none */
	int top;     /* the first one in view */
	int visible; /* how many fit */
};

enum rows_action {
	ROWS_KEY_UP = 5000,
	ROWS_KEY_DOWN,
	ROWS_KEY_PAGE_UP,
	ROWS_KEY_PAGE_DOWN,
	ROWS_KEY_FIRST,
	ROWS_KEY_LAST,
};

extern const struct key_binding rows_keys[]; /* widget_keys */

/* The list has this many rows now, and room for so many. */
void rows_fit(struct rows *, int count, int visible);

/* True when the message moved the cursor, or was a key for it. */
bool rows_update(struct rows *, const struct msg *);

/* Row of the body that the index is drawn on, or -1: not in view. */
int rows_at(const struct rows *, int index);

/* The '>' before the row under the cursor, and the terminal's cursor; the
 * body's row 0 is the first one in view. */
void rows_put_cursor(const struct rows *, struct canvas *body);

#endif
