/* ---- one poll() over the terminal, jobs and the tick ---- */
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tui/app_state.h"
#include "tui/terminal.h"

#define FDS_MAX (APP_DEPTH_MAX * APP_JOBS_MAX)

/* Descriptors of all jobs, from `fds` on; gives how many. */
static size_t
job_fds(const struct app *app, struct pollfd *fds)
{
	size_t count = 0;

	for (size_t i = 0; i < app->depth; i++)
		for (size_t j = 0; j < APP_JOBS_MAX; j++) {
			const struct app_job *slot = &app->frames[i].jobs[j];

			if (slot->number != 0)
				fds[count++] = (struct pollfd){
					.fd = slot->job.fd,
					.events = POLLIN,
				};
		}
	return count;
}

bool
app_has_jobs(const struct app *app)
{
	struct pollfd fds[FDS_MAX];

	return job_fds(app, fds) > 0;
}

bool
app_wait_jobs(struct app *app, int timeout_ms)
{
	struct pollfd fds[FDS_MAX];
	size_t count = job_fds(app, fds);

	if (count == 0 || poll(fds, count, timeout_ms) <= 0)
		return false;
	return app_take_jobs(app);
}

static bool
wants_ticks(const struct app *app)
{
	for (size_t i = 0; i < app->depth; i++)
		if (app->frames[i].wants_ticks)
			return true;
	return false;
}

/* ---- input ---- */

#define TYPED_SIZE 4096 /* bytes of letters handed over at once */

/* Letters that wait together are handed over together: a paste from a
 * terminal that doesn't bracket it must not be drawn letter by letter. */
struct typed {
	char text[TYPED_SIZE];
	size_t length;
};

static void
flush(struct app *app, struct typed *typed)
{
	if (typed->length == 0)
		return;
	typed->text[typed->length] = '\0';
	app_feed_text(app, typed->text, false);
	explicit_bzero(typed->text, typed->length);
	typed->length = 0;
}

static void
feed_key(struct app *app, struct typed *typed, int key)
{
	char text[KEY_TEXT_SIZE];
	size_t length;

	if (!key_is_text(key) || app_is_done(app) || !app_wants_text(app)) {
		flush(app, typed);
		app_feed_key(app, key);
		return;
	}
	key_as_text(key, text);
	length = strlen(text);
	if (typed->length + length >= sizeof typed->text)
		flush(app, typed);
	memcpy(typed->text + typed->length, text, length);
	typed->length += length;
}

/* All that is waiting, then one redraw. */
static void
take_input(struct app *app, struct terminal *terminal)
{
	struct typed typed = { .length = 0 };
	const char *paste;
	int key, rows, columns;

	while (!app->is_done) {
		switch (terminal_read(terminal, &key, &paste)) {
		case TERMINAL_KEY:
			feed_key(app, &typed, key);
			continue;
		case TERMINAL_PASTE:
			flush(app, &typed);
			app_feed_text(app, paste, true);
			continue;
		case TERMINAL_RESIZED:
			flush(app, &typed);
			terminal_size(terminal, &rows, &columns);
			app_resize(app, rows, columns);
			continue;
		case TERMINAL_GONE:
			app->is_done = true;
			break;
		default:
			break;
		}
		break;
	}
	if (!app->is_done)
		flush(app, &typed);
}

/* What the screens asked of the terminal, then the picture. */
static void
show(struct app *app, struct terminal *terminal)
{
	const char *text = app_take_print(app);

	if (text != NULL)
		terminal_print(terminal, text);
	text = app_take_copy(app);
	if (text != NULL && !terminal_copy(terminal, text))
		app_message(app,
		    "This terminal takes no copy: o prints it as plain "
		    "lines.");
	if (app->must_repaint)
		terminal_redraw(terminal);
	if (app->is_dirty || text != NULL || app->must_repaint)
		terminal_draw(terminal, app_canvas(app));
	app->must_repaint = false;
}

/* To the next thing that is due by the clock; -1: nothing is. */
static int
time_wait_ms(struct app *app)
{
	int64_t due_s = app_check_time(app, clock_now(), app_idle_seconds(app));

	/* A moment later, not earlier: seconds are whole ones. */
	return due_s < 0 ? -1 : due_s > 3600 ? 3600000 : (int)due_s * 1000 + 50;
}

void
app_run(struct app *app, struct terminal *terminal)
{
	int64_t next_tick = clock_monotonic_ms() + 1000;
	int rows, columns;

	terminal_size(terminal, &rows, &columns);
	if (rows != app->rows || columns != app->columns)
		app_resize(app, rows, columns);
	app->is_dirty = true;
	while (!app->is_done) {
		struct pollfd fds[1 + FDS_MAX];
		size_t count = 1;
		int wait_ms = time_wait_ms(app);

		if (app->is_done)
			break;
		show(app, terminal);
		fds[0] = (struct pollfd){ .fd = terminal_fd(terminal),
			.events = POLLIN };
		count += job_fds(app, fds + 1);
		if (wants_ticks(app)) {
			int64_t left = next_tick - clock_monotonic_ms();

			if (left < 0)
				left = 0;
			if (wait_ms < 0 || left < wait_ms)
				wait_ms = (int)left;
		}
		terminal_wait(terminal, fds, count, wait_ms);
		take_input(app, terminal);
		if (app->is_done)
			break;
		app_take_jobs(app);
		if (wants_ticks(app) && clock_monotonic_ms() >= next_tick) {
			next_tick = clock_monotonic_ms() + 1000;
			app_feed_tick(app);
		}
	}
}
