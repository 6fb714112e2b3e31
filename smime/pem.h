/*
 * pem.h - the blocks of a PEM text (RFC 7468), whatever stands around them.
 */
#ifndef SMIME_PEM_H
#define SMIME_PEM_H

#include <stddef.h>

#include "base/err.h"

struct evp_pkey_st;
struct x509_st;

#define PEM_BLOCKS_MAX 16

enum pem_kind {
	PEM_CERTIFICATE,
	PEM_KEY,   /* any private key */
	PEM_OTHER, /* parameters and the like: passed over */
};

struct pem_block {
	enum pem_kind kind;
	struct x509_st *certificate;
	struct evp_pkey_st *key;
};

struct pem {
	struct pem_block blocks[PEM_BLOCKS_MAX];
	size_t count;
};

/*
 * Reads every block.  ERR_INVALID when one is cut or damaged, when the
 * passphrase does not open a key, or when a block is of a kind that people
 * take for one of these (a request, a public key, an SSH key): the sentence
 * says which.  On an error nothing is left open.
 */
enum err_code pem_read(struct pem *, const char *text, size_t length,
    const char *passphrase, struct err *) MUST_USE;

/* Closes what the blocks still hold. */
void pem_close(struct pem *);

#endif
