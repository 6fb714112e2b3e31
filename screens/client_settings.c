/*
 * What to enter in the mail program of one user, and a live look at whether
 * it works; the id is the account's.
 */
#include <string.h>

#include "base/text.h"
#include "model/client.h"
#include "model/user.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/app.h"
#include "tui/pager.h"

#define TEXT_MAX       (64 * 1024)
#define LABEL_WIDTH    17 /* bytes */
#define SENTENCE_WIDTH 60
#define RESULTS_MAX    (2 * CLIENT_ADDRESSES_MAX)

struct client_state {
	struct client_settings settings;
	struct client_probe_request request;
	struct probe_result *results; /* RESULTS_MAX */
	size_t count;
	int job; /* 0: none runs */
	bool is_lost;
	char text[TEXT_MAX];
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct client_state)

enum { CLIENT_KEY_AGAIN = 1, CLIENT_KEY_APPLE };

/* ---- the text ---- */

static void
add_result(struct text_builder *text, const struct probe_result *result)
{
	text_addf(text, "\n%s %s PORT %u\n",
	    probe_protocol_name(result->endpoint.protocol),
	    result->endpoint.host, result->endpoint.port);
	for (int i = 0; i < PROBE_STEP_COUNT; i++) {
		const struct probe_finding *step = &result->steps[i];
		char label[40];

		if (step->verdict == MAIL_SKIPPED)
			continue;
		text_format(label, sizeof(label), "%-8s%s",
		    mail_verdict_word(step->verdict), probe_step_names[i]);
		text_add_wrapped(
		    text, label, LABEL_WIDTH, SENTENCE_WIDTH, step->text);
	}
}

static void
write_text(struct client_state *s)
{
	struct arena arena = { 0 };
	struct text_builder text;

	text_builder_open(&text, &arena, TEXT_MAX);
	text_add(&text, client_as_text(&arena, &s->settings));
	for (size_t i = 0; i < s->count; i++)
		add_result(&text, &s->results[i]);
	if (s->is_lost)
		text_add(&text,
		    "\nThe look at the servers broke off: press v "
		    "to try again.\n");
	text_copy(s->text, sizeof(s->text), text.data);
	arena_free(&arena);
	pager_set_text(&s->pager, s->text);
}

/* ---- the probe ---- */

static void
start(struct app *app, struct client_state *s)
{
	struct err err = { 0 };

	s->count = 0;
	s->is_lost = false;
	if (s->job != 0)
		app_job_stop(app, s->job);
	s->job = 0;
	if (client_probe_prepare(
		session_context(app), &s->settings, &s->request, &err) != OK)
		app_error(app, &err);
	else
		s->job =
		    app_job_start(app, client_probe_job, &s->request, &err);
	if (s->job == 0)
		app_error(app, &err);
	write_text(s);
}

static void
take_result(struct client_state *s, const struct msg *msg)
{
	if (msg->job != s->job || s->count == RESULTS_MAX ||
	    msg->length != sizeof(struct probe_result))
		return;
	memcpy(&s->results[s->count++], msg->data, msg->length);
	write_text(s);
}

static void
take_end(struct app *app, struct client_state *s, const struct msg *msg)
{
	struct err err = { 0 };

	if (msg->job != s->job)
		return;
	s->job = 0;
	s->is_lost = msg->action != 0;
	if (!s->is_lost &&
	    client_probe_keep(session_context(app), &s->settings, s->results,
		s->count, &err) != OK)
		app_error(app, &err);
	write_text(s);
}

/* ---- the screen ---- */

static void
open_client(struct app *app, void *state, int64_t id)
{
	struct client_state *s = state;
	struct context *context = session_context(app);
	struct list_row row;
	struct err err = { 0 };

	s->results =
	    arena_array(app_arena(app), RESULTS_MAX, sizeof(*s->results));
	if (list_row_by_id(
		context, &user_list, id, app_arena(app), &row, &err) != OK ||
	    client_of_account(
		context, "mail settings", row.key, &s->settings, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	pager_open(&s->pager, s->text);
	start(app, s);
}

static struct next
open_profile(struct client_state *s)
{
	static struct pager_text page = { .title = "Apple profile" };
	struct arena arena = { 0 };
	struct next next;

	page.text = client_as_mobileconfig(&arena, &s->settings);
	text_copy(s->text, sizeof(s->text), page.text);
	page.text = s->text;
	next = pager_next(&page);
	arena_free(&arena);
	return next;
}

static struct next
update_client(struct app *app, void *state, const struct msg *msg)
{
	struct client_state *s = state;

	if (pager_update(&s->pager, msg))
		return NEXT_STAYS;
	if (msg->kind == MSG_JOB)
		take_result(s, msg);
	else if (msg->kind == MSG_JOB_END)
		take_end(app, s, msg);
	else if (msg->kind == MSG_RETURN)
		write_text(s);
	else if (msg->kind == MSG_REFRESH ||
	    (msg->kind == MSG_KEY && msg->action == CLIENT_KEY_AGAIN))
		start(app, s);
	else if (msg->kind == MSG_KEY && msg->action == CLIENT_KEY_APPLE)
		return open_profile(s);
	return NEXT_STAYS;
}

static enum mail_verdict
worst(const struct client_state *s)
{
	enum mail_verdict verdict = MAIL_SKIPPED;

	for (size_t i = 0; i < s->count; i++)
		verdict = mail_worse(verdict, probe_worst(&s->results[i]));
	return verdict;
}

static void
view_client(const void *state, struct canvas *canvas)
{
	const struct client_state *s = state;
	struct canvas body = screen_body(canvas);

	pager_put_state(&s->pager, canvas,
	    s->job != 0 ? "Trying the servers as a mail program does..."
			: "The servers were tried as a mail program does.",
	    s->job != 0 ? NULL : mail_verdict_word(worst(s)));
	pager_view(&s->pager, &body);
	screen_put_help(canvas,
	    "o prints the lines as they are, to be sent to the person.");
}

static const char *
copy_client(const void *state)
{
	return ((const struct client_state *)state)->text;
}

static void
print_client(const void *state, struct text_builder *text)
{
	text_add(text, ((const struct client_state *)state)->text);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'v', CLIENT_KEY_AGAIN, "try again", "Try the servers again.", NULL, "mail settings" },
	{ 'a', CLIENT_KEY_APPLE, "Apple profile", "The file that sets up Apple devices.", NULL, "mail settings" },
	{ 0 }
};
/* clang-format on */

const struct screen screen_client = {
	.title = "Client settings",
	.state_size = sizeof(struct client_state),
	.keys = keys,
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_client,
	.update = update_client,
	.view = view_client,
	.copy = copy_client,
	.print = print_client,
};
