#include "tui/canvas.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct canvas_sheet {
	struct cell *cells;
	int rows, columns;
	int cursor_row, cursor_column; /* -1: none */
	bool is_ascii;
};

static const struct cell blank = { " ", STYLE_NORMAL, 1 };

/* What an ASCII terminal shows for the signs that the toolkit itself and
 * common texts use; anything else is '?'. */
/* clang-format off */
static const struct { uint32_t character; const char *ascii; } look_alikes[] = {
	{ 0x2026, "." }, { 0x2500, "-" }, { 0x2013, "-" }, { 0x2014, "-" },
	{ 0x2018, "'" }, { 0x2019, "'" }, { 0x201C, "\"" }, { 0x201D, "\"" },
	{ 0x00A0, " " }, { 0x2192, ">" }, { 0x2190, "<" }, { 0x2022, "*" },
	{ 0x00B7, "." }, { 0x00D7, "x" }, { 0x2502, "|" },
};
/* clang-format on */

struct canvas
canvas_open(struct arena *arena, int rows, int columns, bool is_ascii)
{
	struct canvas_sheet *sheet = arena_alloc(arena, sizeof *sheet);
	struct canvas canvas = { sheet, 0, 0, rows, columns };

	sheet->rows = rows;
	sheet->columns = columns;
	sheet->is_ascii = is_ascii;
	sheet->cells = arena_array(
	    arena, (size_t)rows * (size_t)columns, sizeof *sheet->cells);
	canvas_clear(&canvas);
	return canvas;
}

bool
canvas_is_ascii(const struct canvas *canvas)
{
	return canvas->sheet->is_ascii;
}

/* The cell to draw on, or NULL outside the window or the sheet. */
static struct cell *
cell_at(const struct canvas *canvas, int row, int column)
{
	const struct canvas_sheet *sheet = canvas->sheet;

	if (row < 0 || column < 0 || row >= canvas->rows ||
	    column >= canvas->columns)
		return NULL;
	row += canvas->top;
	column += canvas->left;
	if (row >= sheet->rows || column >= sheet->columns)
		return NULL;
	return &sheet->cells[row * sheet->columns + column];
}

const struct cell *
canvas_cell(const struct canvas *canvas, int row, int column)
{
	const struct cell *cell = cell_at(canvas, row, column);

	return cell != NULL ? cell : &blank;
}

void
canvas_clear(struct canvas *canvas)
{
	for (int row = 0; row < canvas->rows; row++)
		for (int column = 0; column < canvas->columns; column++) {
			struct cell *cell = cell_at(canvas, row, column);

			if (cell != NULL)
				*cell = blank;
		}
	canvas->sheet->cursor_row = canvas->sheet->cursor_column = -1;
}

static int
at_most(int value, int limit)
{
	if (value < 0)
		return 0;
	return value < limit ? value : limit;
}

struct canvas
canvas_part(
    const struct canvas *canvas, int row, int column, int rows, int columns)
{
	struct canvas part = *canvas;

	row = at_most(row, canvas->rows);
	column = at_most(column, canvas->columns);
	part.top += row;
	part.left += column;
	part.rows = at_most(rows, canvas->rows - row);
	part.columns = at_most(columns, canvas->columns - column);
	return part;
}

/* ---- one character ---- */

/* A wide character of which one half is drawn over loses the other too. */
static void
clear_halves(const struct canvas *canvas, int row, int column)
{
	struct cell *cell = cell_at(canvas, row, column);
	struct cell *other;

	if (cell == NULL)
		return;
	other =
	    cell_at(canvas, row, cell->columns == 0 ? column - 1 : column + 1);
	if (cell->columns != 1 && other != NULL)
		*other = blank;
	*cell = blank;
}

static const char *
ascii_of(uint32_t character)
{
	for (size_t i = 0; i < sizeof look_alikes / sizeof look_alikes[0]; i++)
		if (look_alikes[i].character == character)
			return look_alikes[i].ascii;
	return "?";
}

