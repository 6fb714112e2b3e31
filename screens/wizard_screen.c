#include "screens/wizard_screen.h"

#include <string.h>

#include "base/text.h"
#include "screens/run.h"
#include "screens/session.h"

/* What is there now; refuses the screen when it can't be read. */
static bool
load(struct wizard_screen *s, struct app *app)
{
	void *input = arena_alloc(app_arena(app), s->operation->input_size + 1);
	struct err err = { 0 };

	if (operation_load(session_context(app), s->operation, "", input,
		&s->version, &err) != OK) {
		app_refuse(app, &err);
		return false;
	}
	form_load(&s->form, input);
	explicit_bzero(input, s->operation->input_size + 1);
	return true;
}

bool
wizard_screen_open(struct wizard_screen *s, struct app *app,
    const char *operation, const struct wizard_step *steps, void *state)
{
	struct err err = { .code = ERR_DENIED };
	const char *why = session_command_off(app, operation);

	s->operation = operation_by_name(operation);
	form_open(&s->form, app_arena(app), s->operation->fields,
	    s->operation->input_size);
	if (why != NULL) {
		text_copy(err.text, sizeof(err.text), why);
		app_refuse(app, &err);
		return false;
	}
	if (s->operation->load != NULL && !load(s, app))
		return false;
	wizard_open(&s->wizard, app, steps, &s->form, state);
	return true;
}

/* Somebody else saved meanwhile: the next save is over that version.  Only
 * what was changed here is written, so the others' changes stay. */
static void
take_new_version(struct wizard_screen *s, struct app *app)
{
	void *now = arena_alloc(app_arena(app), s->operation->input_size + 1);
	struct err err;

	if (operation_load(session_context(app), s->operation, "", now,
		&s->version, &err) != OK)
		app_error(app, &err);
}

static struct next
save(struct wizard_screen *s, struct app *app)
{
	struct operation_result result = { 0 };
	struct err err = { 0 };

	if (s->operation->load != NULL && !form_is_changed(&s->form)) {
		app_message(app,
		    "Nothing was changed: there is nothing to save.  Esc "
		    "leaves.");
		return NEXT_STAYS;
	}
	if (trial_run_form(&s->trial, app, &s->form, s->operation, s->version,
		&result, &err) == OK)
		return run_done(app, s->operation, &result);
	if (trial_is_on(&s->trial))
		return NEXT_STAYS;
	wizard_refused(&s->wizard, app, &err);
	if (s->operation->load != NULL && text_is_same(err.field, "version"))
		take_new_version(s, app);
	return NEXT_STAYS;
}

enum wizard_event
wizard_screen_update(struct wizard_screen *s, struct app *app,
    const struct msg *msg, struct next *next)
{
	struct err err = { 0 };
	enum wizard_event event = WIZARD_DONE;

	*next = NEXT_STAYS;
	switch (trial_update(&s->trial, app, &s->form, msg, &err)) {
	case TRIAL_GOOD:
		event = WIZARD_SAVE;
		break;
	case TRIAL_REFUSED:
		wizard_refused(&s->wizard, app, &err);
		break;
	case TRIAL_TAKEN:
		break;
	default:
		event = wizard_update(&s->wizard, app, msg);
	}
	if (event != WIZARD_SAVE)
		return event;
	*next = save(s, app);
	return WIZARD_DONE;
}

/* ---- for WIZARD_SCREEN() ---- */

void
wizard_screen_view(const void *state, struct canvas *canvas)
{
	const struct wizard_screen *s = state;

	wizard_view(&s->wizard, canvas);
}

void
wizard_screen_close(void *state)
{
	struct wizard_screen *s = state;

	trial_close(&s->trial);
	form_close(&s->form);
}

bool
wizard_screen_wants_escape(const void *state)
{
	const struct wizard_screen *s = state;

	return trial_is_on(&s->trial);
}

bool
wizard_screen_wants_text(const void *state)
{
	const struct wizard_screen *s = state;

	return wizard_wants_text(&s->wizard);
}

bool
wizard_screen_is_unsaved(const void *state)
{
	const struct wizard_screen *s = state;

	return form_is_changed(&s->form);
}

const char *
wizard_screen_copy(const void *state)
{
	const struct wizard_screen *s = state;

	return form_copy(&s->form);
}

const struct key_binding *
wizard_screen_hint_keys(const void *state)
{
	const struct wizard_screen *s = state;

	return wizard_is_on_review(&s->wizard) ? wizard_review_keys : NULL;
}
