#include "ssh/command_line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <unistr.h>

#include "base/base64.h"
#include "base/io.h"
#include "base/text.h"
#include "model/list.h"
#include "model/operation.h"
#include "ssh/command.h"

/* ---- options ---- */

/* "--name VALUE" and "--name=VALUE"; *at moves over what was taken. */
static bool
take_value(const char *name, char **words, int count, int *at, char **value)
{
	const size_t length = strlen(name);

	if (strncmp(words[*at], name, length) != 0)
		return false;
	if (words[*at][length] == '=')
		*value = words[*at] + length + 1;
	else if (words[*at][length] == '\0' && *at + 1 < count)
		*value = words[++*at];
	else
		return false;
	return true;
}

/* --resolver may be given several times. */
static void
add_resolver(struct command *command, const char *resolver)
{
	struct context *context = command->context;

	context->resolvers = context->resolvers == NULL
	    ? resolver
	    : arena_format(
		  &command->arena, "%s, %s", context->resolvers, resolver);
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

/* What stands behind the command's name; 0, or the exit status. */
static int
take_words(struct command *command, const struct command_entry *entry,
    char **words, int count)
{
	char *value;

	for (int i = 0; i < count; i++) {
		char *word = words[i];

		if (text_is_same(word, "--json"))
			command->is_json = true;
		else if (text_is_same(word, "--help") ||
		    text_is_same(word, "-h"))
			command->wants_help = true;
		else if (takes_text(entry)) {
			if (!add_text(command, word))
				return command_refuse_usage(command,
				    "There are too many words: put the text "
				    "in quotes, or give it on standard input.");
		} else if (take_value("--resolver", words, count, &i, &value))
			add_resolver(command, value);
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
		else if (!add_arg(command, word))
			return command_refuse_usage(
			    command, "There are too many words.");
	}
	return 0;
}

/* ---- secrets ---- */

static void
echo(bool is_on)
{
	struct termios settings;

	if (tcgetattr(STDIN_FILENO, &settings) != 0)
		return;
	if (is_on)
		settings.c_lflag |= ECHO;
	else
		settings.c_lflag &= (tcflag_t)~ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings);
}

/* One line, byte by byte: what follows belongs to the next secret. */
static bool
read_line(char *to, size_t size)
{
	size_t length = 0;
	char c;

	for (;;) {
		const ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || c == '\n')
			break;
		if (length + 1 == size)
			return false;
		to[length++] = c;
	}
	if (length > 0 && to[length - 1] == '\r')
		length--;
	to[length] = '\0';
	return true;
}

static bool
read_secret(const struct field *field, char *to, size_t size)
{
	const bool is_terminal = isatty(STDIN_FILENO) == 1;
	bool is_read;

	if (is_terminal) {
		fprintf(stderr, "%s: ", field->label);
		fflush(stderr);
		echo(false);
	}
	is_read = read_line(to, size);
	if (is_terminal) {
		echo(true);
		fputc('\n', stderr);
	}
	return is_read;
}

static struct operation_arg *
arg_of(struct command *command, const struct field *field)
{
	for (size_t i = 0; i < command->arg_count; i++) {
		struct operation_arg *arg = &command->args[i];

		if (arg->name == NULL ? field->is_main
				      : text_is_same(arg->name, field->name))
			return arg;
	}
	return NULL;
}

/* Room for every secret that one command can take. */
struct secrets {
	char text[4][512];
	size_t count;
	char block[FIELD_TEXT_SIZE + 1];
	char base64[FIELD_TEXT_SIZE];
	bool has_block;
};

/* A secret never stands in argv: it is "-", and comes from standard input;
 * a required one that isn't named does too. */
static int
take_secret(
    struct command *command, const struct field *field, struct secrets *secrets)
{
	struct operation_arg *arg = arg_of(command, field);
	char *text;

	if (arg == NULL && !field->is_required)
		return 0;
	if (arg != NULL && !text_is_same(arg->text, "-"))
		return command_refuse_usage(command,
		    "A secret is not written on the command line, where others "
		    "can see it: write %s=- and give it on standard input.",
		    field->name);
	if (arg == NULL && command->arg_count < COMMAND_ARGS_MAX)
		arg = &command->args[command->arg_count++];
	if (arg == NULL || secrets->count == 4)
		return command_refuse_usage(
		    command, "There are too many words.");
	text = secrets->text[secrets->count];
	if (!read_secret(field, text, sizeof(secrets->text[0])))
		return command_refuse_usage(
		    command, "%s: too long.", field->name);
	secrets->count++;
	arg->name = field->name;
	arg->text = text;
	return 0;
}

/* Into one buffer that is wiped: nothing of a private key stays behind. */
static int
read_block(struct command *command, const struct field *field,
    struct secrets *secrets, size_t *length)
{
	char *to = secrets->block;
	size_t used = 0;
	ssize_t got;

