#include "screens/home.h"

#include "base/clock.h"
#include "base/text.h"
#include "model/attention.h"
#include "model/db.h"
#include "screens/form_screen.h"
#include "screens/screens.h"
#include "screens/session.h"

#define VERDICT_COLUMN 1
#define ABOUT_COLUMN   7
#define TEXT_COLUMN    30
#define AGE_COLUMNS    6
#define MAY_ROWS       3 /* at most; the list of keys has the whole text */

/* ---- reading ---- */

/* Rows of the sentence on the key in use, with a gap below; 0 for none. */
static int
may_rows(const struct home_state *s, int columns)
{
	const int rows = canvas_wrapped_rows(columns - 2, s->may);

	if (rows == 0)
		return 0;
	return (rows < MAY_ROWS ? rows : MAY_ROWS) + 1;
}

/* As many as there is room for above the links. */
static size_t
attention_room(const struct home_state *s)
{
	const int room = s->body_rows - (int)links_count(&s->links) -
	    may_rows(s, s->body_columns) - 4; /* heads, gaps */

	if (room < 1)
		return 1;
	return room > HOME_ATTENTION_MAX ? HOME_ATTENTION_MAX : (size_t)room;
}

static void
read_attention(struct app *app, struct home_state *s)
{
	struct context *context = session_context(app);
	struct err err = { 0 };

	arena_free(&s->arena);
	s->page = (struct list_page){ 0 };
	s->attention_count = 0;
	s->has_attention = s->view->has_attention &&
	    session_command_off(app, attention_list.name) == NULL;
	if (!s->has_attention)
		return;
	if (list_page(context, &attention_list, NULL, LIST_FIRST, 0, NULL,
		attention_room(s), &s->arena, &s->page, &err) != OK ||
	    list_count(context, &attention_list, NULL, &s->attention_count,
		&err) != OK)
		app_error(app, &err);
}

static void
read_may(struct app *app, struct home_state *s)
{
	const struct context *context = session_context(app);
	struct err err = { 0 };

	if (context->actor.is_password_temporary) {
		text_copy(s->may, sizeof(s->may),
		    "Your password is a temporary one.  Press P and choose "
		    "your own: the rest opens then.");
		return;
	}
	if (key_sentence_in_use(context->db, &context->actor, s->may,
		sizeof(s->may), &err) != OK)
		app_error(app, &err);
}

static void
read_all(struct app *app, struct home_state *s)
{
	s->data_version = db_data_version(session_context(app)->db);
	read_may(app, s);
	links_read(&s->links, app, s->view->links, 0, NULL);
	read_attention(app, s);
}

void
home_open(struct home_state *s, struct app *app, const struct home_view *view)
{
	s->view = view;
	read_all(app, s);
	/* The first way on, not a problem, is under the cursor. */
	s->cursor = (int)s->page.count;
	app_tick(app, true);
}

/* ---- keys ---- */

static struct next
open_item(struct app *app, const struct home_state *s)
{
	const size_t item = (size_t)s->cursor;

	if (item < s->page.count)
		return attention_next(&s->page.rows[item]);
	return links_open(&s->links, app, item - s->page.count);
}

static struct next
press(struct app *app, struct home_state *s, const struct msg *msg)
{
	const int count = (int)(s->page.count + links_count(&s->links));

	switch (msg->action) {
	case LINK_KEY:
		return links_press(&s->links, app, msg->key);
	case HOME_KEY_OPEN:
		return open_item(app, s);
	case HOME_KEY_ATTENTION:
		return (struct next){ .kind = NEXT_OPEN,
			.screen = &screen_attention };
	case HOME_KEY_FORM:
		return form_screen_for(
		    operation_by_name(
			key_find(app_screen(app)->keys, msg->key)->command),
		    NULL);
	case HOME_KEY_UP:
		s->cursor -= s->cursor > 0;
		break;
	case HOME_KEY_DOWN:
		s->cursor += s->cursor + 1 < count;
		break;
	}
	return NEXT_STAYS;
}

