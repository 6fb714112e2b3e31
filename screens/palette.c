#include "screens/palette.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"
#include "model/domain.h"
#include "model/list.h"
#include "screens/form_screen.h"
#include "screens/link.h"
#include "screens/row_screen.h"
#include "screens/screens.h"
#include "screens/session.h"

#define WORDS_MAX 32
#define LINE_SIZE 512

/* ---- names ---- */

static int
compare(const void *a, const void *b)
{
	const struct app_command *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/* "ADDRESS name= quota=  Makes a user": what can stand behind the words. */
static const char *
usage(const struct operation *operation, struct arena *arena)
{
	const struct field *field = operation->fields;
	struct text_builder text;

	text_builder_open(&text, arena, 400);
	for (; field != NULL && field->name != NULL; field++) {
		/* A secret is asked for in the form, not typed in clear. */
		if (field->kind == FIELD_SECRET)
			continue;
		if (field->is_main)
			for (const char *c = field->name; *c != '\0'; c++)
				text_addf(&text, "%c",
				    *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A'
							   : *c);
		else
			text_addf(&text, "%s=", field->name);
		text_add(&text, " ");
	}
	text_addf(&text, "%s%s", text.length > 0 ? " " : "", operation->help);
	return text.data;
}

/* The screens of a domain that stand for a command which is neither an
 * operation nor a list; the first of its command: "dns check DOMAIN" is the
 * checklist, not the policies that stand on it. */
static const struct link *
link_by_name(const char *name)
{
	const struct link *l = domain_links;

	if (strchr(name, ' ') == NULL || operation_by_name(name) != NULL ||
	    list_by_name(name) != NULL)
		return NULL;
	while (l->key != 0 && !text_is_same(l->command, name))
		l++;
	return l->key != 0 ? l : NULL;
}

static size_t
add_links(struct app_command *commands, struct arena *arena)
{
	size_t count = 0;

	for (const struct link *l = domain_links; l->key != 0; l++) {
		struct text_builder help;

		if (link_by_name(l->command) != l)
			continue;
		text_builder_open(&help, arena, 200);
		text_addf(&help, "DOMAIN  The screen %s.", l->label);
		commands[count].name = l->command;
		commands[count++].help = help.data;
	}
	return count;
}

const struct app_command *
palette_commands(struct arena *arena)
{
	size_t count = 0, room = 1;
	struct app_command *commands;

	while (operation_at(room) != NULL)
		room++;
	for (size_t i = 0; list_at(i) != NULL; i++)
		room += 2;
	room += LINKS_MAX;
	commands = arena_array(arena, room + 1, sizeof(*commands));
	for (size_t i = 0; operation_at(i) != NULL; i++) {
		commands[count].name = operation_at(i)->name;
		commands[count++].help = usage(operation_at(i), arena);
	}
	for (size_t i = 0; list_at(i) != NULL; i++) {
		commands[count].name = list_at(i)->name;
		commands[count++].help = list_at(i)->help;
		if (list_at(i)->show == NULL)
			continue;
		commands[count].name = list_at(i)->show;
		commands[count++].help = list_at(i)->help;
	}
	count += add_links(commands + count, arena);
	qsort(commands, count, sizeof(*commands), compare);
	return commands;
}

/* ---- running ---- */

struct words {
	char line[LINE_SIZE];
	char *word[WORDS_MAX];
	int count;
};

/* "name=value" of the operation's fields, else a value of the main one. */
static void
add_preset(struct form_spec *spec, char *word)
{
	const struct field *fields = spec->operation->fields;
	struct form_preset *preset = &spec->presets[spec->preset_count];
	char *equals = strchr(word, '=');

	if (spec->preset_count == FORM_PRESETS_MAX)
		return;
	*preset = (struct form_preset){ NULL, word, false };
	if (equals != NULL) {
		*equals = '\0';
		if (field_by_name(fields, word) != NULL)
			*preset =
			    (struct form_preset){ word, equals + 1, false };
		else
			*equals = '=';
	}
	spec->preset_count++;
}

static bool
has_preset(const struct form_spec *spec, const struct field *field)
{
	for (size_t i = 0; i < spec->preset_count; i++) {
		const char *name = spec->presets[i].name;

		if (name == NULL ? field->is_main
				 : text_is_same(name, field->name))
			return true;
	}
	return false;
}

/* Everything that it needs was typed. */
static bool
is_complete(const struct form_spec *spec)
{
	const struct field *field = spec->operation->fields;

	for (; field != NULL && field->name != NULL; field++)
		if (field->is_required && field->initial == NULL &&
		    !has_preset(spec, field) &&
		    (spec->operation->load == NULL || field->is_main))
			return false;
	/* An edit of nothing is a form to fill in. */
	return spec->operation->load == NULL || spec->preset_count > 1;
}

static struct next
run_operation_words(const struct operation *operation, struct words *words)
{
	struct form_spec spec = { .operation = operation };

	/* "tidy" is one word, "user add" two. */
	for (int i = strchr(operation->name, ' ') == NULL ? 1 : 2;
	     i < words->count && operation->fields != NULL; i++)
		add_preset(&spec, words->word[i]);
	spec.is_complete = is_complete(&spec);
	return form_screen_next(&spec);
}

/* "domain verify NAME" waits for the DNS: a screen of its own watches that. */
static bool
is_watched(const struct operation *operation, const struct words *words)
{
	if (!text_is_same(operation->name, "domain verify") || words->count < 3)
		return false;
	for (int i = 3; i < words->count; i++)
		if (!text_is_same(words->word[i], "how=record"))
			return false;
	return true;
}

static struct next
open_of_domain(struct app *app, const struct screen *screen, const char *domain)
{
	struct list_row row;
	struct err err = { 0 };

	if (list_row_by_key(session_context(app), &domain_list, domain,
		app_arena(app), &row, &err) == OK)
		return (struct next){
			.kind = NEXT_OPEN, .screen = screen, .id = row.id
		};
	app_error(app, &err);
	return NEXT_STAYS;
}

static struct next
run_link_words(
    struct app *app, const struct link *link, const struct words *words)
{
	if (words->count == 3)
		return open_of_domain(app, link->screen, words->word[2]);
	app_message(app, "%s takes a domain behind it, and nothing more.",
	    link->command);
	return NEXT_STAYS;
}

static const struct screen *
screen_of_list(const struct list *list)
{
	for (size_t i = 0; screens_by_list[i].list != NULL; i++)
		if (text_is_same(screens_by_list[i].list, list->name))
			return screens_by_list[i].screen;
	return NULL;
}

static struct next
show_row(struct app *app, const struct list *list, const char *key)
{
	struct list_row row;
	struct err err = { 0 };

	if (list_row_by_key(session_context(app), list, key, app_arena(app),
		&row, &err) == OK)
		return row_screen_next(app, list, row.id);
	app_error(app, &err);
	return NEXT_STAYS;
}

static struct next
run_list_words(struct app *app, const struct list *list, struct words *words)
{
	const struct screen *screen = screen_of_list(list);

	if (list->show != NULL && words->count > 1 &&
	    text_is_same(words->word[1], "show")) {
		if (words->count > 2)
			return show_row(app, list, words->word[2]);
		app_message(app, "%s needs a name behind it.", list->show);
		return NEXT_STAYS;
	}
	if (screen != NULL && words->count > 2) {
		app_message(app,
		    "%s takes nothing behind it here: / filters the list.",
		    list->name);
		return NEXT_STAYS;
	}
	if (screen != NULL)
		return (struct next){ .kind = NEXT_OPEN, .screen = screen };
	app_message(
	    app, "\"%s\" has no screen: use the command line.", list->name);
	return NEXT_STAYS;
}

/* Before anything is said of the words behind the name. */
static bool
is_refused(struct app *app, const char *name)
{
	struct err err = { .code = ERR_DENIED };
	const char *why = session_command_off(app, name);

	if (why == NULL)
		return false;
	text_copy(err.text, sizeof(err.text), why);
	app_error(app, &err);
	return true;
}

#define CANDIDATES_MAX 256

static void
say_unknown(struct app *app, const char *name)
{
	const struct app_command *command = app_commands(app);
	const char *candidates[CANDIDATES_MAX + 1] = { NULL };
	const char *near;

	for (size_t i = 0; i < CANDIDATES_MAX && command[i].name != NULL; i++)
		candidates[i] = command[i].name;
	near = text_nearest(name, candidates);
	if (near != NULL)
		app_message(app, "There is no command \"%s\": did you mean %s?",
		    name, near);
	else
		app_message(app,
		    "There is no command \"%s\": Tab shows what there is.",
		    name);
}

struct next
palette_run(struct app *app, const char *line)
{
	static struct words words; /* presets point here until the form opens */
	const struct operation *operation;
	const struct list *list;
	const struct link *link;
	char name[64];

	text_copy(words.line, sizeof(words.line), line);
	words.count = words_split(words.line, words.word, WORDS_MAX);
	if (words.count < 0) {
		app_message(app, "A quote has no end here.");
		return NEXT_STAYS;
	}
	text_format(name, sizeof(name), "%s %s", words.word[0],
	    words.count > 1 ? words.word[1] : "list");
	if (operation_by_name(words.word[0]) != NULL)
		text_copy(name, sizeof(name), words.word[0]);
	operation = operation_by_name(name);
	list = list_by_name(name);
	link = link_by_name(name);
	if ((operation != NULL || list != NULL || link != NULL) &&
	    is_refused(app, name))
		return NEXT_STAYS;
	if (operation != NULL && is_watched(operation, &words))
		return open_of_domain(app, &screen_ownership, words.word[2]);
	if (operation != NULL)
		return run_operation_words(operation, &words);
	if (list != NULL)
		return run_list_words(app, list, &words);
	if (link != NULL)
		return run_link_words(app, link, &words);
	say_unknown(app, name);
	return NEXT_STAYS;
}
