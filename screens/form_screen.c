#include "screens/form_screen.h"

#include <string.h>

#include "base/text.h"
#include "screens/danger.h"
#include "screens/run.h"
#include "screens/session.h"
#include "screens/trial.h"
#include "tui/form.h"

#define SAVE_TAG 7302

struct form_state {
	const struct operation *operation;
	struct form form;
	struct trial trial;
	int64_t version;
	bool is_complete;
	char state_text[ERR_TEXT_SIZE];
};

static const struct field no_fields[] = { { 0 } };

/* ---- opening ---- */

static struct form_spec handed; /* from form_screen_next() to open() */

struct next
form_screen_next(const struct form_spec *spec)
{
	handed = *spec;
	return (struct next){
		.kind = NEXT_OPEN, .screen = &screen_form, .data = &handed
	};
}

struct next
form_screen_for(const struct operation *operation, const char *name)
{
	struct form_spec spec = { .operation = operation };

	if (name != NULL)
		spec.presets[spec.preset_count++] =
		    (struct form_preset){ NULL, name, true };
	return form_screen_next(&spec);
}

static const char *
preset_name(const struct form_spec *spec, const struct form_preset *preset)
{
	const struct field *main_field = spec->operation->fields != NULL
	    ? field_main(spec->operation->fields)
	    : NULL;

	if (preset->name != NULL)
		return preset->name;
	return main_field != NULL ? main_field->name : "";
}

/* The row's present values; the presets go over them as if typed. */
static enum err_code
load(struct app *app, struct form_state *s, const char *name, struct err *err)
{
	void *input = arena_alloc(app_arena(app), s->operation->input_size + 1);
	const enum err_code code = operation_load(
	    session_context(app), s->operation, name, input, &s->version, err);

	if (code == OK)
		form_load(&s->form, input);
	explicit_bzero(input, s->operation->input_size + 1);
	return code;
}

static void
take_presets(struct form_state *s, const struct form_spec *spec)
{
	for (size_t i = 0; i < spec->preset_count; i++) {
		const struct form_preset *preset = &spec->presets[i];
		const char *name = preset_name(spec, preset);

		if (preset->is_fixed || s->operation->load == NULL)
			form_set(&s->form, name, preset->text);
		else
			form_type(&s->form, name, preset->text);
		if (preset->is_fixed)
			form_set_off(&s->form, name, "");
	}
}

static const char *
main_preset(const struct form_spec *spec)
{
	const struct field *main_field = spec->operation->fields != NULL
	    ? field_main(spec->operation->fields)
	    : NULL;

	for (size_t i = 0; main_field != NULL && i < spec->preset_count; i++)
		if (text_is_same(
			preset_name(spec, &spec->presets[i]), main_field->name))
			return spec->presets[i].text;
	return "";
}

