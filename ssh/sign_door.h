/*
 * sign_door.h - the doors for what signs: the milter, and its vault.
 */
#ifndef SSH_SIGN_DOOR_H
#define SSH_SIGN_DOOR_H

#include <stdbool.h>

#include "base/err.h"

/* The vault of a new server, while the caller may still be root: its key
 * belongs to the user of the milter. */
enum err_code sign_door_make_vault(
    const char *state_directory, struct err *) MUST_USE;

/* Gives the vault's key, an open file, to that user, where there is one;
 * false with errno. */
bool sign_door_give_key(int fd);

/* "milter [--socket PATH]": serves until SIGTERM; started by root it becomes
 * the milter's user. */
int sign_door_milter(const char *state_directory, const char *socket_path);

/* "vault make" and "vault rotate", on the box. */
int sign_door_vault(const char *state_directory, int word_count, char **words);

#endif
