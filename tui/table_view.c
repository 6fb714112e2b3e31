/* Draws a table: which columns fit, and how wide. */
#include <string.h>

#include "base/text.h"
#include "tui/table_state.h"

#define GAP 2 /* columns between two columns */

struct layout {
	int at[TABLE_COLUMNS_MAX];    /* first column */
	int width[TABLE_COLUMNS_MAX]; /* 0: not shown */
};

static int
column_count(const struct table *table)
{
	int count = 0;

	while (count < TABLE_COLUMNS_MAX &&
	    table->source->columns[count].title != NULL)
		count++;
	return count;
}

/* The longest text of a column on this page. */
static int
longest(const struct table *table, int column)
{
	int columns = text_columns(table->source->columns[column].title);

	for (size_t i = 0; i < table->row_count; i++) {
		int wanted = text_columns(table->rows[i].cells[column]);

		if (wanted > columns)
			columns = wanted;
	}
	return columns;
}

static int
total_width(const struct layout *layout, int count)
{
	int total = 0;

	for (int i = 0; i < count; i++)
		if (layout->width[i] > 0)
			total += layout->width[i] + GAP;
	return total > 0 ? total - GAP : 0;
}

/* Too little room is taken from where the page has blanks only, then from
 * the widest; never below 4. */
static void
shrink(const struct table *table, int room, struct layout *layout)
{
	const int count = column_count(table);

	for (int i = count - 1; i >= 0; i--) {
		const int over = total_width(layout, count) - room;
		const int blank = layout->width[i] - longest(table, i);

		if (over > 0 && blank > 0)
			layout->width[i] -= blank < over ? blank : over;
	}
	while (total_width(layout, count) > room) {
		int widest = 0;

		for (int i = 1; i < count; i++)
			if (layout->width[i] > layout->width[widest])
				widest = i;
		if (--layout->width[widest] < 4)
			break;
	}
}

/* What is left goes to those whose texts are cut, from the left. */
static void
grow(const struct table *table, int *spare, struct layout *layout)
{
	const struct table_column *columns = table->source->columns;

	for (int i = 0; i < column_count(table) && *spare > 0; i++) {
		int wanted = columns[i].is_extra ? 0 : longest(table, i);
		int more;

		if (columns[i].most_columns > 0 &&
		    wanted > columns[i].most_columns)
			wanted = columns[i].most_columns;
		more = wanted - layout->width[i];
		if (more <= 0)
			continue;
		more = more < *spare ? more : *spare;
		layout->width[i] += more;
		*spare -= more;
	}
}

/*
 * Every column gets the width it asks for, or what there is; the rest goes to
 * those whose texts are cut, and then to extra columns.
 */
static void
fit(const struct table *table, int room, struct layout *layout)
{
	const struct table_column *columns = table->source->columns;
	int count = column_count(table), spare;

	*layout = (struct layout){ 0 };
	for (int i = 0; i < count; i++)
		if (!columns[i].is_extra)
			layout->width[i] = columns[i].columns;
	shrink(table, room, layout);
	spare = room - total_width(layout, count);
	grow(table, &spare, layout);
	for (int i = 0; i < count; i++)
		if (columns[i].is_extra && spare >= columns[i].columns + GAP) {
			layout->width[i] = columns[i].columns;
			spare -= columns[i].columns + GAP;
		}
	for (int i = 0, at = 0; i < count; i++) {
		layout->at[i] = at;
		if (layout->width[i] > 0)
			at += layout->width[i] + GAP;
	}
}

static void
put_cell(struct canvas *part, int row, const struct layout *layout, int i,
    bool is_number, enum style style, const char *text)
{
	if (layout->width[i] == 0)
		return;
	if (is_number)
		canvas_put_right(
		    part, row, layout->at[i], layout->width[i], style, text);
	else
		canvas_put_fit(
		    part, row, layout->at[i], layout->width[i], style, text);
}

