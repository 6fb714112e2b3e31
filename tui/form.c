/* ---- texts, checks and keys of a form; form_view.c draws ---- */
#include "tui/form.h"

#include <string.h>

#include "base/text.h"

#define LINE_SIZE 1024 /* bytes that can be typed into a line */

/* clang-format off */
#define FORM_KEYS \
	{ PRESS_TAB, FORM_KEY_NEXT, "next", "To the next field.", NULL }, \
	{ PRESS_DOWN, FORM_KEY_NEXT, NULL, NULL, NULL }, \
	{ PRESS_SHIFT_TAB, FORM_KEY_PREVIOUS, NULL, "To the field before.", NULL }, \
	{ PRESS_UP, FORM_KEY_PREVIOUS, NULL, NULL, NULL }, \
	{ PRESS_ENTER, FORM_KEY_ENTER, NULL, "Next field; on the last one as if done.", NULL }

#define FORM_KEYS_BEHIND \
	{ ' ', FORM_KEY_TOGGLE, NULL, "Toggle yes and no, take the next choice (not in text fields).", NULL }, \
	{ PRESS_RIGHT, FORM_KEY_TOGGLE, NULL, NULL, NULL }, \
	{ PRESS_LEFT, FORM_KEY_TOGGLE_BACK, NULL, "Take the choice before.", NULL }, \
	{ PRESS_CTRL('U'), FORM_KEY_CLEAR, NULL, "Clear the field.", NULL }, \
	{ PRESS_CTRL('V'), FORM_KEY_SHOW, NULL, "Show or hide a secret.", NULL }, \
	{ PRESS_CTRL('O'), FORM_KEY_PICK, NULL, "Choose from a list, where the help row offers it.", NULL }

const struct key_binding form_keys[] = {
	FORM_KEYS,
	{ PRESS_CTRL('S'), FORM_KEY_SAVE, "save", "Save.", NULL },
	FORM_KEYS_BEHIND,
	{ 0 }
};

const struct key_binding wizard_keys[] = {
	FORM_KEYS,
	{ PRESS_CTRL('N'), WIZARD_KEY_NEXT, "next step", "To the next step; on the last one: save.", NULL },
	{ PRESS_CTRL('P'), WIZARD_KEY_BACK, "step back", "To the step before; nothing is lost.", NULL },
	{ PRESS_CTRL('S'), FORM_KEY_SAVE, "save", "Check all steps and save.", NULL },
	FORM_KEYS_BEHIND,
	{ 0 }
};
/* clang-format on */

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

static bool
move(struct form *form, int by)
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
		move(form, 1);
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

static void
set_note(struct form_field *field, const char *text, bool is_error)
{
	text_copy(field->note, sizeof field->note, text ? text : "");
	field->is_error = is_error && field->note[0] != '\0';
}

void
form_set_note(struct form *form, const char *name, const char *text)
{
	struct form_field *field = by_name(form, name);

	if (field != NULL)
		set_note(field, text, false);
}

