/* ---- a session that the clock ends, and the warning before ---- */
#include "base/clock.h"
#include "tui/app_state.h"

#define WARN_ENDS_S 300 /* before the end at a fixed moment */
#define WARN_IDLE_S 60  /* before the end for want of keys */

/* Seconds until something is due: the warning, then the end itself. */
static int64_t
until_due(int64_t left_s, int64_t warn_s)
{
	return left_s > warn_s ? left_s - warn_s : left_s;
}

static void
end(struct app *app, const char *why)
{
	app->is_done = true;
	app->end_text = why;
}

static int64_t
check_end(struct app *app, int64_t now)
{
	const int64_t left = app->options.ends_at - now;
	char at[32];

	if (left <= 0) {
		end(app, "Your key has expired: the session is over.");
		return 0;
	}
	if (left <= WARN_ENDS_S && !app->is_end_told) {
		clock_format_short(at, sizeof at, app->options.ends_at);
		app_message(app,
		    "The key you signed in with expires at %s: this session "
		    "ends then.",
		    at);
		app->is_end_told = true;
	}
	return until_due(left, WARN_ENDS_S);
}

static int64_t
check_idle(struct app *app, int64_t idle_s)
{
	const int64_t left = app->options.idle_seconds - idle_s;

	if (left <= 0) {
		end(app,
		    "No key was pressed for a while: the session is "
		    "over.");
		return 0;
	}
	if (left > WARN_IDLE_S)
		app->is_idle_told = false;
	else if (!app->is_idle_told) {
		app_message(app,
		    "Nothing was typed for a while: this session ends in %d "
		    "s.  Any key keeps it.",
		    (int)left);
		app->is_idle_told = true;
	}
	return until_due(left, WARN_IDLE_S);
}

int64_t
app_check_time(struct app *app, int64_t now, int64_t idle_s)
{
	int64_t due = -1, next;

	if (app->options.idle_seconds > 0)
		due = check_idle(app, idle_s);
	if (app->options.ends_at > 0) {
		next = check_end(app, now);
		if (due < 0 || next < due)
			due = next;
	}
	return due;
}

const char *
app_end_text(const struct app *app)
{
	return app->end_text != NULL ? app->end_text : "";
}