static void
add_mark(struct cell *cell, const char *bytes, size_t length)
{
	size_t used = strlen(cell->text);

	/* A pile of marks on one letter is cut, not spilled. */
	if (used + length < sizeof cell->text) {
		memcpy(cell->text + used, bytes, length);
		cell->text[used + length] = '\0';
	}
}

static void
put_character(struct canvas *canvas, int row, int column, enum style style,
    const char *bytes, size_t length, int columns)
{
	struct cell *cell = cell_at(canvas, row, column);
	struct cell *right = cell_at(canvas, row, column + 1);

	if (cell == NULL)
		return;
	clear_halves(canvas, row, column);
	cell->style = (unsigned char)style;
	if (columns == 2 && right == NULL)
		return; /* half a character can't be shown */
	if (columns == 2) {
		clear_halves(canvas, row, column + 1);
		*right = (struct cell){ "", (unsigned char)style, 0 };
	}
	memcpy(cell->text, bytes, length);
	cell->text[length] = '\0';
	cell->columns = (unsigned char)columns;
}

/* ---- text ---- */

/* Draws bytes up to `end`; gives the columns. */
static int
put_bytes(struct canvas *canvas, int row, int column, enum style style,
    const char *text, const char *end)
{
	const char *at = text, *before = text;
	struct cell *last = NULL;
	int start = column;

	for (uint32_t c; (c = text_next(&at, end)) != 0; before = at) {
		const char *bytes = before;
		size_t length = (size_t)(at - before);
		int columns = text_char_columns(c);

		if (text_is_control(c) || c == 0xFFFD) {
			bytes = "?";
			length = 1;
			columns = 1;
		} else if (canvas->sheet->is_ascii && c >= 0x80) {
			if (columns == 0)
				continue;
			bytes = columns == 1 ? ascii_of(c) : "??";
			length = 1;
			if (columns == 2) {
				put_character(
				    canvas, row, column++, style, bytes, 1, 1);
				columns = 1;
			}
		}
		if (columns == 0) {
			if (last != NULL)
				add_mark(last, bytes, length);
			continue;
		}
		put_character(
		    canvas, row, column, style, bytes, length, columns);
		last = cell_at(canvas, row, column);
		column += columns;
	}
	return column - start;
}

int
canvas_put_text(struct canvas *canvas, int row, int column, enum style style,
    const char *text)
{
	return put_bytes(canvas, row, column, style, text, text + strlen(text));
}

int
canvas_putf(struct canvas *canvas, int row, int column, enum style style,
    const char *format, ...)
{
	char text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	return canvas_put_text(canvas, row, column, style, text);
}

/* Columns of a text as put_bytes() shows it. */
static int
shown_columns(const char *text)
{
	const char *end = text + strlen(text);
	int columns = 0;

	for (uint32_t c; (c = text_next(&text, end)) != 0;)
		columns += text_is_control(c) ? 1 : text_char_columns(c);
	return columns;
}

/* The start of `text` that takes at most `columns`; gives its end. */
static const char *
end_within(const char *text, int columns)
{
	const char *end = text + strlen(text), *at = text, *before = text;
	int used = 0;

	for (uint32_t c; (c = text_next(&at, end)) != 0; before = at) {
		used += text_is_control(c) ? 1 : text_char_columns(c);
		if (used > columns)
			return before;
	}
	return end;
}

void
canvas_put_fit(struct canvas *canvas, int row, int column, int columns,
    enum style style, const char *text)
{
	struct canvas part = canvas_part(canvas, row, column, 1, columns);
	const char *sign = canvas->sheet->is_ascii ? "..." : "\u2026";
	int sign_columns = canvas->sheet->is_ascii ? 3 : 1, used;

