#include "ssh/command_line.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/list.h"
#include "model/operation.h"
#include "ssh/command.h"

/* ---- checks before anything runs ---- */

static const char *const *
field_names(struct arena *arena, const struct field *fields)
{
	const size_t count = fields == NULL ? 0 : field_count(fields);
	const char **names = arena_array(arena, count + 1, sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = fields[i].name;
	return names;
}

/* Words that are no field of the command, and values that nobody asked for:
 * found before anything is read or changed. */
static int
check_names(struct command *command, const struct field *fields,
    bool has_version, bool has_more)
{
	size_t unnamed = 0;

	for (size_t i = 0; i < command->arg_count; i++) {
		const char *name = command->args[i].name;

		if (name == NULL) {
			if ((unnamed++ > 0 && !has_more) || fields == NULL ||
			    field_main(fields) == NULL)
				return command_refuse_usage(command,
				    "\"%s\": write it as name=value; see %s "
				    "--help.",
				    command->args[i].text, command->name);
			continue;
		}
		if (has_version && text_is_same(name, "version"))
			continue;
		if (fields == NULL || field_by_name(fields, name) == NULL)
			return command_refuse_unknown(command, name,
			    field_names(&command->arena, fields),
			    command->name);
	}
	return 0;
}

static const char *
main_text(struct command *command, const struct operation *operation)
{
	const struct field *field =
	    operation->fields == NULL ? NULL : field_main(operation->fields);
	const struct operation_arg *arg =
	    field == NULL ? NULL : command_arg_of(command, field);

	return arg == NULL ? "" : arg->text;
}

static int
check_danger(struct command *command, const struct operation *operation)
{
	const char *name = main_text(command, operation);

	/* What it is about comes first, then whether that is sure. */
	if (operation->danger != DANGER_NONE && *name == '\0' &&
	    operation->fields != NULL && field_main(operation->fields) != NULL)
		return command_refuse_usage(command,
		    "Which one?  Write its name behind %s.", operation->name);
	if (operation->danger == DANGER_ASK && !command->is_sure)
		return command_refuse_usage(command,
		    "%s  Add --yes when you are sure.", operation->help);
	if (operation->danger != DANGER_NAME)
		return 0;
	if (command->sure == NULL)
		return command_refuse_usage(command,
		    "%s  Add --yes %s when you are sure.", operation->help,
		    *name == '\0' ? "NAME" : name);
	if (!text_is_same_fold(command->sure, name))
		return command_refuse_usage(command,
		    "--yes says \"%s\", but the command is about \"%s\".",
		    command->sure, name);
	return 0;
}

/* Some value beside the main one, which says what is edited. */
static bool
has_named(const struct command *command)
{
	for (size_t i = 0; i < command->arg_count; i++)
		if (command->args[i].name != NULL)
			return true;
	return false;
}

/* ---- running ---- */

static int
run_operation(struct command *command, const struct operation *operation)
{
	struct operation_result result = { 0 };
	struct command_secrets secrets = { 0 };
	struct err err = { 0 };
	int status = check_names(
	    command, operation->fields, operation->load != NULL, false);

	if (status == 0)
		status = check_danger(command, operation);
	if (status == 0)
		status =
		    command_take_input(command, operation->fields, &secrets);
	if (status == 0) {
		if (operation_run(command->context, operation, command->args,
			command->arg_count, &result, &err) == OK) {
			if (operation->load != NULL && !has_named(command))
				text_copy(result.note, sizeof(result.note),
				    "Nothing was changed: no value was given.");
			command_print_result(command, &result);
		} else
			status = command_refuse(command, &err);
	}
	explicit_bzero(&secrets, sizeof(secrets));
	explicit_bzero(&result, sizeof(result));
	return status;
}

static int
parse_special(
    struct command *command, const struct command_special *special, void *input)
{
	struct err err = { 0 };

	for (const struct field *f = special->fields;
	     f != NULL && f->name != NULL; f++) {
		const struct operation_arg *arg = command_arg_of(command, f);
		const char *text = arg != NULL ? arg->text
		    : f->initial != NULL       ? f->initial
					       : "";

		if (field_parse(f, input, text, &err) != OK)
			return command_refuse(command, &err);
	}
	return 0;
}

static int
run_special(struct command *command, const struct command_special *special)
{
	void *input = arena_alloc(&command->arena, special->input_size + 1);
	int status =
	    check_names(command, special->fields, false, special->more != NULL);
	if (status == 0)
		status = parse_special(command, special, input);
	return status != 0 ? status : special->run(command, input);
}

/* Before anything is said about the words: who may not is told only that. */
static int
refuse_role(struct command *command, const struct command_entry *entry)
{
	const struct actor *actor = &command->context->actor;
	const char *why = "";
	struct err err = { 0 };

	if (!command_is_possible(command, entry, &why)) {
		err_set(&err, ERR_DENIED, NULL, "%s", why);
		return command_refuse(command, &err);
	}
	if (actor_key_allows(
		actor, entry->name, entry->operation != NULL, &err) != OK)
		return command_refuse(command, &err);
	return 0;
}

static int
run_entry(struct command *command, const struct command_entry *entry)
{
	int status;

	if (command->wants_help)
		return command_help_entry(command, entry);
	status = refuse_role(command, entry);
	if (status != 0)
		return status;
	if (entry->operation != NULL)
		return run_operation(command, entry->operation);
	if (entry->special != NULL)
		return run_special(command, entry->special);
	return text_is_same(entry->name, entry->list->name)
	    ? command_run_list(command, entry->list)
	    : command_run_show(command, entry->list);
}

/* ---- which command ---- */

/* As an option: "--" ends those. */
static bool
has_word(char **words, int count, const char *word)
{
	for (int i = 0; i < count && !text_is_same(words[i], "--"); i++)
		if (text_is_same(words[i], word))
			return true;
	return false;
}

/* Verbs of a noun, or all first words when noun is NULL. */
static const char *const *
known_words(struct arena *arena, const char *noun)
{
	size_t count, used = 0;
	const struct command_entry *entries = command_entries(arena, &count);
	const char **words = arena_array(arena, count + 1, sizeof(*words));

	for (size_t i = 0; i < count; i++) {
		const char *name = entries[i].name;
		const size_t first = strcspn(name, " ");

		if (noun == NULL)
			words[used++] = arena_text_n(arena, name, first);
		else if (strlen(noun) == first &&
		    strncmp(name, noun, first) == 0 && name[first] == ' ')
			words[used++] = name + first + 1;
	}
	return words;
}

static bool
is_noun(struct arena *arena, const char *word)
{
	return known_words(arena, word)[0] != NULL;
}

/* The words are no command as they stand: help, or a hint. */
static int
explain(struct command *command, char **words, int count)
{
	struct arena *arena = &command->arena;

	if (count == 0 || words[0][0] == '-')
		return command_refuse_usage(command,
		    "Write a command, such as: tenant list.  --help shows "
		    "all.");
	if (!is_noun(arena, words[0]))
		return command_refuse_unknown(
		    command, words[0], known_words(arena, NULL), NULL);
	if (count == 1 || words[1][0] == '-')
		return command_refuse_usage(command,
		    "%s needs one more word: see %s --help.", words[0],
		    words[0]);
	return command_refuse_unknown(
	    command, words[1], known_words(arena, words[0]), words[0]);
}

static bool
is_help_word(const char *word)
{
	return text_is_same(word, "help") || text_is_same(word, "--help") ||
	    text_is_same(word, "-h");
}

/* "user add" before "version": the longer name wins; *taken words of it. */
static const struct command_entry *
find_entry(struct command *command, char **words, int count, int *taken)
{
	const struct command_entry *entry = NULL;

	for (*taken = count < 2 ? count : 2; *taken > 0; (*taken)--) {
		text_format(command->name, sizeof(command->name), "%s%s%s",
		    words[0], *taken == 2 ? " " : "",
		    *taken == 2 ? words[1] : "");
		entry = command_entry_by_name(&command->arena, command->name);
		if (entry != NULL)
			break;
	}
	return entry;
}

/* Behind "help": nothing, a noun or a command; 127 for other words. */
static int
help_about(struct command *command, char **words, int count)
{
	const struct command_entry *entry;
	int taken;

	if (count == 0 || words[0][0] == '-')
		return command_help_all(command);
	entry = find_entry(command, words, count, &taken);
	if (entry != NULL)
		return command_help_entry(command, entry);
	if (count == 1 && is_noun(&command->arena, words[0]))
		return command_help_noun(command, words[0]);
	return explain(command, words, count);
}

/* "help", "help user add", "user --help", "user help". */
static bool
is_help(struct command *command, char **words, int count, int *status)
{
	if (count > 0 && is_help_word(words[0])) {
		*status = help_about(command, words + 1, count - 1);
		return true;
	}
	if (count == 2 && is_help_word(words[1]) &&
	    is_noun(&command->arena, words[0])) {
		*status = command_help_noun(command, words[0]);
		return true;
	}
	return false;
}

static int
run(struct command *command, char **words, int count)
{
	static char version[] = "version";
	const struct command_entry *entry;
	int taken, status;

	command->is_json = has_word(words, count, "--json");
	if (is_help(command, words, count, &status))
		return status;
	if (count > 0 && text_is_same(words[0], "--version"))
		words[0] = version;
	entry = find_entry(command, words, count, &taken);
	if (entry == NULL)
		return explain(command, words, count);
	status =
	    command_take_words(command, entry, words + taken, count - taken);
	return status != 0 ? status : run_entry(command, entry);
}

bool
command_line_needs_state(int count, char **words)
{
	struct command command = { 0 };
	const struct command_entry *entry;
	bool needs = false;
	int taken;

	if (count > 0 && words[0][0] != '-' && !is_help_word(words[0]) &&
	    !has_word(words, count, "--help") &&
	    !has_word(words, count, "-h")) {
		entry = find_entry(&command, words, count, &taken);
		needs = entry != NULL && !text_is_same(entry->name, "version");
	}
	arena_free(&command.arena);
	return needs;
}

int
command_line_run(struct context *context, int word_count, char **words)
{
	struct context own = *context;
	struct command command = { .context = &own };
	int status = run(&command, words, word_count);
	struct err err = { 0 };

	if (fflush(stdout) != 0 || ferror(stdout)) {
		err_set_errno(&err, "Can't write the result");
		fprintf(stderr, "postern: %s\n", err.text);
		status = err_exit_status(ERR_SYSTEM);
	}
	arena_free(&command.arena);
	return status;
}
