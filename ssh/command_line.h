/*
 * command_line.h - the same operations without the screen.
 *
 * "user add address=... --json" means the same over SSH and on the box.  The
 * words, their help and their JSON come from the registries of model/ and
 * from the field tables; this folder adds only the words that read the DNS
 * or the program itself.
 */
#ifndef SSH_COMMAND_LINE_H
#define SSH_COMMAND_LINE_H

#include <stdbool.h>

struct context;

/*
 * Runs one command as context->actor.  Results go to standard output,
 * refusals to standard error (with --json as an object on standard output as
 * well), secrets are read from standard input.  Returns the exit status:
 * 0, those of err_exit_status(), 64 for wrong usage, 127 for an unknown
 * word, and for checks 0 no FAIL, 1 some FAIL, 75 could not tell.  Never 255.
 */
int command_line_run(struct context *, int word_count, char **words);

/*
 * False for words that are answered from the tables alone, with a context of
 * nothing but an actor: help, the release, and words that are no command.
 */
bool command_line_needs_state(int word_count, char **words);

#endif
