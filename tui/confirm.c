#include "tui/confirm.h"

#include <string.h>

#include "tui/app.h"
#include "tui/line_edit.h"

/* What was asked for by an update() that has returned when the screen opens:
 * its texts are kept here in between. */
static struct arena waiting;

static const char *
keep(struct arena *arena, const char *text)
{
	return text != NULL ? arena_text(arena, text) : NULL;
}

static struct next
answered(int64_t tag)
{
	return (struct next){ .kind = NEXT_CLOSE, .id = tag };
}

static bool
always(const void *state)
{
	(void)state;
	return true;
}

/* ---- yes or no ---- */

enum { ASK_KEY_YES = 1, ASK_KEY_NO };

struct ask_state {
	int64_t tag;
	char question[ERR_TEXT_SIZE];
};

/* clang-format off */
static const struct key_binding ask_keys[] = {
	{ 'y', ASK_KEY_YES, "yes", "Yes.", NULL },
	{ 'Y', ASK_KEY_YES, NULL, NULL, NULL },
	{ 'n', ASK_KEY_NO, "no", "No.", NULL },
	{ 'N', ASK_KEY_NO, NULL, NULL, NULL },
	{ PRESS_ENTER, ASK_KEY_NO, NULL, NULL, NULL },
	{ PRESS_ESCAPE, ASK_KEY_NO, NULL, NULL, NULL },
	{ PRESS_CTRL('C'), ASK_KEY_NO, NULL, NULL, NULL },
	{ 0 }
};
/* clang-format on */

static void
open_ask(struct app *app, void *state, int64_t id)
{
	const struct confirm *confirm = app_argument(app);
	struct ask_state *s = state;

	(void)id;
	s->tag = confirm->tag;
	text_copy(s->question, sizeof s->question, confirm->question);
}

static struct next
update_ask(struct app *app, void *state, const struct msg *msg)
{
	const struct ask_state *s = state;

	(void)app;
	if (msg->kind != MSG_KEY)
		return NEXT_STAYS;
	return answered(msg->action == ASK_KEY_YES ? s->tag : 0);
}

static void
view_ask(const void *state, struct canvas *canvas)
{
	const struct ask_state *s = state;
	struct canvas row = screen_message_row(canvas);
	int column = 1;

	canvas_clear(&row);
	column += canvas_put_text(&row, 0, column, STYLE_WARN, s->question);
	column += canvas_put_text(&row, 0, column, STYLE_NORMAL, "  y or n: ");
	canvas_set_cursor(&row, 0, column);
}

const struct screen screen_confirm_ask = {
	.title = "Question",
	.state_size = sizeof(struct ask_state),
	.keys = ask_keys,
	.is_overlay = true,
	.open = open_ask,
	.update = update_ask,
	.view = view_ask,
};

/* ---- the name typed ---- */

enum { NAME_KEY_DO = 1 };

struct name_state {
	struct confirm confirm; /* its texts copied into the arena */
	struct line_edit edit;
	char typed[320];
};

static void
copy_confirm(
    struct confirm *to, const struct confirm *from, struct arena *arena)
{
	*to = *from;
	to->question = keep(arena, from->question);
	to->name = keep(arena, from->name);
	to->head = keep(arena, from->head);
	to->prompt = keep(arena, from->prompt);
	to->word = keep(arena, from->word);
	for (size_t i = 0; i < CONFIRM_LINES_MAX && from->lines[i]; i++)
		to->lines[i] = keep(arena, from->lines[i]);
}

static void
open_name(struct app *app, void *state, int64_t id)
{
	struct name_state *s = state;

	(void)id;
	copy_confirm(&s->confirm, app_argument(app), app_arena(app));
	if (s->confirm.prompt == NULL)
		s->confirm.prompt = "Type the name:";
	app_title(
	    app, "%s", s->confirm.word != NULL ? s->confirm.word : "Confirm");
	line_edit_open(&s->edit, s->typed, sizeof s->typed);
}

static bool
name_matches(const struct name_state *s)
{
	return text_is_same(s->typed, s->confirm.name);
}

static const char *
is_name_wrong(const struct app *app, const void *state)
{
	(void)app;
	return name_matches(state) ? NULL
				   : "the typed name and the name differ";
}

/* clang-format off */
static const struct key_binding name_keys[] = {
	{ PRESS_ENTER, NAME_KEY_DO, "do it", "Do it, when the typed name is right.", is_name_wrong },
	{ 0 }
};
/* clang-format on */

static struct next
update_name(struct app *app, void *state, const struct msg *msg)
{
	struct name_state *s = state;

	(void)app;
	if (msg->kind == MSG_KEY && msg->action == NAME_KEY_DO)
		return answered(s->confirm.tag);
	line_edit_update(&s->edit, msg);
	return NEXT_STAYS;
}

