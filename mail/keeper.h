/*
 * keeper.h - the small process that stays root behind "postern console".
 *
 * The console's screens run as the owner of the state directory.  The few
 * effects that need more (a DKIM key file) are asked of the keeper over a
 * socket pair.  Its list of requests is fixed, and each is checked again
 * there: it makes and removes key files in directories that are its own, and
 * nothing else.
 */
#ifndef MAIL_KEEPER_H
#define MAIL_KEEPER_H

#include <sys/types.h>

#include "base/err.h"
#include "mail/dkim_key.h"

/* All zero is "no keeper": this process does the work itself. */
struct keeper {
	pid_t pid;
	int fd;
};

/* Forks the keeper; call before the process gives up root.  It ends when the
 * caller's end of the pair closes. */
enum err_code keeper_open(struct keeper *, struct err *) MUST_USE;
void keeper_close(struct keeper *);

/*
 * dkim_key_make() with the keeper's rights.  `directory` is made (mode 0700)
 * when missing; it must belong to the keeper's user and be writable by nobody
 * else, or else ERR_DENIED.
 */
enum err_code keeper_dkim_make(struct keeper *, const char *directory,
    const char *domain, const char *selector,
    char public_base64[DKIM_PUBLIC_SIZE], struct err *) MUST_USE;

/* dkim_key_remove(), likewise. */
enum err_code keeper_dkim_remove(struct keeper *, const char *directory,
    const char *domain, const char *selector, struct err *) MUST_USE;

#endif
