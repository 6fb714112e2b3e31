/* ---- what a key, a paste, a tick or a new size does; app.c keeps the stack of
 * screens ---- */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/app_state.h"
#include "tui/confirm.h"
#include "tui/help.h"

/* ---- leaving ---- */

/* Back: the screen may have something to undo first, or typing to lose. */
static void
leave(struct app *app, bool is_escape)
{
	struct app_frame *frame = app_top(app);
	const struct screen *screen = frame->screen;
	struct confirm ask = { .tag = 1 };

	if (is_escape && screen->wants_escape != NULL &&
	    screen->wants_escape(frame->state)) {
		struct msg msg = { .kind = MSG_KEY, .key = PRESS_ESCAPE };

		app_go(app, app_update(app, app->depth - 1, &msg));
		return;
	}
	if (screen->is_unsaved != NULL && screen->is_unsaved(frame->state))
		ask.question = "Leave and lose what was typed here?";
	else if (app->depth == 1)
		ask.question = "Quit?";
	if (ask.question == NULL) {
		app_go(app, NEXT_CLOSES);
		return;
	}
	app_go(app, confirm_open(&ask));
	if (app_top(app)->screen == &screen_confirm_ask)
		app_top(app)->is_leave_question = true;
}

/* ---- keys ---- */

static const char *
no_commands(const struct app *app, const void *state)
{
	(void)state;
	return app->options.run_command == NULL ? "there are no commands here"
						: NULL;
}

static const char *
no_copy(const struct app *app, const void *state)
{
	(void)state;
	return app->frames[app->depth - 1].screen->copy == NULL
	    ? "there is nothing to copy"
	    : NULL;
}

/* clang-format off */
const struct key_binding app_keys[] = {
	{ ':', APP_KEY_COMMAND, "command", "A command by its name; Tab completes it.", no_commands },
	{ '?', APP_KEY_HELP, "help", "These keys.", NULL },
	{ PRESS_F1, APP_KEY_HELP, NULL, NULL, NULL },
	{ 'c', APP_KEY_COPY, NULL, "Copy the value under the cursor to your clipboard.", no_copy },
	{ 'o', APP_KEY_PRINT, NULL, "Leave full screen and print it as plain lines.", NULL },
	{ 'R', APP_KEY_REFRESH, NULL, "Read again what is shown.", NULL },
	{ PRESS_CTRL('L'), APP_KEY_REDRAW, NULL, "Draw the screen again.", NULL },
	{ PRESS_ESCAPE, APP_KEY_ESCAPE, NULL, "Back; asks when something typed would be lost.", NULL },
	{ PRESS_CTRL('C'), APP_KEY_ESCAPE, NULL, NULL, NULL },
	{ 'q', APP_KEY_BACK, NULL, "Back.", NULL },
	{ 0 }
};
/* clang-format on */

static void
print_screen(struct app *app)
{
	struct app_frame *frame = app_top(app);
	struct text_builder to;
	struct canvas body;

	arena_free(&app->print_arena);
	if (frame->screen->print != NULL) {
		text_builder_open(&to, &app->print_arena, 16 * 1024 * 1024);
		frame->screen->print(frame->state, &to);
		app->print = to.data;
		return;
	}
	app_draw(app);
	body = screen_body(&app->canvas);
	app->print = canvas_as_lines(&body, &app->print_arena);
}

static void
do_global(struct app *app, int action)
{
	struct app_frame *frame = app_top(app);
	struct msg msg = { .kind = MSG_REFRESH };

	switch (action) {
	case APP_KEY_HELP:
		app_go(app,
		    (struct next){ .kind = NEXT_OPEN, .screen = &screen_help });
		break;
	case APP_KEY_COMMAND:
		app_go(app,
		    (struct next){
			.kind = NEXT_OPEN, .screen = &screen_command });
		break;
	case APP_KEY_BACK:
	case APP_KEY_ESCAPE:
		leave(app, action == APP_KEY_ESCAPE);
		break;
	case APP_KEY_REDRAW:
		app->must_repaint = true;
		break;
	case APP_KEY_REFRESH:
		app_go(app, app_update(app, app->depth - 1, &msg));
		break;
	case APP_KEY_COPY:
		app_copy(app, frame->screen->copy(frame->state));
		break;
	default:
		print_screen(app);
		break;
	}
}

bool
app_wants_text(const struct app *app)
{
	const struct app_frame *frame = &app->frames[app->depth - 1];

	return app->depth > 0 && frame->screen->wants_text != NULL &&
	    frame->screen->wants_text(frame->state);
}

