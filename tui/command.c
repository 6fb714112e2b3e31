/* ---- the ':' prompt: command names with completion, on the message row ---- */
#include <string.h>

#include "tui/app.h"
#include "tui/help.h"
#include "tui/line_edit.h"

enum { COMMAND_KEY_RUN = 1, COMMAND_KEY_COMPLETE };

struct command_state {
	const struct app_command *commands;
	struct line_edit edit;
	char line[512];
	char hint[ERR_TEXT_SIZE]; /* on the help row */
};

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, COMMAND_KEY_RUN, "run", "Run the command.", NULL },
	{ PRESS_TAB, COMMAND_KEY_COMPLETE, "complete", "Complete the command.", NULL },
	{ PRESS_ESCAPE, APP_KEY_ESCAPE, "leave", "Leave the prompt.", NULL },
	{ 0 }
};
/* clang-format on */

/* Commands that start with what was typed; *length: what they have in
 * common, in bytes. */
static size_t
matches(const struct command_state *s, const char **first, size_t *length)
{
	size_t count = 0;

	*first = NULL;
	*length = 0;
	for (const struct app_command *c = s->commands;
	     c != NULL && c->name != NULL; c++) {
		size_t same = 0;

		if (!text_starts_with(c->name, s->line))
			continue;
		if (count++ == 0) {
			*first = c->name;
			*length = strlen(c->name);
		}
		while (same < *length && c->name[same] == (*first)[same])
			same++;
		*length = same;
	}
	return count;
}

/* The command that the line starts with: its help is the hint. */
static const struct app_command *
typed_command(const struct command_state *s)
{
	const struct app_command *best = NULL;

	for (const struct app_command *c = s->commands;
	     c != NULL && c->name != NULL; c++) {
		size_t length = strlen(c->name);

		if (strncmp(s->line, c->name, length) == 0 &&
		    (s->line[length] == ' ' || s->line[length] == '\0') &&
		    (best == NULL || length > strlen(best->name)))
			best = c;
	}
	return best;
}

static void
show_hint(struct command_state *s)
{
	const struct app_command *command = typed_command(s);
	size_t length;
	const char *first;

	s->hint[0] = '\0';
	if (command != NULL) {
		text_copy(s->hint, sizeof s->hint, command->help);
		return;
	}
	if (matches(s, &first, &length) == 0) {
		text_copy(
		    s->hint, sizeof s->hint, "No command starts like this.");
		return;
	}
	for (const struct app_command *c = s->commands;
	     c != NULL && c->name != NULL; c++) {
		if (!text_starts_with(c->name, s->line))
			continue;
		if (s->hint[0] != '\0')
			text_append(s->hint, sizeof s->hint, "   ");
		text_append(s->hint, sizeof s->hint, c->name);
	}
}

static void
complete(struct command_state *s)
{
	const char *first;
	char line[sizeof s->line];
	size_t length, count = matches(s, &first, &length);

	if (count == 0)
		return;
	text_format(line, sizeof line, "%.*s%s", (int)length, first,
	    count == 1 ? " " : "");
	line_edit_set(&s->edit, line);
}

static void
open_command(struct app *app, void *state, int64_t id)
{
	struct command_state *s = state;

	(void)id;
	s->commands = app_commands(app);
	line_edit_open(&s->edit, s->line, sizeof s->line);
	show_hint(s);
}

static struct next
run(struct app *app, struct command_state *s)
{
	struct next next;

	text_trim(s->line);
	if (s->line[0] == '\0')
		return NEXT_CLOSES;
	next = app_run_command(app, s->line);
	if (next.kind == NEXT_OPEN)
		next.kind = NEXT_REPLACE;
	return next.kind == NEXT_STAY ? NEXT_CLOSES : next;
}

static struct next
update_command(struct app *app, void *state, const struct msg *msg)
{
	struct command_state *s = state;

	if (msg->kind == MSG_KEY && msg->action == COMMAND_KEY_RUN)
		return run(app, s);
	if (msg->kind == MSG_KEY && msg->key == PRESS_BACKSPACE &&
	    s->line[0] == '\0')
		return NEXT_CLOSES;
	if (msg->kind == MSG_KEY && msg->action == COMMAND_KEY_COMPLETE)
		complete(s);
	else
		line_edit_update(&s->edit, msg);
	show_hint(s);
	return NEXT_STAYS;
}

static void
view_command(const void *state, struct canvas *canvas)
{
	const struct command_state *s = state;
	struct canvas row = screen_message_row(canvas);
	struct canvas help =
	    canvas_part(canvas, canvas->rows - 2, 0, 1, canvas->columns);

	canvas_clear(&row);
	canvas_clear(&help);
	canvas_put_text(&row, 0, 1, STYLE_KEY, ":");
	line_edit_view(&s->edit, &row, 0, 2, row.columns - 3, true, false);
	screen_put_help(canvas, s->hint);
}

static bool
always(const void *state)
{
	(void)state;
	return true;
}

const struct screen screen_command = {
	.title = "Command",
	.state_size = sizeof(struct command_state),
	.keys = keys,
	.is_overlay = true,
	.open = open_command,
	.update = update_command,
	.view = view_command,
	.wants_text = always,
};
