/* Add Alias: address and destinations, with the path that mail will take. */
#include <string.h>

#include "base/text.h"
#include "model/alias.h"
#include "screens/own_domain.h"
#include "screens/pick.h"
#include "screens/session.h"
#include "screens/wizard_screen.h"

#define PATH_ROWS 11 /* what fits below the fields at 80x24 */

struct alias_wizard {
	struct wizard_screen base;
	struct context *context;
	int64_t tenant_id;
	char domain[HOST_NAME_SIZE]; /* for addresses without one, or "" */
	struct alias_step path[PATH_ROWS];
	size_t path_count, path_more; /* shown, and left out */
	char path_refusal[ERR_TEXT_SIZE];
};

/* ---- where mail will go ---- */

static bool
is_valid(const struct alias_wizard *s, const char *name)
{
	const struct field *field =
	    field_by_name(s->base.operation->fields, name);
	struct err err;

	return operation_check_field(
		   field, form_text(&s->base.form, name), &err) == OK;
}

/* Asked anew at every change: texts that are no addresses yet show none. */
static void
find_path(struct alias_wizard *s)
{
	const struct form *form = &s->base.form;
	struct arena arena = { 0 };
	struct alias_step *found;
	struct err err = { 0 };
	size_t count = 0;

	s->path_count = s->path_more = 0;
	s->path_refusal[0] = '\0';
	if (!is_valid(s, "address") || !is_valid(s, "targets"))
		return;
	if (alias_preview(s->context, form_text(form, "address"),
		form_text(form, "targets"), &arena, &found, &count, &err) != OK)
		text_copy(s->path_refusal, sizeof(s->path_refusal), err.text);
	for (size_t i = 0; i < count && i < PATH_ROWS; i++)
		s->path[s->path_count++] = found[i];
	s->path_more = count - s->path_count;
	arena_free(&arena);
}

static enum style
end_style(enum alias_end end)
{
	switch (end) {
	case ALIAS_MAILBOX:
		return STYLE_PASS;
	case ALIAS_STOPPED:
		return STYLE_WARN;
	case ALIAS_NOWHERE:
		return STYLE_FAIL;
	default:
		return STYLE_NORMAL;
	}
}

static void
view_path(const void *state, struct canvas *body)
{
	const struct alias_wizard *s = state;
	const int column = body->columns - 27;

	canvas_put_text(body, 0, 1, STYLE_HEADING, "WHERE MAIL GOES");
	if (s->path_refusal[0] != '\0')
		canvas_put_fit(body, 1, 1, body->columns - 2, STYLE_ERROR,
		    s->path_refusal);
	else if (s->path_count == 0)
		canvas_put_text(body, 1, 1, STYLE_DIM,
		    "Shown as soon as both addresses are whole.");
	for (size_t i = 0; i < s->path_count; i++) {
		const struct alias_step *step = &s->path[i];
		const int indent = 1 + 2 * (step->depth < 8 ? step->depth : 8);

		canvas_put_fit(body, 1 + (int)i, indent, column - indent - 1,
		    STYLE_NORMAL, step->address);
		canvas_putf(body, 1 + (int)i, column, end_style(step->end),
		    "%s%s%s", alias_end_names[step->end],
		    step->note[0] != '\0' ? ", " : "", step->note);
	}
	if (s->path_more > 0)
		canvas_putf(body, 1 + (int)s->path_count, 1, STYLE_DIM,
		    "and %zu more", s->path_more);
}

/* ---- screen ---- */

static bool
leave(struct app *app, void *state)
{
	struct alias_wizard *s = state;

	(void)app;
	if (own_domain_look(s->context, &s->base.form, "address"))
		return true;
	form_focus(&s->base.form, "address");
	return false;
}

/* clang-format off */
static const struct wizard_step steps[] = {
	{ .title = "Alias", .intro = "Ctrl-O, in Delivers to, chooses a user.",
	  .first = "address", .count = 4, .view = view_path, .leave = leave },
	{ 0 }
};
/* clang-format on */

static void
open_wizard(struct app *app, void *state, int64_t id)
{
	struct alias_wizard *s = state;

	s->context = session_context(app);
	s->tenant_id = id;
	if (!wizard_screen_open(&s->base, app, "alias add", steps, s))
		return;
	form_set_picker(&s->base.form, "targets");
	own_domain_of(s->context, id, s->domain);
}

/* The chosen user is one more destination. */
static void
take_choice(struct alias_wizard *s, const struct msg *msg)
{
	struct form *form = &s->base.form;
	const char *before = form_text(form, "targets");
	char targets[ALIAS_TARGETS_SIZE];

	if (msg->id == 0 || msg->data == NULL)
		return;
	if (text_format(targets, sizeof(targets), "%s%s%s", before,
		before[0] != '\0' ? ", " : "", (const char *)msg->data))
		form_type(form, "targets", targets);
}

static struct next
update(struct app *app, void *state, const struct msg *msg)
{
	struct alias_wizard *s = state;
	struct form *form = &s->base.form;
	struct next next = NEXT_STAYS;

	if (own_domain_is_leaving(msg)) {
		own_domain_complete(form, "address", s->domain);
		own_domain_complete(form, "targets", s->domain);
	}
	if (msg->kind == MSG_RETURN && msg->from == &screen_pick_user)
		take_choice(s, msg);
	else if (wizard_screen_update(&s->base, app, msg, &next) == WIZARD_PICK)
		return pick_next(&screen_pick_user, s->tenant_id);
	if (next.kind != NEXT_STAY || wizard_is_on_review(&s->base.wizard))
		return next;
	if (!text_is_same(form_focus_name(form), "address"))
		own_domain_look(s->context, form, "address");
	find_path(s);
	return next;
}

const struct screen screen_alias_wizard =
    WIZARD_SCREEN("New alias", struct alias_wizard, NULL, open_wizard, update);
