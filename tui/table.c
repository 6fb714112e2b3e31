/* ---- reading pages and moving; table_view.c draws ---- */
#include "tui/table.h"

#include <string.h>

#include "base/text.h"
#include "tui/table_state.h"

/* clang-format off */
#define MOVING \
	{ PRESS_UP, TABLE_KEY_UP, NULL, "One row up.", NULL }, \
	{ 'k', TABLE_KEY_UP, NULL, NULL, NULL }, \
	{ PRESS_DOWN, TABLE_KEY_DOWN, NULL, "One row down.", NULL }, \
	{ 'j', TABLE_KEY_DOWN, NULL, NULL, NULL }, \
	{ PRESS_PAGE_UP, TABLE_KEY_PAGE_UP, NULL, "One page up.", NULL }, \
	{ PRESS_PAGE_DOWN, TABLE_KEY_PAGE_DOWN, NULL, "One page down.", NULL }, \
	{ 'g', TABLE_KEY_FIRST, NULL, "To the first row.", NULL }, \
	{ PRESS_HOME, TABLE_KEY_FIRST, NULL, NULL, NULL }, \
	{ 'G', TABLE_KEY_LAST, NULL, "To the last row.", NULL }, \
	{ PRESS_END, TABLE_KEY_LAST, NULL, NULL, NULL }, \
	{ '/', TABLE_KEY_FILTER, "filter", "Filter as you type; Enter keeps it, Esc clears it.", NULL }, \
	{ 's', TABLE_KEY_SORT, "sort", "Sort by the next column; the other way round at the second press.", NULL }

const struct key_binding table_keys_no_marks[] = {
	MOVING,
	{ 0 }
};

const struct key_binding table_keys[] = {
	MOVING,
	{ ' ', TABLE_KEY_MARK, "mark", "Mark the row, or take the mark away.", NULL },
	{ '*', TABLE_KEY_MARK_ALL, NULL, "Mark all rows that are shown, or none.", NULL },
	{ 0 }
};

const struct key_binding table_typing_keys[] = {
	{ PRESS_ENTER, TABLE_KEY_FILTER, "keep the filter", NULL, NULL },
	{ 0 }
};
/* clang-format on */

/* ---- stored rows ---- */

void
table_store(struct table_stored *to, const struct table_row *from)
{
	to->id = from->id;
	text_copy(to->key, sizeof to->key, from->key ? from->key : "");
	for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++)
		text_copy(to->cells[i], sizeof to->cells[i],
		    from->cells[i] != NULL ? from->cells[i] : "");
}

/* Asks the source; gives how many rows came into `rows`, which lie in
 * `arena`. */
size_t
table_ask(struct table *table, enum table_where where,
    const struct table_stored *from, struct arena *arena,
    struct table_row *rows, size_t max)
{
	struct table_query query = { .where = where,
		.filter = table->filter,
		.sort = table->sort,
		.is_descending = table->is_descending };

	if (from != NULL) {
		query.key = from->key;
		query.id = from->id;
	}
	table->err = (struct err){ 0 };
	return table->source->page(
	    table->context, &query, arena, rows, max, &table->err);
}

/* Puts a page into the table; false, with the rows as they were, when there
 * is nothing there. */
static bool
load(struct table *table, enum table_where where,
    const struct table_stored *from)
{
	struct arena arena = { 0 };
	struct table_row *rows;
	size_t count;

	if (table->page_size == 0)
		return false;
	rows = arena_array(&arena, table->page_size, sizeof *rows);
	count = table_ask(table, where, from, &arena, rows, table->page_size);
	if (count > 0 || where == TABLE_FIRST) {
		for (size_t i = 0; i < count; i++)
			table_store(&table->rows[i], &rows[i]);
		table->row_count = count;
	}
	arena_free(&arena);
	if (table->cursor >= table->row_count)
		table->cursor = table->row_count ? table->row_count - 1 : 0;
	return count > 0;
}

static void
recount(struct table *table)
{
	if (table->source->count == NULL) {
		table->shown = table->total = -1;
		return;
	}
	table->total = table->source->count(table->context, "");
	table->shown = table->filter[0] == '\0'
	    ? table->total
	    : table->source->count(table->context, table->filter);
}

