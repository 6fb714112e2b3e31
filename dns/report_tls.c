/* TLS reports: JSON (RFC 8460 section 4.4). */
#include <jansson.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "dns/report.h"

#define DETAILS_MAX 4096

static void
copy_text(char *to, size_t size, const json_t *value)
{
	const char *text = json_string_value(value);

	to[0] = '\0';
	if (text != NULL)
		text_visible(to, size, text, strlen(text));
}

/* "2016-04-01T00:00:00Z"; 0 for anything else. */
static int64_t
moment(const json_t *value)
{
	const char *text = json_string_value(value);
	struct tm tm = { 0 };

	if (text == NULL || strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		return 0;
	return timegm(&tm);
}

static int64_t
count(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) > 0
	    ? json_integer_value(value)
	    : 0;
}

static int64_t
less(int64_t from, int64_t part)
{
	return part < from ? from - part : 0;
}

/* One kind of failure; gives the sessions that failed so. */
static int64_t
take_detail(struct report *report, const json_t *detail)
{
	struct report_row row = {
		.failed =
		    count(json_object_get(detail, "failed-session-count")),
	};

	copy_text(row.source, sizeof(row.source),
	    json_object_get(detail, "sending-mta-ip"));
	if (row.source[0] == '\0')
		copy_text(row.source, sizeof(row.source),
		    json_object_get(detail, "receiving-mx-hostname"));
	copy_text(row.result, sizeof(row.result),
	    json_object_get(detail, "result-type"));
	report_add(report, &row);
	return row.failed;
}

static void
take_policy(struct report *report, const json_t *entry)
{
	const json_t *policy = json_object_get(entry, "policy");
	const json_t *summary = json_object_get(entry, "summary");
	const json_t *details = json_object_get(entry, "failure-details");
	const size_t total = json_array_size(details);
	struct report_row row = {
		.passed = count(
		    json_object_get(summary, "total-successful-session-count")),
		.failed = count(
		    json_object_get(summary, "total-failure-session-count")),
	};

	if (report->domain[0] == '\0')
		copy_text(report->domain, sizeof(report->domain),
		    json_object_get(policy, "policy-domain"));
	copy_text(row.result, sizeof(row.result),
	    json_object_get(policy, "policy-type"));
	for (size_t i = 0; i < total && i < DETAILS_MAX; i++)
		row.failed = less(row.failed,
		    take_detail(report, json_array_get(details, i)));
	report_add(report, &row);
}

enum err_code
report_read_tls(
    struct report *report, const char *bytes, size_t length, struct err *err)
{
	json_t *document =
	    json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *policies = json_object_get(document, "policies");
	const json_t *range = json_object_get(document, "date-range");

	report->kind = REPORT_TLS;
	if (!json_is_array(policies)) {
		json_decref(document);
		return err_set(
		    err, ERR_INVALID, NULL, "The JSON is no TLS report.");
	}
	copy_text(report->reporter, sizeof(report->reporter),
	    json_object_get(document, "organization-name"));
	copy_text(report->id, sizeof(report->id),
	    json_object_get(document, "report-id"));
	report->begin_at = moment(json_object_get(range, "start-datetime"));
	report->end_at = moment(json_object_get(range, "end-datetime"));
	for (size_t i = 0; i < json_array_size(policies) && i < DETAILS_MAX;
	     i++)
		take_policy(report, json_array_get(policies, i));
	text_lower(report->domain);
	json_decref(document);
	return OK;
}
