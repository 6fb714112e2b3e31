/*
 * tls.h - a TLS client on a connected socket, for probes.
 *
 * The handshake goes on when the certificate is wrong, so that a probe can
 * say what is wrong with it: ask tls_certificate() before trusting anything.
 * Everything has one deadline; nothing here is for secrets.
 */
#ifndef MAIL_TLS_H
#define MAIL_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define TLS_NAME_SIZE 256

struct tls;

struct tls_certificate {
	char subject[TLS_NAME_SIZE]; /* common name, or first DNS name */
	char issuer[TLS_NAME_SIZE];
	int64_t from_at, until_at; /* seconds since 1970 UTC */
	bool has_name;             /* RFC 6125: it is for the host asked for */
	bool is_trusted; /* its chain ends at a root of this machine */
	char why[120];   /* not trusted: what OpenSSL says, else "" */
};

/*
 * Shakes hands on fd (which stays the caller's) until the monotonic moment
 * `deadline_ms`; the arena outlives it.  `host` is sent as SNI and compared with the certificate.
 */
enum err_code tls_open(struct tls **, struct arena *, int fd, const char *host,
    int64_t deadline_ms, struct err *) MUST_USE;
void tls_close(struct tls **);

void tls_certificate(const struct tls *, struct tls_certificate *);
const char *tls_version(const struct tls *); /* "TLSv1.3" */

/* Bytes read, 0 at the end, -1 on failure or past the deadline. */
int tls_read(struct tls *, void *to, size_t size);
bool tls_write(struct tls *, const void *bytes, size_t length);

#endif
