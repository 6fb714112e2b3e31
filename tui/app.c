/* ---- the stack of screens; app_view.c draws it, app_loop.c runs it ---- */
#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/app_state.h"
#include "tui/confirm.h"
#include "tui/help.h"

static struct app_frame *
top(struct app *app)
{
	return app->depth > 0 ? &app->frames[app->depth - 1] : NULL;
}

/* ---- opening and closing ---- */

static struct next
update(struct app *app, size_t index, const struct msg *msg)
{
	struct app_frame *frame = &app->frames[index];
	size_t before = app->current;
	struct next next;

	app->current = index;
	app->is_dirty = true;
	next = frame->screen->update(app, frame->state, msg);
	app->current = before;
	return next;
}

static struct next
send_size(struct app *app, size_t index)
{
	struct canvas body = screen_body(&app->canvas);
	struct msg msg = {
		.kind = MSG_RESIZE, .rows = body.rows, .columns = body.columns
	};

	return update(app, index, &msg);
}

static void
stop_job(struct app_job *slot)
{
	if (slot->number == 0)
		return;
	job_close(&slot->job);
	arena_free(&slot->arena);
	*slot = (struct app_job){ 0 };
}

/* The frame's memory is freed when nothing can point there any more. */
static void
bury(struct app_frame *frame)
{
	for (size_t i = 0; i < APP_JOBS_MAX; i++)
		stop_job(&frame->jobs[i]);
	if (frame->screen->close != NULL)
		frame->screen->close(frame->state);
	arena_free(&frame->arena);
}

static struct next
push(struct app *app, const struct next *to)
{
	struct app_frame *frame = &app->frames[app->depth];
	size_t before = app->current;

	if (app->depth == APP_DEPTH_MAX) {
		app_message(app, "Too many screens are open: go back first.");
		return NEXT_STAYS;
	}
	*frame = (struct app_frame){ .screen = to->screen };
	frame->state = arena_alloc(&frame->arena, to->screen->state_size + 1);
	text_copy(frame->title, sizeof frame->title, to->screen->title);
	app->current = app->depth++;
	app->argument = to->data;
	app->is_refused = false;
	app->is_dirty = true;
	if (to->screen->open != NULL)
		to->screen->open(app, frame->state, to->id);
	app->argument = NULL;
	app->current = before;
	if (app->is_refused) {
		app->depth--;
		bury(frame);
		return NEXT_STAYS;
	}
	return send_size(app, app->depth - 1);
}

/* Closes the screen on top and tells the one below, which may go on. */
static struct next
pop(struct app *app, const struct next *with)
{
	struct app_frame closed = *top(app);
	struct next next = NEXT_STAYS;
	struct msg msg = { .kind = MSG_RETURN,
		.from = closed.screen,
		.id = with->id,
		.data = with->data };

	app->depth--;
	app->is_dirty = true;
	if (app->depth == 0)
		app->is_done = true;
	else if (closed.is_leave_question)
		next = with->id != 0 ? NEXT_CLOSES : NEXT_STAYS;
	else
		next = update(app, app->depth - 1, &msg);
	/* `next` may point into the closed screen: open that one first. */
	if (next.kind == NEXT_OPEN)
		next = push(app, &next);
	bury(&closed);
	return next;
}

static struct next
replace(struct app *app, const struct next *to)
{
	struct app_frame closed = *top(app);
	struct next next;

	app->depth--;
	next = push(app, to);
	bury(&closed);
	return next;
}

static void
go(struct app *app, struct next next)
{
	while (!app->is_done && next.kind != NEXT_STAY) {
		switch (next.kind) {
		case NEXT_OPEN:
			next = push(app, &next);
			break;
		case NEXT_CLOSE:
			next = pop(app, &next);
			break;
		case NEXT_REPLACE:
			next = replace(app, &next);
			break;
		default:
			app->is_done = true;
			break;
		}
	}
}

