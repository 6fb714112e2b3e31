/* ---- texts and checks of a form; form_keys.c takes keys, form_view.c draws ---- */
#include "tui/form.h"

#include <string.h>

#include "base/text.h"
#include "tui/form_state.h"

#define LINE_SIZE 1024 /* bytes that can be typed into a line */

/* ---- opening ---- */

static size_t
room_for(const struct field *field)
{
	if (field->kind == FIELD_BLOCK)
		return FIELD_TEXT_SIZE;
	/* More than fits can be typed, so that the refusal can be read. */
	return field->size + 64 > LINE_SIZE ? field->size + 64 : LINE_SIZE;
}

static void
set_text(struct form_field *field, const char *text)
{
	line_edit_set(&field->edit, text);
	field->edit.is_cut = false;
	text_copy(field->first_text, field->size, text);
}

static const char *
initial_text(const struct field *field)
{
	if (field->initial != NULL)
		return field->initial;
	if (field->kind == FIELD_YES_NO)
		return "no";
	if (field->kind == FIELD_CHOICE && field->is_required)
		return field->choices[0];
	return "";
}

void
form_open(struct form *form, struct arena *arena, const struct field *fields,
    size_t input_size)
{
	*form = (struct form){ .count = field_count(fields),
		.input_size = input_size };
	form->end = form->count;
	form->fields =
	    arena_array(arena, form->count + 1, sizeof *form->fields);
	form->input = arena_alloc(arena, input_size + 1);
	for (size_t i = 0; i < form->count; i++) {
		struct form_field *field = &form->fields[i];

		field->field = &fields[i];
		field->size = room_for(&fields[i]);
		field->text = arena_alloc(arena, field->size);
		field->first_text = arena_alloc(arena, field->size);
		line_edit_open(&field->edit, field->text, field->size);
		field->edit.is_block = fields[i].kind == FIELD_BLOCK;
		set_text(field, initial_text(&fields[i]));
	}
}

void
form_close(struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		explicit_bzero(form->fields[i].text, form->fields[i].size);
		explicit_bzero(
		    form->fields[i].first_text, form->fields[i].size);
	}
	if (form->input != NULL)
		explicit_bzero(form->input, form->input_size);
	form->count = form->end = 0;
}

static struct form_field *
by_name(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (text_is_same(form->fields[i].field->name, name))
			return &form->fields[i];
	return NULL;
}

void
form_set(struct form *form, const char *name, const char *text)
{
	struct form_field *field = by_name(form, name);

	if (field != NULL)
		set_text(field, text);
}

void
form_type(struct form *form, const char *name, const char *text)
{
	struct form_field *field = by_name(form, name);

	if (field != NULL)
		line_edit_set(&field->edit, text);
}

const char *
form_text(const struct form *form, const char *name)
{
	const struct form_field *field = by_name(form, name);

	return field != NULL ? field->text : "";
}

void
form_load(struct form *form, const void *input)
{
	char text[FIELD_TEXT_SIZE];

	for (size_t i = 0; i < form->count; i++) {
		field_format(form->fields[i].field, input, text, sizeof text);
		set_text(&form->fields[i], text);
	}
}

/* ---- what can have the focus ---- */

bool
form_can_focus(const struct form *form, size_t i)
{
	return i >= form->first && i < form->end &&
	    !form->fields[i].is_hidden && form->fields[i].off == NULL;
}

bool
form_move(struct form *form, int by)
{
	size_t i = form->focus;

	for (;;) {
		if (by < 0 && i == form->first)
			return false;
		i = by < 0 ? i - 1 : i + 1;
		if (i >= form->end)
			return false;
		if (form_can_focus(form, i))
			break;
	}
	form->focus = i;
	return true;
}

static void
focus_first(struct form *form)
{
	form->focus = form->first;
	if (!form_can_focus(form, form->focus))
		form_move(form, 1);
}

void
form_show_slice(struct form *form, const char *first, size_t count)
{
	const struct form_field *field = first ? by_name(form, first) : NULL;

	form->first = field != NULL ? (size_t)(field - form->fields) : 0;
	form->end = field != NULL ? form->first + count : 0;
	if (form->end > form->count)
		form->end = form->count;
	focus_first(form);
}

