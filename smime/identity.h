/*
 * identity.h - an S/MIME identity as somebody hands it over: a certificate,
 * its issuers, and the private key.
 *
 * Text may be PEM of any origin: several blocks in any order, Windows line
 * ends, words around them.  Keys may be PKCS#1, PKCS#8 or EC, encrypted or
 * not; PKCS#12 may use the old or the new encryption (RFC 7292).  Nothing is
 * written anywhere, and every copy of the key is wiped.
 */
#ifndef SMIME_IDENTITY_H
#define SMIME_IDENTITY_H

#include <stddef.h>

#include "base/err.h"

#define IDENTITY_INPUT_MAX   (64 * 1024) /* bytes of PEM or PKCS#12 */
#define IDENTITY_ISSUERS_MAX 8           /* more in a chain is refused */
#define IDENTITY_PASS_SIZE   256         /* bytes, with the final NUL */

struct x509_st;
struct evp_pkey_st;

/* All zero is none.  Whoever has it closes it. */
struct identity {
	struct x509_st *certificate;
	struct x509_st *issuers[IDENTITY_ISSUERS_MAX]; /* nearest first */
	size_t issuer_count;
	struct evp_pkey_st *key; /* NULL: only certificates were given */
};

/*
 * Reads PEM.  The certificate is the one that the key belongs to, else the
 * first that is no issuer of another; issuers are put in order, and what
 * does not belong to its chain is dropped.  `passphrase` may be NULL or "".
 * ERR_INVALID with err.field "certificate", "key" or "passphrase".
 */
enum err_code identity_read_pem(struct identity *, const char *text,
    size_t length, const char *passphrase, struct err *) MUST_USE;

/* The same from PKCS#12 (DER); err.field "file" or "passphrase". */
enum err_code identity_read_pkcs12(struct identity *, const void *bytes,
    size_t length, const char *passphrase, struct err *) MUST_USE;

void identity_close(struct identity *);

/*
 * Keeps private keys of this process in memory of their own, that is locked
 * against swapping and left out of dumps.  Call before the first key, with
 * the room that is needed (bytes, a power of two: a key takes up to 8 kB, and
 * none opens when it is full); more calls do nothing.
 */
void identity_protect_memory(size_t room);

#define IDENTITY_ROOM (128 * 1024) /* for one person at a time */

#endif
