/* The word that somebody may have meant: by edit distance. */
#include <string.h>

#include "base/text.h"

#define WORD_MAX 64

static size_t
least(size_t a, size_t b, size_t c)
{
	const size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static size_t
edit_distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1];
	const size_t length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			const size_t up = row[j];
			const size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;

			row[j] = least(up + 1, row[j - 1] + 1, diagonal + cost);
			diagonal = up;
		}
	}
	return row[length];
}

const char *
text_nearest(const char *word, const char *const *candidates)
{
	const char *nearest = NULL;
	size_t shortest = strlen(word) / 3 + 1;

	if (strlen(word) > WORD_MAX)
		return NULL;
	for (; *candidates != NULL; candidates++) {
		size_t distance;

		if (strlen(*candidates) > WORD_MAX)
			continue;
		distance = edit_distance(word, *candidates);
		if (distance <= shortest &&
		    (nearest == NULL || distance < shortest)) {
			nearest = *candidates;
			shortest = distance;
		}
	}
	return nearest;
}
