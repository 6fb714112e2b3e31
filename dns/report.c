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
row_of(struct report *report, const char *source, const char *result)
{
	struct report_row *row;

	for (size_t i = 0; i < report->row_count; i++) {
		row = &report->rows[i];
		if (text_is_same(row->source, source) &&
		    text_is_same(row->result, result))
			return row;
	}
	if (report->row_count == REPORT_ROWS_MAX)
		return &report->rows[REPORT_ROWS_MAX - 1];
	row = &report->rows[report->row_count++];
	if (report->row_count == REPORT_ROWS_MAX)
		source = result = OTHERS;
	text_copy(row->source, sizeof(row->source), source);
	text_copy(row->result, sizeof(row->result), result);
	return row;
}

static int64_t
sum(int64_t a, int64_t b)
{
	int64_t total;

	if (b < 0 || __builtin_add_overflow(a, b, &total))
		return a;
	return total;
}

void
report_add(struct report *report, const char *source, const char *result,
    int64_t passed, int64_t failed)
{
	char clean_source[REPORT_SOURCE_SIZE], clean_result[80];
	struct report_row *row;

	text_visible(
	    clean_source, sizeof(clean_source), source, strlen(source));
	text_visible(
	    clean_result, sizeof(clean_result), result, strlen(result));
	row = row_of(report, clean_source, clean_result);
	row->passed = sum(row->passed, passed);
	row->failed = sum(row->failed, failed);
}
