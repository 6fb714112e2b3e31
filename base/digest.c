#include "base/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

void
digest_sha256(uint8_t to[DIGEST_SHA256_SIZE], const void *bytes, size_t length)
{
	if (EVP_Digest(bytes, length, to, NULL, EVP_sha256(), NULL) != 1) {
		fputs("postern: no SHA-256 in the OpenSSL library\n", stderr);
		abort();
	}
}
