/*
 * session.h - one person at the screens: the app opened for an actor.
 */
#ifndef SCREENS_SESSION_H
#define SCREENS_SESSION_H

#include "model/context.h"
#include "model/permission.h"
#include "tui/app.h"

/*
 * Runs the screens on descriptors 0 and 1 for context->actor until the person
 * quits or the terminal is gone.  Gives the exit status: 0, or that of the
 * reason why there are no screens on this terminal, which is printed.
 */
int session_run(struct context *);

/*
 * All of the options but the size, for app_open(): session_run() and tests
 * use it.  app_context() is the struct context, which must live on; texts lie
 * in the arena.
 */
void session_options(struct app_options *, struct context *, struct arena *);

/* The server's name is the first word of the title, also once it changes. */
void session_title(struct app *);

/* The context that the screens work with. */
struct context *session_context(const struct app *);

/* Commands that are neither an operation nor a list, with the right that each
 * needs, as the command line has it; ends with a zero row. */
struct session_reader {
	const char *command;
	enum action action;
};
extern const struct session_reader session_readers[];

/* True for a message after which a screen reads its rows again: it was asked
 * to, is on top again, or another connection changed the database since
 * `data_version` (of db_data_version(), when it read last). */
bool session_is_old(
    const struct app *, const struct msg *, int64_t data_version);

/* Why this person, with this key, can't use the operation, list or other
 * command of that name, or NULL. */
const char *session_command_off(const struct app *, const char *name);

/* For key_binding.is_off of keys that no operation or list stands behind:
 * why this person can't, or NULL.  `command` is what a key's command= names
 * ("dns check"). */
const char *session_off(
    const struct app *, enum action, const char *command, bool is_change);

#endif
