/* "trouble": a usual complaint, the facts that answer it, and what to change. */
#include <jansson.h>
#include <poll.h>
#include <stdio.h>

#include "base/job.h"
#include "model/trouble.h"
#include "ssh/command.h"

struct trouble_words {
	int64_t symptom, looks;
};

/* clang-format off */
static const struct field fields[] = {
	{ .name = "symptom", .label = "Symptom", .help = "What is wrong; behind it the host, domain or address.",
	  .kind = FIELD_CHOICE, FIELD(struct trouble_words, symptom), .choices = trouble_names,
	  .is_required = true, .is_main = true },
	{ .name = "look", .label = "Look", .help = "Also looks at the servers: connection, TLS, services.",
	  .kind = FIELD_YES_NO, FIELD(struct trouble_words, looks), .initial = "yes" },
	{ 0 }
};
/* clang-format on */

/* A look that breaks off adds no facts: what the rows tell still holds. */
static enum err_code
look_at_servers(
    struct command *command, struct trouble *trouble, struct err *err)
{
	struct trouble_look look;
	struct job job = { 0 };
	enum job_event event = JOB_NOTHING;
	const void *record;
	size_t length;
	enum err_code code;

	trouble_prepare(command->context, trouble, &look);
	if (look.job == NULL)
		return OK;
	fflush(stdout);
	code = job_open(
	    &job, &command->arena, look.job, trouble_look_argument(&look), err);
	while (code == OK && event != JOB_END && event != JOB_FAILED) {
		struct pollfd wait = { .fd = job.fd, .events = POLLIN };

		event = job_read(&job, &record, &length);
		if (event == JOB_NOTHING)
			poll(&wait, 1, -1);
		else if (event == JOB_RECORD)
			trouble_take(trouble, record, length);
	}
	job_close(&job);
	return code;
}

static void
print_json(const struct trouble *trouble)
{
	json_t *object = json_object(), *facts = json_array();

	for (size_t i = 0; i < trouble->count; i++) {
		const struct trouble_fact *fact = &trouble->facts[i];
		json_t *row = json_object();

		command_json_set(row, "name", fact->name);
		command_json_set(
		    row, "verdict", mail_verdict_name(fact->verdict));
		command_json_set(row, "text", fact->text);
		command_json_set(row, "change", fact->change);
		json_array_append_new(facts, row);
	}
	command_json_set(
	    object, "symptom", trouble_kinds[trouble->symptom].name);
	command_json_set(object, "about", trouble->about);
	command_json_set(
	    object, "verdict", mail_verdict_name(trouble->verdict));
	command_json_set(object, "answer", trouble->answer);
	command_json_set(object, "change", trouble->change);
	json_object_set_new(object, "facts", facts);
	command_print_json(object);
}

static void
print_text(const struct trouble *trouble)
{
	for (size_t i = 0; i < trouble->count; i++) {
		const struct trouble_fact *fact = &trouble->facts[i];

		printf("%-12s %-8s ", fact->name,
		    mail_verdict_word(fact->verdict));
		command_put(fact->text);
		putchar('\n');
	}
	putchar('\n');
	command_put(trouble->answer);
	putchar('\n');
	if (trouble->change[0] == '\0')
		return;
	printf("Change: ");
	command_put(trouble->change);
	putchar('\n');
}

static int
run_trouble(struct command *command, const void *input)
{
	const struct trouble_words *in = input;
	const char *about = command_more(command, fields, 0);
	struct trouble *trouble =
	    arena_alloc(&command->arena, sizeof(*trouble));
	struct err err = { 0 };

	if (about == NULL || command_more(command, fields, 1) != NULL)
		return command_refuse_usage(command,
		    "Name one host, domain or address behind the symptom.");
	if (trouble_read(command->context, (enum trouble_symptom)in->symptom,
		about, trouble, &err) != OK ||
	    (in->looks != 0 && look_at_servers(command, trouble, &err) != OK))
		return command_refuse(command, &err);
	if (command->is_json)
		print_json(trouble);
	else
		print_text(trouble);
	if (trouble->verdict == MAIL_FAIL)
		return CHECK_FAILED;
	return trouble->verdict == MAIL_UNKNOWN ? CHECK_UNSURE : 0;
}

/* clang-format off */
const struct command_special command_trouble[] = {
	{ "trouble", "Answers a usual complaint in one sentence, with the record or setting to change.",
	  ACTION_CHECK_RUN, fields, sizeof(struct trouble_words), run_trouble, "about" },
	{ 0 }
};
/* clang-format on */
