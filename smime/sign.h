/*
 * sign.h - a message signed, and encrypted, as RFC 8551 has it.
 */
#ifndef SMIME_SIGN_H
#define SMIME_SIGN_H

#include "smime/identity.h"
#include "smime/mime.h"

/* What becomes of the message: its Content-Type and its body. */
struct sign_result {
	char *content_type;            /* a value, folded */
	const char *transfer_encoding; /* or NULL */
	char *body;
	size_t length;
};

/* multipart/signed, detached, SHA-256, with the chain (section 3.5.3). */
enum err_code sign_message(struct arena *, const struct identity *,
    const struct mime_entity *, struct sign_result *, struct err *) MUST_USE;

/*
 * Signs, then encrypts to every certificate (PEM, the person's first) with
 * AES-256-GCM (section 3.4).  All or none: ERR_INVALID when one of them can't
 * be encrypted to.
 */
enum err_code sign_and_encrypt(struct arena *, const struct identity *,
    const struct mime_entity *, const char *const *certificates, size_t count,
    struct sign_result *, struct err *) MUST_USE;

/* OK when the body of a multipart/signed verifies with a certificate that
 * holds the address; no trust in its chain is asked. */
enum err_code sign_verify(struct mime_span content_type, struct mime_span body,
    const char *address, struct err *) MUST_USE;

#endif
