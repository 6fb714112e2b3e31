#include "dns/difference.h"

#include <string.h>

#include "base/text.h"

/* True when the texts are the same but for the bytes in `signs`. */
static bool
same_without(const char *signs, const char *a, size_t a_length, const char *b,
    size_t b_length)
{
	size_t i = 0, j = 0;

	for (;;) {
		while (
		    i < a_length && strchr(signs, a[i]) != NULL && a[i] != '\0')
			i++;
		while (
		    j < b_length && strchr(signs, b[j]) != NULL && b[j] != '\0')
			j++;
		if (i == a_length || j == b_length)
			return i == a_length && j == b_length;
		if (a[i++] != b[j++])
			return false;
	}
}

/* How many bytes at the end are the same. */
static size_t
same_end(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t n = 0;

	while (n < a_length && n < b_length &&
	    a[a_length - 1 - n] == b[b_length - 1 - n])
		n++;
	return n;
}

int
difference_describe(char to[DIFFERENCE_SIZE], const char *found,
    size_t found_length, const char *wanted, size_t wanted_length)
{
	size_t at = 0;

	while (
	    at < found_length && at < wanted_length && found[at] == wanted[at])
		at++;
	to[0] = '\0';
	if (at == found_length && at == wanted_length)
		return -1;
	if (at == found_length)
		text_format(to, DIFFERENCE_SIZE,
		    "It was cut after %zu characters; %zu are missing.", at,
		    wanted_length - at);
	else if (at == wanted_length)
		text_format(to, DIFFERENCE_SIZE,
		    "It has %zu characters too many at its end.",
		    found_length - at);
	else if (same_without("\"", found, found_length, wanted, wanted_length))
		text_format(to, DIFFERENCE_SIZE,
		    "Quotation marks are part of the text, the first at "
		    "character %zu.",
		    at + 1);
	else if (same_without(
		     " \t\r\n", found, found_length, wanted, wanted_length))
		text_format(to, DIFFERENCE_SIZE,
		    found_length > wanted_length
			? "There is a blank too many at character %zu."
			: "A blank is missing at character %zu.",
		    at + 1);
	else if (same_without(
		     "\" \t\r\n", found, found_length, wanted, wanted_length))
		text_format(to, DIFFERENCE_SIZE,
		    "Quotation marks and blanks are part of the text, the "
		    "first at character %zu: two strings were stored as one.",
		    at + 1);
	else if (same_without("\\", found, found_length, wanted, wanted_length))
		text_format(to, DIFFERENCE_SIZE,
		    "Backslashes are part of the text, the first at character "
		    "%zu.",
		    at + 1);
	else if (at + same_end(found, found_length, wanted, wanted_length) >=
	    wanted_length - 2)
		text_format(to, DIFFERENCE_SIZE,
		    "One or two characters differ, at character %zu.", at + 1);
	else
		text_format(
		    to, DIFFERENCE_SIZE, "They part at character %zu.", at + 1);
	return (int)at;
}
