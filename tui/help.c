#include "tui/help.h"

#include <string.h>

#include "tui/app_state.h"
#include "tui/pager.h"

#define HELP_MAX (64 * 1024)
#define INDENT   19 /* columns before the sentences */
#define WIDTH    58 /* columns of them */
#define OFF      "Off here: "

struct help_state {
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct help_state)

/* The row's key and its second ones: "Up k". */
static void
key_names(const struct key_binding *table, const struct key_binding *row,
    char *to, size_t size)
{
	to[0] = '\0';
	for (; table->key != 0; table++) {
		char name[KEY_NAME_SIZE];

		if (table != row &&
		    (table->action != row->action || table->help != NULL))
			continue;
		key_as_name(table->key, name, sizeof name);
		if (to[0] != '\0')
			text_append(to, size, " ");
		text_append(to, size, name);
	}
}

/* The reason why a key is off, in as many lines as it needs. */
static void
add_reason(struct text_builder *to, const char *why)
{
	char text[ERR_TEXT_SIZE];
	const char *at = text;

	text_format(text, sizeof text, OFF "%s", why);
	while (*at != '\0') {
		size_t length = strlen(at);

		while (length > WIDTH) {
			do
				length--;
			while (length > 0 && at[length] != ' ');
			if (length == 0) /* one word that long */
				length = WIDTH;
		}
		text_addf(to, "%*s%.*s\n", INDENT, "", (int)length, at);
		at += length;
		at += strspn(at, " ");
	}
}

/* A key that is off is dimmed, with its reason. */
static enum style
style_of(const char *line, size_t length)
{
	const char *next = line + length;
	const size_t blanks = strspn(line, " ");

	if (blanks == INDENT)
		return STYLE_DIM;
	return strlen(next) > INDENT &&
		strncmp(next + 1 + INDENT, OFF, strlen(OFF)) == 0
	    ? STYLE_DIM
	    : STYLE_NORMAL;
}

static void
add_table(struct text_builder *to, struct app *app, const char *head,
    const struct key_binding *table, const void *state)
{
	if (table == NULL || table->key == 0)
		return;
	text_addf(to, "%s\n", head);
	for (const struct key_binding *row = table; row->key != 0; row++) {
		const char *why = app_key_off(app, row, state);
		char names[64];

		if (row->help == NULL)
			continue;
		key_names(table, row, names, sizeof names);
		text_addf(to, "  %-16s %s\n", names, row->help);
		if (why != NULL)
			add_reason(to, why);
	}
	text_add(to, "\n");
}

static void
open_help(struct app *app, void *state, int64_t id)
{
	struct help_state *s = state;
	const void *below_state;
	const struct screen *below = app_screen_below(app, &below_state);
	struct text_builder to;

	(void)id;
	text_builder_open(&to, app_arena(app), HELP_MAX);
	add_table(&to, app, "THIS SCREEN", below->keys, below_state);
	add_table(
	    &to, app, "MOVING AND TYPING", below->widget_keys, below_state);
	add_table(&to, app, "EVERYWHERE", app_keys, below_state);
	text_add(&to,
	    "WHILE TYPING\n"
	    "  Every letter is text then; F1 shows this help, Esc leaves.\n"
	    "  Left Right       Move by one character.\n"
	    "  Home End         To the start, to the end (Ctrl-A, Ctrl-E).\n"
	    "  Ctrl-W           Remove the word before the cursor.\n"
	    "  Ctrl-U           Clear the field.\n");
	pager_open(&s->pager, to.data);
	s->pager.style_of = style_of;
}

static struct next
update_help(struct app *app, void *state, const struct msg *msg)
{
	struct help_state *s = state;

	(void)app;
	pager_update(&s->pager, msg);
	return NEXT_STAYS;
}

static void
view_help(const void *state, struct canvas *canvas)
{
	const struct help_state *s = state;
	struct canvas body = screen_body(canvas);

	pager_put_state(
	    &s->pager, canvas, "Keys that work on this screen.", NULL);
	pager_view(&s->pager, &body);
}

static void
print_help(const void *state, struct text_builder *to)
{
	const struct help_state *s = state;

	text_add(to, s->pager.text);
}

const struct screen screen_help = {
	.title = "Help",
	.state_size = sizeof(struct help_state),
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_help,
	.update = update_help,
	.view = view_help,
	.print = print_help,
};