/* Titles in capitals; the sorted one has its direction behind it. */
static void
put_head(
    const struct table *table, struct canvas *part, const struct layout *layout)
{
	const struct table_column *columns = table->source->columns;

	for (int i = 0; i < column_count(table); i++) {
		char title[64];

		text_copy(title, sizeof title, columns[i].title);
		for (char *c = title; *c != '\0'; c++)
			if (*c >= 'a' && *c <= 'z')
				*c = (char)(*c - 'a' + 'A');
		if (i == table->sort)
			text_append(title, sizeof title,
			    table->is_descending ? " v" : " ^");
		put_cell(part, 0, layout, i, columns[i].is_number,
		    STYLE_HEADING, title);
	}
}

static void
put_row(const struct table *table, struct canvas *part,
    const struct layout *layout, size_t index)
{
	const struct table_column *columns = table->source->columns;
	const struct table_stored *stored = &table->rows[index];

	for (int i = 0; i < column_count(table); i++)
		put_cell(part, (int)index + 1, layout, i, columns[i].is_number,
		    columns[i].is_state ? style_of_word(stored->cells[i])
					: STYLE_NORMAL,
		    stored->cells[i]);
}

/* "n\tmake the first one": the key stands out, the sentence behind it. */
static void
put_empty(const struct table *table, struct canvas *body)
{
	int row = 3;

	if (table->err.code != OK) {
		canvas_put_wrapped(body, 1, 1, body->columns - 2, STYLE_ERROR,
		    table->err.text);
		return;
	}
	if (table->filter[0] != '\0') {
		canvas_put_text(body, row, 6, STYLE_NORMAL,
		    "Nothing matches the filter.  Esc clears it.");
		return;
	}
	for (size_t i = 0; table->empty != NULL && table->empty[i]; i++) {
		const char *line = table->empty[i];
		const char *tab = strchr(line, '\t');

		if (tab == NULL) {
			row += canvas_put_wrapped(body, row, 6,
				   body->columns - 10, STYLE_NORMAL, line) +
			    1;
			continue;
		}
		canvas_putf(
		    body, row, 6, STYLE_KEY, "%.*s", (int)(tab - line), line);
		canvas_put_text(body, row++, 11, STYLE_NORMAL, tab + 1);
	}
}

void
table_view(const struct table *table, struct canvas *body)
{
	int left = table->has_no_marks ? 1 : 3;
	struct canvas part =
	    canvas_part(body, 0, left, body->rows, body->columns - left - 1);
	struct layout layout;

	if (table->row_count == 0) {
		put_empty(table, body);
		canvas_set_cursor(body, 0, 0);
		return;
	}
	fit(table, part.columns, &layout);
	put_head(table, &part, &layout);
	for (size_t i = 0; i < table->row_count; i++) {
		put_row(table, &part, &layout, i);
		if (table_is_marked(table, table->rows[i].id))
			canvas_put_text(body, (int)i + 1, 1, STYLE_MARK, "*");
	}
	canvas_put_text(body, (int)table->cursor + 1, 0, STYLE_CURSOR, ">");
	if (!table->is_filtering)
		canvas_set_cursor(body, (int)table->cursor + 1, 0);
}

void
table_put_state(
    const struct table *table, struct canvas *whole, const char *what)
{
	char right[128] = "";
	struct canvas row = canvas_part(whole, 1, 0, 1, whole->columns - 34);

	if (table->total >= 0 && table->filter[0] != '\0')
		text_format(right, sizeof right, "%lld of %lld shown",
		    (long long)table->shown, (long long)table->total);
	else if (table->total >= 0)
		text_format(
		    right, sizeof right, "%lld", (long long)table->total);
	if (table->mark_count > 0) {
		char marks[48];

		text_format(
		    marks, sizeof marks, "  %zu marked", table->mark_count);
		text_append(right, sizeof right, marks);
	}
	if (!table->is_filtering && table->filter[0] == '\0') {
		screen_put_state(whole, what, right);
		return;
	}
	screen_put_state(whole, NULL, right);
	canvas_put_text(&row, 0, 1, STYLE_NORMAL, "Filter: ");
	if (table->is_filtering)
		line_edit_view(&table->filter_edit, &row, 0, 9, row.columns - 9,
		    true, false);
	else
		canvas_put_fit(
		    &row, 0, 9, row.columns - 9, STYLE_NORMAL, table->filter);
}
