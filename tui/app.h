/*
 * app.h - the stack of screens, and the loop that feeds it.
 *
 * The app owns a block of state and an arena for each open screen and frees
 * both when it closes.  It works with no terminal: app_feed_key(),
 * app_feed_text() and app_resize() change it, app_canvas() shows it; tests
 * use just that.  app_run() adds a terminal and one poll().
 */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "base/job.h"
#include "tui/screen.h"

struct terminal;

struct app_command {
	const char *name; /* "user add" */
	const char *help; /* one sentence */
};

struct app_options {
	const char *server; /* first word of the title: "mx1.example.net" */
	const char *person; /* its right end: "root, super admin" */
	void *context;      /* for screens: app_context() */
	const struct screen *home; /* the first screen; closing it quits */
	int64_t home_id;
	int rows, columns;
	bool is_ascii;

	/* The app ends by itself, after a warning: so long after the last key,
	 * or at a moment (clock_now()); 0: never. */
	int64_t idle_seconds;
	int64_t ends_at;

	/* The ':' prompt: what can be typed (ends with a NULL name), and what
	 * a line does.  Both may be NULL. */
	const struct app_command *commands;
	struct next (*run_command)(struct app *, const char *line);

	/* Why this person can't use the command of that name, or NULL.  May
	 * be NULL: all can be used. */
	const char *(*command_off)(const struct app *, const char *name);
};

/* Opens the home screen.  The texts of the options must live on; the app
 * itself lies in the arena. */
struct app *app_open(struct arena *, const struct app_options *);

/* Closes all screens, ends their jobs. */
void app_close(struct app *);

/* ---- for screens ---- */

void *app_context(const struct app *);

/* Freed when the screen that is open, or being updated, closes. */
struct arena *app_arena(struct app *);

/* The screen that is open, or being updated. */
const struct screen *app_screen(const struct app *);

/* The screen that the present one was opened from, and its state; NULL on
 * the first one. */
const struct screen *app_screen_below(const struct app *, const void **state);

const struct app_command *app_commands(const struct app *);
struct next app_run_command(struct app *, const char *line);

/* Another screen lies over the one that is being updated, which therefore
 * can't lead on now: MSG_RETURN comes when that one closes. */
bool app_is_covered(const struct app *);

/* Only in open(): next.data of the screen that opens this one. */
const void *app_argument(const struct app *);

/* The breadcrumb word in place of screen.title; copied. */
void app_title(struct app *, const char *format, ...) PRINTF(2, 3);

/* The first word of the title from now on, in place of options.server;
 * copied. */
void app_server(struct app *, const char *name);

/* The message row; stays until the next act.  app_error() is styled as a
 * refusal. */
void app_message(struct app *, const char *format, ...) PRINTF(2, 3);
void app_error(struct app *, const struct err *);

/* Only in open(): this screen can't be shown: closes it and says why. */
void app_refuse(struct app *, const struct err *);

/* MSG_TICK once a second from now on, or no more. */
void app_tick(struct app *, bool wanted);

/*
 * Starts a job whose records come to this screen as MSG_JOB; it ends with
 * the screen.  Gives its number, or 0 with `err` filled.
 */
int app_job_start(
    struct app *, job_function *, void *argument, struct err *) MUST_USE;
void app_job_stop(struct app *, int job);

/* job_tell() for that job; false also when it has ended. */
bool app_job_tell(struct app *, int job, const void *order, size_t length);

/* To the person's clipboard (OSC 52), at most 8 kB; says so on the message
 * row. */
void app_copy(struct app *, const char *text);

/* Leaves full screen, prints the lines as they are, waits for Enter. */
void app_print(struct app *, const char *text);

/* Seconds since the person last pressed a key. */
int64_t app_idle_seconds(const struct app *);

/* ---- for the loop and tests ---- */

/* Runs on the terminal until the person quits or the terminal is gone. */
void app_run(struct app *, struct terminal *);

void app_feed_key(struct app *, int key);
void app_feed_text(struct app *, const char *text, bool is_paste);
void app_resize(struct app *, int rows, int columns);
void app_feed_tick(struct app *);
bool app_is_done(const struct app *);

/* Warns or ends by the clock: `now` as clock_now(), `idle_s` as
 * app_idle_seconds().  Gives the seconds until it wants to be asked again, -1
 * for never. */
int64_t app_check_time(struct app *, int64_t now, int64_t idle_s);

/* Why it ended by itself, for the person; "" when the person quit. */
const char *app_end_text(const struct app *);

/* Draws if anything changed. */
const struct canvas *app_canvas(struct app *);

/* Takes what jobs have, waiting at most that long for it; true when there
 * was something. */
bool app_wait_jobs(struct app *, int timeout_ms);

/* True while any runs. */
bool app_has_jobs(const struct app *);

/* The same without waiting. */
bool app_take_jobs(struct app *);

/* What a test, or the loop, has to do with the terminal; NULL when nothing.
 * Reading one forgets it. */
const char *app_take_copy(struct app *);
const char *app_take_print(struct app *);

#endif
