/*
 * words.h - a line cut into words, as a shell would and no further.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

/*
 * Cuts a command line into words, in place: blanks part words; '...' and
 * "..." keep blanks; a backslash takes the next character as it is.  Returns
 * the number of words, or -1 when a quote has no end or there are more than
 * `max`.
 */
int words_split(char *line, char **words, int max);

#endif
