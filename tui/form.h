/*
 * form.h - fields to fill in, made from the rows of base/field.h.
 *
 * A form holds texts, never parsed values: what is typed goes to the
 * operation as text, the same way as from the command line.  A field is
 * checked when it is left.  Secrets are wiped by form_close(), which a
 * screen's close() must call.
 */
#ifndef TUI_FORM_H
#define TUI_FORM_H

#include "base/field.h"
#include "tui/line_edit.h"

#define FORM_FIELDS_MAX 48
#define FORM_NOTE_SIZE  240

struct form_field {
	const struct field *field;
	char *text;
	char *first_text; /* to know whether it was changed */
	size_t size;      /* of text */
	struct line_edit edit;
	char note[FORM_NOTE_SIZE]; /* the line below: refusal or remark */
	bool is_error;             /* the note is a refusal */
	bool is_shown;             /* a secret in clear */
	bool is_hidden;            /* not part of this form, but kept */
	const char *off;           /* why it can't be changed, or NULL */
	bool has_picker;
};

struct form {
	struct form_field *fields;
	size_t count;
	size_t first, end; /* the slice that is shown: [first, end) */
	size_t focus;
	void *input; /* scratch for field_parse() */
	size_t input_size;
	int body_rows, body_columns; /* from MSG_RESIZE */
	int scroll;                  /* first body row shown */
	bool is_saving; /* nothing can be typed while a job works on it */
};

enum form_event {
	FORM_IGNORED, /* not a message for the form */
	FORM_DONE,    /* taken: redraw */
	FORM_SAVE, /* Ctrl-S, or Enter on the last field; all fields are ok */
	FORM_PICK, /* Ctrl-O on a field with form_set_picker() */
};

enum form_action {
	FORM_KEY_NEXT = 2000,
	FORM_KEY_PREVIOUS,
	FORM_KEY_ENTER,
	FORM_KEY_SAVE,
	FORM_KEY_TOGGLE,
	FORM_KEY_TOGGLE_BACK,
	FORM_KEY_CLEAR,
	FORM_KEY_SHOW,
	FORM_KEY_PICK,
	WIZARD_KEY_NEXT,
	WIZARD_KEY_BACK,
};

extern const struct key_binding form_keys[];
extern const struct key_binding form_keys_unsaved[]; /* nothing to save */

/* `input_size`: bytes of the struct that the fields describe. */
void form_open(
    struct form *, struct arena *, const struct field *, size_t input_size);
void form_close(struct form *); /* wipes secrets */

/* Unknown names are ignored, "" is given for them. */
void form_set(struct form *, const char *name, const char *text);
const char *form_text(const struct form *, const char *name);

/* As if the person had typed it: the form counts as changed. */
void form_type(struct form *, const char *name, const char *text);

/* All fields from a struct, as field_format() prints them; what is set so
 * counts as unchanged. */
void form_load(struct form *, const void *input);

/* The line below the field; text NULL clears it. */
void form_set_note(struct form *, const char *name, const char *text);

/* A refusal: shown below its field, which gets the focus.  False when the
 * form has no such field: show it on the message row then. */
bool form_set_error(struct form *, const char *name, const char *text);

/* The same without moving the focus. */
bool form_mark_error(struct form *, const char *name, const char *text);

/* Whether a refusal stands below the field. */
bool form_is_refused(const struct form *, const char *name);

void form_hide(struct form *, const char *name, bool hidden);
void form_set_off(struct form *, const char *name, const char *why);
void form_set_picker(struct form *, const char *name);
void form_focus(struct form *, const char *name);

/* Only these fields are shown: `count` from the one named `first`. */
void form_show_slice(struct form *, const char *first, size_t count);

/* False for fields that are hidden, off, or outside the slice. */
bool form_can_focus(const struct form *, size_t index);

enum form_event form_update(struct form *, const struct msg *);

/* Checks the shown fields; false puts the focus on the first wrong one. */
bool form_check(struct form *);
size_t form_error_count(const struct form *);

void form_view(const struct form *, struct canvas *body);
int form_rows(const struct form *); /* that the slice takes, unscrolled */
void form_scroll(struct form *);    /* brings the focus into the body */
const char *form_help(const struct form *);       /* for the help row */
const char *form_focus_name(const struct form *); /* "quota" */
const char *form_copy(const struct form *);       /* value at the cursor */

bool form_wants_text(const struct form *);
bool form_is_changed(const struct form *);

/* For an operation: the names and texts of all fields that are not hidden;
 * valid until the next change.  `only_changed` leaves the others out. */
struct form_value {
	const char *name, *text;
};
size_t form_as_args(const struct form *, struct form_value *values, size_t max,
    bool only_changed);

#endif
