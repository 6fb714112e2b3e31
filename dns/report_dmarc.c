/*
 * DMARC aggregate reports: XML (RFC 7489 appendix C, RFC 9990).  A document
 * type is refused, because it is where entity bombs live; nothing is fetched.
 */
#include <libxml/xmlreader.h>
#include <string.h>

#include "base/text.h"
#include "dns/report.h"

#define DEPTH_MAX 16
#define TEXT_SIZE 128

/* What is kept of the document, each as text. */
struct texts {
	char reporter[TEXT_SIZE], id[TEXT_SIZE], begin[TEXT_SIZE];
	char end[TEXT_SIZE], domain[TEXT_SIZE];
	/* of the record under way */
	char source[TEXT_SIZE], count[TEXT_SIZE], dkim[TEXT_SIZE];
	char spf[TEXT_SIZE], disposition[TEXT_SIZE];
	char any_dkim[TEXT_SIZE], any_spf[TEXT_SIZE]; /* aligned or not */
};

#define TEXT(member) offsetof(struct texts, member)

/* clang-format off */
static const struct {
	const char *path;
	size_t offset;
} places[] = {
	{ "feedback/report_metadata/org_name",                TEXT(reporter) },
	{ "feedback/report_metadata/report_id",               TEXT(id) },
	{ "feedback/report_metadata/date_range/begin",        TEXT(begin) },
	{ "feedback/report_metadata/date_range/end",          TEXT(end) },
	{ "feedback/policy_published/domain",                 TEXT(domain) },
	{ "feedback/record/row/source_ip",                    TEXT(source) },
	{ "feedback/record/row/count",                        TEXT(count) },
	{ "feedback/record/row/policy_evaluated/dkim",        TEXT(dkim) },
	{ "feedback/record/row/policy_evaluated/spf",         TEXT(spf) },
	{ "feedback/record/row/policy_evaluated/disposition", TEXT(disposition) },
	{ "feedback/record/auth_results/dkim/result",         TEXT(any_dkim) },
	{ "feedback/record/auth_results/spf/result",          TEXT(any_spf) },
};
/* clang-format on */

#define PLACE_COUNT (sizeof(places) / sizeof(places[0]))
#define RECORD      "feedback/record"

struct reader {
	struct report *report;
	struct texts texts;
	char path[1024];
	size_t ends[DEPTH_MAX + 1]; /* of the path at each depth */
	int depth;
	bool is_feedback;
};

static void
take_text(struct reader *r, const char *text)
{
	for (size_t i = 0; i < PLACE_COUNT; i++) {
		char *to = (char *)&r->texts + places[i].offset;

		if (strcmp(places[i].path, r->path) != 0)
			continue;
		/* Of several signatures one that passes is enough. */
		if (strcmp(to, "pass") == 0)
			return;
		text_visible(to, TEXT_SIZE, text, strlen(text));
		text_trim(to);
		return;
	}
}

/* One record: messages of one address with one result. */
static void
take_record(struct reader *r)
{
	const bool is_dkim = text_is_same(r->texts.dkim, "pass");
	const bool is_spf = text_is_same(r->texts.spf, "pass");
	struct report_row row = { .source = "" };
	int64_t count = 0;

	text_copy(row.source, sizeof(row.source), r->texts.source);
	text_copy(row.result, sizeof(row.result),
	    is_dkim && is_spf ? "dkim, spf"
		: is_dkim     ? "dkim"
		: is_spf      ? "spf"
			      : "none");
	text_copy(
	    row.disposition, sizeof(row.disposition), r->texts.disposition);
	if (text_to_int64(r->texts.count, &count) && count > 0) {
		row.passed = is_dkim || is_spf ? count : 0;
		row.failed = count - row.passed;
		row.dkim = text_is_same(r->texts.any_dkim, "pass") ? count : 0;
		row.spf = text_is_same(r->texts.any_spf, "pass") ? count : 0;
		report_add(r->report, &row);
	}
	memset(r->texts.source, 0,
	    sizeof(r->texts) - offsetof(struct texts, source));
}

static bool
open_element(struct reader *r, const char *name)
{
	const size_t end = r->ends[r->depth];

	if (r->depth == DEPTH_MAX ||
	    !text_format(r->path + end, sizeof(r->path) - end, "%s%s",
		r->depth == 0 ? "" : "/", name))
		return false;
	r->is_feedback |= r->depth == 0 && strcmp(name, "feedback") == 0;
	r->ends[++r->depth] = strlen(r->path);
	return true;
}

static void
close_element(struct reader *r)
{
	if (strcmp(r->path, RECORD) == 0)
		take_record(r);
	if (r->depth > 0)
		r->path[r->ends[--r->depth]] = '\0';
}

/* False for what may not stand in a report. */
static bool
take_node(struct reader *r, xmlTextReaderPtr xml)
{
	const char *name, *value;

	switch (xmlTextReaderNodeType(xml)) {
	case XML_READER_TYPE_DOCUMENT_TYPE:
	case XML_READER_TYPE_ENTITY_REFERENCE:
		return false;
	case XML_READER_TYPE_ELEMENT:
		name = (const char *)xmlTextReaderConstLocalName(xml);
		if (name == NULL || !open_element(r, name))
			return false;
		if (xmlTextReaderIsEmptyElement(xml) == 1)
			close_element(r);
		return true;
	case XML_READER_TYPE_END_ELEMENT:
		close_element(r);
		return true;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		value = (const char *)xmlTextReaderConstValue(xml);
		if (value != NULL)
			take_text(r, value);
		return true;
	default:
		return true;
	}
}

static void
finish(struct reader *r)
{
	struct report *report = r->report;

	text_copy(
	    report->reporter, sizeof(report->reporter), r->texts.reporter);
	text_copy(report->id, sizeof(report->id), r->texts.id);
	text_copy(report->domain, sizeof(report->domain), r->texts.domain);
	text_lower(report->domain);
	if (!text_to_int64(r->texts.begin, &report->begin_at))
		report->begin_at = 0;
	if (!text_to_int64(r->texts.end, &report->end_at))
		report->end_at = 0;
}

static void
say_nothing(void *context, const char *message, ...)
{
	(void)context;
	(void)message;
}

enum err_code
report_read_dmarc(
    struct report *report, const char *bytes, size_t length, struct err *err)
{
	struct reader reader = { .report = report };
	xmlTextReaderPtr xml;
	int state = -1;

	report->kind = REPORT_DMARC;
	xmlSetGenericErrorFunc(NULL, say_nothing);
	xml = xmlReaderForMemory(bytes, (int)length, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	while (xml != NULL && (state = xmlTextReaderRead(xml)) == 1)
		if (!take_node(&reader, xml)) {
			state = -1;
			break;
		}
	xmlFreeTextReader(xml);
	xmlResetLastError();
	if (state != 0 || !reader.is_feedback)
		return err_set(err, ERR_INVALID, NULL,
		    state != 0 ? "The report is no XML that may be read."
			       : "The XML is no DMARC report.");
	finish(&reader);
	return OK;
}
