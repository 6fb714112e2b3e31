/*
 * keeper.h - the small process that stays root behind "postern console".
 *
 * The console's screens run as the owner of the state directory.  The few
 * effects that need more (a DKIM key file) are asked of the keeper over a
 * socket pair.  Its list of requests is fixed; each is checked again there,
 * and nothing that was asked becomes a path or a command unchecked.
 */
#ifndef MAIL_KEEPER_H
#define MAIL_KEEPER_H

#include "base/err.h"
#include "mail/dkim_key.h"

/* All zero is "no keeper": requests are carried out in this process. */
struct keeper {
	int fd;
	int pid;
};

/*
 * Forks the keeper; call before the process gives up root.  `dkim_directory`
 * is fixed for its life and made (mode 0700) when missing.  The keeper ends
 * when the caller's end of the pair closes.
 */
enum err_code keeper_open(
    struct keeper *, const char *dkim_directory, struct err *) MUST_USE;
void keeper_close(struct keeper *);

/* dkim_key_make() and dkim_key_remove() in the keeper's directory. */
enum err_code keeper_dkim_make(struct keeper *, const char *domain,
    const char *selector, char public_base64[DKIM_PUBLIC_SIZE],
    struct err *) MUST_USE;
enum err_code keeper_dkim_remove(struct keeper *, const char *domain,
    const char *selector, struct err *) MUST_USE;

#endif
