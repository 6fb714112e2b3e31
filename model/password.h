/*
 * password.h - password hashes in the form that Dovecot reads:
 * "{CRYPT}$y$..." (yescrypt through crypt(3)).
 *
 * Both functions take some 15 ms on purpose: never call one while the
 * database is locked.
 */
#ifndef MODEL_PASSWORD_H
#define MODEL_PASSWORD_H

#include <stdbool.h>

#include "base/err.h"

#define PASSWORD_SIZE      128 /* bytes with the final NUL */
#define PASSWORD_HASH_SIZE 256 /* ditto */
#define PASSWORD_MIN       10  /* characters of one that a person chose */

enum err_code password_hash(
    char to[PASSWORD_HASH_SIZE], const char *password, struct err *) MUST_USE;

/* From here on hashes cost as little as they can.  For tests. */
void password_make_cheap(void);

/* What a hash of another server may cost at most; ours costs 15 ms, and each
 * of these less than some seconds. */
#define PASSWORD_BCRYPT_MAX 14
#define PASSWORD_ROUNDS_MAX 1000000

/* Whether "$6$..." is of a kind that is taken (yescrypt, bcrypt, SHA-512,
 * SHA-256) and its cost, which it says itself, can be borne: whoever may bring
 * hashes must not choose how long a log-in computes. */
bool password_hash_is_cheap(const char *hash);

/* Takes as long when `hash` is "", unusable or too dear, so that the time says
 * nothing about whether there is one. */
bool password_is_right(const char *hash, const char *password);

/*
 * A password that a person chose: long enough, one line, not the address and
 * nothing from or near the word list of cracklib, also with digits around it.
 * err.field is "password"; ERR_SYSTEM where the word list is missing.
 */
enum err_code password_check(
    const char *password, const char *address, struct err *) MUST_USE;

#endif
