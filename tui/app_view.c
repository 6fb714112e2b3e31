/* ---- rows 1, 22 and 24, and the stack of views between them ---- */
#include <string.h>

#include "base/text.h"
#include "tui/app_state.h"

void
screen_put_state(struct canvas *canvas, const char *left, const char *right)
{
	int columns = right != NULL ? text_columns(right) : 0;
	int room = canvas->columns - 2 - (columns > 0 ? columns + 2 : 0);

	if (left != NULL)
		canvas_put_fit(canvas, 1, 1, room, STYLE_NORMAL, left);
	if (right != NULL)
		canvas_put_right(
		    canvas, 1, 1, canvas->columns - 2, STYLE_NORMAL, right);
}

void
screen_put_help(struct canvas *canvas, const char *help)
{
	if (help != NULL)
		canvas_put_fit(canvas, canvas->rows - 2, 1, canvas->columns - 2,
		    STYLE_DIM, help);
}

struct canvas
screen_body(const struct canvas *canvas)
{
	return canvas_part(canvas, 3, 0, canvas->rows - 6, canvas->columns);
}

struct canvas
screen_message_row(const struct canvas *canvas)
{
	return canvas_part(canvas, canvas->rows - 3, 0, 1, canvas->columns);
}

/* ---- title ---- */

static void
add_place(char *to, size_t size, const char *word)
{
	if (to[0] != '\0')
		text_append(to, size, " > ");
	text_append(to, size, word);
}

/* "server > place > place"; places in the middle give way when the row is
 * too short. */
static void
build_title(const struct app *app, char *to, size_t size, size_t skipped)
{
	size_t place = 0;

	to[0] = '\0';
	add_place(to, size, app->server);
	for (size_t i = 0; i < app->depth; i++) {
		if (app->frames[i].screen->is_overlay)
			continue;
		if (place++ < skipped) {
			if (place == 1)
				add_place(to, size, "...");
			continue;
		}
		add_place(to, size, app->frames[i].title);
	}
}

static void
draw_title(struct app *app)
{
	char title[1024];
	int right = text_columns(app->options.person);
	int room = app->columns - 2 - right - 2;
	size_t skipped = 0;

	do {
		build_title(app, title, sizeof title, skipped++);
	} while (text_columns(title) > room && skipped < app->depth);
	canvas_put_fit(&app->canvas, 0, 1, room, STYLE_TITLE, title);
	canvas_put_right(&app->canvas, 0, 1, app->columns - 2, STYLE_TITLE,
	    app->options.person);
}

/* ---- hint bar ---- */

#define HINTS_MAX 32

struct hint {
	char key[2 * KEY_NAME_SIZE];
	const char *word;
};

/* A row that has a word and works now.  Letters don't, while typing. */
static bool
is_hint(const struct app *app, const struct key_binding *row, bool is_typing)
{
	return row->word != NULL && !(is_typing && key_is_text(row->key)) &&
	    app_key_off(app, row, app->frames[app->depth - 1].state) == NULL;
}

/* Keys 1, 2, ... 8 with the same word become "1-8"; a letter among them has
 * its place on the screen. */
static size_t
collect(const struct app *app, const struct key_binding *table, bool is_typing,
    struct hint *hints, size_t count)
{
	for (; table != NULL && table->key != 0; table++) {
		struct hint *last = count > 0 ? &hints[count - 1] : NULL;
		char name[KEY_NAME_SIZE];

		if (count == HINTS_MAX || !is_hint(app, table, is_typing))
			continue;
		key_as_name(table->key, name, sizeof name);
		if (last != NULL && text_is_same(last->word, table->word)) {
			if (name[0] >= '1' && name[0] <= '9')
				text_format(last->key + 1, sizeof last->key - 1,
				    "-%s", name);
			continue;
		}
		text_copy(hints[count].key, sizeof hints[count].key, name);
		hints[count++].word = table->word;
	}
	return count;
}

static int
hint_columns(const struct hint *hint)
{
	return text_columns(hint->key) + 1 + text_columns(hint->word) + 3;
}

static int
put_hint(struct app *app, int column, const struct hint *hint)
{
	int row = app->rows - 1, start = column;

	column +=
	    canvas_put_text(&app->canvas, row, column, STYLE_KEY, hint->key);
	canvas_put_text(
	    &app->canvas, row, column + 1, STYLE_NORMAL, hint->word);
	return start + hint_columns(hint);
}

