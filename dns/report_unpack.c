/*
 * Documents out of gzip, zip and mail, with limits: an archive of some
 * kilobytes may unpack to gigabytes, and is cut off when it tries.
 */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "base/text.h"
#include "dns/report.h"

#define DOCUMENTS_MAX 8
#define TOTAL_MAX     (4 * (size_t)REPORT_MAX)
#define CHUNK         65536

struct unpack {
	struct arena *arena;
	void (*take)(void *context, const char *bytes, size_t length);
	void *context;
	size_t documents, total;
	bool is_over;
};

static void
give(struct unpack *u, const char *bytes, size_t length)
{
	if (u->documents == DOCUMENTS_MAX || length == 0)
		return;
	u->documents++;
	u->take(u->context, bytes, length);
}

/* One entry of the archive, whole; false when it is too large or broken. */
static bool
take_entry(struct unpack *u, struct archive *archive)
{
	struct text_builder builder;
	char chunk[CHUNK];
	ssize_t n;

	text_builder_open(&builder, u->arena, REPORT_MAX);
	while ((n = archive_read_data(archive, chunk, sizeof(chunk))) > 0) {
		u->total += (size_t)n;
		text_add_n(&builder, chunk, (size_t)n);
		if (builder.is_cut || u->total > TOTAL_MAX) {
			u->is_over = true;
			return false;
		}
	}
	if (n < 0)
		return false;
	give(u, builder.data, builder.length);
	return true;
}

static bool
is_packed(const char *bytes, size_t length)
{
	return length > 4 &&
	    (memcmp(bytes, "\x1f\x8b", 2) == 0 ||
		memcmp(bytes, "PK\x03\x04", 4) == 0);
}

static void
take_archive(struct unpack *u, const char *bytes, size_t length)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;

	archive_read_support_filter_gzip(archive);
	archive_read_support_format_zip(archive);
	archive_read_support_format_raw(archive);
	if (archive_read_open_memory(archive, bytes, length) == ARCHIVE_OK)
		while (u->documents < DOCUMENTS_MAX && !u->is_over &&
		    archive_read_next_header(archive, &entry) == ARCHIVE_OK)
			if (!take_entry(u, archive))
				break;
	archive_read_free(archive);
}

static bool
is_document(const char *bytes, size_t length)
{
	size_t at = length > 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

	while (at < length && strchr(" \t\r\n", bytes[at]) != NULL)
		at++;
	return at < length && (bytes[at] == '<' || bytes[at] == '{');
}

/* A part of a message, or what was not a message. */
static void
take_part(void *self, const char *bytes, size_t length)
{
	struct unpack *u = self;

	if (is_packed(bytes, length))
		take_archive(u, bytes, length);
	else if (is_document(bytes, length) && length <= REPORT_MAX)
		give(u, bytes, length);
}

enum err_code
report_unpack(struct arena *arena, const char *bytes, size_t length,
    void (*take)(void *context, const char *bytes, size_t length),
    void *context, struct err *err)
{
	struct unpack u = { .arena = arena, .take = take, .context = context };

	if (is_packed(bytes, length) || is_document(bytes, length))
		take_part(&u, bytes, length);
	else
		report_mail_parts(arena, bytes, length, take_part, &u);
	if (u.is_over)
		return err_set(err, ERR_LIMIT, NULL,
		    "It unpacks to more than %d MiB, which no report has.",
		    REPORT_MAX / 1024 / 1024);
	if (u.documents == 0)
		return err_set(err, ERR_INVALID, NULL,
		    "There is no report in it: XML or JSON, alone, in gzip or "
		    "zip, or in a mail message.");
	return OK;
}
