/*
 * digest.h - SHA-256 of bytes that are all in memory.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SHA256_SIZE 32 /* bytes */

/* Ends the process when the library can't: there is no other answer. */
void digest_sha256(
    uint8_t to[DIGEST_SHA256_SIZE], const void *bytes, size_t length);

#endif
