/* "dns reports": what receivers report about a domain, as it is stored or from
 * files. */
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"
#include "dns/report.h"
#include "model/report_store.h"
#include "ssh/command.h"

#define FILE_MAX    (32 * 1024 * 1024) /* bytes */
#define REPORTS_MAX 512

struct reports_input {
	char domain[HOST_NAME_SIZE];
	int64_t days;
};

/* clang-format off */
static const struct field reports_fields[] = {
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, FIELD(struct reports_input, domain), .is_required = true, .is_main = true },
	{ .name = "days", .label = "Days", .help = "How far back stored reports are summed up.",
	  .kind = FIELD_NUMBER, FIELD(struct reports_input, days), .initial = "30", .max = REPORT_KEPT_DAYS },
	{ 0 }
};
/* clang-format on */

/* What all files say about one domain. */
struct tally {
	struct command *command;
	const char *domain;
	struct report sums[2]; /* by enum report_kind */
	json_t *reports, *refused;
	const char *file;
	size_t count;
};

static void
refuse(struct tally *tally, const char *text)
{
	json_t *object = json_object();

	json_object_set_new(object, "file", command_json_text(tally->file));
	json_object_set_new(object, "text", command_json_text(text));
	json_array_append_new(tally->refused, object);
	fputs("postern: ", stderr);
	fprintf(stderr, "%s: %s\n", tally->file, text);
}

static json_t *
json_moment(int64_t at)
{
	char text[32];

	if (at == 0)
		return json_null();
	clock_format_utc(text, sizeof(text), at);
	return json_string(text);
}

static void
note_report(struct tally *tally, const struct report *report)
{
	json_t *object = json_object();

	json_object_set_new(object, "kind",
	    json_string(report->kind == REPORT_TLS ? "tls" : "dmarc"));
	json_object_set_new(
	    object, "reporter", command_json_text(report->reporter));
	json_object_set_new(object, "id", command_json_text(report->id));
	json_object_set_new(
	    object, "domain", command_json_text(report->domain));
	json_object_set_new(object, "begin", json_moment(report->begin_at));
	json_object_set_new(object, "end", json_moment(report->end_at));
	json_array_append_new(tally->reports, object);
	tally->count++;
}

static void
take_report(void *self, const struct report *report, const struct err *why)
{
	struct tally *tally = self;

	if (report == NULL)
		refuse(tally, why->text);
	else if (!host_name_is_below(report->domain, tally->domain))
		refuse(tally, "The report is about another domain.");
	else if (tally->count < REPORTS_MAX) {
		note_report(tally, report);
		for (size_t i = 0; i < report->row_count; i++)
			report_add(
			    &tally->sums[report->kind], &report->rows[i]);
	}
}

static void
take_file(struct tally *tally, const char *path)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	char *bytes;
	size_t length;
	const bool is_input = strcmp(path, "-") == 0;

	tally->file = is_input ? "standard input" : path;
	if ((is_input ? io_read_fd(&arena, STDIN_FILENO, FILE_MAX, &bytes,
			    &length, &err)
		      : io_read_file(&arena, path, FILE_MAX, &bytes, &length,
			    &err)) != OK ||
	    report_read_apart(bytes, length, take_report, tally, &err) != OK)
		refuse(tally, err.text);
	arena_free(&arena);
}

static json_t *
json_rows(const struct report *sums)
{
	json_t *array = json_array();

	for (size_t i = 0; i < sums->row_count; i++) {
		const struct report_row *row = &sums->rows[i];
		json_t *object = json_object();

		json_object_set_new(
		    object, "source", command_json_text(row->source));
		json_object_set_new(
		    object, "result", command_json_text(row->result));
		if (sums->kind == REPORT_DMARC) {
			json_object_set_new(object, "disposition",
			    command_json_text(row->disposition));
			json_object_set_new(
			    object, "dkim", json_integer(row->dkim));
			json_object_set_new(
			    object, "spf", json_integer(row->spf));
		}
		json_object_set_new(
		    object, "passed", json_integer(row->passed));
		json_object_set_new(
		    object, "failed", json_integer(row->failed));
		json_array_append_new(array, object);
	}
	return array;
}

