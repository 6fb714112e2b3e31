/* ---- the stack of screens; app_view.c draws it, app_loop.c runs it ---- */
#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/app_state.h"

#define COPY_SHOWN 72 /* bytes; of a longer text only the start is said */

struct app_frame *
app_top(struct app *app)
{
	return app->depth > 0 ? &app->frames[app->depth - 1] : NULL;
}

/* ---- opening and closing ---- */

struct next
app_update(struct app *app, size_t index, const struct msg *msg)
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

struct next
app_send_size(struct app *app, size_t index)
{
	struct canvas body = screen_body(&app->canvas);
	struct msg msg = {
		.kind = MSG_RESIZE, .rows = body.rows, .columns = body.columns
	};

	return app_update(app, index, &msg);
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
	return app_send_size(app, app->depth - 1);
}

/* Closes the screen on top and tells the one below, which may go on. */
static struct next
pop(struct app *app, const struct next *with)
{
	struct app_frame closed = *app_top(app);
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
		next = app_update(app, app->depth - 1, &msg);
	/* `next` may point into the closed screen: open that one first. */
	if (next.kind == NEXT_OPEN)
		next = push(app, &next);
	bury(&closed);
	return next;
}

static struct next
replace(struct app *app, const struct next *to)
{
	struct app_frame closed = *app_top(app);
	struct next next;

	app->depth--;
	next = push(app, to);
	bury(&closed);
	return next;
}

void
app_go(struct app *app, struct next next)
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
	app_go(app,
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

bool
app_is_covered(const struct app *app)
{
	return app->current + 1 < app->depth;
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
	int shown = (int)strnlen(text, COPY_SHOWN / 2);

	if (text[0] == '\0') {
		app_message(app, "There is nothing to copy here.");
		return;
	}
	app->has_copy = text_copy(app->copy, sizeof app->copy, text);
	while (shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80)
		shown--;
	if (app->has_copy && strlen(text) > COPY_SHOWN)
		app_message(app, "Sent to your clipboard: %.*s... (%zu bytes)",
		    shown, text, strlen(text));
	else if (app->has_copy)
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
	next = app_update(app, index, &msg);
	if (index + 1 == app->depth) /* one that is covered can't lead on */
		app_go(app, next);
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
