/*
 * keeper.h - the small process that stays root behind "postern console".
 *
 * The console's screens run as the owner of the state directory.  The few
 * effects that need more (a DKIM key file) are asked of the keeper over a
 * socket pair.  Its list of requests is fixed, and each is checked again
 * there: it makes and removes key files in directories that are its own, writes
 * OpenDKIM's tables there, configures and reloads the mail servers, reads the
 * mailboxes that reports of receivers arrive in, and removes mail directories
 * that nobody owns any more.
 */
#ifndef MAIL_KEEPER_H
#define MAIL_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "mail/config.h"
#include "mail/dkim_key.h"

/* All zero is "no keeper": this process does the work itself. */
struct keeper {
	pid_t pid;
	int fd;
};

/* Bytes of one request; others end the keeper. */
extern const size_t keeper_request_size;

/* Forks the keeper; call before the process gives up root.  It ends when the
 * caller's end of the pair closes. */
enum err_code keeper_open(struct keeper *, struct err *) MUST_USE;
void keeper_close(struct keeper *);

/*
 * dkim_key_make() with the keeper's rights.  A `directory` that is missing is
 * made: by root with mode 0711, since OpenDKIM goes through it, else 0700.
 * One that is there keeps its mode; it must belong to the keeper's user and be
 * writable by nobody else, or else ERR_DENIED.
 */
enum err_code keeper_dkim_make(struct keeper *, const char *directory,
    const char *domain, const char *selector,
    char public_base64[DKIM_PUBLIC_SIZE], struct err *) MUST_USE;

/* dkim_key_remove(), likewise. */
enum err_code keeper_dkim_remove(struct keeper *, const char *directory,
    const char *domain, const char *selector, struct err *) MUST_USE;

/*
 * OpenDKIM's tables, written whole (mail/dkim_tables.h): begin, each key, and
 * commit, which reloads OpenDKIM too.  Needs a keeper that is open.
 */
enum err_code keeper_tables_begin(
    struct keeper *, const char *directory, struct err *) MUST_USE;
enum err_code keeper_tables_add(struct keeper *, const char *directory,
    const char *domain, const char *selector, bool is_signing,
    struct err *) MUST_USE;
enum err_code keeper_tables_commit(struct keeper *, const char *directory,
    const char *root, struct err *) MUST_USE;

#define KEEPER_REPORT_SIZE (48 * 1024)

/* install_config() with the keeper's rights. */
enum err_code keeper_install(struct keeper *, const struct config_values *,
    enum config_daemon, bool is_dry, char report[KEEPER_REPORT_SIZE],
    struct err *) MUST_USE;

/* reload_daemon() with the keeper's rights. */
enum err_code keeper_reload(struct keeper *, enum config_daemon,
    const char *root, struct err *) MUST_USE;

/* mail_home_remove() with the keeper's rights. */
enum err_code keeper_home_remove(struct keeper *, const char *directory,
    const char *home, struct err *) MUST_USE;

/*
 * The messages of a Maildir (mail/mailbox.h), one after another, with the
 * keeper's rights.  The bytes live during the call of `take`.
 */
enum err_code keeper_mailbox(struct keeper *, const char *directory,
    int64_t since_at,
    void (*take)(void *context, const char *bytes, size_t length),
    void *context, struct err *) MUST_USE;

#endif
