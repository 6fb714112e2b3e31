#include "mail/log_line.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

/* ---- time ---- */

/* "+01:00" or "Z" at the end of an RFC 3339 time; seconds east of UTC. */
static bool
parse_offset(const char *text, const char **end, int *seconds)
{
	int hours, minutes;

	if (*text == 'Z') {
		*seconds = 0;
		*end = text + 1;
		return true;
	}
	if ((*text != '+' && *text != '-') ||
	    !isdigit((unsigned char)text[1]) ||
	    !isdigit((unsigned char)text[2]) || text[3] != ':' ||
	    !isdigit((unsigned char)text[4]) ||
	    !isdigit((unsigned char)text[5]))
		return false;
	hours = (text[1] - '0') * 10 + (text[2] - '0');
	minutes = (text[4] - '0') * 10 + (text[5] - '0');
	*seconds = (hours * 60 + minutes) * 60 * (*text == '-' ? -1 : 1);
	*end = text + 6;
	return true;
}

static const char *
parse_rfc3339(const char *text, int64_t *at)
{
	struct tm parts = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
	int offset;

	if (end == NULL)
		return NULL;
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	if (!parse_offset(end, &end, &offset))
		return NULL;
	*at = (int64_t)timegm(&parts) - offset;
	return end;
}

/* "Nov 24 18:20:01" in local time (RFC 3164 4.1.2), without a year. */
static const char *
parse_rfc3164(const char *text, int64_t now, int64_t *at)
{
	const time_t seconds = (time_t)now;
	struct tm parts = { 0 }, today;
	const char *end;

	localtime_r(&seconds, &today);
	parts.tm_year = today.tm_year;
	end = strptime(text, "%b %d %H:%M:%S", &parts);
	if (end == NULL)
		return NULL;
	parts.tm_isdst = -1;
	*at = (int64_t)mktime(&parts);
	/* A clock may be a little ahead; December read in January is not. */
	if (*at > now + 86400) {
		parts.tm_year--;
		parts.tm_isdst = -1;
		*at = (int64_t)mktime(&parts);
	}
	return end;
}

/* ---- the rest ---- */

/* Hexadecimal, or the long form of letters without vowels and digits. */
static size_t
id_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]))
		length++;
	return text[length] == ':' && length >= 6 && length < LOG_ID_SIZE
	    ? length
	    : 0;
}

bool
log_line_parse(struct log_line *line, const char *text, int64_t now)
{
	const char *at, *end;
	size_t length;

	*line = (struct log_line){ .rest = "" };
	at = parse_rfc3339(text, &line->at);
	if (at == NULL)
		at = parse_rfc3164(text, now, &line->at);
	if (at == NULL || *at != ' ')
		return false;
	at += 1 + strcspn(at + 1, " "); /* the host */
	if (*at != ' ')
		return false;
	at++;
	end = at + strcspn(at, "[: ");
	length = (size_t)(end - at);
	if (length == 0 || length >= sizeof(line->process))
		return false;
	memcpy(line->process, at, length);
	at = strstr(end, ": ");
	if (at == NULL)
		return false;
	at += 2;
	length = id_length(at);
	if (length > 0) {
		memcpy(line->id, at, length);
		at += length + 1;
		at += *at == ' ';
	}
	line->rest = at;
	return true;
}

bool
log_line_value(
    const struct log_line *line, const char *name, char *to, size_t size)
{
	const size_t name_length = strlen(name);
	const char *at = line->rest;

	while ((at = strstr(at, name)) != NULL) {
		const bool is_start = at == line->rest || at[-1] == ' ';
		size_t length;

		at += name_length;
		if (!is_start || *at != '=')
			continue;
		at++;
		if (*at == '<') {
			at++;
			length = strcspn(at, ">");
		} else
			length = strcspn(at, ", ");
		if (length >= size)
			return false;
		memcpy(to, at, length);
		to[length] = '\0';
		return true;
	}
	return false;
}
