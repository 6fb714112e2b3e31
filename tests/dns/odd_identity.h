/*
 * odd_identity.h - a key and a certificate by an authority made for it, good
 * or not, for tests.
 */
#ifndef TESTS_DNS_ODD_IDENTITY_H
#define TESTS_DNS_ODD_IDENTITY_H

#include <openssl/x509.h>

#define ODD_PATH_SIZE 64

enum odd_fault {
	ODD_GOOD,
	ODD_EXPIRED,
	ODD_TOO_EARLY, /* begins tomorrow */
	ODD_SELF_SIGNED,
	ODD_UNKNOWN_AUTHORITY, /* another than that of the file */
};

struct odd_identity {
	EVP_PKEY *key;
	X509 *certificate;
};

/* Writes a file with the authority to trust; its path goes to `authorities`,
 * and the caller removes it. */
void odd_identity_make(struct odd_identity *, const char *host, enum odd_fault,
    char authorities[ODD_PATH_SIZE]);
void odd_identity_free(struct odd_identity *);

#endif
