/* "dns publish": what a domain should publish, to a name server of ours. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "dns/publish.h"
#include "model/publish.h"
#include "model/subject.h"
#include "ssh/command.h"

#define KEY_LINE_MAX 600 /* bytes */

struct publish_input {
	char domain[HOST_NAME_SIZE];
	char server[64];
	char zone[HOST_NAME_SIZE];
	int64_t weaken;
};

/* clang-format off */
static const struct field publish_fields[] = {
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, FIELD(struct publish_input, domain), .is_required = true, .is_main = true },
	{ .name = "server", .label = "Name server", .help = "That takes updates: its address, and a port if not 53.",
	  .kind = FIELD_TEXT, FIELD(struct publish_input, server), .is_required = true },
	{ .name = "zone", .label = "Zone", .help = "That holds the domain, when it is another name.",
	  .kind = FIELD_HOST, FIELD(struct publish_input, zone) },
	{ .name = "weaken", .label = "Weaken DMARC", .help = "Lets a published DMARC policy become weaker: the domain's own step.",
	  .kind = FIELD_YES_NO, FIELD(struct publish_input, weaken), .initial = "no" },
	{ 0 }
};
/* clang-format on */

static json_t *
json_change(struct arena *arena, const struct update_change *change)
{
	json_t *object = json_object();

	json_object_set_new(object, "change",
	    json_string(change->is_delete ? "delete" : "add"));
	json_object_set_new(
	    object, "name", command_json_text(change->record.name));
	json_object_set_new(
	    object, "type", json_string(record_type_text(&change->record)));
	json_object_set_new(object, "value",
	    command_json_text(record_as_one_line(arena, &change->record)));
	return object;
}

static void
print_plan(
    struct command *command, const struct publish_plan *plan, bool is_done)
{
	json_t *document, *changes;

	if (!command->is_json) {
		for (size_t i = 0; i < plan->count; i++) {
			fputs(plan->changes[i].is_delete ? "- " : "+ ", stdout);
			command_put(record_as_zone_line(
			    &command->arena, &plan->changes[i].record));
			putchar('\n');
		}
		printf("%zu records are right already, %zu change%s%s\n",
		    plan->right, plan->count, plan->count == 1 ? "" : "s",
		    plan->count == 0 ? "."
			: is_done    ? ": done, and asked again."
				     : ".  Add --yes to make them.");
		if (plan->note[0] != '\0') {
			command_put(plan->note);
			putchar('\n');
		}
		return;
	}
	document = json_object();
	changes = json_array();
	for (size_t i = 0; i < plan->count; i++)
		json_array_append_new(
		    changes, json_change(&command->arena, &plan->changes[i]));
	json_object_set_new(document, "zone", command_json_text(plan->zone));
	json_object_set_new(
	    document, "right", json_integer((json_int_t)plan->right));
	json_object_set_new(document, "changes", changes);
	json_object_set_new(document, "note", command_json_text(plan->note));
	json_object_set_new(document, "is_done", json_boolean(is_done));
	command_print_json(document);
}

/* The key is a secret: one line of standard input. */
static enum err_code
read_key(struct update_key *key, struct err *err)
{
	char line[KEY_LINE_MAX] = "";
	size_t used = 0;
	enum err_code code;
	ssize_t n;

	while (used + 1 < sizeof(line) &&
	    (n = read(STDIN_FILENO, line + used, sizeof(line) - 1 - used)) > 0)
		used += (size_t)n;
	line[used] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	code = update_key_parse(key, line, err);
	explicit_bzero(line, sizeof(line));
	return code;
}

/* Both sides of the change, for the audit log. */
static void
plan_text(struct command *command, const struct publish_plan *plan,
    bool is_delete, struct text_builder *to)
{
	text_builder_open(to, &command->arena, 32768);
	for (size_t i = 0; i < plan->count; i++)
		if (plan->changes[i].is_delete == is_delete)
			text_addf(to, "record: %s\n",
			    record_as_zone_line(
				&command->arena, &plan->changes[i].record));
}

/* Sends, asks again, and believes only what is then there. */
static enum err_code
publish(struct command *command, const struct ip_port *server,
    const struct dns_subject *subject, const struct publish_plan *plan,
    enum publish_policy policy, struct err *err)
{
	struct text_builder before, after;
	struct publish_plan again;
	struct update_key key;
	enum err_code code = read_key(&key, err);

	if (code == OK)
		code = update_send(
		    server, plan->zone, plan->changes, plan->count, &key, err);
	explicit_bzero(&key, sizeof(key));
	if (code != OK)
		return code;
	plan_text(command, plan, true, &before);
	plan_text(command, plan, false, &after);
	code = publish_note(
	    command->context, subject->domain, before.data, after.data, err);
	if (code == OK)
		code = publish_compare(&again, server, subject, policy, err);
	if (code == OK && again.count > 0)
		code = err_set(err, ERR_CONFLICT, NULL,
		    "The name server took the change, and still %zu records "
		    "differ: somebody else changes the zone too.",
		    again.count);
	return code;
}

static int
run_publish(struct command *command, const void *input)
{
	const struct publish_input *in = input;
	const enum publish_policy policy =
	    in->weaken != 0 ? PUBLISH_WEAKENS_POLICY : PUBLISH_KEEPS_POLICY;
	static struct publish_plan plan;
	struct dns_subject subject;
	struct ip_port server;
	struct err err = { 0 };
	bool is_done = false;

	if (ip_port_parse(&server, in->server, 53, &err) != OK ||
	    subject_of_domain(command->context, command->name, in->domain,
		&subject, &err) != OK)
		return command_refuse(command, &err);
	if (in->zone[0] != '\0')
		text_copy(subject.zone, sizeof(subject.zone), in->zone);
	if (publish_compare(&plan, &server, &subject, policy, &err) != OK)
		return command_refuse(command, &err);
	if (command->is_sure && plan.count > 0) {
		if (actor_key_allows(&command->context->actor, command->name,
			true, &err) != OK ||
		    publish(command, &server, &subject, &plan, policy, &err) !=
			OK)
			return command_refuse(command, &err);
		is_done = true;
	}
	print_plan(command, &plan, is_done);
	return 0;
}

/* clang-format off */
const struct command_special command_publish[] = {
	{ "dns publish", "Shows what our name server lacks, and with --yes publishes it.",
	  ACTION_RECORD_PUBLISH, publish_fields, sizeof(struct publish_input), run_publish, NULL },
	{ 0 }
};
/* clang-format on */
