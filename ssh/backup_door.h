/*
 * backup_door.h - the doors "backup" and "restore": everything that makes
 * this server in one file, and back.
 *
 * In it are the database, host keys, vault and DKIM keys.  What is written
 * from the database (the maps of the mail servers, MTA-STS policies) is not:
 * restoring writes it anew.  The mail is not in it either.
 */
#ifndef SSH_BACKUP_DOOR_H
#define SSH_BACKUP_DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define BACKUP_DKIM "dkim/" /* before DOMAIN.SELECTOR.private */

#define BACKUP_KEY_MAX (16 << 10) /* bytes of a key or certificate */

/* A file of the state directory. */
struct backup_file {
	const char *name;
	bool is_needed;   /* no backup without it */
	bool is_public;   /* mode 0644 */
	bool is_of_vault; /* belongs to the user that signs */
	/* NULL: the database. */
	bool (*is_sound)(const char *bytes, size_t length);
};

extern const struct backup_file backup_files[]; /* ends with a zero row */

/* Only root and the owner of the state directory may. */
enum err_code backup_may(const char *state_directory, struct err *) MUST_USE;

/* Give the exit status. */
int backup_door(const char *state_directory, int word_count, char **words);
int restore_door(const char *state_directory, int word_count, char **words);

#endif
