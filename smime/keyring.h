/*
 * keyring.h - the private keys of the milter, opened once and kept in memory.
 *
 * What is stored decides: another certificate or sealed key is another entry,
 * so a change is followed without a restart and a key that was taken away is
 * not used again.  Safe for several threads.  Nothing is ever written.
 */
#ifndef SMIME_KEYRING_H
#define SMIME_KEYRING_H

#include <pthread.h>

#include "base/digest.h"
#include "smime/identity.h"
#include "smime/vault.h"

#define KEYRING_MAX  512               /* the oldest makes room */
#define KEYRING_ROOM (8 * 1024 * 1024) /* bytes of protected memory */

struct keyring {
	pthread_mutex_t lock;
	const char *state_directory;
	struct vault vault;
	struct keyring_entry {
		uint8_t digest[DIGEST_SHA256_SIZE];
		struct identity identity;
	} entries[KEYRING_MAX];
	size_t count, next;
};

/* `state_directory` must live on.  The vault is opened when it is needed. */
void keyring_open(struct keyring *, const char *state_directory);
void keyring_close(struct keyring *);

/* An identity that can sign; the caller closes it (it shares the key). */
enum err_code keyring_get(struct keyring *, const char *label,
    const char *certificates, const void *sealed, size_t sealed_length,
    struct identity *, struct err *) MUST_USE;

#endif