	for (;;) {
		got = read(STDIN_FILENO, to + used, FIELD_TEXT_SIZE - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
		if (used == FIELD_TEXT_SIZE)
			return command_refuse_usage(command,
			    "%s: too long, at most %d bytes.", field->name,
			    FIELD_TEXT_SIZE - 1);
	}
	to[used] = '\0';
	*length = used;
	return 0;
}

/* What is no text, such as PKCS#12, goes on as base64. */
static const char *
block_as_text(struct secrets *secrets, size_t length)
{
	if (memchr(secrets->block, '\0', length) == NULL &&
	    u8_check((const uint8_t *)secrets->block, length) == NULL)
		return secrets->block;
	return base64_encode(secrets->base64, sizeof(secrets->base64),
		   secrets->block, length)
	    ? secrets->base64
	    : NULL;
}

/*
 * "key=-": the whole of standard input, for keys and PEM.  A required one that
 * isn't named is read there, too.
 */
static int
take_block(
    struct command *command, const struct field *field, struct secrets *secrets)
{
	struct operation_arg *arg = arg_of(command, field);
	size_t length = 0;
	int status;

	if (arg != NULL && strstr(arg->text, "PRIVATE KEY-----") != NULL)
		return command_refuse_usage(command,
		    "A private key is not written on the command line, where "
		    "others can see it: write %s=- and give it on standard "
		    "input.",
		    field->name);
	if (arg != NULL ? !text_is_same(arg->text, "-")
			: !field->is_required || secrets->has_block)
		return 0;
	if (arg == NULL && command->arg_count < COMMAND_ARGS_MAX)
		arg = &command->args[command->arg_count++];
	if (arg == NULL || secrets->has_block)
		return command_refuse_usage(
		    command, "Standard input can be only one value.");
	secrets->has_block = true;
	status = read_block(command, field, secrets, &length);
	if (status != 0)
		return status;
	arg->name = field->name;
	arg->text = block_as_text(secrets, length);
	return arg->text != NULL
	    ? 0
	    : command_refuse_usage(command, "%s: too long.", field->name);
}

/* Secrets are lines, and come first; a block is all that is left. */
static int
take_input(struct command *command, const struct field *fields,
    struct secrets *secrets)
{
	int status = 0;

	for (const struct field *f = fields;
	     status == 0 && f != NULL && f->name != NULL; f++)
		if (f->kind == FIELD_SECRET)
			status = take_secret(command, f, secrets);
	for (const struct field *f = fields;
	     status == 0 && f != NULL && f->name != NULL; f++)
		if (f->kind == FIELD_BLOCK)
			status = take_block(command, f, secrets);
	return status;
}

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
	    field == NULL ? NULL : arg_of(command, field);

	return arg == NULL ? "" : arg->text;
}

static int
check_danger(struct command *command, const struct operation *operation)
{
	const char *name = main_text(command, operation);

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

/* ---- running ---- */

static int
run_operation(struct command *command, const struct operation *operation)
{
	struct operation_result result = { 0 };
	struct secrets secrets = { 0 };
	struct err err = { 0 };
	int status = check_names(
	    command, operation->fields, operation->load != NULL, false);

	if (status == 0)
		status = check_danger(command, operation);
	if (status == 0)
		status = take_input(command, operation->fields, &secrets);
	if (status == 0) {
		if (operation_run(command->context, operation, command->args,
			command->arg_count, &result, &err) == OK)
			command_print_result(command, &result);
		else
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
		const struct operation_arg *arg = arg_of(command, f);
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

static bool
has_word(char **words, int count, const char *word)
{
	for (int i = 0; i < count; i++)
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

/* "help", "help user", "user --help", "user help": 0 when it is none. */
static bool
is_help(struct command *command, char **words, int count, int *status)
{
	if (count > 0 && is_help_word(words[0])) {
		*status = count > 1 && is_noun(&command->arena, words[1])
		    ? command_help_noun(command, words[1])
		    : command_help_all(command);
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
	const struct command_entry *entry = NULL;
	int taken, status;

	command->is_json = has_word(words, count, "--json");
	if (is_help(command, words, count, &status))
		return status;
	/* "user add" before "version": the longer name wins. */
	for (taken = count < 2 ? count : 2; taken > 0; taken--) {
		text_format(command->name, sizeof(command->name), "%s%s%s",
		    words[0], taken == 2 ? " " : "",
		    taken == 2 ? words[1] : "");
		entry = command_entry_by_name(&command->arena, command->name);
		if (entry != NULL)
			break;
	}
	if (entry == NULL)
		return explain(command, words, count);
	status = take_words(command, entry, words + taken, count - taken);
	return status != 0 ? status : run_entry(command, entry);
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
