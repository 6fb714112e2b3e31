#include "dns/report.h"

#include <string.h>

#include "base/text.h"

#define OTHERS "others"

enum err_code
report_read(struct report *report, struct arena *arena, const char *bytes,
    size_t length, struct err *err)
{
	size_t at = 0;

	memset(report, 0, sizeof(*report));
	report->rows =
	    arena_array(arena, REPORT_ROWS_MAX, sizeof(*report->rows));
	if (length > REPORT_MAX)
		return err_set(err, ERR_LIMIT, NULL,
		    "The report has more than %d MiB.",
		    REPORT_MAX / 1024 / 1024);
	if (length > 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		at = 3;
	while (at < length && strchr(" \t\r\n", bytes[at]) != NULL)
		at++;
	if (at < length && bytes[at] == '<')
		return report_read_dmarc(report, bytes, length, err);
	if (at < length && bytes[at] == '{')
		return report_read_tls(report, bytes + at, length - at, err);
	return err_set(err, ERR_INVALID, NULL,
	    "It is neither a DMARC report (XML) nor a TLS report (JSON).");
}

static struct report_row *
row_of(struct report *report, const struct report_row *like)
{
	static const struct report_row others = { OTHERS, OTHERS, "" };
	struct report_row *row;

	for (size_t i = 0; i < report->row_count; i++) {
		row = &report->rows[i];
		if (text_is_same(row->source, like->source) &&
		    text_is_same(row->result, like->result) &&
		    text_is_same(row->disposition, like->disposition))
			return row;
	}
	if (report->row_count == REPORT_ROWS_MAX)
		return &report->rows[REPORT_ROWS_MAX - 1];
	row = &report->rows[report->row_count++];
	*row = report->row_count == REPORT_ROWS_MAX ? others : *like;
	row->passed = row->failed = row->dkim = row->spf = 0;
	return row;
}

static void
add_to(int64_t *total, int64_t more)
{
	int64_t sum;

	if (more > 0 && !__builtin_add_overflow(*total, more, &sum))
		*total = sum;
}

static void
clean(char *to, size_t size, const char *text)
{
	text_visible(to, size, text, strlen(text));
}

void
report_add(struct report *report, const struct report_row *more)
{
	struct report_row like = { .source = "" };
	struct report_row *row;

	clean(like.source, sizeof(like.source), more->source);
	clean(like.result, sizeof(like.result), more->result);
	clean(like.disposition, sizeof(like.disposition), more->disposition);
	row = row_of(report, &like);
	add_to(&row->passed, more->passed);
	add_to(&row->failed, more->failed);
	add_to(&row->dkim, more->dkim);
	add_to(&row->spf, more->spf);
}
