/* ---- a canvas as text: for golden files and the plain view ---- */
#include "tui/canvas.h"

#include "base/text.h"

#define AS_TEXT_MAX (4 * 1024 * 1024)

static void
add_row(struct text_builder *to, const struct canvas *canvas, int row, int end)
{
	for (int column = 0; column < end; column++)
		text_add(to, canvas_cell(canvas, row, column)->text);
}

static void
add_styles(struct text_builder *to, const struct canvas *canvas, int row)
{
	int end = canvas->columns;

	while (end > 0 && canvas_cell(canvas, row, end - 1)->style == 0)
		end--;
	if (end == 0)
		return;
	text_addf(to, "%2d ", row + 1);
	for (int column = 0; column < end; column++) {
		char letter = style_letter(
		    (enum style)canvas_cell(canvas, row, column)->style);

		text_add_n(to, letter == ' ' ? "." : &letter, 1);
	}
	text_add(to, "\n");
}

char *
canvas_as_text(const struct canvas *canvas, struct arena *arena)
{
	struct text_builder to;
	int row, column;

	text_builder_open(&to, arena, AS_TEXT_MAX);
	for (int i = 0; i < canvas->rows; i++) {
		add_row(&to, canvas, i, canvas->columns);
		text_add(&to, "|\n");
	}
	if (canvas_cursor(canvas, &row, &column))
		text_addf(&to, "cursor %d,%d\n", row + 1, column + 1);
	else
		text_add(&to, "cursor none\n");
	for (int i = 0; i < canvas->rows; i++)
		add_styles(&to, canvas, i);
	return to.data;
}

static int
row_end(const struct canvas *canvas, int row)
{
	int end = canvas->columns;

	while (end > 0 && canvas_cell(canvas, row, end - 1)->text[0] == ' ')
		end--;
	return end;
}

char *
canvas_as_lines(const struct canvas *canvas, struct arena *arena)
{
	struct text_builder to;
	int rows = canvas->rows;

	text_builder_open(&to, arena, AS_TEXT_MAX);
	while (rows > 0 && row_end(canvas, rows - 1) == 0)
		rows--;
	for (int row = 0; row < rows; row++) {
		add_row(&to, canvas, row, row_end(canvas, row));
		text_add(&to, "\n");
	}
	return to.data;
}
