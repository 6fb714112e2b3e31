#include "mail/health_machine.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail/queue.h"

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
