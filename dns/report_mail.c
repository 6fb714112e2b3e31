/*
 * The attachments of a mail message (RFC 2045, 2046), as far as reports need
 * them: parts of a multipart, base64 or as they are.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dns/report.h"

#define DEPTH_MAX     4
#define PARTS_MAX     32
#define BOUNDARY_SIZE 80 /* RFC 2046 section 5.1.1: at most 70 */

struct walk {
	struct arena *arena;
	void (*take)(void *context, const char *bytes, size_t length);
	void *context;
	size_t parts;
};

struct part {
	const char *head, *body, *end;
};

/* Where the headers end, or NULL. */
static const char *
body_of(const char *from, const char *end)
{
	for (const char *at = from; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (stop == NULL)
			return NULL;
		if (stop == at || (stop == at + 1 && *at == '\r'))
			return stop + 1;
		at = stop + 1;
	}
	return NULL;
}

/* The value of a header with its folds, "" when there is none. */
static void
header(const struct part *part, const char *name, char *to, size_t size)
{
	const size_t length = strlen(name);
	size_t used = 0;

	to[0] = '\0';
	for (const char *at = part->head; at < part->body;) {
		const char *stop = memchr(at, '\n', (size_t)(part->body - at));
		const bool is_it = used == 0 &&
		    (size_t)(part->body - at) > length &&
		    strncasecmp(at, name, length) == 0 && at[length] == ':';
		const bool is_fold = used > 0 && (*at == ' ' || *at == '\t');

		if (stop == NULL)
			stop = part->body - 1;
		if (is_it)
			at += length + 1;
		else if (used > 0 && !is_fold)
			return;
		if (is_it || is_fold) {
			for (; at < stop && used + 1 < size; at++)
				to[used++] = *at == '\0' ? ' ' : *at;
			to[used] = '\0';
		}
		at = stop + 1;
	}
}

static bool
find_boundary(const char *type, char to[BOUNDARY_SIZE])
{
	const char *at = strcasestr(type, "boundary=");
	size_t used = 0;
	bool is_quoted;

	if (strcasestr(type, "multipart/") == NULL || at == NULL)
		return false;
	at += strlen("boundary=");
	is_quoted = *at == '"';
	at += is_quoted;
	while (*at != '\0' && used + 1 < BOUNDARY_SIZE &&
	    (is_quoted ? *at != '"' : strchr("; \t\r\n", *at) == NULL))
		to[used++] = *at++;
	to[used] = '\0';
	return used > 0;
}

/* ---- base64 with line ends ---- */

static int
digit_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
				     "mnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

static void
take_base64(struct walk *walk, const struct part *part)
{
	const size_t length = (size_t)(part->end - part->body);
	char *to = arena_alloc(walk->arena, length / 4 * 3 + 4);
	size_t used = 0;
	unsigned bits = 0;
	int have = 0;

	for (const char *at = part->body; at < part->end && *at != '='; at++) {
		const int value = digit_value(*at);

		if (value < 0)
			continue;
		bits = (bits << 6 | (unsigned)value) & 0xFFFFFF;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		to[used++] = (char)(bits >> have & 0xFF);
	}
	walk->take(walk->context, to, used);
}

/* ---- parts ---- */

static void walk_part(
    struct walk *, const char *from, const char *end, int depth);

/* The next line that is "--boundary"; *stop is behind it. */
static const char *
next_boundary(
    const char *from, const char *end, const char *boundary, const char **stop)
{
	const size_t length = strlen(boundary);

	for (const char *at = from; at < end;) {
		const char *line = memchr(at, '\n', (size_t)(end - at));

		*stop = line != NULL ? line + 1 : end;
		if ((size_t)(end - at) >= length + 2 && at[0] == '-' &&
		    at[1] == '-' && memcmp(at + 2, boundary, length) == 0)
			return at;
		at = *stop;
	}
	return NULL;
}

static void
walk_parts(
    struct walk *walk, const struct part *part, const char *boundary, int depth)
{
	const char *behind, *next;
	const char *at =
	    next_boundary(part->body, part->end, boundary, &behind);

	while (at != NULL && walk->parts < PARTS_MAX) {
		const char *from = behind;

		next = next_boundary(from, part->end, boundary, &behind);
		walk_part(walk, from, next != NULL ? next : part->end, depth);
		at = next;
	}
}

static void
walk_part(struct walk *walk, const char *from, const char *end, int depth)
{
	struct part part = { from, body_of(from, end), end };
	char value[400], boundary[BOUNDARY_SIZE];

	if (part.body == NULL || depth > DEPTH_MAX)
		return;
	header(&part, "Content-Type", value, sizeof(value));
	if (find_boundary(value, boundary)) {
		walk_parts(walk, &part, boundary, depth + 1);
		return;
	}
	walk->parts++;
	header(&part, "Content-Transfer-Encoding", value, sizeof(value));
	if (strcasestr(value, "base64") != NULL)
		take_base64(walk, &part);
	else
		walk->take(walk->context, part.body, (size_t)(end - part.body));
}

void
report_mail_parts(struct arena *arena, const char *bytes, size_t length,
    void (*take)(void *context, const char *bytes, size_t length),
    void *context)
{
	struct walk walk = { .arena = arena, .take = take, .context = context };

	walk_part(&walk, bytes, bytes + length, 0);
}
