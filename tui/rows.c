#include "tui/rows.h"

/* clang-format off */
const struct key_binding rows_keys[] = {
	{ PRESS_UP, ROWS_KEY_UP, NULL, "One row up." },
	{ 'k', ROWS_KEY_UP, NULL, NULL },
	{ PRESS_DOWN, ROWS_KEY_DOWN, NULL, "One row down." },
	{ 'j', ROWS_KEY_DOWN, NULL, NULL },
	{ PRESS_PAGE_UP, ROWS_KEY_PAGE_UP, NULL, "One page up." },
	{ PRESS_PAGE_DOWN, ROWS_KEY_PAGE_DOWN, NULL, "One page down." },
	{ 'g', ROWS_KEY_FIRST, NULL, "To the first row." },
	{ PRESS_HOME, ROWS_KEY_FIRST, NULL, NULL },
	{ 'G', ROWS_KEY_LAST, NULL, "To the last row." },
	{ PRESS_END, ROWS_KEY_LAST, NULL, NULL },
	{ 0 }
};
/* clang-format on */

static void
go_to(struct rows *rows, int cursor)
{
	if (cursor >= rows->count)
		cursor = rows->count - 1;
	if (cursor < 0)
		cursor = 0;
	rows->cursor = cursor;
	if (rows->top > cursor)
		rows->top = cursor;
	if (rows->visible > 0 && rows->top <= cursor - rows->visible)
		rows->top = cursor - rows->visible + 1;
	if (rows->top > 0 && rows->top + rows->visible > rows->count)
		rows->top = rows->count > rows->visible
		    ? rows->count - rows->visible
		    : 0;
}

void
rows_fit(struct rows *rows, int count, int visible)
{
	rows->count = count;
	rows->visible = visible > 0 ? visible : 1;
	go_to(rows, rows->cursor);
}

bool
rows_update(struct rows *rows, const struct msg *msg)
{
	const int page = rows->visible > 1 ? rows->visible - 1 : 1;

	if (msg->kind != MSG_KEY)
		return false;
	switch (msg->action) {
	case ROWS_KEY_UP:
		go_to(rows, rows->cursor - 1);
		return true;
	case ROWS_KEY_DOWN:
		go_to(rows, rows->cursor + 1);
		return true;
	case ROWS_KEY_PAGE_UP:
		go_to(rows, rows->cursor - page);
		return true;
	case ROWS_KEY_PAGE_DOWN:
		go_to(rows, rows->cursor + page);
		return true;
	case ROWS_KEY_FIRST:
		go_to(rows, 0);
		return true;
	case ROWS_KEY_LAST:
		go_to(rows, rows->count - 1);
		return true;
	}
	return false;
}

int
rows_at(const struct rows *rows, int index)
{
	return index < rows->top || index >= rows->top + rows->visible
	    ? -1
	    : index - rows->top;
}

void
rows_put_cursor(const struct rows *rows, struct canvas *body)
{
	const int row = rows_at(rows, rows->cursor);

	if (rows->count == 0 || row < 0)
		return;
	canvas_put_text(body, row, 0, STYLE_CURSOR, ">");
	canvas_set_cursor(body, row, 0);
}
