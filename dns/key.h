/*
 * key.h - public keys in the DNS: what a verifier could do with them.
 */
#ifndef DNS_KEY_H
#define DNS_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_form {
	KEY_BROKEN,
	KEY_RSA,         /* SubjectPublicKeyInfo of an RSA key */
	KEY_RSA_BARE,    /* RSAPublicKey alone: RFC 6376 by the letter, and few
	                  * verifiers take it */
	KEY_ED25519,     /* SubjectPublicKeyInfo of one */
	KEY_OTHER,       /* a key of another algorithm */
	KEY_CERTIFICATE, /* an X.509 certificate */
};

/* Reads DER that must end with the bytes; *bits is the size of an RSA key. */
enum key_form key_read(const uint8_t *der, size_t length, int *bits);

/* Whether the DER is a private key, alone or in PKCS #8: one that somebody
 * has published by mistake. */
bool key_is_private(const uint8_t *der, size_t length);

#define KEY_DIGEST_MAX 64 /* bytes */

/* The digest of a DS record of that type (RFC 4034, 4509, 6605) and its size;
 * 0 for a type that is unknown. */
size_t key_ds_digest(uint8_t to[KEY_DIGEST_MAX], unsigned type,
    const uint8_t *bytes, size_t length);

#endif
