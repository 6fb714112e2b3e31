/*
 * certificate.h - what a certificate says, as text for people and programs.
 *
 * Names in a certificate are foreign text: they come out escaped, so that no
 * control character of theirs reaches a terminal.
 */
#ifndef SMIME_CERTIFICATE_H
#define SMIME_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "base/err.h"

struct x509_st;

#define CERTIFICATE_NAME_SIZE     256
#define CERTIFICATE_ADDRESSES_MAX 16
#define CERTIFICATE_DIGITS_SIZE   96 /* "9C:41:...", SHA-256 and serial */

struct certificate_facts {
	char subject[CERTIFICATE_NAME_SIZE]; /* "CN=Nina, O=Acme" */
	char issuer[CERTIFICATE_NAME_SIZE];
	char serial[CERTIFICATE_DIGITS_SIZE];
	char fingerprint[CERTIFICATE_DIGITS_SIZE]; /* SHA-256 */
	char algorithm[64]; /* "RSA 3072, SHA-256 signature" */
	int64_t starts_at, ends_at;

	/* Mail addresses in stored form, subjectAltName first (rfc822Name,
	 * SmtpUTF8Mailbox of RFC 8398), then the subject's emailAddress. */
	char addresses[CERTIFICATE_ADDRESSES_MAX][ADDRESS_SIZE];
	size_t address_count;
	size_t alternative_count; /* how many of them are no subject's */
};

/* Never fails: what can't be read is "". */
void certificate_read(struct certificate_facts *, struct x509_st *);

/* The place of the address among those of the certificate, or -1. */
int certificate_address(const struct certificate_facts *, const char *address);

/* DER, and PEM of several in a row ("" for none).  NULL: no memory. */
void *certificate_to_der(struct arena *, struct x509_st *, size_t *length);
char *certificate_to_pem(struct arena *, struct x509_st *const *, size_t count);

#endif
