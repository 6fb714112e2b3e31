/*
 * public_key.h - reads an SSH public key as people paste it.
 *
 * One line "type base64 comment", as in the file that ends in .pub.  The
 * base64 is decoded and looked at to its last byte (RFC 4253 6.6, RFC 5656
 * 3.1, RFC 8709 4): the inner type is the outer one, every length fits, the
 * strength suffices.  What people paste instead (a private key, a PuTTY file,
 * a certificate, two keys) is refused with a sentence that says how to get
 * the right thing.  Nothing is cut: what does not fit is refused.
 */
#ifndef MODEL_PUBLIC_KEY_H
#define MODEL_PUBLIC_KEY_H

#include <stdint.h>

#include "base/err.h"

#define PUBLIC_KEY_TYPE_SIZE    40
#define PUBLIC_KEY_BASE64_SIZE  3072 /* RSA with 16,384 bits fits */
#define PUBLIC_KEY_COMMENT_SIZE 128
#define PUBLIC_KEY_PRINT_SIZE   64 /* "SHA256:" and 43 signs of base64, NUL */
#define PUBLIC_KEY_RSA_MIN_BITS 2048

struct public_key {
	char type[PUBLIC_KEY_TYPE_SIZE];     /* "ssh-ed25519" */
	char base64[PUBLIC_KEY_BASE64_SIZE]; /* the one text of this key */
	char comment[PUBLIC_KEY_COMMENT_SIZE];
	char
	    fingerprint[PUBLIC_KEY_PRINT_SIZE]; /* "SHA256:...", as OpenSSH's */
	int64_t bits;
};

/* ERR_INVALID with the sentence; err.field is left "". */
enum err_code public_key_parse(
    struct public_key *, const char *pasted, struct err *) MUST_USE;

#endif
