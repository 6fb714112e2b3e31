/* "dns reports-read": stores the reports that came to the mailboxes of the
 * server's report addresses.  For the box, by hand or from a timer. */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/report.h"
#include "model/effects.h"
#include "model/report_store.h"
#include "ssh/command.h"

/* A message may carry an earlier time than its neighbours: read twice rather
 * than never, as a report is stored once. */
#define OVERLAP_SECONDS 3600

struct read_input {
	char directory[PATH_MAX];
};

/* clang-format off */
static const struct field read_fields[] = {
	{ .name = "directory", .label = "Maildir", .help = "To read instead: a Maildir as a whole path.",
	  .kind = FIELD_TEXT, FIELD(struct read_input, directory), .is_main = true },
	{ 0 }
};
/* clang-format on */

struct reading {
	struct command *command;
	size_t messages, stored, known, refused;
	char why[ERR_TEXT_SIZE]; /* of the last that was refused */
	struct err err;          /* what ended the reading */
};

static void
note_refusal(struct reading *r, const struct err *err)
{
	r->refused++;
	text_copy(r->why, sizeof(r->why), err->text);
}

static void
take_report(void *context, const struct report *report, const struct err *why)
{
	struct reading *r = context;
	bool is_new = false;
	struct err err = { 0 };
	enum err_code code;

	if (report == NULL) {
		note_refusal(r, why);
		return;
	}
	code = report_store(r->command->context, report, &is_new, &err);
	if (code == OK && is_new)
		r->stored++;
	else if (code == OK)
		r->known++;
	else if (code == ERR_INVALID || code == ERR_NOT_FOUND ||
	    code == ERR_LIMIT)
		note_refusal(r, &err);
	else if (r->err.code == OK)
		r->err = err;
}

/* What has no report in it is somebody's mail: passed over. */
static void
take_message(void *context, const char *bytes, size_t length)
{
	struct reading *r = context;
	struct err err = { 0 };
	enum err_code code;

	if (r->err.code != OK)
		return;
	r->messages++;
	code = report_read_apart(bytes, length, take_report, r, &err);
	if (code == ERR_LIMIT)
		note_refusal(r, &err);
	else if (code != OK && code != ERR_INVALID)
		r->err = err;
}

static enum err_code
read_one(struct reading *r, const char *directory, struct err *err)
{
	struct context *context = r->command->context;
	const int64_t started_at = clock_now();
	int64_t since_at;
	enum err_code code;

	if (context->effects == NULL || context->effects->read_mailbox == NULL)
		return err_set(err, ERR_DENIED, NULL,
		    "Mailboxes are read on the mail server itself: sudo "
		    "postern dns reports-read");
	if (report_read_until(context, directory, &since_at, err) != OK)
		return err->code;
	code = context->effects->read_mailbox(context->effects->self, directory,
	    since_at > OVERLAP_SECONDS ? since_at - OVERLAP_SECONDS : 0,
	    take_message, r, err);
	if (code == OK && r->err.code != OK) {
		*err = r->err;
		code = err->code;
	}
	return code == OK
	    ? report_note_read(context, directory, started_at, err)
	    : code;
}

/* One that is not there yet has had no mail. */
static enum err_code
read_all(struct reading *r, size_t *count, struct err *err)
{
	const char **directories;
	enum err_code code = report_mailboxes(
	    r->command->context, &r->command->arena, &directories, count, err);

	for (size_t i = 0; code == OK && i < *count; i++) {
		code = read_one(r, directories[i], err);
		if (code == ERR_NOT_FOUND)
			code = OK;
	}
	if (code == OK && *count == 0)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "No mailbox here gets reports: set dmarc_mailbox and "
		    "tls_report_mailbox of the server to an address of this "
		    "server.");
	return code;
}

static void
print_reading(const struct reading *r, size_t mailboxes)
{
	if (r->command->is_json) {
		command_print_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}",
		    "mailboxes", (json_int_t)mailboxes, "messages",
		    (json_int_t)r->messages, "stored", (json_int_t)r->stored,
		    "known", (json_int_t)r->known, "refused",
		    (json_int_t)r->refused, "last_refusal",
		    command_json_text(r->why)));
		return;
	}
	printf("%zu messages in %zu mailboxes: %zu reports stored, %zu known, "
	       "%zu refused.\n",
	    r->messages, mailboxes, r->stored, r->known, r->refused);
	if (r->refused > 0) {
		fputs("The last was refused: ", stdout);
		command_put(r->why);
		putchar('\n');
	}
}

static int
run_read(struct command *command, const void *input)
{
	const struct read_input *in = input;
	struct reading r = { .command = command };
	struct err err = { 0 };
	size_t mailboxes = 1;
	const enum err_code code = in->directory[0] != '\0'
	    ? read_one(&r, in->directory, &err)
	    : read_all(&r, &mailboxes, &err);

	if (code != OK)
		return command_refuse(command, &err);
	print_reading(&r, mailboxes);
	return 0;
}

/* clang-format off */
const struct command_special command_reports_read[] = {
	{ "dns reports-read", "Stores the reports in the mailboxes of the server's report addresses.",
	  ACTION_MAIL_CONFIG, read_fields, sizeof(struct read_input), run_read, NULL },
	{ 0 }
};
/* clang-format on */
