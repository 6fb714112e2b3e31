/* ---- the marked rows of a table, also those beyond its page ---- */
#include <string.h>

#include "tui/table_state.h"

static size_t
mark_index(const struct table *table, int64_t id)
{
	size_t i = 0;

	while (i < table->mark_count && table->marks[i] != id)
		i++;
	return i;
}

bool
table_is_marked(const struct table *table, int64_t id)
{
	return mark_index(table, id) < table->mark_count;
}

static void
mark(struct table *table, int64_t id)
{
	if (table->marks == NULL)
		table->marks = arena_array(
		    table->arena, TABLE_MARKS_MAX, sizeof *table->marks);
	if (table->mark_count < TABLE_MARKS_MAX && !table_is_marked(table, id))
		table->marks[table->mark_count++] = id;
}

void
table_toggle_mark(struct table *table)
{
	int64_t id = table_selected_id(table);
	size_t at = mark_index(table, id);

	if (id == 0)
		return;
	if (at < table->mark_count)
		table->marks[at] = table->marks[--table->mark_count];
	else
		mark(table, id);
	table_step(table, true);
}

/* All that the filter lets through, also beyond this page. */
void
table_mark_all(struct table *table)
{
	struct table_row rows[64];
	struct table_stored last;
	enum table_where where = TABLE_FIRST;
	size_t count;

	if (table->mark_count > 0) {
		table->mark_count = 0;
		return;
	}
	do {
		struct arena arena = { 0 };

		memset(rows, 0, sizeof rows);
		count = table_ask(table, where,
		    where == TABLE_FIRST ? NULL : &last, &arena, rows, 64);
		for (size_t i = 0; i < count; i++)
			mark(table, rows[i].id);
		if (count > 0)
			table_store(&last, &rows[count - 1]);
		where = TABLE_AFTER;
		arena_free(&arena);
	} while (count == 64 && table->mark_count < TABLE_MARKS_MAX);
}

void
table_clear_marks(struct table *table)
{
	table->mark_count = 0;
}

size_t
table_shown(const struct table *table, int64_t *ids, size_t max)
{
	const size_t count = table->row_count < max ? table->row_count : max;

	for (size_t i = 0; i < count; i++)
		ids[i] = table->rows[i].id;
	return count;
}

size_t
table_mark_count(const struct table *table)
{
	return table->mark_count;
}

size_t
table_chosen(const struct table *table, int64_t *ids, size_t max)
{
	size_t count = 0;

	if (table->mark_count == 0 && table->row_count > 0 && max > 0)
		ids[count++] = table_selected_id(table);
	for (size_t i = 0; i < table->mark_count && count < max; i++)
		ids[count++] = table->marks[i];
	return count;
}