void
form_focus(struct form *form, const char *name)
{
	const struct form_field *field = by_name(form, name);
	size_t i = field != NULL ? (size_t)(field - form->fields) : 0;

	if (field != NULL && form_can_focus(form, i))
		form->focus = i;
}

void
form_hide(struct form *form, const char *name, bool hidden)
{
	struct form_field *field = by_name(form, name);

	if (field != NULL)
		field->is_hidden = hidden;
	if (!form_can_focus(form, form->focus))
		focus_first(form);
}

void
form_set_off(struct form *form, const char *name, const char *why)
{
	struct form_field *field = by_name(form, name);

	if (field != NULL)
		field->off = why;
	if (!form_can_focus(form, form->focus))
		focus_first(form);
}

void
form_set_picker(struct form *form, const char *name)
{
	struct form_field *field = by_name(form, name);

	if (field != NULL)
		field->has_picker = true;
}

/* ---- notes and checks ---- */

void
form_field_note(struct form_field *field, const char *text, bool is_error)
{
	text_copy(field->note, sizeof field->note, text ? text : "");
	field->is_error = is_error && field->note[0] != '\0';
}

void
form_set_note(struct form *form, const char *name, const char *text)
{
	struct form_field *field = by_name(form, name);

	if (field != NULL)
		form_field_note(field, text, false);
}

bool
form_mark_error(struct form *form, const char *name, const char *text)
{
	struct form_field *field = by_name(form, name);

	if (field == NULL || field->is_hidden)
		return false;
	form_field_note(field, text, true);
	return true;
}

bool
form_is_refused(const struct form *form, const char *name)
{
	const struct form_field *field = by_name(form, name);

	return field != NULL && field->is_error;
}

bool
form_set_error(struct form *form, const char *name, const char *text)
{
	form_focus(form, name);
	return form_mark_error(form, name, text);
}

/* An empty required field is refused only when all are checked: who passes
 * it on the way to another has not done anything wrong yet. */
bool
form_check_field(struct form *form, size_t i, bool also_empty)
{
	struct form_field *field = &form->fields[i];
	struct err err = { 0 };

	if (field->is_hidden || field->off != NULL)
		return true;
	if (!also_empty && field->text[0] == '\0') {
		if (field->is_error)
			form_field_note(field, NULL, false);
		return true;
	}
	if (field_parse(field->field, form->input, field->text, &err) != OK) {
		form_field_note(field, err.text, true);
		return false;
	}
	if (field->is_error)
		form_field_note(field, NULL, false);
	return true;
}

bool
form_check(struct form *form)
{
	size_t wrong = form->end;

	for (size_t i = form->end; i-- > form->first;)
		if (!form_check_field(form, i, true))
			wrong = i;
	if (wrong == form->end)
		return true;
	form->focus = wrong;
	return false;
}

size_t
form_error_count(const struct form *form)
{
	size_t count = 0;

	for (size_t i = 0; i < form->count; i++)
		if (form->fields[i].is_error && !form->fields[i].is_hidden)
			count++;
	return count;
}

/* ---- what it holds ---- */

const char *
form_focus_name(const struct form *form)
{
	return form_can_focus(form, form->focus)
	    ? form->fields[form->focus].field->name
	    : "";
}

const char *
form_help(const struct form *form)
{
	return form_can_focus(form, form->focus)
	    ? form->fields[form->focus].field->help
	    : NULL;
}

const char *
form_copy(const struct form *form)
{
	const struct form_field *field = &form->fields[form->focus];

	if (!form_can_focus(form, form->focus) ||
	    field->field->kind == FIELD_SECRET)
		return "";
	return field->text;
}

bool
form_wants_text(const struct form *form)
{
	return form_can_focus(form, form->focus) &&
	    !form_field_is_choice(&form->fields[form->focus]);
}

bool
form_is_changed(const struct form *form)
{
	for (size_t i = 0; i < form->count; i++)
		if (!text_is_same(
			form->fields[i].text, form->fields[i].first_text))
			return true;
	return false;
}

size_t
form_as_args(const struct form *form, struct form_value *values, size_t max,
    bool only_changed)
{
	size_t count = 0;

	for (size_t i = 0; i < form->count && count < max; i++) {
		const struct form_field *field = &form->fields[i];

		if (field->is_hidden ||
		    (only_changed &&
			text_is_same(field->text, field->first_text)))
			continue;
		values[count++] =
		    (struct form_value){ field->field->name, field->text };
	}
	return count;
}
