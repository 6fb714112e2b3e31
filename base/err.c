#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"

static const struct {
	const char *name;
	int exit_status;
} codes[] = {
	[OK] = { "ok", EX_OK },
	[ERR_DENIED] = { "denied", EX_NOPERM },
	[ERR_INVALID] = { "invalid", EX_DATAERR },
	[ERR_NOT_FOUND] = { "not_found", EX_NOUSER },
	[ERR_CONFLICT] = { "conflict", EX_CANTCREAT },
	[ERR_LIMIT] = { "limit", EX_CANTCREAT },
	[ERR_BUSY] = { "busy", EX_TEMPFAIL },
	[ERR_TIMEOUT] = { "timeout", EX_TEMPFAIL },
	[ERR_SYSTEM] = { "system", EX_OSERR },
};

static void
fill(struct err *err, enum err_code code, const char *field, const char *format,
    va_list args)
{
	char text[ERR_TEXT_SIZE];

	vsnprintf(text, sizeof(text), format, args);
	err->code = code;
	text_copy(err->field, sizeof(err->field), field != NULL ? field : "");
	text_visible(err->text, sizeof(err->text), text, strlen(text));
}

enum err_code
err_set(struct err *err, enum err_code code, const char *field,
    const char *format, ...)
{
	va_list args;

	if (err != NULL) {
		va_start(args, format);
		fill(err, code, field, format, args);
		va_end(args);
	}
	return code;
}

enum err_code
err_set_errno(struct err *err, const char *format, ...)
{
	const int number = errno;
	char why[64];
	va_list args;

	if (err == NULL)
		return ERR_SYSTEM;
	va_start(args, format);
	fill(err, ERR_SYSTEM, NULL, format, args);
	va_end(args);
	snprintf(why, sizeof(why), ": %s.", strerror(number));
	text_append(err->text, sizeof(err->text), why);
	return ERR_SYSTEM;
}

const char *
err_name(enum err_code code)
{
	return codes[code].name;
}

int
err_exit_status(enum err_code code)
{
	return codes[code].exit_status;
}
