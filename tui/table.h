/*
 * table.h - a list in columns, paged from a source, with cursor, filter, sort
 * and marks.
 *
 * The table holds only the rows that fit on the screen and asks the source
 * for the page after or before a row, so a million rows open as fast as ten.
 * Reading happens in table_open(), table_update() and table_refresh(), never
 * in table_view().
 */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include "tui/line_edit.h"

#define TABLE_COLUMNS_MAX 16
#define TABLE_CELL_SIZE   160 /* bytes of a cell's text, with NUL */
#define TABLE_KEY_SIZE    320 /* bytes of a row's key, with NUL */
#define TABLE_FILTER_SIZE 128
#define TABLE_MARKS_MAX   1000

struct table_column {
	const char *title;
	int columns;      /* width it should have; wider texts are cut */
	int most_columns; /* it may grow to this on a wide screen; 0: as much
	                     as its longest text needs */
	bool is_number;   /* right-aligned */
	bool is_sortable;
	bool is_state; /* coloured by style_of_word() */
	bool is_extra; /* only when the screen is wide enough */
};

/* What the source fills; texts live in the arena it was given. */
struct table_row {
	int64_t id;      /* not 0; what marks and the cursor hold on to */
	const char *key; /* where the row stands in the order: the source's own
	                    word, handed back in table_query; NULL: the id */
	const char *cells[TABLE_COLUMNS_MAX]; /* NULL counts as "" */
};

enum table_where {
	TABLE_FIRST,  /* from the first row */
	TABLE_AFTER,  /* behind the row of key and id */
	TABLE_BEFORE, /* the last ones before that row, in normal order */
	TABLE_LAST,   /* the last ones, in normal order */
	TABLE_FROM,   /* from that row on, itself included */
};

struct table_query {
	enum table_where where;
	const char *key; /* TABLE_AFTER, _BEFORE, _FROM */
	int64_t id;
	const char *filter; /* "": all */
	int sort;           /* index of a column; -1: the source's own order */
	bool is_descending;
};

struct table_source {
	const struct table_column *columns; /* ends with a NULL title */
	/* Rows that the filter lets through; "" counts all.  May be NULL. */
	int64_t (*count)(void *context, const char *filter);

	/* Fills at most `max` rows, gives how many.  On failure fills err. */
	size_t (*page)(void *context, const struct table_query *,
	    struct arena *, struct table_row *rows, size_t max, struct err *);
};

struct table {
	const struct table_source *source;
	void *context;
	struct arena *arena;
	struct table_stored *rows; /* the page on the screen */
	size_t row_count, row_room, page_size;
	size_t cursor;    /* index into rows */
	int reserve_rows; /* of the body, kept free below for the screen */
	int body_rows, body_columns;
	int64_t shown, total;
	int sort;
	bool is_descending;
	bool is_filtering; /* the filter line has the focus */
	bool has_no_marks; /* set it for lists where marks mean nothing */
	char filter[TABLE_FILTER_SIZE];
	struct line_edit filter_edit;
	int64_t *marks;
	size_t mark_count;
	/* Shown when there are no rows: lines, the last NULL.  A line is a
	 * sentence, or a key, a tab and a sentence: "n\tmake the first one".
	 */
	const char *const *empty;
	struct err err; /* of the last read */
};

/* Actions of the table's own keys. */
enum table_action {
	TABLE_KEY_UP = 1000,
	TABLE_KEY_DOWN,
	TABLE_KEY_PAGE_UP,
	TABLE_KEY_PAGE_DOWN,
	TABLE_KEY_FIRST,
	TABLE_KEY_LAST,
	TABLE_KEY_FILTER,
	TABLE_KEY_SORT,
	TABLE_KEY_MARK,
	TABLE_KEY_MARK_ALL,
};

extern const struct key_binding table_keys[];          /* with marks */
extern const struct key_binding table_keys_no_marks[]; /* without */
extern const struct key_binding table_typing_keys[];   /* in the filter */

void table_open(
    struct table *, struct arena *, const struct table_source *, void *context);

/* True when the message was the table's: its keys, filter typing, resize,
 * refresh.  MSG_RESIZE gives it the whole body less reserve_rows. */
bool table_update(struct table *, const struct msg *);

/* Head and rows into the body. */
void table_view(const struct table *, struct canvas *body);

/* Row 2: the filter or `what` on the left, counts and marks on the right. */
void table_put_state(
    const struct table *, struct canvas *whole, const char *what);

/* Reads the page again, holding on to the row under the cursor by its id. */
void table_refresh(struct table *);

/* Brings the row with this id to the cursor when it is on the page. */
void table_select(struct table *, int64_t id);

/* Row under the cursor; 0 and "" when there is none. */
int64_t table_selected_id(const struct table *);
const char *table_cell(const struct table *, int column);

/* Marked rows, or the one under the cursor when none is marked.  Gives how
 * many were put into ids[]. */
size_t table_chosen(const struct table *, int64_t *ids, size_t max);
/* All rows on the screen, in their order. */
size_t table_shown(const struct table *, int64_t *ids, size_t max);
size_t table_mark_count(const struct table *);
void table_clear_marks(struct table *);

/* While the filter is being typed. */
bool table_wants_text(const struct table *);

/* A filter or marks, which Esc clears first. */
bool table_wants_escape(const struct table *);

#endif
