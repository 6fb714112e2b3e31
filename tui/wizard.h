/*
 * wizard.h - a form in steps, with a review before saving.
 *
 * A step shows a slice of the form's fields or draws itself.  The bar on
 * row 2 shows the steps; the last one, "Review", is made here from the
 * labels and texts.  Nothing is lost by going back.
 */
#ifndef TUI_WIZARD_H
#define TUI_WIZARD_H

#include "tui/form.h"

struct wizard_step {
	const char *title; /* in the bar: "Domain" */
	const char *intro; /* one or two sentences above the fields, or NULL */
	const char *first; /* name of the first field; NULL: own view only */
	size_t count;      /* fields */

	/* Drawn below the fields (or alone); may be NULL. */
	void (*view)(const void *state, struct canvas *);

	/* Before going on; false stays here: set the field's error and the
	 * focus, or app_message().  May be NULL. */
	bool (*leave)(struct app *, void *state);

	/* On coming here; may be NULL. */
	void (*enter)(struct app *, void *state);

	/* This step is left out now; may be NULL. */
	bool (*is_skipped)(const void *state);
};

struct wizard {
	const struct wizard_step *steps; /* ends with a NULL title */
	struct form *form;
	void *state;             /* for the functions of the steps */
	size_t step, step_count; /* step == step_count: review */
	struct msg last_resize;
	int review_scroll;
};

enum wizard_event { WIZARD_IGNORED, WIZARD_DONE, WIZARD_SAVE, WIZARD_PICK };

extern const struct key_binding wizard_keys[];
extern const struct key_binding wizard_review_keys[]; /* for the hint bar */

/* The form is opened already and lives in the same state. */
void wizard_open(struct wizard *, struct app *, const struct wizard_step *,
    struct form *, void *state);
enum wizard_event wizard_update(
    struct wizard *, struct app *, const struct msg *);

/* State row, body and help row. */
void wizard_view(const struct wizard *, struct canvas *whole);

/* The operation said no: goes to the step that has err.field, or says it on
 * the message row. */
void wizard_refused(struct wizard *, struct app *, const struct err *);

bool wizard_wants_text(const struct wizard *);
bool wizard_is_on_review(const struct wizard *);

#endif
