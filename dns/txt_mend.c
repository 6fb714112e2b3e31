#include "dns/txt_mend.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

struct mend {
	const char *bytes, *in_place;
};

/* The longer before those that they begin with. */
static const struct mend mends[] = {
	{ "\\059", ";" }, /* as a zone file writes it */
	{ "\\032", " " },
	{ "\\", "" },
	{ "\"", "" },
	{ "\xE2\x80\x98", "" }, /* curly quotes */
	{ "\xE2\x80\x99", "" },
	{ "\xE2\x80\x9C", "" },
	{ "\xE2\x80\x9D", "" },
	{ "\xE2\x80\x9E", "" },
	{ "\xC2\xAB", "" },
	{ "\xC2\xBB", "" },
	{ "\xE2\x80\x8B", "" }, /* blanks without width */
	{ "\xEF\xBB\xBF", "" },
	{ "\xC2\xA0", " " },
	{ "\xE2\x80\x93", "-" },
	{ "\xE2\x80\x94", "-" },
	{ "\r", " " },
	{ "\n", " " },
	{ "\t", " " },
};

static const struct mend *
mend_at(const char *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof(mends) / sizeof(mends[0]); i++) {
		const size_t n = strlen(mends[i].bytes);

		if (n <= length && memcmp(bytes, mends[i].bytes, n) == 0)
			return &mends[i];
	}
	return NULL;
}

/* False when it didn't fit. */
static bool
clean(char to[DNS_VALUE_SIZE], const char *bytes, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length;) {
		const struct mend *mend = mend_at(bytes + i, length - i);
		const char own[2] = { bytes[i], '\0' };
		const char *sign = mend != NULL ? mend->in_place : own;

		if (used + 1 == DNS_VALUE_SIZE)
			break;
		/* A NUL would end it; a byte that is no text spoils a tag. */
		if (mend == NULL && bytes[i] == '\0')
			sign = "?";
		if (*sign != '\0')
			to[used++] = *sign;
		i += mend != NULL ? strlen(mend->bytes) : 1;
		if (i >= length) {
			to[used] = '\0';
			return true;
		}
	}
	to[used] = '\0';
	return length == 0;
}

/* Behind the version, blanks, foreign signs and letter case aside; NULL when
 * it isn't at `at`. */
static const char *
behind_version(const char *at, const char *version)
{
	for (; *version != '\0'; at++) {
		if (*at == ' ' || (unsigned char)*at >= 0x80)
			continue;
		if (strncasecmp(at, version, 1) != 0)
			return NULL;
		version++;
	}
	return at;
}

static const char *
find_version(const char *text, const char *version)
{
	for (; *text != '\0'; text++)
		if (*text != ' ' && behind_version(text, version) != NULL)
			return behind_version(text, version);
	return NULL;
}

/* Does a tag begin here: its name and "="? */
static bool
is_tag(const char *at, const char *const *tags)
{
	for (; *tags != NULL; tags++) {
		const size_t length = strlen(*tags);

		if (strncmp(at, *tags, length) == 0 &&
		    at[length + strspn(at + length, " ")] == '=')
			return true;
	}
	return false;
}

static bool
is_between(char c)
{
	return c == ' ' || c == ',' || c == ';';
}

/* Takes the blanks and signs in front of a tag away, and gives a semicolon. */
static size_t
part(char *to, size_t used)
{
	while (used > 0 && is_between(to[used - 1]))
		used--;
	to[used++] = ';';
	to[used++] = ' ';
	return used;
}

void
txt_mend(char to[DNS_VALUE_SIZE], const char *bytes, size_t length,
    const char *version, const char *const *tags)
{
	char text[DNS_VALUE_SIZE];
	const bool is_whole = clean(text, bytes, length);
	const char *at = find_version(text, version);
	size_t used;

	text_copy(to, DNS_VALUE_SIZE, version);
	used = strlen(to);
	if (at == NULL)
		return;
	/* "v=DMARC1.", "v=DMARC1:" */
	at += strspn(at, " ,;:.");
	used = part(to, used);
	for (; *at != '\0' && used + 3 < DNS_VALUE_SIZE; at++) {
		if (is_between(to[used - 1]) && is_tag(at, tags))
			used = part(to, used);
		to[used++] = *at;
	}
	while (used > 0 && is_between(to[used - 1]))
		used--;
	to[used] = '\0';
	if ((!is_whole || *at != '\0') && strrchr(to, ';') != NULL)
		*strrchr(to, ';') = '\0';
}