static size_t
collect_all(const struct app *app, const struct screen *screen, bool is_typing,
    struct hint *hints)
{
	const struct key_binding *widget = screen->hint_keys == NULL
	    ? NULL
	    : screen->hint_keys(app->frames[app->depth - 1].state);
	size_t count;

	if (is_typing && screen->typing_keys != NULL)
		return collect(app, screen->typing_keys, is_typing, hints, 0);
	count = collect(app, screen->keys, is_typing, hints, 0);
	return collect(app, widget != NULL ? widget : screen->widget_keys,
	    is_typing, hints, count);
}

/* Help and the way back stand at the end, always; of the others as many as
 * fit. */
static void
draw_hints(struct app *app)
{
	const struct app_frame *frame = &app->frames[app->depth - 1];
	bool is_typing = app_wants_text(app);
	bool is_lossy = frame->screen->is_unsaved != NULL &&
	    frame->screen->is_unsaved(frame->state);
	struct hint hints[HINTS_MAX];
	struct hint help = { "?", "help" }, back = { "Esc", "back" };
	size_t count = 0;
	int column = 1, room;

	if (is_typing)
		text_copy(help.key, sizeof help.key, "F1");
	if (is_lossy)
		back.word = "leave";
	if (app->depth == 1) {
		text_copy(back.key, sizeof back.key, "q");
		back.word = "quit";
	}
	if (frame->screen->wants_escape != NULL &&
	    frame->screen->wants_escape(frame->state))
		back = (struct hint){ "Esc",
			frame->screen->escape_word != NULL
			    ? frame->screen->escape_word
			    : "clear" };
	count = collect_all(app, frame->screen, is_typing, hints);
	if (!frame->screen->is_overlay && !is_typing &&
	    app->options.run_command != NULL && count < HINTS_MAX)
		hints[count++] = (struct hint){ ":", "command" };
	room = app->columns - 1;
	if (!frame->screen->is_overlay)
		room -= hint_columns(&help) + hint_columns(&back);
	for (size_t i = 0; i < count; i++)
		if (column + hint_columns(&hints[i]) - 3 <= room)
			column = put_hint(app, column, &hints[i]);
	if (frame->screen->is_overlay)
		return;
	column = put_hint(app, column, &help);
	put_hint(app, column, &back);
}

/* ---- all ---- */

/* One sentence on the message row; a long one goes on over the help row, and
 * a very long one starts a row higher. */
static void
draw_message(struct app *app)
{
	const int columns = app->columns - 2;
	int rows = canvas_wrapped_rows(columns, app->message);
	struct canvas part;

	if (app->frames[app->depth - 1].screen->is_overlay || rows == 0)
		return;
	if (rows > 3)
		rows = 3;
	part = canvas_part(&app->canvas, app->rows - 3 - (rows == 3 ? 1 : 0), 0,
	    rows, app->columns);
	for (int row = 0; row < rows; row++)
		canvas_putf(
		    &part, row, 0, STYLE_NORMAL, "%*s", app->columns, "");
	canvas_put_wrapped(&part, 0, 1, columns,
	    app->message_is_error ? STYLE_ERROR : STYLE_NORMAL, app->message);
}

static void
draw_too_small(struct app *app)
{
	char text[80];

	text_format(text, sizeof text,
	    "This window is %dx%d: please make it %dx%d or larger.",
	    app->columns, app->rows, CANVAS_COLUMNS, CANVAS_ROWS);
	canvas_put_wrapped(
	    &app->canvas, 0, 0, app->columns, STYLE_NORMAL, text);
	canvas_set_cursor(&app->canvas, 0, 0);
}

void
app_draw(struct app *app)
{
	size_t first = app->depth;

	canvas_clear(&app->canvas);
	app->is_dirty = false;
	if (app_is_too_small(app)) {
		draw_too_small(app);
		return;
	}
	if (app->depth == 0)
		return;
	while (--first > 0 && app->frames[first].screen->is_overlay)
		;
	for (size_t i = first; i < app->depth; i++)
		app->frames[i].screen->view(app->frames[i].state, &app->canvas);
	draw_message(app);
	draw_title(app);
	draw_hints(app);
}

const struct canvas *
app_canvas(struct app *app)
{
	if (app->is_dirty)
		app_draw(app);
	return &app->canvas;
}
