#include "ssh/command_table.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/field.h"
#include "base/text.h"
#include "ssh/command.h"

/* ---- JSON ---- */

static json_t *
json_texts(const struct list_value *value)
{
	json_t *array = json_array();
	const char *at = value->raw;
	char one[FIELD_TEXT_SIZE];

	while (*at != '\0') {
		const size_t length = strcspn(at, ",");

		text_format(one, sizeof(one), "%.*s", (int)length, at);
		text_trim(one);
		if (one[0] != '\0')
			json_array_append_new(array, command_json_text(one));
		at += length + (at[length] == ',');
	}
	return array;
}

json_t *
command_json_value(const struct list_value *value)
{
	if (value->kind != LIST_TEXT && value->kind != LIST_TEXTS &&
	    value->raw[0] == '\0')
		return json_null();
	switch (value->kind) {
	case LIST_NUMBER:
	case LIST_BYTES:
		return json_integer(value->number);
	case LIST_MOMENT:
	case LIST_UNTIL:
		return command_json_moment(value->number);
	case LIST_YES_NO:
		return json_boolean(value->number != 0);
	case LIST_TEXTS:
		return json_texts(value);
	case LIST_TEXT:
		break;
	}
	return command_json_text(value->raw);
}

json_t *
command_json_row(const struct list *list, const struct list_row *row)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(row->id));
	for (size_t i = 0; list->columns[i].name != NULL; i++)
		if ((list->columns[i].flags & LIST_INNER) == 0)
			json_object_set_new(object, list->columns[i].name,
			    command_json_value(&row->values[i]));
	return object;
}

/* ---- tables ---- */

static int
escaped_columns(const char *text)
{
	char escaped[FIELD_TEXT_SIZE];

	text_escape(escaped, sizeof(escaped), text, strlen(text));
	return text_columns(escaped);
}

static bool
is_number(const struct list_column *column)
{
	return column->kind == LIST_NUMBER || column->kind == LIST_BYTES;
}

static void
put_padded(const char *text, int width, bool is_right)
{
	const int room = width - escaped_columns(text);

	if (is_right && room > 0)
		printf("%*s", room, "");
	command_put(text);
	if (!is_right && room > 0)
		printf("%*s", room, "");
}

static bool
is_shown(const struct list_column *column)
{
	return (column->flags & LIST_DETAIL) == 0;
}

/* As wide as the widest value so far: a later page may be wider. */
static void
table_measure(struct command_table *table, const struct list_page *page)
{
	for (size_t i = 0; table->list->columns[i].name != NULL; i++) {
		const struct list_column *column = &table->list->columns[i];
		const int head = text_columns(column->title);

		if (i >= COLUMNS_MAX || !is_shown(column))
			continue;
		table->last = i;
		if (table->width[i] < head)
			table->width[i] = head;
		for (size_t r = 0; r < page->count; r++) {
			const int width =
			    escaped_columns(page->rows[r].values[i].text);

			if (table->width[i] < width)
				table->width[i] = width;
		}
	}
}

static void
table_put_row(const struct command_table *table, const struct list_row *row)
{
	for (size_t i = 0; i <= table->last; i++) {
		const struct list_column *column = &table->list->columns[i];
		const bool is_right = is_number(column);

		if (!is_shown(column))
			continue;
		put_padded(row != NULL ? row->values[i].text : column->title,
		    i == table->last && !is_right ? 0 : table->width[i],
		    is_right);
		fputs(i == table->last ? "\n" : "  ", stdout);
	}
}

void
command_table_put(struct command_table *table, const struct list_page *page)
{
	table_measure(table, page);
	if (!table->has_head)
		table_put_row(table, NULL);
	table->has_head = true;
	for (size_t i = 0; i < page->count; i++)
		table_put_row(table, &page->rows[i]);
}

/* ---- one row ---- */

void
command_put_row(const struct list *list, const struct list_row *row)
{
	int width = 0;

	for (size_t i = 0; list->columns[i].name != NULL; i++)
		if (width < text_columns(list->columns[i].name))
			width = text_columns(list->columns[i].name);
	for (size_t i = 0; list->columns[i].name != NULL; i++) {
		const char *text = row->values[i].text;

		put_padded(
		    list->columns[i].name, *text == '\0' ? 0 : width, false);
		if (*text != '\0')
			fputs("  ", stdout);
		command_put(text);
		putchar('\n');
	}
}
