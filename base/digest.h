/*
 * digest.h - SHA-256 and SHA-512 of bytes that are all in memory.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SHA256_SIZE 32 /* bytes */
#define DIGEST_SHA512_SIZE 64

/* Both end the process when the library can't: there is no other answer. */
void digest_sha256(
    uint8_t to[DIGEST_SHA256_SIZE], const void *bytes, size_t length);
void digest_sha512(
    uint8_t to[DIGEST_SHA512_SIZE], const void *bytes, size_t length);

#endif
