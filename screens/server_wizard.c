/* Server Setup: names, addresses and defaults, each looked at on the real
 * machine while they are typed. */
#include <string.h>

#include "base/text.h"
#include "model/host.h"
#include "model/server.h"
#include "screens/screens.h"
#include "screens/server_look.h"
#include "screens/session.h"
#include "screens/wizard_screen.h"

#define HOSTS_MAX 13 /* rows of the hosts step at 80x24 */

struct host_line {
	char name[HOST_NAME_SIZE];
	char state[16];
};

struct server_wizard {
	struct wizard_screen base;
	struct context *context;
	/* The look-up that runs or ran last, and for which texts. */
	int job;
	struct server_names names;
	char asked_host[HOST_NAME_SIZE * 4];
	char asked_resolvers[SERVER_RESOLVERS_SIZE * 4];
	bool was_asked;
	bool is_typing; /* in the field with the focus: it isn't looked at */

	struct host_line hosts[HOSTS_MAX];
	size_t host_count;
	int64_t host_total;
};

enum { SERVER_KEY_HOSTS = 1 };

enum {
	STEP_NAMES,
	STEP_DNS,
	STEP_HOSTS,
	STEP_LIMITS,
	STEP_REPORTS,
	STEP_FILES,
	STEP_LOGIN
};

/* ---- notes ---- */

static bool
is_being_typed(const struct server_wizard *s, const char *field)
{
	return s->is_typing &&
	    text_is_same(form_focus_name(&s->base.form), field);
}

static void
note(struct server_wizard *s, const char *field, const char *text)
{
	if (is_being_typed(s, field) || form_is_refused(&s->base.form, field))
		return;
	form_set_note(&s->base.form, field, text[0] != '\0' ? text : NULL);
}

static const char *
text_of(const struct server_wizard *s, const char *field)
{
	return form_text(&s->base.form, field);
}

static void
note_ip(struct server_wizard *s, const char *field)
{
	char text[SERVER_LOOK_SIZE];

	server_look_at_ip(text, text_of(s, field));
	note(s, field, text);
}

static void
note_mailbox(struct server_wizard *s, const char *field)
{
	char text[SERVER_LOOK_SIZE];

	server_look_at_mailbox(s->context, text, text_of(s, field));
	note(s, field, text);
}

/* An empty path is a directory of the state directory. */
static void
note_directory(struct server_wizard *s, const char *field, const char *below,
    void (*look)(char *, const char *))
{
	char path[SERVER_PATH_SIZE * 2], text[SERVER_LOOK_SIZE];

	if (text_of(s, field)[0] != '\0')
		text_copy(path, sizeof(path), text_of(s, field));
	else
		text_format(path, sizeof(path), "%s/%s",
		    s->context->state_directory, below);
	look(text, path);
	note(s, field, text);
}

/* ---- the look-up ---- */

static bool
is_new(const struct server_wizard *s, const char *field, const char *seen)
{
	return !is_being_typed(s, field) &&
	    !text_is_same(text_of(s, field), seen);
}

static void
start_lookup(struct server_wizard *s, struct app *app)
{
	struct lookup_request request;
	struct err err;

	if (s->job != 0)
		app_job_stop(app, s->job);
	s->job = 0;
	s->was_asked = true;
	s->names = (struct server_names){ 0 };
	text_copy(s->asked_host, sizeof(s->asked_host), text_of(s, "host"));
	text_copy(s->asked_resolvers, sizeof(s->asked_resolvers),
	    text_of(s, "resolvers"));
	if (!server_look_request(
		s->context, &request, s->asked_host, s->asked_resolvers))
		return;
	s->job = app_job_start(app, lookup_job, &request, &err);
	if (s->job == 0)
		app_error(app, &err);
}

static void
look_up_if_new(struct server_wizard *s, struct app *app)
{
	if (!s->was_asked || is_new(s, "host", s->asked_host) ||
	    is_new(s, "resolvers", s->asked_resolvers))
		start_lookup(s, app);
}

static void
note_names(struct server_wizard *s)
{
	char text[SERVER_LOOK_SIZE];

	if (s->job != 0) {
		note(s, "host", "asking the resolvers...");
		note(s, "resolvers", "asking...");
		return;
	}
	if (s->names.asked == 0)
		return;
	if (text_is_same(text_of(s, "host"), s->asked_host)) {
		server_look_at_host(
		    text, &s->names, text_of(s, "ip4"), text_of(s, "ip6"));
		note(s, "host", text);
	}
	if (text_is_same(text_of(s, "resolvers"), s->asked_resolvers)) {
		server_look_at_resolvers(text, &s->names);
		note(s, "resolvers", text);
	}
}

/* What the fields of this step look like on this machine. */
static void
look(struct server_wizard *s, struct app *app)
{
	switch (s->base.wizard.step) {
	case STEP_NAMES:
	case STEP_DNS:
		note_ip(s, "ip4");
		note_ip(s, "ip6");
		look_up_if_new(s, app);
		note_names(s);
		break;
	case STEP_REPORTS:
		note_mailbox(s, "dmarc_mailbox");
		note_mailbox(s, "tls_report_mailbox");
		break;
	case STEP_FILES:
		note_directory(
		    s, "dkim_directory", "dkim", server_look_at_key_directory);
		note_directory(s, "mta_sts_directory", "mta-sts",
		    server_look_at_web_directory);
		break;
	default:
		break;
	}
}

