#include "tui/values.h"

#include <string.h>

#include "base/arena.h"
#include "tui/app.h"

#define LABEL_COLUMNS  13
#define SENTENCE_BYTES 64 /* of a printed line */

void
values_add(struct values *values, enum value_kind kind, const char *label,
    const char *text)
{
	struct value *list = values->list;

	if (text[0] == '\0' && kind != VALUE_HEADING)
		return;
	if (values->count == values->room) {
		values->room = values->room == 0 ? 16 : 2 * values->room;
		values->list =
		    arena_array(values->arena, values->room, sizeof(*list));
		if (values->count > 0)
			memcpy(
			    values->list, list, values->count * sizeof(*list));
	}
	values->list[values->count++] =
	    (struct value){ kind, arena_text(values->arena, label),
		    arena_text(values->arena, text) };
}

void
values_print(const struct values *values, struct text_builder *to)
{
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->list[i];

		switch (value->kind) {
		case VALUE_HEADING:
			text_addf(
			    to, "%s%s\n", i > 0 ? "\n" : "", value->label);
			break;
		case VALUE_LINE:
			text_addf(to, "%-*s%s\n", LABEL_COLUMNS, value->label,
			    value->text);
			break;
		case VALUE_SENTENCE:
			text_add_wrapped(to, value->label, LABEL_COLUMNS,
			    SENTENCE_BYTES, value->text);
			break;
		case VALUE_ALONE:
			text_addf(to, "%s%s\n%s\n", i > 0 ? "\n" : "",
			    value->label, value->text);
			break;
		}
	}
}

/* ---- the screen ---- */

struct values_state {
	struct values values;
	size_t cursor;
	int top; /* first row of the page that is in view */
	int rows, columns;
};

struct handed {
	const char *title;
	struct values values;
};

enum values_action {
	VALUES_KEY_UP = 6000,
	VALUES_KEY_DOWN,
	VALUES_KEY_PAGE_UP,
	VALUES_KEY_PAGE_DOWN,
	VALUES_KEY_FIRST,
	VALUES_KEY_LAST,
};

/* Draws one value, from the row on; with no body it only counts.  Gives the
 * rows that it takes. */
static int
put_value(struct canvas *body, int row, int columns, const struct value *value,
    bool is_first)
{
	const int width = columns - LABEL_COLUMNS - 2;
	const bool is_apart =
	    value->kind == VALUE_HEADING || value->kind == VALUE_ALONE;
	const int start = row + (is_apart && !is_first ? 1 : 0);
	int rows = start - row + (is_apart ? 1 : 0);

	if (body != NULL)
		canvas_put_text(body, start, 1,
		    is_apart ? STYLE_HEADING : STYLE_DIM, value->label);
	if (value->kind == VALUE_ALONE)
		rows += canvas_put_cut(body, row + rows, 1, columns - 2,
		    STYLE_NORMAL, value->text);
	else if (value->kind == VALUE_LINE)
		rows += canvas_put_cut(body, row, LABEL_COLUMNS + 1, width,
		    STYLE_NORMAL, value->text);
	else if (value->kind == VALUE_SENTENCE && body != NULL)
		rows += canvas_put_wrapped(body, row, LABEL_COLUMNS + 1, width,
		    STYLE_NORMAL, value->text);
	else if (value->kind == VALUE_SENTENCE)
		rows += canvas_wrapped_rows(width, value->text);
	return rows;
}

/* The rows of the page before that value; of the whole for the count. */
static int
row_of(const struct values_state *s, size_t index)
{
	int row = 0;

	for (size_t i = 0; i < index; i++)
		row += put_value(
		    NULL, row, s->columns, &s->values.list[i], i == 0);
	return row;
}

static void
scroll_to(struct values_state *s, int top)
{
	const int most = row_of(s, s->values.count) - s->rows;

	s->top = top > most ? most : top;
	if (s->top < 0)
		s->top = 0;
}

static bool
has_value(const struct values_state *s, size_t index)
{
	return s->values.list[index].kind != VALUE_HEADING;
}

/* The value under the cursor comes into view with the headings above it, its
 * start when it is longer than the body. */
static void
show_cursor(struct values_state *s)
{
	const int end = row_of(s, s->cursor + 1);
	size_t first = s->cursor;
	int start;

	while (first > 0 && !has_value(s, first - 1))
		first--;
	start = row_of(s, first);
	if (end > s->top + s->rows)
		scroll_to(s, end - s->rows);
	if (start < s->top)
		scroll_to(s, start);
}

/* To the next value in that direction, if there is one. */
static void
move(struct values_state *s, int by)
{
	const int count = (int)s->values.count;

	for (int i = (int)s->cursor + by; i >= 0 && i < count; i += by) {
		if (!has_value(s, (size_t)i))
			continue;
		s->cursor = (size_t)i;
		break;
	}
	show_cursor(s);
}

/* After a page the cursor is on the first value that begins in view. */
static void
turn(struct values_state *s, int by)
{
	const int page = s->rows > 1 ? s->rows - 1 : 1;

	scroll_to(s, s->top + by * page);
	for (size_t i = 0; i < s->values.count; i++)
		if (has_value(s, i) && row_of(s, i) >= s->top &&
		    row_of(s, i) < s->top + s->rows) {
			s->cursor = i;
			return;
		}
}

static void
go_to_end(struct values_state *s, bool is_last)
{
	const int by = is_last ? 1 : -1;
	size_t before;

	do {
		before = s->cursor;
		move(s, by);
	} while (s->cursor != before);
}

