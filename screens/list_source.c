/* Pages of model/list.h as the source of a table. */
#include <string.h>

#include "base/text.h"
#include "screens/list_screen.h"

#define EXTRA_COLUMNS 14 /* width of an extra column that has none */
#define NAME_COLUMNS  24 /* least width of one that takes what is left */

/* ---- columns ---- */

static bool
is_state(const struct list_column *column)
{
	static const char *const names[] = { "status", "state", "stage",
		"ownership", "verdict", NULL };

	for (size_t i = 0; names[i] != NULL; i++)
		if (text_is_same(column->name, names[i]))
			return true;
	return false;
}

static void
fill_column(
    struct table_column *to, const struct list_column *from, bool is_extra)
{
	const int least = is_extra ? EXTRA_COLUMNS : NAME_COLUMNS;

	*to = (struct table_column){
		.title = from->title,
		.columns = from->width > 0 ? from->width : least,
		.is_number =
		    from->kind == LIST_NUMBER || from->kind == LIST_BYTES,
		.is_sortable = (from->flags & LIST_SORTABLE) != 0,
		.is_state = is_state(from),
		.is_extra = is_extra,
	};
}

static void
add_column(struct list_screen *s, struct table_column *columns, size_t *count,
    int index, bool is_extra)
{
	if (*count + 1 >= TABLE_COLUMNS_MAX)
		return;
	fill_column(&columns[*count], &s->view->list->columns[index], is_extra);
	s->columns[(*count)++] = index;
}

/* ---- pages ---- */

static struct list_query
query_of(const struct list_screen *s, const struct table_query *from)
{
	struct list_query query = s->query;

	query.filter = from->filter;
	if (from->sort >= 0)
		query.sort =
		    s->view->list->columns[s->columns[from->sort]].name;
	query.is_descending = from->is_descending;
	return query;
}

/* Whether ids grow down the list, for the row itself to be read too. */
static bool
is_down(const struct list_screen *s, const struct list_query *query)
{
	return query->is_descending !=
	    (query->sort == NULL && s->view->list->is_newest_first);
}

static void
fill_row(const struct list_screen *s, const struct list_row *from,
    struct table_row *to)
{
	to->id = from->id;
	to->key = from->cursor;
	for (size_t i = 0; s->source.columns[i].title != NULL; i++)
		to->cells[i] = from->values[s->columns[i]].text;
}

static size_t
page(void *context, const struct table_query *wanted, struct arena *arena,
    struct table_row *rows, size_t max, struct err *err)
{
	static const enum list_from from[] = {
		[TABLE_FIRST] = LIST_FIRST,
		[TABLE_AFTER] = LIST_AFTER,
		[TABLE_BEFORE] = LIST_BEFORE,
		[TABLE_LAST] = LIST_LAST,
		[TABLE_FROM] = LIST_AFTER,
	};
	const struct list_screen *s = context;
	const struct list_query query = query_of(s, wanted);
	struct list_page found;
	int64_t id = wanted->id;

	/* The order ends in the id: behind the number before it is the row
	 * itself. */
	if (wanted->where == TABLE_FROM)
		id += is_down(s, &query) ? 1 : -1;
	if (list_page(s->context, s->view->list, &query, from[wanted->where],
		id, wanted->key, max, arena, &found, err) != OK)
		return 0;
	for (size_t i = 0; i < found.count; i++)
		fill_row(s, &found.rows[i], &rows[i]);
	return found.count;
}

static int64_t
count(void *context, const char *filter)
{
	const struct list_screen *s = context;
	struct list_query query = s->query;
	struct err err;
	int64_t rows = 0;

	query.filter = filter;
	return list_count(s->context, s->view->list, &query, &rows, &err) == OK
	    ? rows
	    : -1;
}

void
list_source_open(struct list_screen *s, struct arena *arena)
{
	const struct list_column *from = s->view->list->columns;
	struct table_column *columns =
	    arena_array(arena, TABLE_COLUMNS_MAX, sizeof(*columns));
	size_t used = 0;

	for (int i = 0; from[i].name != NULL; i++)
		if ((from[i].flags & LIST_DETAIL) == 0)
			add_column(s, columns, &used, i, false);
	for (size_t i = 0; s->view->extra != NULL && s->view->extra[i] != NULL;
	     i++) {
		const int index =
		    list_column_index(s->view->list, s->view->extra[i]);

		if (index >= 0)
			add_column(s, columns, &used, index, true);
	}
	s->source = (struct table_source){
		.columns = columns, .count = count, .page = page
	};
}
