#include "screens/detail.h"

#include <string.h>

#include "base/text.h"
#include "model/db.h"
#include "screens/form_screen.h"
#include "screens/row_screen.h"
#include "screens/session.h"
#include "tui/values.h"

#define VALUE_COLUMN 20

/* clang-format off */
const struct key_binding detail_keys[] = {
	{ PRESS_ENTER, DETAIL_KEY_OPEN, "open", "Open what is under the cursor, or read the whole value." },
	{ PRESS_UP, DETAIL_KEY_UP, NULL, "One row up." },
	{ 'k', DETAIL_KEY_UP, NULL, NULL },
	{ PRESS_DOWN, DETAIL_KEY_DOWN, NULL, "One row down." },
	{ 'j', DETAIL_KEY_DOWN, NULL, NULL },
	{ 'g', DETAIL_KEY_FIRST, NULL, "To the first row." },
	{ PRESS_HOME, DETAIL_KEY_FIRST, NULL, NULL },
	{ PRESS_PAGE_UP, DETAIL_KEY_FIRST, NULL, NULL },
	{ 'G', DETAIL_KEY_LAST, NULL, "To the last row." },
	{ PRESS_END, DETAIL_KEY_LAST, NULL, NULL },
	{ PRESS_PAGE_DOWN, DETAIL_KEY_LAST, NULL, NULL },
	{ 0 }
};
/* clang-format on */

/* ---- reading ---- */

static const struct list_value *
value_of(const struct detail *d, const char *column)
{
	return column != NULL ? list_value_of(d->view->list, &d->row, column)
			      : NULL;
}

const char *
detail_value(const struct detail *d, const char *column)
{
	const struct list_value *value = value_of(d, column);

	/* A screen that names no column of its list shows it. */
	return value != NULL ? value->text : "(no such column)";
}

const char *
detail_name(const struct detail *d)
{
	return d->row.key;
}

static void
add_line(struct detail *d, const char *label, const char *text, bool is_state)
{
	if (d->line_count < DETAIL_LINES_MAX)
		d->lines[d->line_count++] =
		    (struct detail_line){ label, text, is_state };
}

void
detail_add(struct detail *d, const char *label, const char *text)
{
	add_line(d, label, text, false);
}

/* A value of several lines takes a row for each. */
static void
add_row(struct detail *d, const struct detail_row *row)
{
	const char *label = row->label;
	const char *text = detail_value(d, row->column);

	if (row->unless_column != NULL &&
	    text_is_same(detail_value(d, row->unless_column), row->unless_text))
		return;
	if (row->of != NULL)
		text = arena_format(
		    &d->arena, "%s of %s", text, detail_value(d, row->of));
	do {
		const size_t length = strcspn(text, "\n");

		add_line(d, label, arena_text_n(&d->arena, text, length),
		    row->is_state);
		text += length + (text[length] == '\n');
		label = "";
	} while (*text != '\0');
}

static enum err_code
read_row(struct detail *d, struct app *app, struct err *err)
{
	const struct detail_row *row = d->view->rows;
	struct arena fresh = { 0 };
	struct list_row found;

	d->data_version = db_data_version(d->context->db);
	if (list_row_by_id(
		d->context, d->view->list, d->id, &fresh, &found, err) != OK) {
		arena_free(&fresh);
		return err->code;
	}
	arena_free(&d->arena);
	d->arena = fresh;
	d->row = found;
	d->lines = arena_array(&d->arena, DETAIL_LINES_MAX, sizeof(*d->lines));
	d->line_count = 0;
	for (; row->label != NULL; row++)
		add_row(d, row);
	if (d->view->more != NULL)
		d->view->more(d);
	links_read(&d->links, app, d->view->links, d->id, d->row.key);
	app_title(
	    app, "%s", d->view->title != NULL ? d->view->title : d->row.key);
	return OK;
}

static size_t
item_count(const struct detail *d)
{
	return d->line_count + links_count(&d->links);
}

/* The body row of an item: a blank and a heading stand before the links. */
static int
row_of(const struct detail *d, size_t item)
{
	return (int)item + (item >= d->line_count ? 2 : 0);
}

static void
scroll(struct detail *d)
{
	const int row = row_of(d, d->cursor);

	if (d->cursor >= item_count(d) && d->cursor > 0)
		d->cursor = item_count(d) - 1;
	if (row < d->scroll)
		d->scroll = row;
	if (d->body_rows > 0 && row >= d->scroll + d->body_rows)
		d->scroll = row - d->body_rows + 1;
	if (d->cursor == 0)
		d->scroll = 0;
}

