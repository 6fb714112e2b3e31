/* The catalogue of commands and its help, from the tables alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/list.h"
#include "ssh/command.h"
#include "ssh/door_words.h"

/* ---- catalogue ---- */

static size_t
count_operations(void)
{
	size_t count = 0;

	while (operation_at(count) != NULL)
		count++;
	return count;
}

static size_t
count_lists(void)
{
	size_t count = 0;

	while (list_at(count) != NULL)
		count++;
	return count;
}

static size_t
add_specials(struct command_entry *to, const struct command_special *from)
{
	size_t count = 0;

	for (; from->name != NULL; from++)
		to[count++] = (struct command_entry){
			.name = from->name, .help = from->help, .special = from
		};
	return count;
}

static size_t
count_specials(void)
{
	size_t count = 0;

	for (size_t i = 0; command_specials[i] != NULL; i++)
		for (size_t at = 0; command_specials[i][at].name != NULL; at++)
			count++;
	return count;
}

/* Rank of a verb: reading first, then what makes, changes, removes. */
static int
verb_rank(const char *name)
{
	static const char *const verbs[] = { " list", " show", " add", " edit",
		NULL };
	const char *verb = strchr(name, ' ');
	int rank = 0;

	while (verbs[rank] != NULL &&
	    (verb == NULL || !text_is_same(verb, verbs[rank])))
		rank++;
	return rank;
}

static int
compare(const void *left, const void *right)
{
	const char *a = ((const struct command_entry *)left)->name;
	const char *b = ((const struct command_entry *)right)->name;
	const size_t noun = strcspn(a, " ");
	const int by_noun =
	    noun == strcspn(b, " ") ? strncmp(a, b, noun) : strcmp(a, b);

	if (by_noun != 0)
		return by_noun;
	if (verb_rank(a) != verb_rank(b))
		return verb_rank(a) - verb_rank(b);
	return strcmp(a, b);
}

const struct command_entry *
command_entries(struct arena *arena, size_t *count)
{
	const size_t max =
	    count_operations() + 2 * count_lists() + count_specials();
	struct command_entry *entries =
	    arena_array(arena, max, sizeof(*entries));
	size_t used = 0;
	const struct operation *operation;
	const struct list *list;

	for (size_t i = 0; (list = list_at(i)) != NULL; i++) {
		if (list->name != NULL)
			entries[used++] =
			    (struct command_entry){ .name = list->name,
				    .help = list->help,
				    .list = list };
		if (list->show != NULL)
			entries[used++] =
			    (struct command_entry){ .name = list->show,
				    .help = "Shows one, with everything known.",
				    .list = list };
	}
	for (size_t i = 0; (operation = operation_at(i)) != NULL; i++)
		entries[used++] =
		    (struct command_entry){ .name = operation->name,
			    .help = operation->help,
			    .operation = operation };
	for (size_t i = 0; command_specials[i] != NULL; i++)
		used += add_specials(entries + used, command_specials[i]);
	qsort(entries, used, sizeof(*entries), compare);
	*count = used;
	return entries;
}

const struct command_entry *
command_entry_by_name(struct arena *arena, const char *name)
{
	size_t count;
	const struct command_entry *entries = command_entries(arena, &count);

	for (size_t i = 0; i < count; i++)
		if (text_is_same(entries[i].name, name))
			return &entries[i];
	return NULL;
}

/* ---- help ---- */

static enum action
action_of(const struct command_entry *entry)
{
	if (entry->operation != NULL)
		return entry->operation->action;
	if (entry->list != NULL)
		return entry->list->action;
	return entry->special->action;
}

bool
command_is_possible(const struct command *command,
    const struct command_entry *entry, const char **why)
{
	const enum action action = action_of(entry);

	if (entry->operation != NULL)
		return operation_may_ever(
		    &command->context->actor, entry->operation, why);
	return action == ACTION_NONE ||
	    may_ever(&command->context->actor, action, why);
}

static void
put_entry(const struct command *command, const struct command_entry *entry)
{
	printf("  %-20s %s%s\n", entry->name, entry->help,
	    command_is_possible(command, entry, NULL)
		? ""
		: "  (not for your role)");
}

