#include "tui/wizard.h"

#include <string.h>

#include "base/text.h"
#include "tui/app.h"

/* ---- steps ---- */

static bool
is_skipped(const struct wizard *wizard, size_t step)
{
	return step < wizard->step_count &&
	    wizard->steps[step].is_skipped != NULL &&
	    wizard->steps[step].is_skipped(wizard->state);
}

static size_t
intro_rows(const struct wizard *wizard)
{
	return wizard->step < wizard->step_count &&
		wizard->steps[wizard->step].intro != NULL
	    ? 2
	    : 0;
}

/* The form gets the body less the intro. */
static void
size_form(struct wizard *wizard)
{
	struct msg msg = wizard->last_resize;

	msg.rows -= (int)intro_rows(wizard);
	form_update(wizard->form, &msg);
}

static void
show(struct wizard *wizard, struct app *app, size_t step)
{
	const struct wizard_step *row = &wizard->steps[step];

	wizard->step = step;
	wizard->review_scroll = 0;
	if (step == wizard->step_count) {
		form_show_slice(wizard->form, NULL, 0);
	} else {
		form_show_slice(wizard->form, row->first, row->count);
		if (row->enter != NULL)
			row->enter(app, wizard->state);
	}
	wizard->form->scroll = 0;
	size_form(wizard);
}

void
wizard_open(struct wizard *wizard, struct app *app,
    const struct wizard_step *steps, struct form *form, void *state)
{
	*wizard = (struct wizard){ .steps = steps,
		.form = form,
		.state = state,
		.last_resize = { .kind = MSG_RESIZE,
		    .rows = CANVAS_ROWS - 6,
		    .columns = CANVAS_COLUMNS } };
	while (steps[wizard->step_count].title != NULL)
		wizard->step_count++;
	show(wizard, app, 0);
}

bool
wizard_is_on_review(const struct wizard *wizard)
{
	return wizard->step == wizard->step_count;
}

bool
wizard_wants_text(const struct wizard *wizard)
{
	return !wizard_is_on_review(wizard) && form_wants_text(wizard->form);
}

/* The sentence stands at the field; this names it where everybody looks. */
static void
say_attention(const struct wizard *wizard, struct app *app)
{
	const struct form_field *field =
	    &wizard->form->fields[wizard->form->focus];

	if (wizard->steps[wizard->step].first != NULL && field->is_error)
		app_message(app, "This needs attention first: %s.",
		    field->field->label);
}

static bool
may_leave(struct wizard *wizard, struct app *app)
{
	const struct wizard_step *step = &wizard->steps[wizard->step];

	if (wizard_is_on_review(wizard))
		return true;
	if ((step->first == NULL || form_check(wizard->form)) &&
	    (step->leave == NULL || step->leave(app, wizard->state)))
		return true;
	say_attention(wizard, app);
	return false;
}

static enum wizard_event
forward(struct wizard *wizard, struct app *app)
{
	size_t step = wizard->step + 1;

	if (wizard_is_on_review(wizard))
		return WIZARD_SAVE;
	if (!may_leave(wizard, app))
		return WIZARD_DONE;
	while (is_skipped(wizard, step))
		step++;
	show(wizard, app, step);
	return WIZARD_DONE;
}

static enum wizard_event
back(struct wizard *wizard, struct app *app)
{
	size_t step = wizard->step;

	while (step > 0 && is_skipped(wizard, step - 1))
		step--;
	if (step == 0)
		app_message(app, "This is the first step.  Esc leaves.");
	else
		show(wizard, app, step - 1);
	return WIZARD_DONE;
}

/* Ctrl-S anywhere: every step is checked on the way to the review. */
static enum wizard_event
save(struct wizard *wizard, struct app *app)
{
	size_t before;

	do {
		before = wizard->step;
		if (forward(wizard, app) == WIZARD_SAVE)
			return WIZARD_SAVE;
	} while (wizard->step != before && !wizard_is_on_review(wizard));
	if (wizard_is_on_review(wizard))
		app_message(app, "Look it over, then Enter or Ctrl-S saves.");
	return WIZARD_DONE;
}

