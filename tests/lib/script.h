/*
 * script.h - plays a .keys file against something that shows screens.
 *
 * The same files drive the app in memory and the real SSH port: what differs
 * is the backend.  A line is a word and the rest; '#' starts a comment:
 *
 *   login anna              as whom; the backend knows the names
 *   press Down Down Enter   keys by name: n, Ctrl-S, Shift-Tab, F1, Space
 *   type bob@acme.example   letter by letter
 *   paste one\ntwo          as one paste; \n \t \\ \e are understood
 *   paste <FILE             what is in that file of the directory WORK
 *   resize 100 30           columns, rows
 *   expect NAME             the screen equals golden/NAME.screen beside the
 *                           script, sooner or later
 *   see TEXT                this text is on the screen, sooner or later
 *   miss TEXT               this text is not on the screen, sooner or later
 *   closed                  the session has ended, sooner or later
 *   run COMMAND             a shell command, in the directory of the script
 *   also 120x40 ascii       play it again so; the runner reads this line
 *
 * Nothing sleeps for a fixed time: expect, see and miss wait for the screen
 * to become right, until a limit.  With GOLDEN=write in the environment
 * expect writes the file instead of comparing, once the screen stands still.
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include <stdbool.h>

#include "base/arena.h"

struct script_backend {
	void *context;
	const char *variant; /* "120x40": golden/NAME.120x40.screen; or NULL */
	int limit_ms;        /* how long to wait for a screen; 0: 5 seconds */

	/* False: it did not work, and says why on standard output. */
	bool (*login)(void *context, const char *who);
	void (*press)(void *context, int key); /* tui/key.h */
	void (*type)(void *context, const char *text);
	void (*paste)(void *context, const char *text);
	void (*resize)(void *context, int rows, int columns);

	/* The screen in the form of canvas_as_text(). */
	char *(*screen)(void *context, struct arena *);

	/* Lets up to `ms` pass for something to happen; false when the other
	 * side has ended and nothing more can come. */
	bool (*wait)(void *context, int ms);
	bool (*is_closed)(void *context);
};

/* Plays the file; prints what failed.  Gives the number of failures, and
 * adds to *passed the checks that held. */
int script_run(const char *path, const struct script_backend *, int *passed);

#endif
