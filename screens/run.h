/*
 * run.h - the one bridge from a screen to operations.
 *
 * A form's texts go to operation_run() as they are; what it says comes back
 * below its field or on the message row.  The danger in the operation's row
 * is asked for here: y or n, or the name typed.
 */
#ifndef SCREENS_RUN_H
#define SCREENS_RUN_H

#include "model/operation.h"
#include "tui/app.h"
#include "tui/form.h"

/* ---- forms ---- */

/*
 * Runs it with the texts of the form: of an edit (operation->load) the main
 * field and what was changed, else all that is not hidden.  `version` is the
 * one that the person saw, or 0.  The caller shows a refusal: run_refused(),
 * or wizard_refused().  `result` may hold a secret: give it to run_done().
 */
enum err_code run_form(struct app *, const struct form *,
    const struct operation *, int64_t version, struct operation_result *,
    struct err *) MUST_USE;

/* Below the field that it names, else on the message row. */
void run_refused(struct app *, struct form *, const struct err *);

/*
 * Says what was done and leaves the screen: closes it with id = the row's, so
 * that a list below can go there, or puts the screen that shows a secret once
 * in its place.  Wipes the result.
 */
struct next run_done(
    struct app *, const struct operation *, struct operation_result *);

/* ---- an operation on rows, from a list or a detail screen ---- */

#define RUN_ROWS_MAX 1000

/* In the state of the screen; all zero is "nothing asked". */
struct run {
	const struct operation *operation;
	const char **names; /* texts for the main field */
	size_t count;
	struct arena arena;
};

/*
 * Runs the operation on each of the rows that `names` name (the main field's
 * texts; they are copied), asking first as its danger wants it: with several
 * rows and danger "name", what must be typed is the verb and the count,
 * "remove 3".  Return what it gives; MSG_RETURN goes to run_answer().
 */
struct next run_rows(struct run *, struct app *, const struct operation *,
    const char *const *names, size_t count);

/* True when the message was the answer: *next is what to return then, and
 * rows may have changed. */
bool run_answer(struct run *, struct app *, const struct msg *, struct next *);

void run_close(struct run *);

/* True when it can't run with the main field alone: it needs a form. */
bool run_needs_form(const struct operation *);

/* The breadcrumb word of its form: "New user", "Edit". */
const char *run_title(struct arena *, const struct operation *);

/* "remove" of "user remove". */
const char *run_verb(const struct operation *);

#endif
