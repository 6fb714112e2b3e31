/*
 * log_line.h - one line of the mail log, taken apart.
 *
 *	Nov 24 18:20:01 mx postfix/smtp[12]: 4Wx: to=<a@b.example>, relay=...
 *	2026-11-24T18:20:01.123456+00:00 mx postfix/smtp[12]: 4Wx: to=<...
 *
 * Both forms of the time are understood: what rsyslog and postlogd write.
 * All of it is foreign text: show it through text_visible().
 */
#ifndef MAIL_LOG_LINE_H
#define MAIL_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_SIZE    4096 /* bytes; what is longer is cut */
#define LOG_PROCESS_SIZE 48
#define LOG_ID_SIZE      24 /* a queue id */

struct log_line {
	int64_t at;                     /* seconds since 1970 UTC; 0: unclear */
	char process[LOG_PROCESS_SIZE]; /* "postfix/smtp" */
	char id[LOG_ID_SIZE];           /* queue id, "NOQUEUE", or "" */
	const char *rest; /* behind the id, in the text that was given */
};

/* False when it is no line of a log.  A time without a year is taken for the
 * last one before `now`. */
bool log_line_parse(struct log_line *, const char *text, int64_t now);

/*
 * The value of "NAME=" in `rest`, without its angle brackets; values end at
 * ", " or at a blank.  False when it is not there, or too long.
 */
bool log_line_value(
    const struct log_line *, const char *name, char *to, size_t size);

#endif