static void
from_start(struct table *table)
{
	table->cursor = 0;
	load(table, TABLE_FIRST, NULL);
	recount(table);
}

void
table_refresh(struct table *table)
{
	int64_t id = table_selected_id(table);
	size_t before = table->cursor;
	struct table_stored first;

	if (table->row_count > 0) {
		first = table->rows[0];
		/* A page that became short, or lost its start, is read from
		 * the other end. */
		if (!load(table, TABLE_FROM, &first) ||
		    (table->row_count < table->page_size &&
			!load(table, TABLE_LAST, NULL)))
			load(table, TABLE_FIRST, NULL);
	} else {
		load(table, TABLE_FIRST, NULL);
	}
	recount(table);
	table->cursor = before < table->row_count ? before
	    : table->row_count > 0                ? table->row_count - 1
						  : 0;
	table_select(table, id);
}

void
table_select(struct table *table, int64_t id)
{
	for (size_t i = 0; i < table->row_count; i++)
		if (table->rows[i].id == id)
			table->cursor = i;
}

static void
resize(struct table *table, const struct msg *msg)
{
	int rows = msg->rows - table->reserve_rows - 1; /* 1: the head */

	table->body_rows = msg->rows - table->reserve_rows;
	table->body_columns = msg->columns;
	table->page_size = rows > 0 ? (size_t)rows : 0;
	if (table->page_size > table->row_room) {
		struct table_stored *old = table->rows;

		table->row_room = 2 * table->page_size;
		table->rows = arena_array(
		    table->arena, table->row_room, sizeof *table->rows);
		if (old != NULL)
			memcpy(
			    table->rows, old, table->row_count * sizeof *old);
	}
	if (table->row_count > table->page_size) {
		/* The row under the cursor stays on the smaller page. */
		size_t skip = table->cursor >= table->page_size
		    ? table->cursor - table->page_size + 1
		    : 0;

		memmove(table->rows, table->rows + skip,
		    table->page_size * sizeof *table->rows);
		table->row_count = table->page_size;
		table->cursor -= skip;
	}
	table_refresh(table);
}

void
table_open(struct table *table, struct arena *arena,
    const struct table_source *source, void *context)
{
	*table = (struct table){
		.source = source, .context = context, .arena = arena, .sort = -1
	};
	line_edit_open(
	    &table->filter_edit, table->filter, sizeof table->filter);
}

/* ---- moving ---- */

/* One row more at the end (or before the start), the other end falls off. */
static void
scroll(struct table *table, bool down)
{
	struct arena arena = { 0 };
	struct table_row row = { 0 };
	size_t last = table->row_count - 1;

	if (table_ask(table, down ? TABLE_AFTER : TABLE_BEFORE,
		&table->rows[down ? last : 0], &arena, &row, 1) == 1) {
		if (down) {
			memmove(table->rows, table->rows + 1,
			    last * sizeof *table->rows);
		} else {
			if (table->row_count < table->page_size)
				table->row_count++;
			memmove(table->rows + 1, table->rows,
			    (table->row_count - 1) * sizeof *table->rows);
		}
		table_store(&table->rows[down ? last : 0], &row);
	}
	arena_free(&arena);
}

void
table_step(struct table *table, bool down)
{
	if (table->row_count == 0)
		return;
	if (down && table->cursor + 1 < table->row_count)
		table->cursor++;
	else if (!down && table->cursor > 0)
		table->cursor--;
	else
		scroll(table, down);
}

static void
page_down(struct table *table)
{
	struct table_stored last;

	if (table->row_count == 0)
		return;
	last = table->rows[table->row_count - 1];
	if (table->row_count < table->page_size ||
	    !load(table, TABLE_AFTER, &last)) {
		table->cursor = table->row_count - 1;
	} else if (table->row_count < table->page_size) {
		int64_t id = table->rows[table->row_count - 1].id;

		load(table, TABLE_LAST, NULL);
		table_select(table, id);
	}
}

static void
page_up(struct table *table)
{
	struct table_stored first;

	if (table->row_count == 0)
		return;
	first = table->rows[0];
	if (!load(table, TABLE_BEFORE, &first))
		table->cursor = 0;
	else if (table->row_count < table->page_size)
		from_start(table);
}

