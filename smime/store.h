/*
 * store.h - the form in which an identity is kept: public parts as text, the
 * private key sealed.
 */
#ifndef SMIME_STORE_H
#define SMIME_STORE_H

#include "base/arena.h"
#include "smime/certificate.h"
#include "smime/identity.h"
#include "smime/look.h"
#include "smime/vault.h"

#define STORE_CERTIFICATES_SIZE (32 * 1024)
#define STORE_SEALED_SIZE       (16 * 1024)

struct store {
	struct certificate_facts facts;
	char addresses[1024]; /* ", " between */
	char certificates[STORE_CERTIFICATES_SIZE];
	unsigned char sealed[STORE_SEALED_SIZE];
	size_t sealed_length;
};

/* Seals the key (PKCS#8) to the vault with the label before it. */
enum err_code store_fill(struct store *, const struct look *,
    const struct identity *, const char *state_directory, const char *label,
    struct err *) MUST_USE;

/* Back again, with the vault's key; identity->key is ready to sign. */
enum err_code store_open(struct identity *, const struct vault *,
    const char *label, const char *certificates, const void *sealed,
    size_t sealed_length, struct err *) MUST_USE;

/* "HASH._smimecert.example.com. IN SMIMEA 3 0 0 HEX" (RFC 8162). */
enum err_code store_smimea(const char *address, const char *certificates,
    struct arena *, char **line, struct err *) MUST_USE;

#endif
