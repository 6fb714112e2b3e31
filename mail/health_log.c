#include "mail/health_log.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail/log_line.h"

#define LOG_TAIL     (256 * 1024) /* bytes of the log that are read */
#define LOG_SECONDS  86400
#define SILENT_HOSTS 3 /* one alone may be down */
#define HOSTS_MAX    8 /* that are told apart */

/* Calls `take` for each line of the last day; false when the log can't be
 * read, which is then noted. */
static bool
walk(const struct health_subject *s, struct health_row *row, const char *name,
    void (*take)(void *argument, const struct log_line *), void *argument)
{
	FILE *file = fopen(s->log, "re");
	const int64_t now = clock_now();
	char text[LOG_LINE_SIZE];
	struct log_line line;

	if (file == NULL) {
		health_note(row, name, MAIL_UNKNOWN, NULL,
		    "The mail log %s can't be read: put the console's user "
		    "into the group that owns it, usually adm.",
		    s->log);
		return false;
	}
	if (fseek(file, -LOG_TAIL, SEEK_END) != 0)
		rewind(file);
	while (fgets(text, sizeof(text), file) != NULL) {
		text[strcspn(text, "\n")] = '\0';
		if (log_line_parse(&line, text, now) &&
		    line.at >= now - LOG_SECONDS)
			take(argument, &line);
	}
	fclose(file);
	return true;
}

/* ---- alarms ---- */

struct alarms {
	size_t count;
	char last[LOG_LINE_SIZE];
};

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

static void
take_alarm(void *argument, const struct log_line *line)
{
	struct alarms *alarms = argument;

	if (!is_alarm(line))
		return;
	alarms->count++;
	text_format(alarms->last, sizeof(alarms->last), "%s: %s", line->process,
	    line->rest);
}

void
health_look_log(const struct health_subject *s, struct health_row *row)
{
	struct alarms alarms = { .count = 0 };

	if (!walk(s, row, "log", take_alarm, &alarms))
		return;
	if (alarms.count == 0)
		health_note(row, "log", MAIL_PASS, NULL,
		    "No daemon said fatal, panic or throttling in the last "
		    "day.");
	else
		health_note(row, "log", MAIL_WARN, NULL,
		    "%zu times in the last day a daemon could not go on, last: "
		    "%.160s",
		    alarms.count, alarms.last);
}

/* ---- mail that leaves ---- */

struct outbound {
	size_t sent; /* to other mail servers */
	char silent[HOSTS_MAX][HOST_NAME_SIZE];
	size_t silent_count;
};

static void
add_silent(struct outbound *outbound, const char *host, size_t length)
{
	char name[HOST_NAME_SIZE];

	if (!text_format(name, sizeof(name), "%.*s", (int)length, host))
		return;
	for (size_t i = 0; i < outbound->silent_count; i++)
		if (text_is_same(outbound->silent[i], name))
			return;
	if (outbound->silent_count < HOSTS_MAX)
		text_copy(outbound->silent[outbound->silent_count++],
		    HOST_NAME_SIZE, name);
}

/*
 * "connect to mx.example.com[192.0.2.1]:25: Connection timed out", and
 * "to=<a@b.example>, relay=mx.b.example[192.0.2.2]:25, ..., status=sent (250".
 */
static void
take_outbound(void *argument, const struct log_line *line)
{
	static const char connect[] = "connect to ";
	struct outbound *outbound = argument;
	char relay[LOG_LINE_SIZE], status[16];

	if (!text_is_same(line->process, "postfix/smtp"))
		return;
	if (text_starts_with(line->rest, connect)) {
		if (strstr(line->rest, "]:25: Connection timed out") != NULL)
			add_silent(outbound, line->rest + strlen(connect),
			    strcspn(line->rest + strlen(connect), "["));
		return;
	}
	if (log_line_value(line, "relay", relay, sizeof(relay)) &&
	    strstr(relay, "]:25") != NULL &&
	    log_line_value(line, "status", status, sizeof(status)) &&
	    text_is_same(status, "sent"))
		outbound->sent++;
}

void
health_look_outbound(const struct health_subject *s, struct health_row *row)
{
	struct outbound outbound = { .sent = 0 };

	if (!walk(s, row, "outbound", take_outbound, &outbound))
		return;
	if (outbound.sent > 0)
		health_note(row, "outbound", MAIL_PASS, NULL,
		    "%zu message%s left for other mail servers in the last "
		    "day.",
		    outbound.sent, outbound.sent == 1 ? "" : "s");
	else if (outbound.silent_count >= SILENT_HOSTS)
		health_note(row, "outbound", MAIL_FAIL, NULL,
		    "No message left in the last day, and %zu mail servers are "
		    "silent, such as %.100s: ask the provider of this server "
		    "to open port 25 outwards.",
		    outbound.silent_count, outbound.silent[0]);
	else
		health_note(row, "outbound", MAIL_PASS, NULL,
		    "No message had to leave in the last day.");
}