/* ---- review ---- */

static const char *
review_text(const struct form_field *field)
{
	if (field->field->kind == FIELD_SECRET && field->text[0] != '\0')
		return "(set)";
	if (field->field->kind == FIELD_BLOCK && field->text[0] != '\0')
		return "(pasted)";
	return field->text[0] != '\0' ? field->text : "-";
}

#define REVIEW_COLUMN 22

/* Draws one step's fields, with what was remarked on them; NULL body only
 * counts.  Gives the row behind. */
static int
put_review_field(
    const struct form_field *field, struct canvas *body, int row, int columns)
{
	const char *note = field->is_error ? "" : field->note;

	if (body != NULL) {
		canvas_put_fit(
		    body, row, 3, 18, STYLE_DIM, field->field->label);
		canvas_put_fit(body, row, REVIEW_COLUMN,
		    columns - REVIEW_COLUMN - 2, STYLE_NORMAL,
		    review_text(field));
		canvas_put_wrapped(body, row + 1, REVIEW_COLUMN,
		    columns - REVIEW_COLUMN - 2, STYLE_DIM, note);
	}
	return row + 1 + canvas_wrapped_rows(columns - REVIEW_COLUMN - 2, note);
}

static int
put_review_step(const struct wizard *wizard, size_t step, struct canvas *body,
    int row, int columns)
{
	const struct wizard_step *of = &wizard->steps[step];
	struct form slice = *wizard->form;

	if (of->first == NULL || is_skipped(wizard, step))
		return row;
	form_show_slice(&slice, of->first, of->count);
	if (body != NULL)
		canvas_put_text(body, row, 1, STYLE_HEADING, of->title);
	row++;
	for (size_t i = slice.first; i < slice.end; i++)
		if (!slice.fields[i].is_hidden)
			row = put_review_field(
			    &slice.fields[i], body, row, columns);
	return row;
}

static int
put_review(const struct wizard *wizard, struct canvas *body, int columns)
{
	int row = -wizard->review_scroll;

	for (size_t i = 0; i < wizard->step_count; i++)
		row = put_review_step(wizard, i, body, row, columns);
	return row;
}

/* Not beyond the last row. */
static void
scroll_review(struct wizard *wizard, int by)
{
	int most = put_review(wizard, NULL, wizard->last_resize.columns) +
	    wizard->review_scroll - wizard->last_resize.rows;

	wizard->review_scroll += by;
	if (wizard->review_scroll > most)
		wizard->review_scroll = most;
	if (wizard->review_scroll < 0)
		wizard->review_scroll = 0;
}

static enum wizard_event
press_on_review(struct wizard *wizard, struct app *app, int action)
{
	switch (action) {
	case FORM_KEY_ENTER:
	case FORM_KEY_SAVE:
	case WIZARD_KEY_NEXT:
		return WIZARD_SAVE;
	case WIZARD_KEY_BACK:
		return back(wizard, app);
	case FORM_KEY_NEXT:
		scroll_review(wizard, 1);
		return WIZARD_DONE;
	case FORM_KEY_PREVIOUS:
		scroll_review(wizard, -1);
		return WIZARD_DONE;
	default:
		return WIZARD_IGNORED;
	}
}

