/* "dns lint" and "dns spf": a record is tried, by anybody on the box. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"
#include "dns/lint.h"
#include "dns/resolvers.h"
#include "dns/spf_ask.h"
#include "dns/subject.h"
#include "model/server.h"
#include "ssh/command.h"

#define RECORD_FAILED 1 /* exit statuses of a check */
#define RECORD_UNSURE 75
#define ASKED_SIZE    (IP_TEXT_SIZE + 8)
#define TEXT_MAX      (1024 * 1024) /* bytes */

/* ---- lint ---- */

struct lint_input {
	int64_t kind; /* index in lint_kinds */
};

/* clang-format off */
static const struct field lint_fields[] = {
	{ .name = "kind", .label = "Kind", .help = "What the text is meant to be.",
	  .kind = FIELD_CHOICE, FIELD(struct lint_input, kind), .choices = lint_kind_names,
	  .is_required = true, .is_main = true },
	{ 0 }
};
/* clang-format on */

/* The words behind the kind with one blank between, or standard input. */
static enum err_code
take_record(struct command *command, const char **text, size_t *length,
    bool is_file, struct err *err)
{
	struct text_builder builder;
	const char *word;
	char *bytes;
	enum err_code code;

	text_builder_open(&builder, &command->arena, TEXT_MAX);
	for (size_t i = 0;
	     (word = command_more(command, lint_fields, i)) != NULL; i++)
		text_addf(&builder, "%s%s", i == 0 ? "" : " ", word);
	*text = builder.data;
	*length = builder.length;
	if (command_more(command, lint_fields, 0) != NULL)
		return OK;
	code = io_read_fd(
	    &command->arena, STDIN_FILENO, TEXT_MAX, &bytes, length, err);
	if (code != OK)
		return code;
	*text = bytes;
	/* The line end of echo(1) is not part of a record. */
	if (!is_file && *length > 0 && bytes[*length - 1] == '\n')
		(*length)--;
	if (!is_file && *length > 0 && bytes[*length - 1] == '\r')
		(*length)--;
	return OK;
}

static void
print_lint_json(const struct lint *lint)
{
	json_t *document = json_object(), *findings = json_array();

	for (size_t i = 0; i < lint->count; i++) {
		const struct lint_finding *f = &lint->findings[i];
		json_t *object = json_object();

		json_object_set_new(
		    object, "level", json_string(lint_verdict_name(f->level)));
		json_object_set_new(object, "text", command_json_text(f->text));
		json_object_set_new(
		    object, "at", json_integer((json_int_t)f->at));
		json_array_append_new(findings, object);
	}
	json_object_set_new(
	    document, "verdict", json_string(lint_verdict_name(lint->verdict)));
	json_object_set_new(document, "findings", findings);
	command_print_json(document);
}

static int
run_lint(struct command *command, const void *input)
{
	const struct lint_input *in = input;
	const struct lint_kind *kind = &lint_kinds[in->kind];
	struct err err = { 0 };
	struct lint lint;
	const char *text;
	size_t length;

	if (take_record(command, &text, &length,
		text_is_same(kind->name, "mta-sts-policy"), &err) != OK)
		return command_refuse(command, &err);
	lint_run(&lint, kind, text, length);
	if (command->is_json)
		print_lint_json(&lint);
	else {
		puts(lint_verdict_name(lint.verdict));
		for (size_t i = 0; i < lint.count; i++) {
			printf("  %s  at %zu: ",
			    lint_verdict_name(lint.findings[i].level),
			    lint.findings[i].at);
			command_put(lint.findings[i].text);
			putchar('\n');
		}
	}
	return lint.verdict == LINT_FAIL ? RECORD_FAILED : 0;
}

/* ---- SPF ---- */

struct spf_input {
	char ip[IP_TEXT_SIZE];
	char helo[256], sender[512], receiver[256];
};

/* clang-format off */
static const struct field spf_fields[] = {
	{ .name = "ip", .label = "Address", .help = "From which the mail comes.",
	  .kind = FIELD_IP, FIELD(struct spf_input, ip), .is_required = true },
	{ .name = "helo", .label = "HELO", .help = "The name that the sending host gives.",
	  .kind = FIELD_TEXT, FIELD(struct spf_input, helo) },
	{ .name = "sender", .label = "Sender", .help = "MAIL FROM; without one, the HELO name is judged.",
	  .kind = FIELD_TEXT, FIELD(struct spf_input, sender) },
	{ .name = "receiver", .label = "Receiver", .help = "The receiving host, for explanations.",
	  .kind = FIELD_TEXT, FIELD(struct spf_input, receiver) },
	{ 0 }
};
/* clang-format on */

/* An international name in the form that the DNS has (section 4.3). */
static void
to_ascii(char *name, size_t size)
{
	struct host_name host;

	for (const char *c = name; *c != '\0'; c++)
		if (*c < 0 && host_name_parse(&host, name, NULL) == OK) {
			text_copy(name, size, host.text);
			return;
		}
}

