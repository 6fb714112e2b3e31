/*
 * server_key.h - what the DNS must say about a TLS certificate: the digest
 * for TLSA, the authority for CAA.
 */
#ifndef DNS_SERVER_KEY_H
#define DNS_SERVER_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/host_name.h"

struct server_key {
	/* SHA-256 of its SubjectPublicKeyInfo: selector 1, matching type 1 of
	 * RFC 6698 section 2.1. */
	uint8_t sha256[32];
	/* The issuer as its CAA records name it, "letsencrypt.org"; "" for one
	 * that isn't in our list. */
	char authority[HOST_NAME_SIZE];
};

/* The first certificate of a PEM text; what stands around it is passed over.
 * False when there is none. */
bool server_key_read(struct server_key *, const char *pem, size_t length);

#endif