enum wizard_event
wizard_update(struct wizard *wizard, struct app *app, const struct msg *msg)
{
	if (msg->kind == MSG_RESIZE) {
		wizard->last_resize = *msg;
		size_form(wizard);
		return WIZARD_DONE;
	}
	if (wizard->form->is_saving)
		return WIZARD_IGNORED;
	if (msg->kind == MSG_KEY && wizard_is_on_review(wizard))
		return press_on_review(wizard, app, msg->action);
	if (msg->kind == MSG_KEY && msg->action == WIZARD_KEY_NEXT)
		return forward(wizard, app);
	if (msg->kind == MSG_KEY && msg->action == WIZARD_KEY_BACK)
		return back(wizard, app);
	if (msg->kind == MSG_KEY && msg->action == FORM_KEY_SAVE)
		return save(wizard, app);
	if (msg->kind == MSG_KEY && msg->action == FORM_KEY_ENTER &&
	    wizard->steps[wizard->step].first == NULL)
		return forward(wizard, app);
	switch (form_update(wizard->form, msg)) {
	case FORM_SAVE:
		return forward(wizard, app);
	case FORM_PICK:
		return WIZARD_PICK;
	case FORM_DONE:
		return WIZARD_DONE;
	default:
		return WIZARD_IGNORED;
	}
}

/* ---- refusals ---- */

/* The step whose slice holds the field of that name, or step_count. */
static size_t
step_of(const struct wizard *wizard, const char *name)
{
	size_t step = 0;

	for (; step < wizard->step_count; step++) {
		form_show_slice(wizard->form, wizard->steps[step].first,
		    wizard->steps[step].count);
		for (size_t i = wizard->form->first; i < wizard->form->end; i++)
			if (text_is_same(
				wizard->form->fields[i].field->name, name))
				return step;
	}
	return step;
}

void
wizard_refused(struct wizard *wizard, struct app *app, const struct err *err)
{
	size_t now = wizard->step, step = step_of(wizard, err->field);

	if (err->field[0] != '\0' && step < wizard->step_count &&
	    !is_skipped(wizard, step)) {
		show(wizard, app, step);
		form_set_error(wizard->form, err->field, err->text);
		say_attention(wizard, app);
		return;
	}
	show(wizard, app, now);
	app_error(app, err);
}

/* ---- view ---- */

/* "Step 2 of 4     Tenant [Domain] First admin  Review" */
static void
put_bar(const struct wizard *wizard, struct canvas *whole)
{
	char bar[512] = "", head[64];
	size_t number = 0, count = 0;

	for (size_t i = 0; i <= wizard->step_count; i++) {
		const char *title =
		    i < wizard->step_count ? wizard->steps[i].title : "Review";
		bool is_here = i == wizard->step;

		if (is_skipped(wizard, i))
			continue;
		count++;
		if (is_here)
			number = count;
		text_append(bar, sizeof bar, is_here ? "[" : " ");
		text_append(bar, sizeof bar, title);
		text_append(bar, sizeof bar, is_here ? "]" : " ");
	}
	text_format(head, sizeof head, "Step %zu of %zu", number, count);
	canvas_put_text(whole, 1, 1, STYLE_NORMAL, head);
	canvas_put_fit(whole, 1, 16, whole->columns - 17, STYLE_NORMAL, bar);
}

void
wizard_view(const struct wizard *wizard, struct canvas *whole)
{
	struct canvas body = screen_body(whole), rest;
	const struct wizard_step *step = &wizard->steps[wizard->step];
	int row = (int)intro_rows(wizard);

	put_bar(wizard, whole);
	if (wizard_is_on_review(wizard)) {
		int row_count = put_review(wizard, &body, body.columns);

		row_count += wizard->review_scroll;
		canvas_set_cursor(&body, 0, 0);
		screen_put_help(whole,
		    row_count > body.rows
			? "Nothing is saved yet.  Enter saves; Down shows the "
			  "rest; Ctrl-P goes back."
			: "Nothing is saved yet.  Enter saves; Ctrl-P goes "
			  "back to change something.");
		return;
	}
	if (row > 0)
		canvas_put_fit(
		    &body, 0, 1, body.columns - 2, STYLE_NORMAL, step->intro);
	rest = canvas_part(&body, row, 0, body.rows - row, body.columns);
	form_view(wizard->form, &rest);
	if (step->first != NULL)
		row += form_rows(wizard->form) + 1;
	rest = canvas_part(&body, row, 0, body.rows - row, body.columns);
	if (step->view != NULL)
		step->view(wizard->state, &rest);
	screen_put_help(whole, form_help(wizard->form));
}