/* The cursor stays on the same link when rows above it come and go. */
static void
read_again(struct app *app, struct home_state *s)
{
	const int link = s->cursor - (int)s->page.count;

	read_all(app, s);
	if (link >= 0)
		s->cursor = (int)s->page.count + link;
	else if (s->cursor >= (int)s->page.count && s->page.count > 0)
		s->cursor = (int)s->page.count - 1;
}

struct next
home_update(struct app *app, void *state, const struct msg *msg)
{
	struct home_state *s = state;

	switch (msg->kind) {
	case MSG_KEY:
		return press(app, s, msg);
	case MSG_RESIZE:
		s->body_rows = msg->rows;
		s->body_columns = msg->columns;
		read_again(app, s);
		break;
	default:
		if (session_is_old(app, msg, s->data_version))
			read_again(app, s);
		break;
	}
	return NEXT_STAYS;
}

/* ---- showing ---- */

static const char *
cell(const struct list_row *row, const char *column)
{
	return list_value_of(&attention_list, row, column)->text;
}

static void
put_attention(struct canvas *body, int at, const struct list_row *row)
{
	const int64_t since =
	    list_value_of(&attention_list, row, "since_at")->number;
	char verdict[16], age[24] = "";

	text_copy(verdict, sizeof(verdict), cell(row, "verdict"));
	for (char *c = verdict; *c != '\0'; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	if (since > 0)
		clock_format_age(age, sizeof(age), clock_now() - since);
	canvas_put_text(
	    body, at, VERDICT_COLUMN, style_of_word(verdict), verdict);
	canvas_put_fit(body, at, ABOUT_COLUMN, TEXT_COLUMN - ABOUT_COLUMN - 1,
	    STYLE_NORMAL, cell(row, "about"));
	canvas_put_fit(body, at, TEXT_COLUMN,
	    body->columns - TEXT_COLUMN - AGE_COLUMNS - 3, STYLE_NORMAL,
	    cell(row, "text"));
	canvas_put_right(body, at, body->columns - AGE_COLUMNS - 1, AGE_COLUMNS,
	    STYLE_NORMAL, age);
}

/* Gives the row behind it. */
static int
view_may(const struct home_state *s, struct canvas *body)
{
	const int rows = may_rows(s, body->columns);
	struct canvas part = canvas_part(body, 0, 0, rows - 1, body->columns);

	if (rows > 0)
		canvas_put_wrapped(
		    &part, 0, 1, body->columns - 2, STYLE_NORMAL, s->may);
	return rows;
}

/* Gives the row behind them. */
static int
view_attention(const struct home_state *s, struct canvas *body, int at)
{
	char counts[48];

	if (!s->has_attention)
		return at;
	canvas_put_text(body, at, 1, STYLE_HEADING, "NEEDS ATTENTION");
	text_format(counts, sizeof(counts), "%zu of %lld", s->page.count,
	    (long long)s->attention_count);
	if (s->page.count > 0)
		canvas_put_right(
		    body, at, body->columns - 21, 20, STYLE_NORMAL, counts);
	else
		canvas_put_text(
		    body, ++at, 1, STYLE_NORMAL, attention_list.empty);
	for (size_t i = 0; i < s->page.count; i++) {
		put_attention(body, ++at, &s->page.rows[i]);
		if ((int)i == s->cursor) {
			canvas_put_text(body, at, 0, STYLE_CURSOR, ">");
			canvas_set_cursor(body, at, 0);
		}
	}
	return at + 2;
}

void
home_draw(const void *state, struct canvas *canvas)
{
	const struct home_state *s = state;
	struct canvas body = screen_body(canvas);
	const int at = view_attention(s, &body, view_may(s, &body));
	const int link = s->cursor - (int)s->page.count;

	canvas_put_text(&body, at, 1, STYLE_HEADING, "GO TO");
	links_view(&s->links, &body, at + 1, link);
	screen_put_help(
	    canvas, link < 0 ? "Enter opens what the row is about." : NULL);
}

void
home_close(void *state)
{
	struct home_state *s = state;

	arena_free(&s->arena);
}
