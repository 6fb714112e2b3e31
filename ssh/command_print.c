/* What a command prints: JSON or aligned text, and refusals. */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ssh/command.h"

json_t *
command_json_text(const char *text)
{
	json_t *value = json_string(text);
	char clean[1024];

	/* Not UTF-8: jansson refuses it, people see where the bytes were. */
	if (value == NULL) {
		text_visible(clean, sizeof(clean), text, strlen(text));
		value = json_string(clean);
	}
	return value;
}

json_t *
command_json_moment(int64_t at)
{
	char text[32];

	clock_format_utc(text, sizeof(text), at);
	return at == 0 ? json_null() : json_string(text);
}

void
command_json_set(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, command_json_text(text));
}

void
command_print_json(json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	putchar('\n');
	json_decref(value);
}

void
command_put(const char *text)
{
	char escaped[4 * 1024];
	const char *end = text + strlen(text);

	/* In parts, each small enough to fit when every byte is escaped. */
	while (text < end) {
		const char *part = text;

		while (text < end && text - part < 256)
			text_next(&text, end);
		text_escape(
		    escaped, sizeof(escaped), part, (size_t)(text - part));
		fputs(escaped, stdout);
	}
}

void
command_put_lines(const char *text)
{
	char line[1024];

	while (*text != '\0') {
		const size_t length = strcspn(text, "\n");

		text_format(line, sizeof(line), "%.*s", (int)length, text);
		command_put(line);
		putchar('\n');
		text += length + (text[length] == '\n');
	}
}

static void
complain(const char *field, const char *text)
{
	char escaped[ERR_TEXT_SIZE * 4];

	text_escape(escaped, sizeof(escaped), text, strlen(text));
	fflush(stdout);
	fprintf(stderr, "postern: %s%s%s\n", field, *field == '\0' ? "" : ": ",
	    escaped);
}

static json_t *
json_error(const char *code, const char *field, const char *text)
{
	json_t *error = json_object();

	json_object_set_new(error, "code", json_string(code));
	command_json_set(error, "field", field);
	command_json_set(error, "text", text);
	return error;
}

static void
print_error(const char *code, const char *field, const char *text)
{
	command_print_json(
	    json_pack("{s:o}", "error", json_error(code, field, text)));
}

json_t *
command_json_error(const struct err *err)
{
	return json_error(err_name(err->code), err->field, err->text);
}

int
command_refuse(struct command *command, const struct err *err)
{
	if (command->is_json)
		print_error(err_name(err->code), err->field, err->text);
	complain(err->field, err->text);
	return err_exit_status(err->code);
}

int
command_refuse_usage(struct command *command, const char *format, ...)
{
	char text[ERR_TEXT_SIZE * 2];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (command->is_json)
		print_error("usage", "", text);
	complain("", text);
	return COMMAND_USAGE;
}

int
command_refuse_unknown(struct command *command, const char *word,
    const char *const *candidates, const char *where)
{
	const char *near = text_nearest(word, candidates);
	char text[ERR_TEXT_SIZE], hint[COMMAND_NAME_SIZE * 2];

	if (near != NULL)
		text_format(hint, sizeof(hint), "did you mean %s?", near);
	else
		text_format(hint, sizeof(hint), "see %s%s--help.",
		    where == NULL ? "" : where, where == NULL ? "" : " ");
	text_format(text, sizeof(text), "There is no \"%.60s\"%s%s: %s", word,
	    where == NULL ? "" : " in ", where == NULL ? "" : where, hint);
	if (command->is_json)
		print_error("unknown", "", text);
	complain("", text);
	return COMMAND_UNKNOWN;
}

static void
print_secret(FILE *to, const char *secret)
{
	fprintf(to, "Shown this once: %s\n", secret);
}

void
command_print_result(
    struct command *command, const struct operation_result *result)
{
	json_t *document;

	if (!command->is_json) {
		command_put(result->note[0] == '\0' ? "Done." : result->note);
		putchar('\n');
		if (result->secret[0] != '\0')
			print_secret(stdout, result->secret);
		return;
	}
	document = json_object();
	json_object_set_new(document, "id", json_integer(result->id));
	json_object_set_new(document, "name", command_json_text(result->name));
	json_object_set_new(document, "note", command_json_text(result->note));
	command_print_json(document);
	if (result->secret[0] != '\0')
		print_secret(stderr, result->secret);
}
