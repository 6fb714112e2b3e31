#include "ssh/door_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/text.h"

/* clang-format off */
const struct door_word door_words[] = {
	{ "init", "admin=ADDRESS key=FILE",
	  "Makes the state directory, host key and first super admin.",
	  "  admin          Mail address of the first super admin.\n"
	  "  key            File with that person's SSH public key, such as id_ed25519.pub.\n" },
	{ "serve", "[--listen ADDR[:PORT]]",
	  "Serves SSH.",
	  "  --listen       Where; 127.0.0.1 port 2222 without it.  At most eight times.\n" },
	{ "console", "[--resolver ADDR[:PORT]]",
	  "The screens on this terminal, as the operator of the server.",
	  "  --resolver     Ask this resolver instead of those of the settings.\n" },
	{ "milter", "[--socket PATH]",
	  "Answers Postfix about submitted mail: the From address, S/MIME.",
	  "  --socket       Where Postfix reaches it.\n" },
	{ "vault", "make|rotate",
	  "Makes the key pair of the vault, or seals everything to a new one.",
	  "" },
	{ "backup", "FILE",
	  "Writes the database and all keys into one file, for restore.",
	  "  FILE           A tar file that is made, for its owner alone; one that is there is not written over.\n" },
	{ "restore", "FILE --yes NAME",
	  "Puts a backup in place of what is here; without --yes only looks whether it is sound.",
	  "  FILE           What backup made.\n"
	  "  --yes          The name of the server that the backup is of.\n" },
	{ 0 }
};
/* clang-format on */

const struct door_word *
door_word_by_name(const char *word)
{
	for (const struct door_word *d = door_words; d->word != NULL; d++)
		if (text_is_same(d->word, word))
			return d;
	return NULL;
}

void
door_words_put_all(void)
{
	for (const struct door_word *d = door_words; d->word != NULL; d++)
		printf("  %-20s %s\n", d->word, d->help);
}

int
door_word_help(const struct door_word *door)
{
	printf("%s: %s\nusage: postern %s %s [--state DIR]\n\n%s"
	       "  --state        The state directory, instead of "
	       "$POSTERN_STATE or /var/lib/postern.\n",
	    door->word, door->help, door->word, door->takes, door->more);
	return 0;
}

static bool
is_help(const char *word)
{
	return text_is_same(word, "--help") || text_is_same(word, "-h");
}

const struct door_word *
door_word_asked(int count, char **words)
{
	if (count == 2 && (text_is_same(words[0], "help") || is_help(words[0])))
		return door_word_by_name(words[1]);
	for (int i = 1; i < count && !text_is_same(words[i], "--"); i++)
		if (is_help(words[i]) || text_is_same(words[1], "help"))
			return door_word_by_name(words[0]);
	return NULL;
}
