/*
 * Reports are read in a process of their own: a fault in what unpacks and
 * parses them is then no fault beside the keeper's socket or the database.
 */
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "dns/report.h"

#define APART_MS  60000 /* a message takes some milliseconds */
#define ROWS_EACH 200   /* of one record */

enum part_kind { PART_REPORT, PART_ROWS, PART_REFUSED, PART_END };

/* One record; the job's word is foreign, too. */
struct part {
	uint32_t kind;
	uint32_t count; /* PART_ROWS */
	enum err_code code;
	char text[ERR_TEXT_SIZE]; /* PART_REFUSED, PART_END */
	struct report report;     /* PART_REPORT: `rows` means nothing */
	struct report_row rows[ROWS_EACH];
};

_Static_assert(sizeof(struct part) <= JOB_RECORD_MAX, "a part is one record");

/* ---- in the job ---- */

struct input {
	const char *bytes;
	size_t length;
	int out;
	struct part part;
};

static void
send_part(struct input *in, enum part_kind kind)
{
	in->part.kind = kind;
	(void)job_write(in->out, &in->part, sizeof(in->part));
}

static void
send_report(struct input *in, const struct report *report)
{
	size_t at = 0;

	in->part.report = *report;
	in->part.report.rows = NULL;
	send_part(in, PART_REPORT);
	while (at < report->row_count) {
		size_t count = report->row_count - at;

		if (count > ROWS_EACH)
			count = ROWS_EACH;
		memcpy(in->part.rows, report->rows + at,
		    count * sizeof(*report->rows));
		in->part.count = (uint32_t)count;
		send_part(in, PART_ROWS);
		at += count;
	}
}

static void
send_err(struct input *in, enum part_kind kind, const struct err *err)
{
	in->part.code = err->code;
	text_copy(in->part.text, sizeof(in->part.text), err->text);
	send_part(in, kind);
}

static void
take_document(void *context, const char *bytes, size_t length)
{
	struct input *in = context;
	struct arena arena = { 0 };
	struct report report;
	struct err err = { 0 };

	if (report_read(&report, &arena, bytes, length, &err) == OK)
		send_report(in, &report);
	else
		send_err(in, PART_REFUSED, &err);
	arena_free(&arena);
}

static void
read_job(int out, void *argument)
{
	struct input *in = argument;
	struct arena arena = { 0 };
	struct err err = { 0 };

	in->out = out;
	if (report_unpack(
		&arena, in->bytes, in->length, take_document, in, &err) == OK)
		err = (struct err){ 0 };
	send_err(in, PART_END, &err);
	arena_free(&arena);
}

/* ---- in the caller ---- */

struct taking {
	report_take *take;
	void *context;
	struct report report; /* that comes in parts */
	size_t wanted;        /* its rows */
	struct err end;
	bool has_ended;
};

static void
clean(char *text, size_t size)
{
	char copy[ERR_TEXT_SIZE];
	const size_t room = size < sizeof(copy) ? size : sizeof(copy);

	text[size - 1] = '\0';
	text_visible(copy, room, text, strlen(text));
	text_copy(text, size, copy);
}

#define CLEAN(text) clean((text), sizeof(text))

static void
give_when_whole(struct taking *t)
{
	if (t->report.row_count < t->wanted)
		return;
	t->take(t->context, &t->report, NULL);
	t->wanted = SIZE_MAX; /* none is under way */
}

/* False when the job says what it can't mean. */
static bool
take_head(struct taking *t, struct report *from)
{
	struct report_row *rows = t->report.rows;

	if ((unsigned)from->kind > REPORT_TLS ||
	    from->row_count > REPORT_ROWS_MAX)
		return false;
	CLEAN(from->domain);
	CLEAN(from->reporter);
	CLEAN(from->id);
	t->report = *from;
	t->report.rows = rows;
	t->report.row_count = 0;
	t->wanted = from->row_count;
	give_when_whole(t);
	return true;
}

static bool
take_rows(struct taking *t, struct part *part)
{
	if (t->wanted > REPORT_ROWS_MAX || part->count > ROWS_EACH ||
	    part->count > t->wanted - t->report.row_count)
		return false;
	for (uint32_t i = 0; i < part->count; i++) {
		struct report_row *row = &part->rows[i];

		CLEAN(row->source);
		CLEAN(row->result);
		CLEAN(row->disposition);
		t->report.rows[t->report.row_count++] = *row;
	}
	give_when_whole(t);
	return true;
}

static bool
take_part(struct taking *t, struct part *part)
{
	struct err err = { 0 };

	CLEAN(part->text);
	switch (part->kind) {
	case PART_REPORT:
		return take_head(t, &part->report);
	case PART_ROWS:
		return take_rows(t, part);
	case PART_REFUSED:
		err_set(&err, ERR_INVALID, NULL, "%s", part->text);
		t->take(t->context, NULL, &err);
		return true;
	case PART_END:
		t->has_ended = true;
		if (part->code != OK)
			err_set(&t->end,
			    part->code == ERR_LIMIT ? ERR_LIMIT : ERR_INVALID,
			    NULL, "%s", part->text);
		return true;
	default:
		return false;
	}
}

/* Until the job says that it has read all. */
static void
take_parts(struct taking *t, struct job *job, struct part *part)
{
	const int64_t until = clock_monotonic_ms() + APART_MS;
	bool is_good = true;

	while (is_good && !t->has_ended) {
		const int64_t left = until - clock_monotonic_ms();
		struct pollfd wait = { .fd = job->fd, .events = POLLIN };
		const void *record;
		size_t length;
		const enum job_event event = job_read(job, &record, &length);

		is_good = event == JOB_NOTHING || event == JOB_RECORD;
		if (event == JOB_NOTHING && left <= 0)
			is_good = false;
		else if (event == JOB_NOTHING)
			poll(&wait, 1, (int)left);
		if (event == JOB_RECORD)
			is_good = length == sizeof(*part);
		if (event == JOB_RECORD && is_good) {
			memcpy(part, record, sizeof(*part));
			is_good = take_part(t, part);
		}
	}
}

enum err_code
report_read_apart(const char *bytes, size_t length, report_take *take,
    void *context, struct err *err)
{
	struct arena arena = { 0 };
	struct input *in = arena_alloc(&arena, sizeof(*in));
	struct taking *t = arena_alloc(&arena, sizeof(*t));
	struct job job = { 0 };
	enum err_code code;

	*in = (struct input){ .bytes = bytes, .length = length };
	*t = (struct taking){
		.take = take, .context = context, .wanted = SIZE_MAX
	};
	t->report.rows =
	    arena_array(&arena, REPORT_ROWS_MAX, sizeof(*t->report.rows));
	code = job_open(&job, &arena, read_job, in, err);
	if (code == OK) {
		take_parts(t, &job, &in->part);
		job_close(&job);
		if (!t->has_ended)
			code = err_set(err, ERR_LIMIT, NULL,
			    "What reads reports ended over it: it is broken, "
			    "or was made to do harm.");
		else if ((code = t->end.code) != OK && err != NULL)
			*err = t->end;
	}
	arena_free(&arena);
	return code;
}