const struct key_binding *
app_key_row(const struct app *app, int key)
{
	const struct screen *screen = app->frames[app->depth - 1].screen;
	const struct key_binding *row = key_find(screen->keys, key);

	if (row == NULL)
		row = key_find(screen->widget_keys, key);
	if (row == NULL && !(screen->is_overlay && key_is_text(key)))
		row = key_find(app_keys, key);
	return row;
}

const char *
app_key_off(
    const struct app *app, const struct key_binding *row, const void *state)
{
	const char *why = NULL;

	if (row->command != NULL && app->options.command_off != NULL)
		why = app->options.command_off(app, row->command);
	if (why == NULL && row->is_off != NULL)
		why = row->is_off(app, state);
	return why;
}

static void
say_key(struct app *app, int key, const char *why)
{
	char name[KEY_NAME_SIZE];

	key_as_name(key, name, sizeof name);
	/* "Only a super admin can..." goes on behind a colon. */
	if (why != NULL)
		app_message(app, "%s is off here: %s%s%s", name,
		    text_starts_with(why, "Only ") ? "only" : "",
		    why + (text_starts_with(why, "Only ") ? 4 : 0),
		    why[strlen(why) - 1] == '.' ? "" : ".");
	else if (!app_top(app)->screen->is_overlay && name[0] != '\0')
		app_message(
		    app, "%s does nothing here.  ? shows the keys.", name);
}

static void
press(struct app *app, int key)
{
	const struct key_binding *row = app_key_row(app, key);
	struct msg msg = { .kind = MSG_KEY, .key = key };
	const char *why =
	    row != NULL ? app_key_off(app, row, app_top(app)->state) : NULL;

	if (why != NULL) {
		say_key(app, key, why);
	} else if (row != NULL && row->action >= APP_KEY_HELP) {
		do_global(app, row->action);
	} else if (row != NULL || app_wants_text(app)) {
		msg.action = row != NULL ? row->action : 0;
		app_go(app, app_update(app, app->depth - 1, &msg));
	} else {
		say_key(app, key, NULL);
	}
}

/* A key or a text is an act: it ends the message of the last one. */
static bool
begin_act(struct app *app)
{
	app->last_key_ms = clock_monotonic_ms();
	if (app->is_done || app_is_too_small(app))
		return false;
	app->message[0] = '\0';
	app->message_is_error = false;
	app->is_dirty = true;
	return true;
}

static void
feed_text(struct app *app, const char *text, bool is_paste)
{
	struct msg msg = {
		.kind = MSG_TEXT, .text = text, .is_paste = is_paste
	};

	app_go(app, app_update(app, app->depth - 1, &msg));
}

void
app_feed_key(struct app *app, int key)
{
	char text[KEY_TEXT_SIZE];

	if (!begin_act(app))
		return;
	if (!key_is_text(key) || !app_wants_text(app)) {
		press(app, key);
		return;
	}
	key_as_text(key, text);
	feed_text(app, text, false);
}

void
app_feed_text(struct app *app, const char *text, bool is_paste)
{
	const char *end = text + strlen(text);

	if (app->is_done || app_is_too_small(app))
		return;
	if (app_wants_text(app)) {
		begin_act(app);
		feed_text(app, text, is_paste);
	} else if (is_paste) {
		begin_act(app);
		app_message(
		    app, "Nothing was pasted: no field has the focus here.");
	} else {
		for (uint32_t c; (c = text_next(&text, end)) != 0;)
			app_feed_key(app, (int)c);
	}
}

void
app_resize(struct app *app, int rows, int columns)
{
	app->rows = rows < 1 ? CANVAS_ROWS : rows;
	app->columns = columns < 1 ? CANVAS_COLUMNS : columns;
	arena_free(&app->sheet);
	app->canvas = canvas_open(
	    &app->sheet, app->rows, app->columns, app->options.is_ascii);
	app->is_dirty = true;
	for (size_t i = 0; i < app->depth; i++)
		(void)app_send_size(app, i);
}

void
app_feed_tick(struct app *app)
{
	struct msg msg = { .kind = MSG_TICK };

	for (size_t i = 0; i < app->depth; i++) {
		struct next next;

		if (!app->frames[i].wants_ticks)
			continue;
		next = app_update(app, i, &msg);
		if (i + 1 == app->depth)
			app_go(app, next);
	}
}

bool
app_is_done(const struct app *app)
{
	return app->is_done;
}

bool
app_is_too_small(const struct app *app)
{
	return app->rows < CANVAS_ROWS || app->columns < CANVAS_COLUMNS;
}

const char *
app_take_copy(struct app *app)
{
	bool has_copy = app->has_copy;

	app->has_copy = false;
	return has_copy ? app->copy : NULL;
}

const char *
app_take_print(struct app *app)
{
	const char *text = app->print;

	app->print = NULL;
	return text;
}