static void
open_form(struct app *app, void *state, int64_t id)
{
	const struct form_spec *spec = app_argument(app);
	struct form_state *s = state;
	const struct field *fields = spec->operation->fields;
	const struct field *main_field =
	    fields != NULL ? field_main(fields) : NULL;
	struct err err = { 0 };

	(void)id;
	s->operation = spec->operation;
	s->is_complete = spec->is_complete;
	form_open(&s->form, app_arena(app), fields != NULL ? fields : no_fields,
	    s->operation->input_size);
	if (s->operation->load != NULL &&
	    load(app, s, main_preset(spec), &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	take_presets(s, spec);
	if (s->operation->load != NULL && main_field != NULL)
		form_set_off(&s->form, main_field->name, "");
	app_title(app, "%s",
	    spec->title != NULL ? spec->title
				: run_title(app_arena(app), s->operation));
	text_copy(s->state_text, sizeof(s->state_text), s->operation->help);
}

/* ---- saving ---- */

/* The value that the row has now, as a remark below the person's own. */
static void
show_other(struct form_state *s, const struct form_field *field,
    const char *now, bool was_touched)
{
	char note[FORM_NOTE_SIZE];

	if (!was_touched) {
		form_set(&s->form, field->field->name, now);
		text_format(note, sizeof(note),
		    "changed meanwhile to this, by somebody else");
	} else {
		text_format(note, sizeof(note),
		    "is \"%.120s\" now, set by somebody else; yours is kept",
		    now);
	}
	form_set_note(&s->form, field->field->name, note);
}

/*
 * Somebody else saved meanwhile.  What this person did not touch takes the
 * new value; what both changed keeps what was typed and shows the other.  The
 * next save is over the new version.
 */
static void
merge(struct app *app, struct form_state *s, const struct err *conflict)
{
	void *now = arena_alloc(app_arena(app), s->operation->input_size + 1);
	const struct field *main_field = s->operation->fields != NULL
	    ? field_main(s->operation->fields)
	    : NULL;
	const char *name =
	    main_field != NULL ? form_text(&s->form, main_field->name) : "";
	struct err err = { 0 };

	if (operation_load(session_context(app), s->operation, name, now,
		&s->version, &err) != OK) {
		app_error(app, &err);
		return;
	}
	for (size_t i = 0; i < s->form.count; i++) {
		const struct form_field *field = &s->form.fields[i];
		const bool was_touched =
		    !text_is_same(field->text, field->first_text);
		char text[FIELD_TEXT_SIZE];

		field_format(field->field, now, text, sizeof(text));
		if (field->field->kind != FIELD_SECRET &&
		    !text_is_same(text, field->first_text))
			show_other(s, field, text, was_touched);
	}
	app_error(app, conflict);
}

static struct next
save(struct app *app, struct form_state *s)
{
	struct operation_result result = { 0 };
	struct err err = { 0 };

	if (trial_run_form(&s->trial, app, &s->form, s->operation, s->version,
		&result, &err) == OK)
		return run_done(app, s->operation, &result);
	if (trial_is_on(&s->trial))
		return NEXT_STAYS;
	if (err.code == ERR_CONFLICT && text_is_same(err.field, "version") &&
	    s->operation->load != NULL)
		merge(app, s, &err);
	else
		run_refused(app, &s->form, &err);
	return NEXT_STAYS;
}

static const char *
name_of(const struct form_state *s)
{
	const struct field *main_field = s->operation->fields != NULL
	    ? field_main(s->operation->fields)
	    : NULL;

	return main_field != NULL ? form_text(&s->form, main_field->name) : "";
}

static struct next
ask_or_save(struct app *app, struct form_state *s)
{
	const char *name;

	if (s->operation->load != NULL && !form_is_changed(&s->form)) {
		app_message(app,
		    "Nothing was changed: there is nothing to "
		    "save.");
		return NEXT_STAYS;
	}
	if (s->operation->danger == DANGER_NONE)
		return save(app, s);
	name = arena_text(app_arena(app), name_of(s));
	return danger_ask(
	    app, app_arena(app), s->operation, &name, 1, SAVE_TAG);
}

static struct next
update_form(struct app *app, void *state, const struct msg *msg)
{
	struct form_state *s = state;
	struct err err = { 0 };

	switch (trial_update(&s->trial, app, &s->form, msg, &err)) {
	case TRIAL_GOOD:
		return save(app, s);
	case TRIAL_REFUSED:
		run_refused(app, &s->form, &err);
		return NEXT_STAYS;
	case TRIAL_TAKEN:
		return NEXT_STAYS;
	default:
		break;
	}
	if (msg->kind == MSG_RETURN && msg->id == SAVE_TAG)
		return save(app, s);
	if (form_update(&s->form, msg) == FORM_SAVE)
		return ask_or_save(app, s);
	if (msg->kind == MSG_RESIZE && s->is_complete) {
		s->is_complete = false;
		return form_check(&s->form) ? ask_or_save(app, s) : NEXT_STAYS;
	}
	return NEXT_STAYS;
}

static void
view_form(const void *state, struct canvas *canvas)
{
	const struct form_state *s = state;
	struct canvas body = screen_body(canvas);

	screen_put_state(canvas, s->state_text, NULL);
	form_view(&s->form, &body);
	screen_put_help(canvas, form_help(&s->form));
}

static void
close_form(void *state)
{
	struct form_state *s = state;

	trial_close(&s->trial);
	form_close(&s->form);
}

static bool
escape_form(const void *state)
{
	const struct form_state *s = state;

	return trial_is_on(&s->trial);
}

static bool
type_form(const void *state)
{
	const struct form_state *s = state;

	return form_wants_text(&s->form);
}

static bool
is_unsaved_form(const void *state)
{
	const struct form_state *s = state;

	return form_is_changed(&s->form);
}

static const char *
copy_form(const void *state)
{
	const struct form_state *s = state;

	return form_copy(&s->form);
}

const struct screen screen_form = {
	.title = "Form",
	.state_size = sizeof(struct form_state),
	.widget_keys = form_keys,
	.open = open_form,
	.update = update_form,
	.view = view_form,
	.close = close_form,
	.wants_text = type_form,
	.wants_escape = escape_form,
	.escape_word = "stop",
	.is_unsaved = is_unsaved_form,
	.copy = copy_form,
};