static void
view_name(const void *state, struct canvas *canvas)
{
	const struct name_state *s = state;
	struct canvas body = screen_body(canvas);
	int row = 0, column, room;

	if (s->confirm.head != NULL)
		canvas_put_fit(&body, row, 1, body.columns - 2, STYLE_FAIL,
		    s->confirm.head);
	row += 2;
	for (size_t i = 0; i < CONFIRM_LINES_MAX && s->confirm.lines[i] != NULL;
	     i++)
		canvas_put_fit(&body, row++, 1, body.columns - 2, STYLE_NORMAL,
		    s->confirm.lines[i]);
	if (row > body.rows - 2)
		row = body.rows - 2;
	row++;
	column = 1 +
	    canvas_put_text(&body, row, 1, STYLE_NORMAL, s->confirm.prompt) + 2;
	room = body.columns - 1 - column;
	line_edit_view(
	    &s->edit, &body, row, column, room > 40 ? 40 : room, true, false);
	screen_put_help(canvas,
	    name_matches(s) ? "The name is right: Enter does it."
			    : "Esc keeps everything as it is.");
}

const struct screen screen_confirm_name = {
	.title = "Confirm",
	.state_size = sizeof(struct name_state),
	.keys = name_keys,
	.open = open_name,
	.update = update_name,
	.view = view_name,
	.wants_text = always,
};

struct next
confirm_open(const struct confirm *confirm)
{
	struct confirm *copy;

	arena_free(&waiting);
	copy = arena_alloc(&waiting, sizeof *copy);
	copy_confirm(copy, confirm, &waiting);
	return (struct next){ .kind = NEXT_OPEN,
		.screen = confirm->name != NULL ? &screen_confirm_name
						: &screen_confirm_ask,
		.data = copy };
}

/* ---- one line ---- */

enum { PROMPT_KEY_DONE = 1 };

struct prompt_state {
	int64_t tag;
	bool is_secret;
	char question[120];
	char text[1024];
	struct line_edit edit;
};

/* clang-format off */
static const struct key_binding prompt_keys[] = {
	{ PRESS_ENTER, PROMPT_KEY_DONE, "done", "Done.", NULL },
	{ PRESS_ESCAPE, APP_KEY_ESCAPE, "leave", "Leave.", NULL },
	{ 0 }
};
/* clang-format on */

static void
open_prompt(struct app *app, void *state, int64_t id)
{
	const struct prompt *prompt = app_argument(app);
	struct prompt_state *s = state;

	(void)id;
	s->tag = prompt->tag;
	s->is_secret = prompt->is_secret;
	text_copy(s->question, sizeof s->question, prompt->question);
	if (prompt->initial != NULL)
		text_copy(s->text, sizeof s->text, prompt->initial);
	line_edit_open(&s->edit, s->text, sizeof s->text);
}

static struct next
update_prompt(struct app *app, void *state, const struct msg *msg)
{
	struct prompt_state *s = state;

	(void)app;
	if (msg->kind == MSG_KEY && msg->action == PROMPT_KEY_DONE)
		return (struct next){
			.kind = NEXT_CLOSE, .id = s->tag, .data = s->text
		};
	line_edit_update(&s->edit, msg);
	return NEXT_STAYS;
}

static void
view_prompt(const void *state, struct canvas *canvas)
{
	const struct prompt_state *s = state;
	struct canvas row = screen_message_row(canvas);
	int column = 2;

	canvas_clear(&row);
	column += canvas_put_text(&row, 0, 1, STYLE_NORMAL, s->question);
	line_edit_view(&s->edit, &row, 0, column, row.columns - 1 - column,
	    true, s->is_secret);
}

static void
close_prompt(void *state)
{
	struct prompt_state *s = state;

	explicit_bzero(s->text, sizeof s->text);
}

const struct screen screen_prompt = {
	.title = "Prompt",
	.state_size = sizeof(struct prompt_state),
	.keys = prompt_keys,
	.is_overlay = true,
	.open = open_prompt,
	.update = update_prompt,
	.view = view_prompt,
	.close = close_prompt,
	.wants_text = always,
};

struct next
prompt_open(const struct prompt *prompt)
{
	struct prompt *copy;

	arena_free(&waiting);
	copy = arena_alloc(&waiting, sizeof *copy);
	*copy = *prompt;
	copy->question = keep(&waiting, prompt->question);
	copy->initial = keep(&waiting, prompt->initial);
	return (struct next){
		.kind = NEXT_OPEN, .screen = &screen_prompt, .data = copy
	};
}