/* What was done, and what passed without being aligned. */
static void
put_more(const struct report_row *row)
{
	if (row->disposition[0] != '\0') {
		fputs(", done: ", stdout);
		command_put(row->disposition);
	}
	if (row->failed > 0 && row->dkim + row->spf > 0)
		printf(", of another domain: %" PRId64 " DKIM, %" PRId64 " SPF",
		    row->dkim, row->spf);
}

static void
print_rows(const char *title, const struct report *sums)
{
	if (sums->row_count > 0)
		puts(title);
	for (size_t i = 0; i < sums->row_count; i++) {
		const struct report_row *row = &sums->rows[i];

		printf("  %10" PRId64 " passed %10" PRId64 " failed  ",
		    row->passed, row->failed);
		command_put(row->source);
		fputs(row->source[0] == '\0' ? "" : "  ", stdout);
		command_put(row->result);
		put_more(row);
		putchar('\n');
	}
}

static void
print_tally(struct tally *tally)
{
	json_t *document;

	if (!tally->command->is_json) {
		printf("%zu reports about %s\n", tally->count, tally->domain);
		print_rows("DMARC, messages by source and what was aligned:",
		    &tally->sums[REPORT_DMARC]);
		print_rows("TLS, sessions by source and result:",
		    &tally->sums[REPORT_TLS]);
		json_decref(tally->reports);
		json_decref(tally->refused);
		return;
	}
	document = json_object();
	json_object_set_new(document, "domain", json_string(tally->domain));
	json_object_set_new(document, "reports", tally->reports);
	json_object_set_new(
	    document, "dmarc", json_rows(&tally->sums[REPORT_DMARC]));
	json_object_set_new(
	    document, "tls", json_rows(&tally->sums[REPORT_TLS]));
	json_object_set_new(document, "refused", tally->refused);
	command_print_json(document);
}

static enum err_code
take_stored(struct tally *tally, int64_t days, struct err *err)
{
	const int64_t since_at = clock_now() - days * 86400;
	int64_t count;

	if (tally->command->context->db == NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "Name a file, or - for standard input.");
	for (enum report_kind kind = REPORT_DMARC; kind <= REPORT_TLS; kind++) {
		if (report_stored(tally->command->context, tally->command->name,
			tally->domain, kind, since_at, &tally->sums[kind],
			&count, err) != OK)
			return err->code;
		tally->count += (size_t)count;
	}
	return OK;
}

static bool
reads_this_machine(struct command *command)
{
	const char *path;

	for (size_t i = 0;
	     (path = command_more(command, reports_fields, i)) != NULL; i++)
		if (strcmp(path, "-") != 0)
			return true;
	return false;
}

static enum err_code
take_all(struct tally *tally, const struct reports_input *in, struct err *err)
{
	const char *path = command_more(tally->command, reports_fields, 0);

	if (path == NULL)
		return take_stored(tally, in->days, err);
	for (size_t i = 0;
	     (path = command_more(tally->command, reports_fields, i)) != NULL;
	     i++)
		take_file(tally, path);
	return OK;
}

static int
run_reports(struct command *command, const void *input)
{
	const struct reports_input *in = input;
	struct tally tally = { .command = command,
		.domain = in->domain,
		.reports = json_array(),
		.refused = json_array() };
	struct arena arena = { 0 };
	struct err err = { 0 };
	bool is_refused;

	/* A session may send files, and read none of this machine. */
	if (command->context->db != NULL && reads_this_machine(command))
		return command_refuse_usage(command,
		    "Files are read on the mail server itself only: give the "
		    "report on standard input, and - as its name.");
	for (size_t i = 0; i < 2; i++) {
		tally.sums[i].kind = (enum report_kind)i;
		tally.sums[i].rows = arena_array(
		    &arena, REPORT_ROWS_MAX, sizeof(*tally.sums[i].rows));
	}
	if (take_all(&tally, in, &err) != OK) {
		json_decref(tally.reports);
		json_decref(tally.refused);
		arena_free(&arena);
		return command_refuse(command, &err);
	}
	is_refused = json_array_size(tally.refused) > 0;
	print_tally(&tally);
	arena_free(&arena);
	return is_refused ? err_exit_status(ERR_INVALID) : 0;
}

/* clang-format off */
const struct command_special command_reports[] = {
	{ "dns reports", "Sums up DMARC and TLS reports: those stored, or those in files (- is standard input).",
	  ACTION_NONE, reports_fields, sizeof(struct reports_input), run_reports, "FILE" },
	{ 0 }
};
/* clang-format on */
