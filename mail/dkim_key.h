/*
 * dkim_key.h - makes the RSA key pair that signs a domain's mail.
 *
 * The private key goes straight into a file of the DKIM directory that only
 * its owner can read; none is read back
 * but that of a backup, to see that it is one.  The public half is what
 * the domain publishes (RFC 6376 section 3.6.1, tag p=).
 */
#ifndef MAIL_DKIM_KEY_H
#define MAIL_DKIM_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define DKIM_KEY_BITS    2048 /* RFC 8301 section 3.2; more needs long TXT */
#define DKIM_PUBLIC_SIZE 512  /* 392 base64 digits and a NUL, with room */

/*
 * Makes a key pair.  The private key is PEM (PKCS#8), mode 0600, in
 * `directory`/DOMAIN.SELECTOR.private, on disk when this returns; the public
 * key comes back as one line of base64.  `domain` and `selector` are checked
 * again: they become a file name.  An existing file is never touched:
 * ERR_CONFLICT.  Takes about 100 ms.
 */
enum err_code dkim_key_make(const char *directory, const char *domain,
    const char *selector, char public_base64[DKIM_PUBLIC_SIZE],
    struct err *) MUST_USE;

/* DIRECTORY/DOMAIN.SELECTOR.private; ERR_INVALID when the two are no checked
 * names. */
enum err_code dkim_key_path(char *to, size_t size, const char *directory,
    const char *domain, const char *selector, struct err *) MUST_USE;

/* Whether a file of that name may be such a key: DOMAIN.SELECTOR.private, of
 * checked names. */
bool dkim_key_is_name(const char *name);

/* Whether that is PEM of an RSA or Ed25519 key (RFC 8463) without a password,
 * nothing else before or behind. */
bool dkim_key_is_private(const char *pem, size_t length);

/*
 * As root, gives the key that is open on fd to the user of OpenDKIM, whose
 * RequireSafeKeys takes a key of its own with mode 0600 below directories of
 * root.  Else, and where there is no OpenDKIM, it stays the maker's.  False
 * with errno.
 */
bool dkim_key_give(int fd);

/* Removes the private key's file; one that is gone already is fine. */
enum err_code dkim_key_remove(const char *directory, const char *domain,
    const char *selector, struct err *) MUST_USE;

#endif
