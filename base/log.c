#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_SIZE 1024

static const char *log_name = "postern";

void
log_open(const char *name)
{
	log_name = name;
}

/* systemd reads "<6>" as the priority; it is left out on a terminal. */
static void
write_line(int priority, const char *format, va_list args, const char *why)
{
	char raw[LINE_SIZE / 2], shown[LINE_SIZE], line[LINE_SIZE + 128];
	int length;

	vsnprintf(raw, sizeof(raw), format, args);
	text_escape(shown, sizeof(shown), raw, strlen(raw));
	length = isatty(STDERR_FILENO) == 1
	    ? snprintf(line, sizeof(line), "%s[%d]: %s%s%s\n", log_name,
		  (int)getpid(), shown, why != NULL ? ": " : "",
		  why != NULL ? why : "")
	    : snprintf(line, sizeof(line), "<%d>%s[%d]: %s%s%s\n", priority,
		  log_name, (int)getpid(), shown, why != NULL ? ": " : "",
		  why != NULL ? why : "");
	/* One write, so that lines of several processes don't mix. */
	if (length > 0 && write(STDERR_FILENO, line, strlen(line)) < 0)
		return; /* nobody is left to be told */
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(6, format, args, NULL);
	va_end(args);
}

void
log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(4, format, args, NULL);
	va_end(args);
}

void
log_warn_errno(const char *format, ...)
{
	const int number = errno;
	va_list args;

	va_start(args, format);
	write_line(4, format, args, strerror(number));
	va_end(args);
}
