/*
 * form_screen.h - a screen that fills in one operation: "add X", "edit X",
 * and whatever else needs more than a name.
 *
 * Made from the operation's fields.  An operation that has load() starts with
 * the row's present values.  When somebody else saves meanwhile, both values
 * are shown and nothing typed is lost.  A log-in elsewhere that must be tried
 * first is tried while the form waits (screens/trial.h).
 */
#ifndef SCREENS_FORM_SCREEN_H
#define SCREENS_FORM_SCREEN_H

#include "model/operation.h"
#include "tui/app.h"

struct form_preset {
	const char *name, *text; /* name NULL: the main field */
	bool is_fixed;           /* can't be changed here */
};

#define FORM_PRESETS_MAX 24

/* Read while the screen opens only. */
struct form_spec {
	const struct operation *operation;
	const char *title; /* breadcrumb word, or NULL: the verb */
	struct form_preset presets[FORM_PRESETS_MAX];
	size_t preset_count;
	bool is_complete; /* all is given: go on as if saved */
};

/* Closes with id = the row that was made or changed, 0 when it was left. */
extern const struct screen screen_form;

/* Opens it.  The spec is kept until then. */
struct next form_screen_next(const struct form_spec *);

/* The usual two: for a row that is named, and for a new one (name NULL). */
struct next form_screen_for(const struct operation *, const char *name);

#endif