	if (columns <= 0 || row < 0)
		return;
	if (shown_columns(text) <= columns || columns <= sign_columns) {
		canvas_put_text(&part, 0, 0, style, text);
		return;
	}
	used = put_bytes(
	    &part, 0, 0, style, text, end_within(text, columns - sign_columns));
	canvas_put_text(&part, 0, used, style, sign);
}

void
canvas_put_right(struct canvas *canvas, int row, int column, int columns,
    enum style style, const char *text)
{
	int wanted = shown_columns(text);

	if (wanted < columns) {
		column += columns - wanted;
		columns = wanted;
	}
	canvas_put_fit(canvas, row, column, columns, style, text);
}

/* Where the line that starts at `text` ends: behind its last whole word. */
static const char *
line_end(const char *text, int columns)
{
	const char *newline = strchr(text, '\n');
	const char *end = end_within(text, columns), *blank_at = end;

	if (newline != NULL && newline <= end)
		return newline;
	if (*end == '\0')
		return end;
	while (blank_at > text && *blank_at != ' ')
		blank_at--;
	if (blank_at > text)
		return blank_at;
	if (end == text) /* not even one wide character fits: go on anyway */
		text_next(&end, text + strlen(text));
	return end; /* a word longer than the line is broken */
}

/* The start of the line behind the one that ends at `end`. */
static const char *
line_after(const char *end)
{
	if (*end == '\n')
		return end + 1;
	while (*end == ' ')
		end++;
	return end;
}

/* The same, at the very last column, blank or not. */
static const char *
cut_end(const char *text, int columns)
{
	const char *newline = strchr(text, '\n');
	const char *end = end_within(text, columns);

	if (newline != NULL && newline <= end)
		return newline;
	if (end == text)
		text_next(&end, text + strlen(text));
	return end;
}

int
canvas_wrapped_rows(int columns, const char *text)
{
	int rows = 0;

	for (; *text != '\0'; rows++)
		text = line_after(line_end(text, columns < 1 ? 1 : columns));
	return rows;
}

int
canvas_put_wrapped(struct canvas *canvas, int row, int column, int columns,
    enum style style, const char *text)
{
	int rows = 0;

	while (*text != '\0') {
		const char *end = line_end(text, columns < 1 ? 1 : columns);

		put_bytes(canvas, row + rows++, column, style, text, end);
		text = line_after(end);
	}
	return rows;
}

int
canvas_put_cut(struct canvas *canvas, int row, int column, int columns,
    enum style style, const char *text)
{
	int rows = 0;

	while (*text != '\0') {
		const char *end = cut_end(text, columns < 1 ? 1 : columns);

		if (canvas != NULL)
			put_bytes(canvas, row + rows, column, style, text, end);
		rows++;
		text = *end == '\n' ? end + 1 : end;
	}
	return rows;
}

void
canvas_put_rule(
    struct canvas *canvas, int row, enum style style, const char *text)
{
	const char *dash = canvas->sheet->is_ascii ? "-" : "\u2500";
	int column = 0;

	for (; column < canvas->columns; column++)
		canvas_put_text(canvas, row, column, style, dash);
	if (text == NULL)
		return;
	column = 3;
	column += canvas_put_text(canvas, row, column, style, " ");
	column += canvas_put_text(canvas, row, column, style, text);
	canvas_put_text(canvas, row, column, style, " ");
}

/* ---- cursor ---- */

void
canvas_set_cursor(struct canvas *canvas, int row, int column)
{
	if (row < 0 || column < 0 || row >= canvas->rows ||
	    canvas->columns == 0)
		return;
	if (column >= canvas->columns)
		column = canvas->columns - 1;
	canvas->sheet->cursor_row = canvas->top + row;
	canvas->sheet->cursor_column = canvas->left + column;
}

bool
canvas_cursor(const struct canvas *canvas, int *row, int *column)
{
	*row = canvas->sheet->cursor_row;
	*column = canvas->sheet->cursor_column;
	return *row >= 0;
}