static void
open_values(struct app *app, void *state, int64_t id)
{
	const struct handed *handed = app_argument(app);
	struct values_state *s = state;

	(void)id;
	app_title(app, "%s", handed->title);
	s->values.arena = app_arena(app);
	for (size_t i = 0; i < handed->values.count; i++)
		values_add(&s->values, handed->values.list[i].kind,
		    handed->values.list[i].label, handed->values.list[i].text);
	if (s->values.count > 0 && !has_value(s, 0))
		move(s, 1);
}

static void
press(struct values_state *s, int action)
{
	switch (action) {
	case VALUES_KEY_UP:
		move(s, -1);
		break;
	case VALUES_KEY_DOWN:
		move(s, 1);
		break;
	case VALUES_KEY_PAGE_UP:
		turn(s, -1);
		break;
	case VALUES_KEY_PAGE_DOWN:
		turn(s, 1);
		break;
	case VALUES_KEY_FIRST:
	case VALUES_KEY_LAST:
		go_to_end(s, action == VALUES_KEY_LAST);
		break;
	}
}

static struct next
update_values(struct app *app, void *state, const struct msg *msg)
{
	struct values_state *s = state;

	(void)app;
	if (msg->kind == MSG_RESIZE) {
		s->rows = msg->rows;
		s->columns = msg->columns;
		scroll_to(s, s->top);
		show_cursor(s);
	} else if (msg->kind == MSG_KEY && s->values.count > 0) {
		press(s, msg->action);
	}
	return NEXT_STAYS;
}

/* ---- showing ---- */

static void
view_values(const void *state, struct canvas *canvas)
{
	const struct values_state *s = state;
	struct canvas body = screen_body(canvas);
	const int count = row_of(s, s->values.count);
	const int end = s->top + body.rows < count ? s->top + body.rows : count;
	char place[64];
	int row = -s->top;

	text_format(
	    place, sizeof(place), "lines %d-%d of %d", s->top + 1, end, count);
	screen_put_state(canvas, NULL, count > body.rows ? place : NULL);
	for (size_t i = 0; i < s->values.count; i++) {
		const struct value *value = &s->values.list[i];
		const int rows =
		    put_value(&body, row, body.columns, value, i == 0);

		if (i == s->cursor) {
			const int at = value->kind == VALUE_ALONE
			    ? row + (i > 0 ? 2 : 1)
			    : row;

			canvas_put_text(&body, at, 0, STYLE_CURSOR, ">");
			canvas_set_cursor(&body, at < 0 ? 0 : at, 0);
		}
		row += rows;
	}
	screen_put_help(
	    canvas, "c copies the value under the cursor whole, as one line.");
}

static void
print_values(const void *state, struct text_builder *to)
{
	const struct values_state *s = state;

	values_print(&s->values, to);
}

static const char *
copy_value(const void *state)
{
	const struct values_state *s = state;

	return s->values.count > 0 ? s->values.list[s->cursor].text : "";
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'c', APP_KEY_COPY, "copy", "Copy the value under the cursor to your clipboard." },
	{ 'o', APP_KEY_PRINT, "print", "Leave full screen and print each value as one line." },
	{ 0 }
};

static const struct key_binding widget_keys[] = {
	{ PRESS_UP, VALUES_KEY_UP, NULL, "To the value above." },
	{ 'k', VALUES_KEY_UP, NULL, NULL },
	{ PRESS_DOWN, VALUES_KEY_DOWN, NULL, "To the value below." },
	{ 'j', VALUES_KEY_DOWN, NULL, NULL },
	{ PRESS_PAGE_UP, VALUES_KEY_PAGE_UP, NULL, "One page up." },
	{ PRESS_PAGE_DOWN, VALUES_KEY_PAGE_DOWN, "more", "One page down." },
	{ ' ', VALUES_KEY_PAGE_DOWN, NULL, NULL },
	{ PRESS_ENTER, VALUES_KEY_PAGE_DOWN, NULL, NULL },
	{ 'g', VALUES_KEY_FIRST, NULL, "To the first value." },
	{ PRESS_HOME, VALUES_KEY_FIRST, NULL, NULL },
	{ 'G', VALUES_KEY_LAST, NULL, "To the last value." },
	{ PRESS_END, VALUES_KEY_LAST, NULL, NULL },
	{ 0 }
};
/* clang-format on */

static const struct key_binding *
hint_keys(const void *state)
{
	static const struct key_binding none[] = { { 0 } };
	const struct values_state *s = state;

	return row_of(s, s->values.count) > s->top + s->rows ? widget_keys
							     : none;
}

static const struct screen screen_values = {
	.title = "Values",
	.state_size = sizeof(struct values_state),
	.keys = keys,
	.widget_keys = widget_keys,
	.hint_keys = hint_keys,
	.open = open_values,
	.update = update_values,
	.view = view_values,
	.print = print_values,
	.copy = copy_value,
};

struct next
values_next(const char *title, const struct values *values)
{
	/* update() has returned when the screen opens. */
	static struct arena waiting;
	struct handed *copy;

	arena_free(&waiting);
	copy = arena_alloc(&waiting, sizeof(*copy));
	copy->title = arena_text(&waiting, title);
	copy->values.arena = &waiting;
	for (size_t i = 0; i < values->count; i++)
		values_add(&copy->values, values->list[i].kind,
		    values->list[i].label, values->list[i].text);
	return (struct next){
		.kind = NEXT_OPEN, .screen = &screen_values, .data = copy
	};
}
