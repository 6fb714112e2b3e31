#include "screens/trial.h"

#include <string.h>

#include "screens/session.h"

bool
trial_is_on(const struct trial *t)
{
	return t->is_on;
}

void
trial_close(struct trial *t)
{
	explicit_bzero(t, sizeof(*t));
}

/* What the next key wipes off the message row is said again. */
static void
say(const struct trial *t, struct app *app)
{
	app_message(app, "Trying the log-in at %s...  Esc stops it.",
	    t->asked.login.imap_host);
}

/* ---- beginning ---- */

static enum err_code
start(struct trial *t, struct app *app, struct form *form, struct err *err)
{
	t->verdict = (struct err){ 0 };
	t->is_ended = false;
	t->job = app_job_start(app, user_external_job, &t->asked, err);
	t->is_on = form->is_saving = t->job != 0;
	if (t->is_on)
		say(t, app);
	else
		trial_close(t);
	return err->code;
}

enum err_code
trial_run_form(struct trial *t, struct app *app, struct form *form,
    const struct operation *operation, int64_t version,
    struct operation_result *result, struct err *err)
{
	struct context *context = session_context(app);
	enum err_code code;

	context->external_trial = &t->asked;
	code = run_form(app, form, operation, version, result, err);
	context->external_trial = NULL;
	if (t->asked.state == EXTERNAL_WANTED)
		return start(t, app, form, err);
	trial_close(t);
	return code;
}

/* ---- while it runs, and its end ---- */

static void
stop(struct trial *t, struct app *app, struct form *form)
{
	app_job_stop(app, t->job);
	trial_close(t);
	form->is_saving = false;
	app_message(app, "The trial was stopped: nothing is saved.");
}

static void
take(struct trial *t, const struct msg *msg)
{
	if (msg->job != t->job)
		return;
	if (msg->kind == MSG_JOB && msg->length == sizeof(t->verdict)) {
		memcpy(&t->verdict, msg->data, msg->length);
		t->is_ended = true;
	} else if (msg->kind == MSG_JOB_END && !t->is_ended) {
		err_set(&t->verdict, ERR_SYSTEM, NULL,
		    "The trial of the log-in broke off: save again.");
		t->is_ended = true;
	}
}

static enum trial_event
finish(struct trial *t, struct app *app, struct form *form, struct err *err)
{
	app_job_stop(app, t->job);
	app_message(app, "%s", "");
	t->is_on = t->is_ended = form->is_saving = false;
	*err = t->verdict;
	if (err->code == OK) {
		t->asked.state = EXTERNAL_PASSED;
		return TRIAL_GOOD;
	}
	trial_close(t);
	return TRIAL_REFUSED;
}

enum trial_event
trial_update(struct trial *t, struct app *app, struct form *form,
    const struct msg *msg, struct err *err)
{
	if (!t->is_on || msg->kind == MSG_RESIZE)
		return TRIAL_IGNORED;
	if (msg->kind == MSG_KEY && msg->key == PRESS_ESCAPE) {
		stop(t, app, form);
		return TRIAL_TAKEN;
	}
	take(t, msg);
	if (t->is_ended && !app_is_covered(app))
		return finish(t, app, form, err);
	if (!app_is_covered(app))
		say(t, app);
	return TRIAL_TAKEN;
}
