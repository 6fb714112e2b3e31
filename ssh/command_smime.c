/* "smime ...": looks, tests and exports; what changes something is an
 * operation. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "model/smime.h"
#include "model/smime_test.h"
#include "ssh/command.h"

struct smime_words {
	char address[ADDRESS_SIZE];
};

/* clang-format off */
static const struct field smime_fields[] = {
	{ .name = "address", .label = "Address", .help = "Whose identity it is; empty: your own.",
	  .kind = FIELD_ADDRESS, FIELD(struct smime_words, address), .is_main = true },
	{ 0 }
};
/* clang-format on */

/* A record is longer than command_put_lines() takes. */
static void
put_line(const char *text)
{
	command_put(text);
	putchar('\n');
}

static int
run_export(struct command *command, const void *input)
{
	const struct smime_words *in = input;
	struct err err = { 0 };
	char *pem;

	if (smime_certificates(command->context, in->address, &command->arena,
		&pem, &err) != OK)
		return command_refuse(command, &err);
	if (command->is_json)
		command_print_json(
		    json_pack("{s:o}", "certificates", command_json_text(pem)));
	else
		command_put_lines(pem);
	return 0;
}

static int
run_record(struct command *command, const void *input)
{
	const struct smime_words *in = input;
	struct err err = { 0 };
	char *line;

	if (smime_record(command->context, in->address, &command->arena, &line,
		&err) != OK)
		return command_refuse(command, &err);
	if (command->is_json)
		command_print_json(
		    json_pack("{s:o}", "record", command_json_text(line)));
	else
		put_line(line);
	return 0;
}

static int
exit_of(enum look_verdict worst)
{
	return worst == LOOK_FAIL ? 1 : 0;
}

static int
run_test(struct command *command, const void *input)
{
	const struct smime_words *in = input;
	enum look_verdict worst = LOOK_PASS;
	struct smime_test test;
	struct err err = { 0 };
	json_t *rows = json_array();

	if (smime_test(command->context, in->address, &test, &err) != OK) {
		json_decref(rows);
		return command_refuse(command, &err);
	}
	for (size_t i = 0; i < test.count; i++) {
		const struct look_row *row = &test.rows[i];

		if (row->verdict > worst)
			worst = row->verdict;
		if (command->is_json)
			json_array_append_new(rows,
			    json_pack("{s:s, s:s, s:o}", "name", row->name,
				"verdict", look_names[row->verdict], "text",
				command_json_text(row->text)));
		else {
			printf("%s   ", look_words[row->verdict]);
			put_line(row->text);
		}
	}
	if (command->is_json)
		command_print_json(json_pack(
		    "{s:s, s:O}", "verdict", look_names[worst], "rows", rows));
	json_decref(rows);
	return exit_of(worst);
}

/* clang-format off */
#define WORDS smime_fields, sizeof(struct smime_words)

const struct command_special command_smime[] = {
	{ "smime test", "Says whether mail of a person can be signed now, or exactly why not.",
	  ACTION_USER_VIEW, WORDS, run_test, NULL },
	{ "smime export", "The public certificate in PEM, to give to others.",
	  ACTION_USER_VIEW, WORDS, run_export, NULL },
	{ "smime record", "The SMIMEA record that publishes the certificate (RFC 8162).",
	  ACTION_USER_VIEW, WORDS, run_record, NULL },
	{ 0 }
};
/* clang-format on */
