/*
 * The words behind the name of a command: options, NAME=VALUE, and values
 * without a name.
 */
#include <string.h>

#include "base/text.h"
#include "ssh/command.h"

/* Never a value: who asks for help runs nothing. */
static bool
is_help(const char *word)
{
	return text_is_same(word, "--help") || text_is_same(word, "-h");
}

/* "--name VALUE" and "--name=VALUE"; *at moves over what was taken. */
static bool
take_value(const char *name, char **words, int count, int *at, char **value)
{
	const size_t length = strlen(name);

	if (strncmp(words[*at], name, length) != 0)
		return false;
	if (words[*at][length] == '=')
		*value = words[*at] + length + 1;
	else if (words[*at][length] == '\0' && *at + 1 < count &&
	    !is_help(words[*at + 1]))
		*value = words[++*at];
	else
		return false;
	return true;
}

/* --resolver may be given several times.  This server sends its questions
 * there and believes the answers: only who is on the box says so. */
static int
add_resolver(struct command *command, const char *resolver)
{
	struct context *context = command->context;
	struct err err;

	if (!context->actor.is_console) {
		err_set(&err, ERR_DENIED, NULL,
		    "--resolver is for commands on the server itself: leave "
		    "it out, and the resolvers of the server's settings are "
		    "asked.");
		return command_refuse(command, &err);
	}
	context->resolvers = context->resolvers == NULL
	    ? resolver
	    : arena_format(
		  &command->arena, "%s, %s", context->resolvers, resolver);
	return 0;
}

static bool
add_arg(struct command *command, char *word)
{
	struct operation_arg *arg = &command->args[command->arg_count];
	char *equals = strchr(word, '=');

	if (command->arg_count == COMMAND_ARGS_MAX)
		return false;
	/* A value such as a key may hold a "=" itself: a name is short and
	 * made of letters. */
	if (equals != NULL &&
	    strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_-") ==
		(size_t)(equals - word) &&
	    equals > word) {
		*equals = '\0';
		/* Names have "_"; "-" is typed as often. */
		for (char *c = word; *c != '\0'; c++)
			if (*c == '-')
				*c = '_';
		arg->name = word;
		arg->text = equals + 1;
	} else {
		arg->name = NULL;
		arg->text = word;
	}
	command->arg_count++;
	return true;
}

static bool
is_danger_name(const struct command_entry *entry)
{
	return entry != NULL && entry->operation != NULL &&
	    entry->operation->danger == DANGER_NAME;
}

static const struct field *
entry_fields(const struct command_entry *entry)
{
	if (entry == NULL)
		return NULL;
	if (entry->special != NULL)
		return entry->special->fields;
	return entry->operation != NULL ? entry->operation->fields : NULL;
}

/* "--check" is "check=yes" where the command has such a field. */
static bool
take_flag(struct command *command, const struct command_entry *entry,
    const char *word)
{
	const struct field *fields = entry_fields(entry);
	const struct field *field =
	    fields == NULL || word[0] != '-' || word[1] != '-'
	    ? NULL
	    : field_by_name(fields, word + 2);

	if (field == NULL || field->kind != FIELD_YES_NO ||
	    command->arg_count == COMMAND_ARGS_MAX)
		return false;
	command->args[command->arg_count++] =
	    (struct operation_arg){ field->name, "yes" };
	return true;
}

const char command_text_words[] = "TEXT";

static bool
takes_text(const struct command_entry *entry)
{
	return entry->special != NULL &&
	    entry->special->more == command_text_words;
}

static bool
add_text(struct command *command, const char *word)
{
	if (command->arg_count == COMMAND_ARGS_MAX)
		return false;
	command->args[command->arg_count++] =
	    (struct operation_arg){ .text = word };
	return true;
}

/* A word that is no option. */
static int
take_word(
    struct command *command, const struct command_entry *entry, char *word)
{
	if (takes_text(entry) && !add_text(command, word))
		return command_refuse_usage(command,
		    "There are too many words: put the text in quotes, or "
		    "give it on standard input.");
	if (!takes_text(entry) && !add_arg(command, word))
		return command_refuse_usage(
		    command, "There are too many words.");
	return 0;
}

int
command_take_words(struct command *command, const struct command_entry *entry,
    char **words, int count)
{
	bool are_options = true;
	char *value;
	int status = 0;

	for (int i = 0; i < count && status == 0; i++) {
		char *word = words[i];

		if (!are_options)
			status = take_word(command, entry, word);
		else if (text_is_same(word, "--"))
			are_options = false;
		else if (text_is_same(word, "--json"))
			command->is_json = true;
		else if (is_help(word))
			command->wants_help = true;
		else if (takes_text(entry))
			status = take_word(command, entry, word);
		else if (take_value("--resolver", words, count, &i, &value))
			status = add_resolver(command, value);
		else if (is_danger_name(entry) &&
		    take_value("--yes", words, count, &i, &value)) {
			command->is_sure = true;
			command->sure = value;
		} else if (text_is_same(word, "--yes"))
			command->is_sure = true;
		else if (take_flag(command, entry, word))
			continue;
		else if (text_starts_with(word, "--"))
			return command_refuse_usage(command,
			    "There is no option %s here: see %s --help.", word,
			    command->name);
		else
			status = take_word(command, entry, word);
	}
	return status;
}

struct operation_arg *
command_arg_of(struct command *command, const struct field *field)
{
	for (size_t i = 0; i < command->arg_count; i++) {
		struct operation_arg *arg = &command->args[i];

		if (arg->name == NULL ? field->is_main
				      : text_is_same(arg->name, field->name))
			return arg;
	}
	return NULL;
}

const char *
command_more(
    const struct command *command, const struct field *fields, size_t index)
{
	const struct field *main_field = field_main(fields);
	bool has_main = false;

	for (size_t i = 0; i < command->arg_count; i++) {
		const struct operation_arg *arg = &command->args[i];

		if (arg->name != NULL &&
		    !text_is_same(arg->name, main_field->name))
			continue;
		if (has_main && arg->name == NULL && index-- == 0)
			return arg->text;
		has_main = true;
	}
	return NULL;
}