struct app *
app_open(struct arena *arena, const struct app_options *options)
{
	struct app *app = arena_alloc(arena, sizeof *app);

	app->options = *options;
	app_server(app, options->server);
	app->arena = arena;
	app->last_key_ms = clock_monotonic_ms();
	app_resize(app, options->rows, options->columns);
	go(app,
	    (struct next){ NEXT_OPEN, options->home, options->home_id, NULL });
	return app;
}

void
app_close(struct app *app)
{
	while (app->depth > 0)
		bury(&app->frames[--app->depth]);
	arena_free(&app->sheet);
	arena_free(&app->print_arena);
	explicit_bzero(app->copy, sizeof app->copy);
	app->is_done = true;
}

/* ---- for screens ---- */

void *
app_context(const struct app *app)
{
	return app->options.context;
}

struct arena *
app_arena(struct app *app)
{
	return &app->frames[app->current].arena;
}

const struct screen *
app_screen(const struct app *app)
{
	return app->frames[app->current].screen;
}

const void *
app_argument(const struct app *app)
{
	return app->argument;
}

const struct screen *
app_screen_below(const struct app *app, const void **state)
{
	const struct app_frame *frame;

	*state = NULL;
	if (app->depth < 2)
		return NULL;
	frame = &app->frames[app->depth - 2];
	*state = frame->state;
	return frame->screen;
}

const struct app_command *
app_commands(const struct app *app)
{
	return app->options.commands;
}

struct next
app_run_command(struct app *app, const char *line)
{
	return app->options.run_command(app, line);
}

void
app_title(struct app *app, const char *format, ...)
{
	char *title = app->frames[app->current].title;
	va_list list;

	va_start(list, format);
	vsnprintf(title, APP_TITLE_SIZE, format, list);
	va_end(list);
	app->is_dirty = true;
}

void
app_server(struct app *app, const char *name)
{
	text_copy(app->server, sizeof(app->server), name);
	app->is_dirty = true;
}

void
app_message(struct app *app, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(app->message, sizeof app->message, format, list);
	va_end(list);
	app->message_is_error = false;
	app->is_dirty = true;
}

void
app_error(struct app *app, const struct err *err)
{
	app_message(app, "%s", err->text);
	app->message_is_error = true;
}

void
app_refuse(struct app *app, const struct err *err)
{
	app_error(app, err);
	app->is_refused = true;
}

void
app_tick(struct app *app, bool wanted)
{
	app->frames[app->current].wants_ticks = wanted;
}

void
app_copy(struct app *app, const char *text)
{
	if (text[0] == '\0') {
		app_message(app, "There is nothing to copy here.");
		return;
	}
	app->has_copy = text_copy(app->copy, sizeof app->copy, text);
	if (app->has_copy)
		app_message(app, "Sent to your clipboard: %s", text);
	else
		app_message(app,
		    "Too long for the clipboard: o prints it as "
		    "plain lines.");
}

void
app_print(struct app *app, const char *text)
{
	arena_free(&app->print_arena);
	app->print = arena_text(&app->print_arena, text);
}

int64_t
app_idle_seconds(const struct app *app)
{
	return (clock_monotonic_ms() - app->last_key_ms) / 1000;
}

/* ---- jobs ---- */

int
app_job_start(
    struct app *app, job_function *function, void *argument, struct err *err)
{
	struct app_job *slots = app->frames[app->current].jobs;

	for (size_t i = 0; i < APP_JOBS_MAX; i++) {
		struct app_job *slot = &slots[i];

		if (slot->number != 0)
			continue;
		if (job_open(&slot->job, &slot->arena, function, argument,
			err) != OK)
			return 0;
		return slot->number = ++app->next_job;
	}
	err_set(err, ERR_BUSY, NULL,
	    "This screen is still busy: wait for it to end, then try again.");
	return 0;
}

void
app_job_stop(struct app *app, int job)
{
	for (size_t frame = 0; frame < app->depth; frame++)
		for (size_t i = 0; i < APP_JOBS_MAX; i++)
			if (app->frames[frame].jobs[i].number == job)
				stop_job(&app->frames[frame].jobs[i]);
}

