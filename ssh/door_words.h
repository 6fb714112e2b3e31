/*
 * door_words.h - the words of the box that are no command: what each door
 * does and takes, for "help" and "WORD --help".
 *
 * Help reads no state directory: who has none yet needs it most.
 */
#ifndef SSH_DOOR_WORDS_H
#define SSH_DOOR_WORDS_H

struct door_word {
	const char *word;  /* "serve" */
	const char *takes; /* "[--listen ADDR:PORT]", for the usage */
	const char *help;  /* one sentence */
	const char *more;  /* what the usage leaves open; lines, or "" */
};

extern const struct door_word door_words[]; /* ends with .word == NULL */

/* The row of that word, or NULL. */
const struct door_word *door_word_by_name(const char *);

/* Each with its sentence, as lines of "help". */
void door_words_put_all(void);

/* Usage and meaning of one: exit status 0. */
int door_word_help(const struct door_word *);

/* Whether the words are "WORD --help", "WORD -h" or "help WORD" for one of
 * them; that one, or NULL. */
const struct door_word *door_word_asked(int word_count, char **words);

#endif
