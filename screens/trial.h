/*
 * trial.h - a form whose log-in at another mail server is tried before it is
 * saved: by a job, so that the screen goes on.
 *
 * While it is tried the form keeps what was typed and takes nothing more; Esc
 * stops the trial.  In the state of a screen; all zero is "nothing is tried".
 */
#ifndef SCREENS_TRIAL_H
#define SCREENS_TRIAL_H

#include "model/user_external.h"
#include "screens/run.h"

struct trial {
	struct user_external_trial asked;
	struct err verdict;
	int job;
	bool is_on, is_ended;
};

/*
 * run_form().  When a log-in must be tried first, that is begun, nothing is
 * changed yet and trial_is_on().
 */
enum err_code trial_run_form(struct trial *, struct app *, struct form *,
    const struct operation *, int64_t version, struct operation_result *,
    struct err *) MUST_USE;

enum trial_event {
	TRIAL_IGNORED, /* not a message for the trial */
	TRIAL_TAKEN,   /* the form must not see it */
	TRIAL_GOOD,    /* save again: trial_run_form() */
	TRIAL_REFUSED, /* err says why */
};

/* Each message goes here before it goes to the form. */
enum trial_event trial_update(struct trial *, struct app *, struct form *,
    const struct msg *, struct err *);

/* Then Esc is the trial's. */
bool trial_is_on(const struct trial *);

void trial_close(struct trial *); /* wipes the password */

#endif
