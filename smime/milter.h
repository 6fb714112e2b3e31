/*
 * milter.h - the milter that Postfix asks about submitted mail (libmilter).
 *
 * It runs as its own user, the only one who can open the vault.  It stands
 * before OpenDKIM, so that both signatures hold.  One thread per connection,
 * which is libmilter's way; a message lives in an arena of its own.
 */
#ifndef SMIME_MILTER_H
#define SMIME_MILTER_H

#include "smime/message.h"

/*
 * Serves on the socket (a path) until SIGTERM.  The path's socket is made
 * anew, mode 0660, of the process's group.  The directory's functions are
 * called from several threads.
 */
enum err_code milter_run(const char *socket_path, const struct sign_directory *,
    struct keyring *, struct err *) MUST_USE;

#endif
