#include "screens/session.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/key.h"
#include "model/list.h"
#include "model/operation.h"
#include "model/server.h"
#include "screens/home.h"
#include "screens/palette.h"
#include "tui/terminal.h"

struct context *
session_context(const struct app *app)
{
	return app_context(app);
}

bool
session_is_old(
    const struct app *app, const struct msg *msg, int64_t data_version)
{
	if (msg->kind == MSG_TICK)
		return db_data_version(session_context(app)->db) !=
		    data_version;
	return msg->kind == MSG_REFRESH || msg->kind == MSG_RETURN;
}

/* ---- who may ---- */

/* Constant text, or a buffer that lives until the next call. */
static const char *
why_not(const struct actor *actor, enum action action, const char *command,
    bool is_change)
{
	static struct err err;
	const char *why = NULL;

	if (action != ACTION_NONE && !may_ever(actor, action, &why))
		return why;
	return actor_key_allows(actor, command, is_change, &err) == OK
	    ? NULL
	    : err.text;
}

const char *
session_off(const struct app *app, enum action action, const char *command,
    bool is_change)
{
	return why_not(
	    &session_context(app)->actor, action, command, is_change);
}

const struct session_reader session_readers[] = {
	{ "audit verify", ACTION_AUDIT_VERIFY },
	{ "dns check", ACTION_CHECK_RUN },
	{ "dns lint", ACTION_NONE },
	{ "dns records", ACTION_RECORD_VIEW },
	{ "dns senders", ACTION_CHECK_RUN },
	{ "dns zone", ACTION_RECORD_VIEW },
	{ "golive show", ACTION_CHECK_RUN },
	{ "mail health", ACTION_MAIL_HEALTH },
	{ "mail queue", ACTION_MAIL_CONFIG },
	{ "mail settings", ACTION_CLIENT_VIEW },
	{ "mail trace", ACTION_MAIL_TRACE },
	{ "smime export", ACTION_USER_VIEW },
	{ "smime record", ACTION_USER_VIEW },
	{ "trouble", ACTION_CHECK_RUN },
	{ 0 },
};

static enum action
reader_action(const char *name)
{
	const struct session_reader *reader = session_readers;

	while (reader->command != NULL && !text_is_same(reader->command, name))
		reader++;
	return reader->action;
}

const char *
session_command_off(const struct app *app, const char *name)
{
	const struct actor *actor = &session_context(app)->actor;
	const struct operation *operation = operation_by_name(name);
	const struct list *list = list_by_name(name);

	if (operation != NULL)
		return why_not(actor,
		    permission_reach(actor->role, operation->action) <
				REACH_SELF &&
			    operation->own_action != ACTION_NONE
			? operation->own_action
			: operation->action,
		    name, true);
	return why_not(actor, list != NULL ? list->action : reader_action(name),
	    name, false);
}

/* ---- options ---- */

/* "anna, super admin": the name, or the part before the @. */
static const char *
person_text(const struct actor *actor, struct arena *arena)
{
	const char *title = role_titles[actor->role];

	if (actor->is_console)
		return title;
	if (actor->name[0] != '\0')
		return arena_format(arena, "%s, %s", actor->name, title);
	return arena_format(arena, "%.*s, %s",
	    (int)strcspn(actor->address, "@"), actor->address, title);
}

static const char *
server_text(struct context *context, struct arena *arena)
{
	struct server server = { 0 };
	struct err err;
	int64_t version;

	if (server_load(context->db, &server, &version, &err) != OK ||
	    server.host_name[0] == '\0')
		return "postern";
	return arena_text(arena, server.host_name);
}

void
session_title(struct app *app)
{
	app_server(app, server_text(session_context(app), app_arena(app)));
}

void
session_options(
    struct app_options *options, struct context *context, struct arena *arena)
{
	*options = (struct app_options){
		.server = server_text(context, arena),
		.person = person_text(&context->actor, arena),
		.context = context,
		.home = home_of_role(context->actor.role),
		.rows = CANVAS_ROWS,
		.columns = CANVAS_COLUMNS,
		.commands = palette_commands(arena),
		.run_command = palette_run,
		.command_off = session_command_off,
	};
}

/* ---- on a terminal ---- */

/* By the clock: after so long without a key, and when the key expires. */
static void
set_ends(struct app_options *options, struct context *context)
{
	struct server server = { 0 };
	struct err err;
	int64_t version;

	if (server_load(context->db, &server, &version, &err) == OK)
		options->idle_seconds = server.idle_minutes * 60;
	if (key_expires_at(
		context->db, &context->actor, &options->ends_at, &err) != OK)
		options->ends_at = 0;
}

int
session_run(struct context *context)
{
	struct app_options options;
	struct arena arena = { 0 };
	struct terminal *terminal;
	struct err err = { 0 };
	struct app *app;

	if (terminal_open(&terminal, &err) != OK) {
		printf("%s\n", err.text);
		return err_exit_status(err.code);
	}
	session_options(&options, context, &arena);
	set_ends(&options, context);
	terminal_size(terminal, &options.rows, &options.columns);
	options.is_ascii = terminal_is_ascii(terminal);
	app = app_open(&arena, &options);
	app_run(app, terminal);
	app_close(app);
	terminal_close(&terminal);
	if (app_end_text(app)[0] != '\0')
		printf("%s\r\n", app_end_text(app));
	arena_free(&arena);
	return 0;
}
