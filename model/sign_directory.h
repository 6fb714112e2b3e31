/*
 * sign_directory.h - what the milter reads: the export maps/sign/sign.db,
 * never our own database.  Opened anew for each message, so that a change is
 * followed at once and a swapped file too; safe for several threads.
 */
#ifndef MODEL_SIGN_DIRECTORY_H
#define MODEL_SIGN_DIRECTORY_H

#include "smime/message.h"

struct sign_reader {
	const char *state_directory; /* must live on */
};

void sign_directory_open(struct sign_directory *, struct sign_reader *);

extern const struct db_statements sign_statements; /* of the export */

#endif