bool
form_mark_error(struct form *form, const char *name, const char *text)
{
	struct form_field *field = by_name(form, name);

	if (field == NULL || field->is_hidden)
		return false;
	set_note(field, text, true);
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
static bool
check(struct form *form, size_t i, bool also_empty)
{
	struct form_field *field = &form->fields[i];
	struct err err = { 0 };

	if (field->is_hidden || field->off != NULL)
		return true;
	if (!also_empty && field->text[0] == '\0') {
		if (field->is_error)
			set_note(field, NULL, false);
		return true;
	}
	if (field_parse(field->field, form->input, field->text, &err) != OK) {
		set_note(field, err.text, true);
		return false;
	}
	if (field->is_error)
		set_note(field, NULL, false);
	return true;
}

bool
form_check(struct form *form)
{
	size_t wrong = form->end;

	for (size_t i = form->end; i-- > form->first;)
		if (!check(form, i, true))
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

/* ---- keys ---- */

static size_t
choice_index(const struct form_field *field)
{
	size_t i = 0;

	while (field->field->choices[i] != NULL &&
	    !text_is_same(field->field->choices[i], field->text))
		i++;
	return i;
}

/* The next or previous of the choices; at the ends it goes round. */
static void
turn(struct form_field *field, int by)
{
	const char *const *choices = field->field->choices;
	size_t count = 0, now = choice_index(field);

	if (field->field->kind == FIELD_YES_NO) {
		line_edit_set(&field->edit,
		    text_is_same(field->text, "yes") ? "no" : "yes");
		return;
	}
	while (choices[count] != NULL)
		count++;
	if (count == 0)
		return;
	if (now == count)
		now = by > 0 ? count - 1 : 0;
	now = by > 0 ? (now + 1) % count : (now + count - 1) % count;
	line_edit_set(&field->edit, choices[now]);
}

static bool
is_choice(const struct form_field *field)
{
	return field->field->kind == FIELD_CHOICE ||
	    field->field->kind == FIELD_YES_NO;
}

static void
edited(struct form_field *field)
{
	set_note(field, NULL, false);
	if (field->edit.is_cut) {
		field->edit.is_cut = false;
		set_note(field,
		    "That was longer than this field holds: its end is cut "
		    "off.",
		    true);
	}
}

static enum form_event
typed(struct form_field *field, const struct msg *msg)
{
	if (field == NULL || is_choice(field))
		return FORM_IGNORED;
	if (!line_edit_update(&field->edit, msg))
		return FORM_IGNORED;
	/* Moving inside the text leaves a refusal standing. */
	if (msg->kind == MSG_TEXT ||
	    (msg->key != PRESS_LEFT && msg->key != PRESS_RIGHT &&
		msg->key != PRESS_HOME && msg->key != PRESS_END))
		edited(field);
	return FORM_DONE;
}

static enum form_event
enter(struct form *form)
{
	check(form, form->focus, false);
	if (move(form, 1))
		return FORM_DONE;
	return form_check(form) ? FORM_SAVE : FORM_DONE;
}

static enum form_event
press(struct form *form, const struct msg *msg)
{
	struct form_field *field = form_can_focus(form, form->focus)
	    ? &form->fields[form->focus]
	    : NULL;

	switch (msg->action) {
	case FORM_KEY_NEXT:
	case FORM_KEY_PREVIOUS:
		if (field != NULL)
			check(form, form->focus, false);
		move(form, msg->action == FORM_KEY_NEXT ? 1 : -1);
		return FORM_DONE;
	case FORM_KEY_ENTER:
		return field != NULL ? enter(form) : FORM_IGNORED;
	case FORM_KEY_SAVE:
		return form_check(form) ? FORM_SAVE : FORM_DONE;
	case FORM_KEY_TOGGLE:
	case FORM_KEY_TOGGLE_BACK:
		if (field == NULL || !is_choice(field))
			return typed(field, msg);
		turn(field, msg->action == FORM_KEY_TOGGLE ? 1 : -1);
		edited(field);
		return FORM_DONE;
	case FORM_KEY_CLEAR:
		return typed(field, msg);
	case FORM_KEY_SHOW:
		if (field != NULL && field->field->kind == FIELD_SECRET)
			field->is_shown = !field->is_shown;
		return FORM_DONE;
	case FORM_KEY_PICK:
		return field != NULL && field->has_picker ? FORM_PICK
							  : FORM_DONE;
	default:
		return typed(field, msg);
	}
}

enum form_event
form_update(struct form *form, const struct msg *msg)
{
	enum form_event event = FORM_IGNORED;

	if (msg->kind == MSG_RESIZE) {
		form->body_rows = msg->rows;
		form->body_columns = msg->columns;
		event = FORM_DONE;
	} else if (form->is_saving) {
		return FORM_DONE;
	} else if (msg->kind == MSG_KEY) {
		event = press(form, msg);
	} else if (msg->kind == MSG_TEXT && form_can_focus(form, form->focus)) {
		event = typed(&form->fields[form->focus], msg);
	}
	form_scroll(form);
	return event;
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
	    !is_choice(&form->fields[form->focus]);
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
