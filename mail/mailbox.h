/*
 * mailbox.h - the messages of a Maildir, for a process that may read other
 * people's files: nothing in it is followed, changed or waited for.
 */
#ifndef MAIL_MAILBOX_H
#define MAIL_MAILBOX_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define MAILBOX_MESSAGE_MAX  (16 * 1024 * 1024) /* bytes; larger: left out */
#define MAILBOX_MESSAGES_MAX 5000               /* of one reading */

struct mailbox {
	int fd;      /* of the Maildir, -1: closed */
	DIR *folder; /* "new", then "cur", or NULL */
	int next_folder;
	int64_t since_at;
	int count;
};

/*
 * Messages that came at `since_at` (seconds) or later.  The path begins with
 * a slash and has no symbolic link in it; ERR_NOT_FOUND when it is not there.
 * Needs mailbox_close() in any case; all zero is not closed.
 */
enum err_code mailbox_open(struct mailbox *, const char *directory,
    int64_t since_at, struct err *) MUST_USE;

/* The next message, open for reading: the caller closes it.  -1: no more. */
int mailbox_next(struct mailbox *);

void mailbox_close(struct mailbox *);

#endif
