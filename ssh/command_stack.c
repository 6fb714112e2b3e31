/* "mail health", "mail queue", "mail trace": the mail stack as it runs. */
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "mail/queue.h"
#include "model/health.h"
#include "model/mail_trace.h"
#include "ssh/command.h"

#define QUEUE_SHOWN 1000 /* recipients */
#define DAY_SIZE    32

/* ---- mail health ---- */

struct health_input {
	char listen[IP_TEXT_SIZE];
	int64_t smtp, submission, submissions, imaps, https;
};

#define IN(member) FIELD(struct health_input, member)

/* clang-format off */
static const struct field health_fields[] = {
	{ .name = "listen", .label = "Listen", .help = "The address where the daemons answer; empty: 127.0.0.1.",
	  .kind = FIELD_IP, IN(listen) },
	{ .name = "smtp", .label = "SMTP port", .help = "For mail from other servers.",
	  .kind = FIELD_PORT, IN(smtp), .initial = "25" },
	{ .name = "submission", .label = "Submission port", .help = "For our users, with STARTTLS.",
	  .kind = FIELD_PORT, IN(submission), .initial = "587" },
	{ .name = "submissions", .label = "Submissions port", .help = "For our users, TLS from the start.",
	  .kind = FIELD_PORT, IN(submissions), .initial = "465" },
	{ .name = "imaps", .label = "IMAPS port", .help = "For reading mail, TLS from the start.",
	  .kind = FIELD_PORT, IN(imaps), .initial = "993" },
	{ .name = "https", .label = "HTTPS port", .help = "For MTA-STS policies and mail client settings.",
	  .kind = FIELD_PORT, IN(https), .initial = "443" },
	{ 0 }
};
/* clang-format on */

struct health {
	json_t *array; /* NULL: print text */
	enum mail_verdict worst;
};

static void
put_row(struct health *health, const struct health_row *row)
{
	health->worst = mail_worse(health->worst, row->verdict);
	if (health->array != NULL) {
		json_array_append_new(health->array,
		    json_pack("{s:s, s:s, s:o, s:s}", "name", row->name,
			"verdict", mail_verdict_name(row->verdict), "text",
			command_json_text(row->text), "mend", row->mend));
		return;
	}
	printf("%-12s %-8s ", row->name, mail_verdict_word(row->verdict));
	command_put(row->text);
	putchar('\n');
	if (row->mend[0] != '\0')
		printf("%-12s %-8s %s\n", "", "mend:", row->mend);
	fflush(stdout);
}

static enum err_code
look_outside(struct health *health, struct arena *arena,
    struct health_subject *subject, struct err *err)
{
	struct job job = { 0 };
	const void *record;
	enum job_event event = JOB_NOTHING;
	size_t length;
	const enum err_code code =
	    job_open(&job, arena, health_job, subject, err);

	while (code == OK && event != JOB_END && event != JOB_FAILED) {
		struct pollfd wait = { .fd = job.fd, .events = POLLIN };

		event = job_read(&job, &record, &length);
		if (event == JOB_NOTHING)
			poll(&wait, 1, -1);
		else if (event == JOB_RECORD &&
		    length == sizeof(struct health_row))
			put_row(health, record);
	}
	job_close(&job);
	if (event == JOB_FAILED)
		health->worst = mail_worse(health->worst, MAIL_UNKNOWN);
	return code;
}

static void
read_ports(const struct health_input *in, struct health_ports *ports)
{
	*ports = (struct health_ports){ .smtp = (uint16_t)in->smtp,
		.submission = (uint16_t)in->submission,
		.submissions = (uint16_t)in->submissions,
		.imaps = (uint16_t)in->imaps,
		.https = (uint16_t)in->https };
	/* The field was checked: "" leaves it empty. */
	if (in->listen[0] != '\0' &&
	    ip_parse(&ports->listen, in->listen, NULL) != OK)
		ports->listen = (struct ip){ 0 };
}

static int
run_health(struct command *command, const void *input)
{
	struct health health = { .worst = MAIL_SKIPPED };
	struct health_row own[HEALTH_OWN_ROWS];
	struct health_ports ports;
	struct health_subject subject;
	struct err err = { 0 };

	read_ports(input, &ports);
	if (health_prepare(command->context, command->name, &ports, &subject,
		&err) != OK ||
	    health_own_rows(command->context, own, &err) != OK)
		return command_refuse(command, &err);
	if (command->is_json)
		health.array = json_array();
	for (int i = 0; i < HEALTH_OWN_ROWS; i++)
		put_row(&health, &own[i]);
	if (look_outside(&health, &command->arena, &subject, &err) != OK)
		return command_refuse(command, &err);
	if (health.array != NULL)
		command_print_json(json_pack("{s:s, s:o}", "verdict",
		    mail_verdict_name(health.worst), "rows", health.array));
	if (health.worst == MAIL_FAIL)
		return CHECK_FAILED;
	return health.worst == MAIL_UNKNOWN ? CHECK_UNSURE : 0;
}

/* ---- mail queue ---- */

static json_t *
json_entry(const struct queue_entry *entry)
{
	return json_pack("{s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "id",
	    command_json_text(entry->id), "queue",
	    command_json_text(entry->queue), "arrived_at",
	    command_json_moment(entry->arrived_at), "size_bytes",
	    (json_int_t)entry->size_bytes, "sender",
	    command_json_text(entry->sender), "recipient",
	    command_json_text(entry->recipient), "reason",
	    command_json_text(entry->reason));
}

