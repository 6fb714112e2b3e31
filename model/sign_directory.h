/*
 * sign_directory.h - what the milter reads: the export maps/sign/sign.db,
 * never our own database.  It stays open; another file at its place is seen at
 * the next message, so that a change is followed at once.  Safe for several
 * threads: who comes while it is asked opens it for once.
 */
#ifndef MODEL_SIGN_DIRECTORY_H
#define MODEL_SIGN_DIRECTORY_H

#include <pthread.h>
#include <sys/types.h>

#include "smime/message.h"

struct db;

struct sign_reader {
	const char *state_directory; /* must live on */
	pthread_mutex_t lock;        /* of all below */
	struct db *db;               /* NULL: not open */
	int64_t inode;
};

void sign_directory_open(
    struct sign_directory *, struct sign_reader *, const char *state_directory);
void sign_directory_close(struct sign_reader *);

extern const struct db_statements sign_statements; /* of the export */

#endif
