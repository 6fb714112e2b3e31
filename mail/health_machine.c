#include "mail/health_machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail/log_line.h"
#include "mail/queue.h"

#define LOG_TAIL        (256 * 1024) /* bytes of the log that are read */
#define LOG_SECONDS     86400
#define QUEUE_WARNING   100 /* messages that wait for another try */
#define QUEUE_OLD       (4 * 3600)
#define DISK_WARNING    10 /* per cent free */
#define DISK_FAILURE    3
#define QUEUE_LOOKED_AT 1
void
health_look_queue(const struct health_subject *s, struct health_row *row)
{
	struct arena arena = { 0 };
	struct queue queue = { 0 };
	struct err err = { 0 };
	char age[32];

	if (queue_read(&queue, &arena,
		s->postfix_directory[0] == '\0' ? NULL : s->postfix_directory,
		QUEUE_LOOKED_AT, &err) != OK) {
		health_note(
		    row, "queue", MAIL_UNKNOWN, "postqueue -p", "%s", err.text);
		arena_free(&arena);
		return;
	}
	clock_format_age(age, sizeof(age), clock_now() - queue.oldest_at);
	if (queue.messages == 0)
		health_note(row, "queue", MAIL_PASS, NULL, "No message waits.");
	else if (queue.deferred >= QUEUE_WARNING ||
	    clock_now() - queue.oldest_at > QUEUE_OLD)
		health_note(row, "queue", MAIL_WARN, "postern mail queue",
		    "%zu messages wait, %zu of them for another try, the "
		    "oldest for %s.",
		    queue.messages, queue.deferred, age);
	else
		health_note(row, "queue", MAIL_PASS, NULL,
		    "%zu messages wait, the oldest for %s.", queue.messages,
		    age);
	arena_free(&arena);
}

void
health_look_disk(const char *path, struct health_row *row)
{
	struct statvfs status;
	unsigned long free_percent, inodes;
	char left[32];

	if (statvfs(path, &status) != 0) {
		health_note(row, "disk", MAIL_FAIL, NULL,
		    "%s can't be looked at: is it mounted?", path);
		return;
	}
	free_percent = status.f_blocks == 0
	    ? 100
	    : (unsigned long)(status.f_bavail * 100 / status.f_blocks);
	inodes = status.f_files == 0
	    ? 100
	    : (unsigned long)(status.f_favail * 100 / status.f_files);
	text_from_bytes(
	    left, sizeof(left), (int64_t)(status.f_bavail * status.f_frsize));
	if (inodes < free_percent)
		free_percent = inodes;
	health_note(row, "disk",
	    free_percent < DISK_FAILURE       ? MAIL_FAIL
		: free_percent < DISK_WARNING ? MAIL_WARN
					      : MAIL_PASS,
	    free_percent < DISK_WARNING ? "df -h; df -i" : NULL,
	    "%s has %s free, %lu %%.", path, left, free_percent);
}

/* How a daemon says that it can't go on; in its own words only, not in what
 * it repeats of others. */
static bool
is_alarm(const struct log_line *line)
{
	static const char *const starts[] = {
		"fatal: ", "panic: ", "Fatal: ", "Panic: ", NULL
	};

	for (size_t i = 0; starts[i] != NULL; i++)
		if (text_starts_with(line->rest, starts[i]))
			return true;
	return text_is_same(line->process, "postfix/master") &&
	    strstr(line->rest, "throttling") != NULL;
}

void
health_look_log(const struct health_subject *s, struct health_row *row)
{
	FILE *file = fopen(s->log, "re");
	const int64_t now = clock_now();
	char text[LOG_LINE_SIZE], last[LOG_LINE_SIZE] = "";
	size_t count = 0;

	if (file == NULL) {
		health_note(row, "log", MAIL_UNKNOWN, NULL,
		    "The mail log %s can't be read: put the console's user "
		    "into the group that owns it, usually adm.",
		    s->log);
		return;
	}
	if (fseek(file, -LOG_TAIL, SEEK_END) != 0)
		rewind(file);
	while (fgets(text, sizeof(text), file) != NULL) {
		struct log_line line;

		text[strcspn(text, "\n")] = '\0';
		if (!log_line_parse(&line, text, now) ||
		    line.at < now - LOG_SECONDS || !is_alarm(&line))
			continue;
		count++;
		text_format(
		    last, sizeof(last), "%s: %s", line.process, line.rest);
	}
	fclose(file);
	if (count == 0)
		health_note(row, "log", MAIL_PASS, NULL,
		    "No daemon said fatal, panic or throttling in the last "
		    "day.");
	else
		health_note(row, "log", MAIL_WARN, NULL,
		    "%zu times in the last day a daemon could not go on, last: "
		    "%.160s",
		    count, last);
}