int
command_help_all(struct command *command)
{
	size_t count;
	const struct command_entry *entries =
	    command_entries(&command->arena, &count);

	puts("usage: COMMAND [name=value ...] [--json]\n");
	for (size_t i = 0; i < count; i++)
		put_entry(command, &entries[i]);
	if (command->context->actor.is_console) {
		puts("\nOn the server alone:");
		door_words_put_all();
	}
	puts("\nCOMMAND --help shows what a command takes.  --json prints one "
	     "JSON document.\n"
	     "Exit status: 0 done, 64 wrong usage, 65 a wrong value, 67 not "
	     "found, 71 the\n"
	     "machine failed, 73 taken or used up, 75 try again, 77 not "
	     "allowed, 127 no such\n"
	     "command.  dns check: 0 nothing failed, 1 something did, 75 could "
	     "not tell.");
	return 0;
}

int
command_help_noun(struct command *command, const char *noun)
{
	size_t count;
	const struct command_entry *entries =
	    command_entries(&command->arena, &count);
	const size_t length = strlen(noun);

	for (size_t i = 0; i < count; i++)
		if (strncmp(entries[i].name, noun, length) == 0 &&
		    entries[i].name[length] == ' ')
			put_entry(command, &entries[i]);
	printf("\n%s VERB --help shows what it takes.\n", noun);
	return 0;
}

static void
put_choices(const struct field *field)
{
	for (size_t i = 0; field->choices[i] != NULL; i++)
		printf("%s%s", i == 0 ? "" : "|", field->choices[i]);
}

static void
put_example(const struct field *field)
{
	if (field->kind == FIELD_CHOICE)
		put_choices(field);
	else if (field->initial != NULL && field->initial[0] != '\0')
		fputs(field->initial, stdout);
	else if (field->kind == FIELD_PORT)
		fputs("PORT", stdout);
	else
		fputs(field->kind == FIELD_SECRET
			? "-"
			: field_kind_example(field->kind),
		    stdout);
}

static void
put_usage_field(const struct field *field, bool is_edit)
{
	const bool is_optional =
	    is_edit ? !field->is_main : !field->is_required;

	printf(" %s", is_optional ? "[" : "");
	if (field->is_main)
		fputs("", stdout);
	else
		printf("%s=", field->name);
	put_example(field);
	fputs(is_optional ? "]" : "", stdout);
}

static void
put_fields(const struct field *fields, bool is_edit, const char *more)
{
	for (const struct field *f = fields; f != NULL && f->name != NULL; f++)
		put_usage_field(f, is_edit);
	if (more != NULL)
		printf(" [%s...]", more);
	putchar('\n');
	for (const struct field *f = fields; f != NULL && f->name != NULL;
	     f++) {
		if (f == fields)
			putchar('\n');
		printf("  %-14s %s%s\n", f->name, f->help,
		    f->kind == FIELD_SECRET ? "  Read from standard input."
					    : "");
	}
}

static void
put_list_usage(const struct list *list)
{
	printf("usage: %s [FILTER] [sort=COLUMN|sort=-COLUMN] [limit=NUMBER] "
	       "[COLUMN=VALUE]%s%s%s [--json]\n\n",
	    list->name, list->of_tenant != NULL ? " [tenant=NAME]" : "",
	    list->of_domain != NULL ? " [domain=NAME]" : "",
	    list->of_account != NULL ? " [account=ADDRESS]" : "");
	for (const struct list_column *c = list->columns; c->name != NULL; c++)
		printf("  %-16s%s%s%s\n", c->name,
		    (c->flags & LIST_SORTABLE) != 0 ? " sort" : "",
		    (c->flags & LIST_FILTERABLE) != 0 ? " filter" : "",
		    (c->flags & LIST_INNER) != 0        ? ""
			: (c->flags & LIST_DETAIL) != 0 ? " (show, JSON)"
							: "");
}

static void
put_operation_usage(const struct operation *operation)
{
	static const char *const danger[] = {
		[DANGER_NONE] = "",
		[DANGER_ASK] = " --yes",
		[DANGER_NAME] = " --yes NAME",
	};

	printf("usage: %s", operation->name);
	put_fields(operation->fields, operation->load != NULL, NULL);
	if (operation->danger != DANGER_NONE)
		printf("\nNeeds%s.\n", danger[operation->danger]);
}

int
command_help_entry(struct command *command, const struct command_entry *entry)
{
	const char *why = NULL;

	printf("%s: %s\n", entry->name, entry->help);
	if (!command_is_possible(command, entry, &why))
		printf("Not for your role: %s\n", why);
	if (entry->operation != NULL)
		put_operation_usage(entry->operation);
	else if (entry->special != NULL) {
		printf("usage: %s", entry->name);
		put_fields(entry->special->fields, false, entry->special->more);
	} else if (text_is_same(entry->name, entry->list->name))
		put_list_usage(entry->list);
	else
		printf("usage: %s NAME|id=NUMBER [--json]\n", entry->name);
	return 0;
}
