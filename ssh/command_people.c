/* Words about customers and people that are neither operation nor list. */
#include <stdio.h>

#include "model/intake.h"
#include "ssh/command.h"

struct intake_input {
	char organisation[TENANT_NAME_SIZE];
};

static int
run_intake_text(struct command *command, const void *input)
{
	const struct intake_input *in = input;
	struct err err = { 0 };
	char *text;

	if (intake_text(command->context, in->organisation, &command->arena,
		&text, &err) != OK)
		return command_refuse(command, &err);
	command_put_lines(text);
	return 0;
}

/* clang-format off */
static const struct field intake_fields[] = {
	{ .name = "organisation", .label = "Organisation", .help = "The customer's name, or one of its domains.",
	  .kind = FIELD_TEXT, FIELD(struct intake_input, organisation), .is_required = true, .is_main = true },
	{ 0 }
};

const struct command_special command_people[] = {
	{ "intake text", "An intake sheet as plain text to send to the customer.",
	  ACTION_INTAKE_EDIT, intake_fields, sizeof(struct intake_input), run_intake_text, NULL },
	{ 0 }
};
/* clang-format on */
