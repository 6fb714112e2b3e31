/* Add User: who, the password, the mailbox.  A generated password is shown
 * once when it is saved. */
#include <string.h>

#include "base/text.h"
#include "model/server.h"
#include "screens/own_domain.h"
#include "screens/session.h"
#include "screens/wizard_screen.h"

struct user_wizard {
	struct wizard_screen base;
	struct context *context;
	char domain[HOST_NAME_SIZE]; /* for addresses without one, or "" */
};

enum { STEP_PERSON, STEP_PASSWORD, STEP_MAILBOX, STEP_EXTERNAL };

static bool
leave_person(struct app *app, void *state)
{
	struct user_wizard *s = state;

	(void)app;
	if (own_domain_look(s->context, &s->base.form, "address"))
		return true;
	form_focus(&s->base.form, "address");
	return false;
}

/* For the review. */
static bool
leave_password(struct app *app, void *state)
{
	struct user_wizard *s = state;
	struct form *form = &s->base.form;

	(void)app;
	form_set_note(form, "password",
	    form_text(form, "password")[0] == '\0'
		? "a temporary one is made and shown once"
		: NULL);
	return true;
}

static void
view_password(const void *state, struct canvas *body)
{
	const struct user_wizard *s = state;
	const bool is_empty = form_text(&s->base.form, "password")[0] == '\0';

	canvas_put_wrapped(body, 0, 1, body->columns - 2, STYLE_DIM,
	    is_empty
		? "A temporary password is made when you save, and shown "
		  "once: give it to the person over a safe channel.  It must "
		  "be changed at the first sign-in."
		: "This one is temporary too: it must be changed at the first "
		  "sign-in.  Ctrl-V shows or hides it.");
}

/* clang-format off */
static const struct wizard_step steps[] = {
	[STEP_PERSON] = { .title = "Person", .intro = "Whose mailbox is it?",
	  .first = "address", .count = 2, .leave = leave_person },
	[STEP_PASSWORD] = { .title = "Password", .intro = "Leave it empty to have one made.",
	  .first = "password", .count = 1, .view = view_password, .leave = leave_password },
	[STEP_MAILBOX] = { .title = "Mailbox", .intro = "It is made on this server as soon as you save.",
	  .first = "quota", .count = 2 },
	[STEP_EXTERNAL] = { .title = "External", .intro = "Only when the mail is at another server: its log-in is tried on saving.",
	  .first = "external_user", .count = 6 },
	{ 0 }
};
/* clang-format on */

static void
open_wizard(struct app *app, void *state, int64_t id)
{
	struct user_wizard *s = state;
	struct server server;
	int64_t version;
	char quota[32];
	struct err err;

	s->context = session_context(app);
	if (!wizard_screen_open(&s->base, app, "user add", steps, s))
		return;
	own_domain_of(s->context, id, s->domain);
	if (server_load(s->context->db, &server, &version, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	text_from_bytes(quota, sizeof(quota), server.default_quota_bytes);
	form_set(&s->base.form, "quota", quota);
}

static struct next
update(struct app *app, void *state, const struct msg *msg)
{
	struct user_wizard *s = state;
	struct form *form = &s->base.form;
	struct next next;

	if (own_domain_is_leaving(msg))
		own_domain_complete(form, "address", s->domain);
	wizard_screen_update(&s->base, app, msg, &next);
	if (next.kind == NEXT_STAY && s->base.wizard.step == STEP_PERSON &&
	    !text_is_same(form_focus_name(form), "address") &&
	    own_domain_look(s->context, form, "address"))
		own_domain_say_room(s->context, form, "address");
	return next;
}

const struct screen screen_user_wizard =
    WIZARD_SCREEN("New user", struct user_wizard, NULL, open_wizard, update);
