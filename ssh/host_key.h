/*
 * host_key.h - the key by which clients know this server.
 *
 * An ed25519 key in OpenSSH's format, made once by "postern init".  A key
 * that others can read, or that belongs to another user, is refused: libssh
 * would take it without a word.
 */
#ifndef SSH_HOST_KEY_H
#define SSH_HOST_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define HOST_KEY_FILE             "host_ed25519" /* in the state directory */
#define HOST_KEY_FINGERPRINT_SIZE 64

/* Makes STATE/host_ed25519 (mode 0600) and its .pub, unless the key is there
 * already: an existing key is never replaced. */
enum err_code host_key_make(const char *state_directory, struct err *) MUST_USE;

/* "SHA256:...", of the key in the state directory. */
enum err_code host_key_fingerprint(const char *state_directory,
    char to[HOST_KEY_FINGERPRINT_SIZE], struct err *) MUST_USE;

/* Whether that is a private key that a server can take, without a password;
 * or the line of a public one. */
bool host_key_is_private(const char *text, size_t length);
bool host_key_is_public(const char *text, size_t length);

/*
 * Reads the private key, after looking at the file's owner and mode.  *key
 * is an ssh_key (libssh); whoever took it frees it with ssh_key_free().
 */
struct ssh_key_struct;
enum err_code host_key_read(const char *state_directory,
    struct ssh_key_struct **key, struct err *) MUST_USE;

#endif