/* ---- approved hosts ---- */

static void
read_hosts(struct server_wizard *s)
{
	struct arena arena = { 0 };
	struct list_query query = { 0 };
	struct list_page page = { 0 };
	struct err err;

	s->host_count = 0;
	if (list_count(s->context, &host_list, &query, &s->host_total, &err) !=
		OK ||
	    list_page(s->context, &host_list, &query, LIST_FIRST, 0, NULL,
		HOSTS_MAX, &arena, &page, &err) != OK)
		s->host_total = 0;
	for (size_t i = 0; i < page.count; i++) {
		struct host_line *line = &s->hosts[s->host_count++];
		const struct list_value *state =
		    list_value_of(&host_list, &page.rows[i], "state");

		text_copy(line->name, sizeof(line->name), page.rows[i].key);
		text_copy(line->state, sizeof(line->state), state->raw);
	}
	arena_free(&arena);
}

static void
enter_hosts(struct app *app, void *state)
{
	(void)app;
	read_hosts(state);
}

static void
view_hosts(const void *state, struct canvas *body)
{
	const struct server_wizard *s = state;
	int row = 0;

	for (size_t i = 0; i < s->host_count; i++, row++) {
		canvas_put_fit(body, row, 1, body->columns - 16, STYLE_NORMAL,
		    s->hosts[i].name);
		canvas_put_text(body, row, body->columns - 14,
		    style_of_word(s->hosts[i].state), s->hosts[i].state);
	}
	if (s->host_count == 0)
		canvas_put_text(
		    body, row++, 1, STYLE_DIM, "There are none yet.");
	if (s->host_total > (int64_t)s->host_count)
		canvas_putf(body, row, 1, STYLE_DIM, "and %lld more",
		    (long long)(s->host_total - (int64_t)s->host_count));
	canvas_set_cursor(body, 0, 1);
}

/* ---- steps ---- */

/* clang-format off */
static const struct wizard_step steps[] = {
	[STEP_NAMES] = { .title = "Names", .intro = "How the world reaches this server.", .first = "host", .count = 3 },
	[STEP_DNS] = { .title = "DNS", .intro = "Who is asked when a checklist runs.", .first = "resolvers", .count = 2 },
	[STEP_HOSTS] = { .title = "Hosts", .intro = "Tenants may use these as IMAP and SMTP hosts.  Ctrl-O opens the list.",
	  .view = view_hosts, .enter = enter_hosts },
	[STEP_LIMITS] = { .title = "Limits", .intro = "What a new tenant and a new mailbox start with.", .first = "user_limit", .count = 3 },
	[STEP_REPORTS] = { .title = "Reports", .intro = "Mailboxes that somebody reads; domains may have their own.", .first = "dmarc_mailbox", .count = 2 },
	[STEP_FILES] = { .title = "Files", .intro = "Where keys and policies are; only the operator on the box changes that.", .first = "dkim_directory", .count = 3 },
	[STEP_LOGIN] = { .title = "Login", .intro = "How people come in here, and when they are asked to leave.", .first = "password_login", .count = 2 },
	{ 0 }
};

static const char *
no_hosts(const struct app *app, const void *state)
{
	const struct server_wizard *s = state;

	(void)app;
	return s->base.wizard.step == STEP_HOSTS
	    ? NULL
	    : "it opens the list of hosts, on the step Hosts";
}

static const struct key_binding keys[] = {
	{ PRESS_CTRL('O'), SERVER_KEY_HOSTS, "hosts", "Open the list of approved hosts, on the step Hosts.", no_hosts },
	{ 0 }
};
/* clang-format on */

/* ---- screen ---- */

static void
open_wizard(struct app *app, void *state, int64_t id)
{
	struct server_wizard *s = state;

	(void)id;
	s->context = session_context(app);
	if (wizard_screen_open(&s->base, app, "server set", steps, s))
		look(s, app);
}

static void
take_record(struct server_wizard *s, const struct msg *msg)
{
	if (msg->job != s->job)
		return;
	if (msg->kind == MSG_JOB)
		server_look_add(&s->names, msg->data);
	else
		s->job = 0;
}

static struct next
update(struct app *app, void *state, const struct msg *msg)
{
	struct server_wizard *s = state;
	struct next next = NEXT_STAYS;

	if (msg->kind == MSG_TEXT || msg->kind == MSG_KEY)
		s->is_typing = msg->kind == MSG_TEXT || msg->action == 0 ||
		    msg->action == FORM_KEY_CLEAR;
	if (msg->kind == MSG_JOB || msg->kind == MSG_JOB_END)
		take_record(s, msg);
	else if (msg->kind == MSG_RETURN)
		read_hosts(s);
	else if (msg->kind == MSG_KEY && msg->action == SERVER_KEY_HOSTS)
		return (
		    struct next){ .kind = NEXT_OPEN, .screen = &screen_hosts };
	else
		wizard_screen_update(&s->base, app, msg, &next);
	if (next.kind == NEXT_STAY)
		look(s, app);
	return next;
}

const struct screen screen_server_wizard = WIZARD_SCREEN(
    "Server setup", struct server_wizard, keys, open_wizard, update);