/* Who is judged (section 2.4): MAIL FROM, or postmaster at the HELO name. */
static void
split_sender(struct spf_sender *sender, struct spf_input *in)
{
	char *at;

	if (text_is_same(in->sender, "<>"))
		in->sender[0] = '\0';
	to_ascii(in->helo, sizeof(in->helo));
	at = strrchr(in->sender, '@');
	if (in->sender[0] == '\0')
		sender->domain = in->helo;
	else if (at != NULL) {
		*at = '\0';
		to_ascii(
		    at + 1, (size_t)(in->sender + sizeof(in->sender) - at - 1));
		sender->domain = at + 1;
		sender->local = in->sender;
	} else {
		to_ascii(in->sender, sizeof(in->sender));
		sender->domain = in->sender;
	}
	if (sender->local == NULL || sender->local[0] == '\0')
		sender->local = "postmaster";
	sender->helo = in->helo;
	sender->receiver = in->receiver[0] != '\0' ? in->receiver : NULL;
	sender->now_at = clock_now();
}

static json_t *
json_step(const struct spf_step *step)
{
	json_t *object = json_object();

	json_object_set_new(object, "term", command_json_text(step->text));
	json_object_set_new(object, "domain", command_json_text(step->domain));
	json_object_set_new(object, "depth", json_integer(step->depth));
	json_object_set_new(object, "lookups", json_integer(step->costs));
	json_object_set_new(
	    object, "result", json_string(spf_step_name(step->result)));
	return object;
}

/* "192.0.2.53", "[2001:db8::53]:5353". */
static void
asked_text(char *to, size_t size, const struct ip_port *asked)
{
	char address[IP_TEXT_SIZE];

	ip_format(address, &asked->ip);
	if (asked->port == DNS_PORT)
		text_copy(to, size, address);
	else
		text_format(to, size,
		    strchr(address, ':') != NULL ? "[%s]:%d" : "%s:%d", address,
		    asked->port);
}

static void
print_spf_json(const struct spf_report *report, const struct ip_port *asked,
    size_t asked_count)
{
	json_t *document = json_object(), *terms = json_array();
	json_t *resolvers = json_array();
	char text[ASKED_SIZE];

	for (size_t i = 0; i < asked_count; i++) {
		asked_text(text, sizeof(text), &asked[i]);
		json_array_append_new(resolvers, json_string(text));
	}
	for (size_t i = 0; i < report->step_count; i++)
		json_array_append_new(terms, json_step(&report->steps[i]));
	json_object_set_new(
	    document, "result", json_string(spf_result_name(report->result)));
	json_object_set_new(
	    document, "explanation", command_json_text(report->explanation));
	json_object_set_new(document, "reason", command_json_text(report->why));
	json_object_set_new(document, "lookups", json_integer(report->lookups));
	json_object_set_new(
	    document, "void_lookups", json_integer(report->voids));
	json_object_set_new(document, "resolvers", resolvers);
	json_object_set_new(document, "terms", terms);
	command_print_json(document);
}

static void
print_spf(const struct spf_report *report, const struct ip_port *asked,
    size_t asked_count)
{
	char text[ASKED_SIZE];

	puts(spf_result_name(report->result));
	if (report->why[0] != '\0') {
		fputs("  ", stdout);
		command_put(report->why);
		putchar('\n');
	}
	if (report->explanation[0] != '\0') {
		fputs("  The domain says: ", stdout);
		command_put(report->explanation);
		putchar('\n');
	}
	printf("  %u of %d look-ups, %u of %d void\n", report->lookups,
	    SPF_LOOKUP_MAX, report->voids, SPF_VOID_MAX);
	for (size_t i = 0; i < asked_count; i++) {
		asked_text(text, sizeof(text), &asked[i]);
		printf("%s%s%s", i == 0 ? "  Asked " : ", ", text,
		    i + 1 == asked_count ? "\n" : "");
	}
	for (size_t i = 0; i < report->step_count; i++) {
		const struct spf_step *step = &report->steps[i];

		printf("  %*s", (int)step->depth * 2, "");
		command_put(step->text);
		printf("%s  %s\n", step->costs ? "  [1]" : "",
		    spf_step_name(step->result));
	}
}

static int
spf_status(enum spf_result result)
{
	if (result == SPF_TEMPERROR)
		return RECORD_UNSURE;
	return result == SPF_FAIL || result == SPF_PERMERROR ? RECORD_FAILED
							     : 0;
}

static int
run_spf(struct command *command, const void *input)
{
	struct spf_input in = *(const struct spf_input *)input;
	struct ip_port resolvers[DNS_RESOLVER_MAX];
	struct spf_sender sender = { 0 };
	struct spf_report report;
	struct err err = { 0 };
	size_t count = 0;

	if (server_resolvers(command->context, resolvers, DNS_RESOLVER_MAX,
		&count, &err) != OK ||
	    ip_parse(&sender.ip, in.ip, &err) != OK)
		return command_refuse(command, &err);
	if (in.helo[0] == '\0' && in.sender[0] == '\0')
		return command_refuse_usage(
		    command, "dns spf needs sender=ADDRESS or helo=NAME.");
	resolvers_default(resolvers, DNS_RESOLVER_MAX, &count, NULL);
	split_sender(&sender, &in);
	spf_ask(resolvers, count, &sender, &report);
	if (command->is_json)
		print_spf_json(&report, resolvers, count);
	else
		print_spf(&report, resolvers, count);
	return spf_status(report.result);
}

/* clang-format off */
const struct command_special command_lint[] = {
	{ "dns lint", "Judges a record's text without asking the DNS.",
	  ACTION_NONE, lint_fields, sizeof(struct lint_input), run_lint, command_text_words },
	{ "dns spf", "Evaluates SPF for a sender, as receivers do.",
	  ACTION_NONE, spf_fields, sizeof(struct spf_input), run_spf, NULL },
	{ 0 }
};
/* clang-format on */
