/* "alias resolve": the whole path from an address to its mailboxes. */
#include <jansson.h>
#include <stdio.h>

#include "model/alias.h"
#include "ssh/command.h"

struct resolve_input {
	char address[ADDRESS_SIZE];
};

static void
print_line(const struct alias_step *step)
{
	printf("%*s", 2 * step->depth, "");
	command_put(step->address);
	printf("  %s%s%s\n", alias_end_names[step->end],
	    step->note[0] == '\0' ? "" : ", ", step->note);
}

static json_t *
step_json(const struct alias_step *step)
{
	json_t *object = json_object();

	json_object_set_new(object, "depth", json_integer(step->depth));
	json_object_set_new(
	    object, "address", command_json_text(step->address));
	json_object_set_new(
	    object, "end", json_string(alias_end_names[step->end]));
	json_object_set_new(object, "note", json_string(step->note));
	return object;
}

static int
run_resolve(struct command *command, const void *input)
{
	const struct resolve_input *in = input;
	struct alias_step *steps;
	struct err err = { 0 };
	json_t *all;
	size_t count;

	if (alias_resolve(command->context, in->address, &command->arena,
		&steps, &count, &err) != OK)
		return command_refuse(command, &err);
	all = json_array();
	for (size_t i = 0; i < count; i++) {
		if (command->is_json)
			json_array_append_new(all, step_json(&steps[i]));
		else
			print_line(&steps[i]);
	}
	if (command->is_json)
		command_print_json(all);
	else
		json_decref(all);
	return 0;
}

/* clang-format off */
static const struct field resolve_fields[] = {
	{ .name = "address", .label = "Address", .help = "Any address; @example.com for the catch-all.",
	  .kind = FIELD_ALIAS, FIELD(struct resolve_input, address), .is_required = true, .is_main = true },
	{ 0 }
};

const struct command_special command_alias[] = {
	{ "alias resolve", "Where mail to an address ends up, step by step.",
	  ACTION_ALIAS_VIEW, resolve_fields, sizeof(struct resolve_input), run_resolve, NULL },
	{ 0 }
};
/* clang-format on */
