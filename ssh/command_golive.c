/* "golive show": whether a domain is ready to go live. */
#include <jansson.h>
#include <stdio.h>

#include "base/clock.h"
#include "model/golive.h"
#include "ssh/command.h"

struct golive_words {
	char domain[HOST_NAME_SIZE];
};

/* clang-format off */
static const struct field fields[] = {
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, FIELD(struct golive_words, domain), .is_required = true, .is_main = true },
	{ 0 }
};
/* clang-format on */

static json_t *
json_items(const struct golive *golive)
{
	json_t *array = json_array();

	for (size_t i = 0; i < golive->count; i++) {
		const struct golive_item *item = &golive->items[i];
		json_t *object = json_object();

		command_json_set(object, "item", item->name);
		command_json_set(object, "title", item->title);
		command_json_set(
		    object, "state", golive_state_name(item->state));
		json_object_set_new(
		    object, "is_required", json_boolean(item->is_required));
		json_object_set_new(
		    object, "is_manual", json_boolean(item->is_manual));
		command_json_set(object, "detail", item->detail);
		json_array_append_new(array, object);
	}
	return array;
}

static void
print_json(const struct golive *golive)
{
	json_t *object = json_object();
	char at[32];

	clock_format_utc(at, sizeof(at), golive->signed_at);
	command_json_set(object, "domain", golive->domain);
	command_json_set(object, "status", golive->status);
	json_object_set_new(
	    object, "is_ready", json_boolean(golive->open_required == 0));
	command_json_set(object, "signed_by", golive->signed_by);
	json_object_set_new(object, "signed_at",
	    golive->signed_at == 0 ? json_null() : json_string(at));
	json_object_set_new(object, "items", json_items(golive));
	command_print_json(object);
}

static void
print_text(const struct golive *golive)
{
	char at[32];

	for (size_t i = 0; i < golive->count; i++) {
		const struct golive_item *item = &golive->items[i];

		printf("%-11s  %-7s  %s%s\n", item->name,
		    golive_state_name(item->state), item->title,
		    item->is_required ? "" : " (recommended)");
		if (item->detail[0] == '\0')
			continue;
		printf("%-11s  %-7s  ", "", "");
		command_put(item->detail);
		putchar('\n');
	}
	clock_format_short(at, sizeof(at), golive->signed_at);
	if (golive->signed_at != 0)
		printf("Signed off by %s, %s.\n", golive->signed_by, at);
	printf("%s is %s; %zu required items are open.\n", golive->domain,
	    golive->status, golive->open_required);
}

/* Like a check: 0 when nothing required is open, else 1. */
static int
run_show(struct command *command, const void *input)
{
	const struct golive_words *in = input;
	struct golive golive;
	struct err err = { 0 };

	if (golive_read(command->context, in->domain, &golive, &err) != OK)
		return command_refuse(command, &err);
	if (command->is_json)
		print_json(&golive);
	else
		print_text(&golive);
	return golive.open_required > 0;
}

/* clang-format off */
const struct command_special command_golive[] = {
	{ "golive show", "Whether a domain is ready to go live, item by item.",
	  ACTION_CHECK_RUN, fields, sizeof(struct golive_words), run_show, NULL },
	{ 0 }
};
/* clang-format on */