void
detail_open(struct detail *d, struct app *app, int64_t id,
    const struct detail_view *view)
{
	struct err err = { 0 };

	d->view = view;
	d->context = session_context(app);
	d->id = id;
	if (read_row(d, app, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	/* A hub starts on its first way on. */
	if (links_count(&d->links) > 0)
		d->cursor = d->line_count;
	app_tick(app, true);
}

/* ---- keys ---- */

/* What is gone can't be shown: back to the list, keeping what was said. */
static struct next
read_again(struct app *app, struct detail *d, struct next next)
{
	struct err err = { 0 };

	if (read_row(d, app, &err) == OK || next.kind != NEXT_STAY) {
		scroll(d);
		return next;
	}
	return NEXT_CLOSES;
}

static bool
is_off_row(const struct detail *d)
{
	const struct list_value *value = value_of(d, d->view->state_column);

	return value != NULL && text_is_same(value->raw, d->view->off_state);
}

static struct next
run_on_row(struct app *app, struct detail *d, const struct key_binding *key)
{
	const char *name = key->action == DETAIL_KEY_TOGGLE && is_off_row(d)
	    ? d->view->undo
	    : key->command;
	const struct operation *operation = operation_by_name(name);

	if (run_needs_form(operation))
		return form_screen_for(operation, d->row.key);
	return read_again(
	    app, d, run_rows(&d->run, app, operation, &d->row.key, 1));
}

/* The link under the cursor, or the value in full. */
static struct next
open_item(struct app *app, struct detail *d)
{
	struct values values = { .arena = &d->arena };
	const struct detail_line *line = &d->lines[d->cursor];

	if (d->cursor >= d->line_count)
		return links_open(&d->links, app, d->cursor - d->line_count);
	values_add(&values, VALUE_ALONE, line->label, line->text);
	return values_next(line->label, &values);
}

static void
move(struct detail *d, int action)
{
	const size_t count = item_count(d);

	if (action == DETAIL_KEY_UP)
		d->cursor -= d->cursor > 0;
	else if (action == DETAIL_KEY_DOWN)
		d->cursor += d->cursor + 1 < count;
	else
		d->cursor =
		    action == DETAIL_KEY_FIRST || count == 0 ? 0 : count - 1;
	scroll(d);
}

static struct next
press(struct app *app, struct detail *d, const struct msg *msg)
{
	const struct key_binding *key =
	    key_find(app_screen(app)->keys, msg->key);

	switch (msg->action) {
	case LINK_KEY:
		return links_press(&d->links, app, msg->key);
	case DETAIL_KEY_EDIT:
		return form_screen_for(
		    operation_by_name(key->command), d->row.key);
	case DETAIL_KEY_RUN:
	case DETAIL_KEY_TOGGLE:
		return run_on_row(app, d, key);
	case DETAIL_KEY_ALL:
		return row_screen_next(app, d->view->list, d->id);
	case DETAIL_KEY_OPEN:
		return open_item(app, d);
	default:
		if (msg->action >= DETAIL_KEY_UP &&
		    msg->action <= DETAIL_KEY_LAST)
			move(d, msg->action);
		else if (d->view->act != NULL)
			return d->view->act(app, d, msg);
		return NEXT_STAYS;
	}
}

/* ---- messages ---- */

struct next
detail_update(struct app *app, void *state, const struct msg *msg)
{
	struct detail *d = state;
	struct next next;

	if (run_answer(&d->run, app, msg, &next))
		return read_again(app, d, next);
	switch (msg->kind) {
	case MSG_KEY:
		return press(app, d, msg);
	case MSG_RESIZE:
		d->body_rows = msg->rows;
		scroll(d);
		break;
	case MSG_RETURN:
		next = d->view->act != NULL ? d->view->act(app, d, msg)
					    : NEXT_STAYS;
		return read_again(app, d, next);
	default:
		return session_is_old(app, msg, d->data_version)
		    ? read_again(app, d, NEXT_STAYS)
		    : NEXT_STAYS;
	}
	return NEXT_STAYS;
}

/* ---- showing ---- */

static void
put_line(const struct detail *d, struct canvas *body, size_t i)
{
	const struct detail_line *line = &d->lines[i];
	const int row = row_of(d, i) - d->scroll;

	canvas_put_fit(body, row, 1, VALUE_COLUMN - 2, STYLE_DIM, line->label);
	canvas_put_fit(body, row, VALUE_COLUMN,
	    body->columns - VALUE_COLUMN - 1,
	    line->is_state ? style_of_word(line->text) : STYLE_NORMAL,
	    line->text[0] != '\0' ? line->text : "-");
	if (i == d->cursor) {
		canvas_put_text(body, row, 0, STYLE_CURSOR, ">");
		canvas_set_cursor(body, row, 0);
	}
}

void
detail_view(const void *state, struct canvas *canvas)
{
	const struct detail *d = state;
	struct canvas body = screen_body(canvas);
	const int links = row_of(d, d->line_count) - d->scroll;

	screen_put_state(canvas, d->row.key, NULL);
	for (size_t i = 0; i < d->line_count; i++)
		put_line(d, &body, i);
	if (links_count(&d->links) > 0) {
		canvas_put_text(&body, links - 1, 1, STYLE_HEADING, "GO TO");
		links_view(&d->links, &body, links,
		    (int)d->cursor - (int)d->line_count);
	}
	screen_put_help(canvas,
	    d->view->help != NULL ? d->view->help : d->view->list->help);
}

void
detail_close(void *state)
{
	struct detail *d = state;

	run_close(&d->run);
	arena_free(&d->arena);
}

const char *
detail_copy(const void *state)
{
	const struct detail *d = state;

	return d->cursor < d->line_count ? d->lines[d->cursor].text
					 : d->row.key;
}

void
detail_print(const void *state, struct text_builder *to)
{
	const struct detail *d = state;

	for (size_t i = 0; i < d->line_count; i++)
		text_addf(
		    to, "%-18s %s\n", d->lines[i].label, d->lines[i].text);
}