bool
app_job_tell(struct app *app, int job, const void *order, size_t length)
{
	for (size_t frame = 0; job != 0 && frame < app->depth; frame++)
		for (size_t i = 0; i < APP_JOBS_MAX; i++)
			if (app->frames[frame].jobs[i].number == job)
				return job_tell(&app->frames[frame].jobs[i].job,
				    order, length);
	return false;
}

/* One record, or the end, of the job to its screen.  False when there was
 * nothing. */
static bool
take_record(struct app *app, size_t index, struct app_job *slot)
{
	struct msg msg = { .kind = MSG_JOB, .job = slot->number };
	enum job_event event = job_read(&slot->job, &msg.data, &msg.length);
	struct next next;

	if (event == JOB_NOTHING)
		return false;
	if (event != JOB_RECORD) {
		stop_job(slot);
		msg.kind = MSG_JOB_END;
		msg.action = event == JOB_FAILED;
	}
	next = update(app, index, &msg);
	if (index + 1 == app->depth) /* one that is covered can't lead on */
		go(app, next);
	return true;
}

bool
app_take_jobs(struct app *app)
{
	bool any = false;

	for (size_t frame = 0; frame < app->depth; frame++)
		for (size_t i = 0; i < APP_JOBS_MAX; i++) {
			struct app_job *slot = &app->frames[frame].jobs[i];

			while (frame < app->depth && slot->number != 0 &&
			    take_record(app, frame, slot))
				any = true;
		}
	return any;
}

/* ---- leaving ---- */

/* Back: the screen may have something to undo first, or typing to lose. */
static void
leave(struct app *app, bool is_escape)
{
	struct app_frame *frame = top(app);
	const struct screen *screen = frame->screen;
	struct confirm ask = { .tag = 1 };

	if (is_escape && screen->wants_escape != NULL &&
	    screen->wants_escape(frame->state)) {
		struct msg msg = { .kind = MSG_KEY, .key = PRESS_ESCAPE };

		go(app, update(app, app->depth - 1, &msg));
		return;
	}
	if (screen->is_unsaved != NULL && screen->is_unsaved(frame->state))
		ask.question = "Leave and lose what was typed here?";
	else if (app->depth == 1)
		ask.question = "Quit?";
	if (ask.question == NULL) {
		go(app, NEXT_CLOSES);
		return;
	}
	go(app, confirm_open(&ask));
	if (top(app)->screen == &screen_confirm_ask)
		top(app)->is_leave_question = true;
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
	struct app_frame *frame = top(app);
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
	struct app_frame *frame = top(app);
	struct msg msg = { .kind = MSG_REFRESH };

	switch (action) {
	case APP_KEY_HELP:
		go(app,
		    (struct next){ .kind = NEXT_OPEN, .screen = &screen_help });
		break;
	case APP_KEY_COMMAND:
		go(app,
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
		go(app, update(app, app->depth - 1, &msg));
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
	else if (!top(app)->screen->is_overlay && name[0] != '\0')
		app_message(
		    app, "%s does nothing here.  ? shows the keys.", name);
}

static void
press(struct app *app, int key)
{
	const struct key_binding *row = app_key_row(app, key);
	struct msg msg = { .kind = MSG_KEY, .key = key };
	const char *why =
	    row != NULL ? app_key_off(app, row, top(app)->state) : NULL;

	if (why != NULL) {
		say_key(app, key, why);
	} else if (row != NULL && row->action >= APP_KEY_HELP) {
		do_global(app, row->action);
	} else if (row != NULL || app_wants_text(app)) {
		msg.action = row != NULL ? row->action : 0;
		go(app, update(app, app->depth - 1, &msg));
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

	go(app, update(app, app->depth - 1, &msg));
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
		(void)send_size(app, i);
}

void
app_feed_tick(struct app *app)
{
	struct msg msg = { .kind = MSG_TICK };

	for (size_t i = 0; i < app->depth; i++) {
		struct next next;

		if (!app->frames[i].wants_ticks)
			continue;
		next = update(app, i, &msg);
		if (i + 1 == app->depth)
			go(app, next);
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
