/*
 * wizard_screen.h - what the wizards share: a form of one operation's fields
 * in steps, run at the end.
 *
 * The state of a wizard starts with a struct wizard_screen, so that the
 * functions of WIZARD_SCREEN() find it there.  Whatever a step remarks on a
 * field (form_set_note()) is shown again on the review.
 */
#ifndef SCREENS_WIZARD_SCREEN_H
#define SCREENS_WIZARD_SCREEN_H

#include "model/operation.h"
#include "screens/trial.h"
#include "tui/app.h"
#include "tui/wizard.h"

struct wizard_screen {
	struct form form;
	struct wizard wizard;
	struct trial trial;
	const struct operation *operation;
	int64_t version; /* of the row that is edited, or 0 */
};

/*
 * Opens form and wizard; `state` is the whole state of the screen, for the
 * functions of the steps.  Of an operation that edits, the form starts with
 * what is there now.  False: it was refused, and the screen closes.
 */
bool wizard_screen_open(struct wizard_screen *, struct app *,
    const char *operation, const struct wizard_step *, void *state);

/*
 * Hands the message to the wizard.  WIZARD_SAVE never comes out: the
 * operation is run then, perhaps after a trial (screens/trial.h), and *next is
 * what to return.  A refusal leads to the step and field that it names.
 */
enum wizard_event wizard_screen_update(
    struct wizard_screen *, struct app *, const struct msg *, struct next *);

void wizard_screen_view(const void *, struct canvas *);
void wizard_screen_close(void *);
bool wizard_screen_wants_text(const void *);
bool wizard_screen_wants_escape(const void *);
bool wizard_screen_is_unsaved(const void *);
const char *wizard_screen_copy(const void *);
const struct key_binding *wizard_screen_hint_keys(const void *);

#define WIZARD_SCREEN(title_, type_, keys_, open_, update_)                    \
	{                                                                      \
		.title = (title_), .state_size = sizeof(type_),                \
		.keys = (keys_), .widget_keys = wizard_keys, .open = (open_),  \
		.update = (update_), .view = wizard_screen_view,               \
		.close = wizard_screen_close,                                  \
		.wants_text = wizard_screen_wants_text,                        \
		.wants_escape = wizard_screen_wants_escape,                    \
		.escape_word = "stop", .is_unsaved = wizard_screen_is_unsaved, \
		.copy = wizard_screen_copy,                                    \
		.hint_keys = wizard_screen_hint_keys,                          \
	}

/* data: the organisation of the intake sheet to start from, or NULL */
extern const struct screen screen_tenant_wizard;
extern const struct screen screen_server_wizard;
extern const struct screen screen_user_wizard;  /* id: the tenant, or 0 */
extern const struct screen screen_alias_wizard; /* ditto */
extern const struct screen screen_smime_wizard; /* app_argument(): address */

#endif
