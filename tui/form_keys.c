/* ---- what a key or a paste does to a form ---- */
#include <string.h>

#include "base/text.h"
#include "tui/form_state.h"

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

const struct key_binding form_keys_unsaved[] = {
	FORM_KEYS,
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

const struct key_binding wizard_review_keys[] = {
	{ PRESS_ENTER, FORM_KEY_ENTER, "save", "Save.", NULL },
	{ PRESS_CTRL('P'), WIZARD_KEY_BACK, "step back", "To the step before; nothing is lost.", NULL },
	{ 0 }
};
/* clang-format on */

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

bool
form_field_is_choice(const struct form_field *field)
{
	return field->field->kind == FIELD_CHOICE ||
	    field->field->kind == FIELD_YES_NO;
}

static void
edited(struct form_field *field)
{
	form_field_note(field, NULL, false);
	if (field->edit.is_cut) {
		field->edit.is_cut = false;
		form_field_note(field,
		    "That was longer than this field holds: its end is cut "
		    "off.",
		    true);
	}
}

static enum form_event
typed(struct form_field *field, const struct msg *msg)
{
	if (field == NULL || form_field_is_choice(field))
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

#define BASE64_LINE 60 /* signs: no shorter line of it is ever broken */

/* "-----BEGIN" behind the last "-----END": more lines are to come. */
static bool
is_open_pem(const char *text)
{
	const char *begin = NULL, *end = NULL, *at;

	for (at = text; (at = strstr(at, "-----BEGIN")) != NULL; at++)
		begin = at;
	for (at = text; (at = strstr(at, "-----END")) != NULL; at++)
		end = at;
	return begin != NULL && (end == NULL || end < begin);
}

/*
 * A terminal that does not bracket what is pasted sends each line end as
 * Enter.  In a block, Enter behind a line of PEM or base64 that came key by
 * key breaks the line; behind an empty line it goes on.
 */
static bool
breaks_line(const struct form_field *field)
{
	const char *text = field->text;
	const char *line = strrchr(text, '\n');

	line = line != NULL ? line + 1 : text;
	if (!field->edit.is_block || !field->edit.is_typed || *text == '\0')
		return false;
	if (is_open_pem(text))
		return true;
	return text_starts_with(line, "-----") ||
	    strcspn(line, " ") >= BASE64_LINE ||
	    (*line != '\0' && line != text);
}

static enum form_event
break_line(struct form_field *field)
{
	const struct msg line_end = { .kind = MSG_TEXT, .text = "\n" };

	return line_edit_update(&field->edit, &line_end) ? FORM_DONE
							 : FORM_IGNORED;
}

static enum form_event
enter(struct form *form)
{
	form_check_field(form, form->focus, false);
	if (form_move(form, 1))
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
			form_check_field(form, form->focus, false);
		form_move(form, msg->action == FORM_KEY_NEXT ? 1 : -1);
		return FORM_DONE;
	case FORM_KEY_ENTER:
		if (field != NULL && breaks_line(field))
			return break_line(field);
		return field != NULL ? enter(form) : FORM_IGNORED;
	case FORM_KEY_SAVE:
		return form_check(form) ? FORM_SAVE : FORM_DONE;
	case FORM_KEY_TOGGLE:
	case FORM_KEY_TOGGLE_BACK:
		if (field == NULL || !form_field_is_choice(field))
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
