#include "screens/secret.h"

#include <string.h>

#include "base/text.h"

struct secret_state {
	struct operation_result result;
	bool is_hidden;
};

enum { SECRET_KEY_DONE = 1, SECRET_KEY_HIDE };

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, SECRET_KEY_DONE, "done", "Leave; it is not shown again." },
	{ PRESS_CTRL('V'), SECRET_KEY_HIDE, "hide", "Hide or show it." },
	{ 'c', APP_KEY_COPY, "copy", "Copy it to your clipboard." },
	{ 0 }
};
/* clang-format on */

/* From secret_next() to open_secret(), which wipes it. */
static struct operation_result handed;

struct next
secret_next(const struct operation_result *result)
{
	handed = *result;
	return (struct next){ .kind = NEXT_OPEN, .screen = &screen_secret };
}

static void
open_secret(struct app *app, void *state, int64_t id)
{
	struct secret_state *s = state;

	(void)app;
	(void)id;
	s->result = handed;
	explicit_bzero(&handed, sizeof(handed));
}

static struct next
update_secret(struct app *app, void *state, const struct msg *msg)
{
	struct secret_state *s = state;

	(void)app;
	if (msg->kind != MSG_KEY)
		return NEXT_STAYS;
	if (msg->action == SECRET_KEY_DONE)
		return (struct next){ .kind = NEXT_CLOSE, .id = s->result.id };
	if (msg->action == SECRET_KEY_HIDE)
		s->is_hidden = !s->is_hidden;
	return NEXT_STAYS;
}

static void
view_secret(const void *state, struct canvas *canvas)
{
	const struct secret_state *s = state;
	struct canvas body = screen_body(canvas);

	screen_put_state(canvas, s->result.name, NULL);
	canvas_put_text(&body, 1, 1, STYLE_HEADING, "SHOWN ONCE");
	canvas_put_text(&body, 3, 1, STYLE_DIM, "For");
	canvas_put_fit(
	    &body, 3, 20, body.columns - 22, STYLE_NORMAL, s->result.name);
	canvas_put_text(&body, 4, 1, STYLE_DIM, "Password");
	canvas_put_text(&body, 4, 20, STYLE_FOCUS,
	    s->is_hidden ? "*******************" : s->result.secret);
	canvas_put_wrapped(&body, 6, 1, body.columns - 2, STYLE_NORMAL,
	    "Give it to the person over a way that others can't read, not by "
	    "mail to this mailbox.  It must be changed at the first sign-in.  "
	    "It is not kept in clear: if it gets lost, give a new one.");
	canvas_set_cursor(&body, 4, 20);
	screen_put_help(canvas, "c copies it to your clipboard.");
}

static const char *
copy_secret(const void *state)
{
	const struct secret_state *s = state;

	return s->result.secret;
}

static void
close_secret(void *state)
{
	explicit_bzero(state, sizeof(struct secret_state));
}

const struct screen screen_secret = {
	.title = "Password",
	.state_size = sizeof(struct secret_state),
	.keys = keys,
	.open = open_secret,
	.update = update_secret,
	.view = view_secret,
	.copy = copy_secret,
	.close = close_secret,
};
