/*
 * vault.h - the key pair of this server under which S/MIME keys and external
 * passwords are sealed.
 *
 * vault.crt may be read by everybody: with it anybody seals.  vault.key may
 * be read by one user alone, the one whose milter signs.  So the session that
 * took a secret can't read it back.  Sealed is CMS AuthEnvelopedData (RFC
 * 5083) with AES-256-GCM, its key under RSA-OAEP; inside stands a label
 * before the secret, so that one sealed thing can't stand in for another.
 */
#ifndef SMIME_VAULT_H
#define SMIME_VAULT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "smime/certificate.h"

struct evp_pkey_st;
struct x509_st;

#define VAULT_CERTIFICATE "vault.crt" /* both in the state directory */
#define VAULT_KEY         "vault.key"
#define VAULT_OLD_KEY     "vault-old.key" /* while a rotation runs */
#define VAULT_SECRET_MAX  (16 * 1024)     /* bytes of one secret */

/*
 * Makes both files where there are none; `owner` and `group` get the key
 * (mode 0600), (uid_t)-1 leaves it to the caller.  Takes up to a second.
 */
enum err_code vault_make(const char *state_directory, uid_t owner, gid_t group,
    struct err *) MUST_USE;

/* The certificate's SHA-256, "9C:41:..."; ERR_NOT_FOUND without a vault. */
enum err_code vault_fingerprint(const char *state_directory,
    char to[CERTIFICATE_DIGITS_SIZE], struct err *) MUST_USE;

/* Seals to vault.crt.  The result lives in the arena and is no secret. */
enum err_code vault_seal(const char *state_directory, const char *label,
    const void *secret, size_t length, struct arena *, void **sealed,
    size_t *sealed_length, struct err *) MUST_USE;

/* ---- with the key ---- */

#define VAULT_KEYS_MAX 2

/* The present pair and, while a rotation runs, the one before. */
struct vault {
	struct evp_pkey_st *keys[VAULT_KEYS_MAX];
	size_t count;
};

/* ERR_NOT_FOUND without a key, ERR_DENIED when this user may not read it. */
enum err_code vault_open(
    struct vault *, const char *state_directory, struct err *) MUST_USE;
void vault_close(struct vault *);

/* The secret goes into the caller's buffer, who wipes it.  ERR_INVALID when
 * it is of another vault, damaged, or of another label. */
enum err_code vault_unseal(const struct vault *, const char *label,
    const void *sealed, size_t sealed_length, void *to, size_t size,
    size_t *length, struct err *) MUST_USE;

/* ---- rotation ---- */

/* Makes a new pair; the old key becomes VAULT_OLD_KEY, and the milter opens
 * what either sealed.  ERR_CONFLICT while another rotation is unfinished. */
enum err_code vault_rotate(const char *state_directory, uid_t owner,
    gid_t group, struct err *) MUST_USE;

/* Seals to the present certificate what an older one sealed. */
enum err_code vault_reseal(const struct vault *, const char *state_directory,
    const void *sealed, size_t sealed_length, struct arena *, void **again,
    size_t *again_length, struct err *) MUST_USE;

/* Removes the old key, once nothing is sealed to it any more. */
enum err_code vault_forget_old(
    const char *state_directory, struct err *) MUST_USE;

#endif