static void
print_entry(const struct queue_entry *entry)
{
	char at[DAY_SIZE];

	clock_format_short(at, sizeof(at), entry->arrived_at);
	printf("%-14s %-9s %-13s ", entry->id, entry->queue, at);
	command_put(entry->sender[0] != '\0' ? entry->sender : "(bounce)");
	fputs(" to ", stdout);
	command_put(entry->recipient);
	putchar('\n');
	if (entry->reason[0] == '\0')
		return;
	printf("%-14s ", "");
	command_put(entry->reason);
	putchar('\n');
}

static void
print_queue(struct command *command, const struct queue *queue)
{
	json_t *array = json_array();

	for (size_t i = 0; i < queue->count; i++) {
		if (command->is_json)
			json_array_append_new(
			    array, json_entry(&queue->entries[i]));
		else
			print_entry(&queue->entries[i]);
	}
	if (command->is_json)
		command_print_json(array);
	else {
		json_decref(array);
		printf("%zu messages wait, %zu of them for another try.\n",
		    queue->messages, queue->deferred);
	}
}

static int
run_queue(struct command *command, const void *input)
{
	const struct health_ports ports = { 0 };
	struct health_subject subject;
	struct queue queue;
	struct err err = { 0 };

	(void)input;
	if (health_prepare(command->context, command->name, &ports, &subject,
		&err) != OK ||
	    queue_read(&queue, &command->arena,
		subject.postfix_directory[0] != '\0' ? subject.postfix_directory
						     : NULL,
		QUEUE_SHOWN, &err) != OK)
		return command_refuse(command, &err);
	print_queue(command, &queue);
	return 0;
}

/* ---- mail trace ---- */

struct trace_input {
	char address[ADDRESS_SIZE];
};

/* clang-format off */
static const struct field trace_fields[] = {
	{ .name = "address", .label = "Address", .help = "Sender or recipient, of a domain of yours.",
	  .kind = FIELD_ADDRESS, FIELD(struct trace_input, address), .is_required = true, .is_main = true },
	{ 0 }
};
/* clang-format on */

static json_t *
json_message(const struct trace_message *message)
{
	json_t *steps = json_array();

	for (size_t i = 0; i < message->step_count; i++) {
		const struct trace_step *step = &message->steps[i];

		json_array_append_new(steps,
		    json_pack("{s:o, s:o, s:o, s:o, s:o}", "at",
			command_json_moment(step->at), "recipient",
			command_json_text(step->recipient), "delivered_to",
			command_json_text(step->delivered_to), "status",
			command_json_text(step->status), "text",
			command_json_text(step->text)));
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "id",
	    command_json_text(message->id), "at",
	    command_json_moment(message->at), "sender",
	    command_json_text(message->sender), "steps", steps);
}

static void
print_step(const struct trace_step *step)
{
	char at[DAY_SIZE];

	clock_format_short(at, sizeof(at), step->at);
	printf("  %-13s %-9s ", at, step->status);
	command_put(step->recipient);
	if (step->delivered_to[0] != '\0') {
		fputs(" -> ", stdout);
		command_put(step->delivered_to);
	}
	fputs(step->recipient[0] == '\0' ? "" : ": ", stdout);
	command_put(step->text);
	putchar('\n');
}

static void
print_message(const struct trace_message *message)
{
	printf("%s from ", message->id);
	command_put(message->sender[0] != '\0' ? message->sender : "(bounce)");
	putchar('\n');
	for (size_t i = 0; i < message->step_count; i++)
		print_step(&message->steps[i]);
}

static void
print_messages(struct command *command, const char *address,
    const struct trace_message *list, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		if (command->is_json)
			json_array_append_new(array, json_message(&list[i]));
		else
			print_message(&list[i]);
	}
	if (command->is_json)
		command_print_json(array);
	else {
		json_decref(array);
		if (count == 0)
			printf("The log knows no message from or to %s.\n",
			    address);
	}
}

static int
run_trace(struct command *command, const void *argument)
{
	const struct trace_input *input = argument;
	static struct mail_trace trace;
	struct trace_message *list;
	size_t count;
	struct err err = { 0 };

	if (mail_trace_prepare(
		command->context, input->address, &trace, &err) != OK ||
	    trace_read(trace.logs.paths, trace.address, clock_now(),
		&command->arena, &list, &count, &err) != OK)
		return command_refuse(command, &err);
	print_messages(command, input->address, list, count);
	return 0;
}

/* clang-format off */
const struct command_special command_stack[] = {
	{ "mail health", "Looks at each part of the mail stack; says what is wrong and what mends it.",
	  ACTION_MAIL_HEALTH, health_fields, sizeof(struct health_input), run_health },
	{ "mail queue", "The messages that Postfix has not delivered yet, and why.",
	  ACTION_MAIL_CONFIG, NULL, 0, run_queue },
	{ "mail trace", "What became of the messages from or to one address, from the log.",
	  ACTION_MAIL_TRACE, trace_fields, sizeof(struct trace_input), run_trace },
	{ 0 }
};
/* clang-format on */