/* ---- sort and filter ---- */

/* Column by column: up, then down, then the next; at last the source's own
 * order again. */
static void
next_sort(struct table *table)
{
	const struct table_column *columns = table->source->columns;

	if (table->sort >= 0 && !table->is_descending) {
		table->is_descending = true;
	} else {
		table->is_descending = false;
		do {
			table->sort++;
		} while (columns[table->sort].title != NULL &&
		    !columns[table->sort].is_sortable);
		if (columns[table->sort].title == NULL)
			table->sort = -1;
	}
	from_start(table);
}

static void
end_filter(struct table *table, bool keep)
{
	table->is_filtering = false;
	if (!keep && table->filter[0] != '\0') {
		line_edit_set(&table->filter_edit, "");
		from_start(table);
	}
}

/* While the filter has the focus.  Up, Down and paging still move. */
static bool
type_filter(struct table *table, const struct msg *msg)
{
	char before[TABLE_FILTER_SIZE];

	if (msg->kind == MSG_KEY && msg->key == PRESS_ENTER) {
		end_filter(table, true);
		return true;
	}
	if (msg->kind == MSG_KEY && msg->key == PRESS_ESCAPE) {
		end_filter(table, false);
		return true;
	}
	if (msg->kind == MSG_KEY && msg->key == PRESS_BACKSPACE &&
	    table->filter[0] == '\0') {
		end_filter(table, false);
		return true;
	}
	text_copy(before, sizeof before, table->filter);
	if (!line_edit_update(&table->filter_edit, msg))
		return false;
	if (!text_is_same(before, table->filter))
		from_start(table);
	return true;
}

/* ---- messages ---- */

static void
press(struct table *table, int action)
{
	switch (action) {
	case TABLE_KEY_UP:
	case TABLE_KEY_DOWN:
		table_step(table, action == TABLE_KEY_DOWN);
		break;
	case TABLE_KEY_PAGE_UP:
		page_up(table);
		break;
	case TABLE_KEY_PAGE_DOWN:
		page_down(table);
		break;
	case TABLE_KEY_FIRST:
		from_start(table);
		break;
	case TABLE_KEY_LAST:
		load(table, TABLE_LAST, NULL);
		table->cursor = table->row_count ? table->row_count - 1 : 0;
		break;
	case TABLE_KEY_FILTER:
		table->is_filtering = true;
		break;
	case TABLE_KEY_SORT:
		next_sort(table);
		break;
	case TABLE_KEY_MARK:
		table_toggle_mark(table);
		break;
	default:
		table_mark_all(table);
		break;
	}
}

bool
table_update(struct table *table, const struct msg *msg)
{
	switch (msg->kind) {
	case MSG_RESIZE:
		resize(table, msg);
		return true;
	case MSG_REFRESH:
		table_refresh(table);
		return true;
	case MSG_TEXT:
		return table->is_filtering && type_filter(table, msg);
	case MSG_KEY:
		break;
	default:
		return false;
	}
	if (table->is_filtering && type_filter(table, msg))
		return true;
	if (msg->key == PRESS_ESCAPE && msg->action == 0) {
		if (table->filter[0] != '\0')
			end_filter(table, false);
		else
			table->mark_count = 0;
		return true;
	}
	if (msg->action < TABLE_KEY_UP || msg->action > TABLE_KEY_MARK_ALL)
		return false;
	press(table, msg->action);
	return true;
}

int64_t
table_selected_id(const struct table *table)
{
	return table->cursor < table->row_count ? table->rows[table->cursor].id
						: 0;
}

const char *
table_cell(const struct table *table, int column)
{
	if (table->cursor >= table->row_count || column < 0 ||
	    column >= TABLE_COLUMNS_MAX)
		return "";
	return table->rows[table->cursor].cells[column];
}

bool
table_wants_text(const struct table *table)
{
	return table->is_filtering;
}

bool
table_wants_escape(const struct table *table)
{
	return table->is_filtering || table->filter[0] != '\0' ||
	    table->mark_count > 0;
}
