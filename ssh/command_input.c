/*
 * What a command reads from standard input: secrets, which never stand in
 * argv, and texts of many lines such as keys.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <unistr.h>

#include "base/base64.h"
#include "base/text.h"
#include "ssh/command.h"

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

/* A secret never stands in argv: it is "-", and comes from standard input;
 * a required one that isn't named does too. */
static int
take_secret(struct command *command, const struct field *field,
    struct command_secrets *secrets)
{
	struct operation_arg *arg = command_arg_of(command, field);
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
    struct command_secrets *secrets, size_t *length)
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
block_as_text(struct command_secrets *secrets, size_t length)
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
take_block(struct command *command, const struct field *field,
    struct command_secrets *secrets)
{
	struct operation_arg *arg = command_arg_of(command, field);
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

int
command_take_input(struct command *command, const struct field *fields,
    struct command_secrets *secrets)
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
