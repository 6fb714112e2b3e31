#include "base/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

static void
digest(uint8_t *to, const EVP_MD *kind, const void *bytes, size_t length)
{
	if (EVP_Digest(bytes, length, to, NULL, kind, NULL) != 1) {
		fputs("postern: no SHA-2 in the OpenSSL library\n", stderr);
		abort();
	}
}

void
digest_sha256(uint8_t to[DIGEST_SHA256_SIZE], const void *bytes, size_t length)
{
	digest(to, EVP_sha256(), bytes, length);
}

void
digest_sha512(uint8_t to[DIGEST_SHA512_SIZE], const void *bytes, size_t length)
{
	digest(to, EVP_sha512(), bytes, length);
}
