/* A list's columns, and its rows as values and text. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/list_reading.h"

#define FIRST_COLUMN 3 /* after id, key and cursor */

bool
list_kind_is_number(enum list_kind kind)
{
	return kind != LIST_TEXT && kind != LIST_TEXTS;
}

/* ---- columns ---- */

size_t
list_column_count(const struct list *list)
{
	size_t count = 0;

	while (list->columns[count].name != NULL)
		count++;
	return count;
}

int
list_column_index(const struct list *list, const char *name)
{
	for (int i = 0; list->columns[i].name != NULL; i++) {
		if (text_is_same(list->columns[i].name, name))
			return i;
	}
	return -1;
}

const struct list_value *
list_value_of(
    const struct list *list, const struct list_row *row, const char *column)
{
	const int index = list_column_index(list, column);

	return index >= 0 ? &row->values[index] : NULL;
}

/* ---- values ---- */

static const char *
number_text(struct arena *arena, enum list_kind kind, int64_t number)
{
	char text[64];

	switch (kind) {
	case LIST_BYTES:
		text_from_bytes(text, sizeof(text), number);
		break;
	case LIST_MOMENT:
		clock_format_short(text, sizeof(text), number);
		break;
	case LIST_UNTIL:
		clock_format_last_day(text, sizeof(text), number);
		break;
	case LIST_YES_NO:
		return number != 0 ? "yes" : "no";
	default:
		text_format(text, sizeof(text), "%" PRId64, number);
		break;
	}
	return arena_text(arena, text);
}

static void
read_value(const struct db_query *q, int column, enum list_kind kind,
    struct arena *arena, struct list_value *value)
{
	value->kind = kind;
	value->raw = db_arena_text(q, column, arena);
	value->text = value->raw;
	if (!list_kind_is_number(kind))
		return;
	value->number = db_int64(q, column);
	value->text = value->raw[0] == '\0'
	    ? "-" /* nobody knows it yet */
	    : number_text(arena, kind, value->number);
}

void
reading_read_row(
    const struct reading *r, const struct db_query *q, struct list_row *row)
{
	const size_t count = list_column_count(r->list);
	struct list_value *values =
	    arena_array(r->arena, count, sizeof(*values));

	row->id = db_int64(q, 0);
	row->key = db_arena_text(q, 1, r->arena);
	row->cursor = db_arena_text(q, 2, r->arena);
	for (size_t i = 0; i < count; i++)
		read_value(q, FIRST_COLUMN + (int)i, r->list->columns[i].kind,
		    r->arena, &values[i]);
	row->values = values;
	for (size_t i = 0; i < count; i++)
		if (r->list->columns[i].tell != NULL)
			values[i].text = values[i].raw =
			    r->list->columns[i].tell(r->list, row, r->arena);
}
