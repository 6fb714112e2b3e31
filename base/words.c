#include "base/words.h"

#include <stdbool.h>
#include <string.h>

/* Copies one word from *from to *to, without its quotes; false when a quote
 * has no end. */
static bool
take_word(char **from, char **to)
{
	char quote = '\0';

	for (char c; (c = **from) != '\0'; (*from)++) {
		if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n'))
			break;
		if (c == quote) {
			quote = '\0';
			continue;
		}
		if (quote == '\0' && (c == '\'' || c == '"')) {
			quote = c;
			continue;
		}
		if (c == '\\' && quote != '\'' && (*from)[1] != '\0')
			c = *++*from;
		*(*to)++ = c;
	}
	return quote == '\0';
}

int
words_split(char *line, char **words, int max)
{
	char *from = line, *to = line;
	int count = 0;

	for (;;) {
		from += strspn(from, " \t\n");
		if (*from == '\0')
			return count;
		if (count == max)
			return -1;
		words[count++] = to;
		if (!take_word(&from, &to))
			return -1;
		/* The word's end may be where the next one begins. */
		if (*from != '\0')
			from++;
		*to++ = '\0';
	}
}
