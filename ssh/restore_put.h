/*
 * restore_put.h - what a stage holds, in the place of what is there: all of
 * it, or none.
 *
 * Everything is written beside first.  What then happens is renames alone,
 * and each can be taken back.
 */
#ifndef SSH_RESTORE_PUT_H
#define SSH_RESTORE_PUT_H

#include "ssh/restore_stage.h"

struct put_step;

struct restore_put {
	struct restore_stage *stage;
	const char *dkim_directory; /* of this machine */
	int keys;                   /* that, open; -1: no key comes */
	int kept;                   /* STATE/before-restore-TIME */
	char kept_name[64];         /* "": nothing was there before */
	struct put_step *steps;     /* in the stage's arena */
	size_t count, done;
};

/* `stage` and `dkim_directory` are set, all else is zero.  Writes what comes
 * beside.  Close it also after an error. */
enum err_code put_prepare(struct restore_put *, struct err *) MUST_USE;

/* After an error, all is as it was: or `err` says where the files from before
 * are. */
enum err_code put_all(struct restore_put *, struct err *) MUST_USE;

/* Takes everything back, for what went wrong with `err` after that. */
void put_back(struct restore_put *, struct err *);

void put_close(struct restore_put *);

#endif
