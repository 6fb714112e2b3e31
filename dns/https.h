/*
 * https.h - one GET over HTTPS, from a named address, without waiting.
 *
 * As RFC 8461 section 3.3 wants it: no redirect is followed, the certificate
 * must be valid for the host.  A body that is too large or too slow ends the
 * transfer.  Nothing here resolves a name, uses a proxy or reads a
 * configuration.  The sockets are in an epoll descriptor for the caller's own
 * loop.
 */
#ifndef DNS_HTTPS_H
#define DNS_HTTPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/ip.h"

#define HTTPS_MS      15000 /* for all of one transfer */
#define HTTPS_MAX     65536 /* bytes of a body */
#define HTTPS_AT_ONCE 8

enum https_result {
	HTTPS_OK,          /* there is a status */
	HTTPS_TIMEOUT,     /* nobody answered, or not in time */
	HTTPS_REFUSED,     /* nothing listens there */
	HTTPS_CERTIFICATE, /* not valid for the host */
	HTTPS_BROKEN,      /* TLS or HTTP broke off */
	HTTPS_TOO_LARGE,
};

struct https_request {
	const char *host, *path; /* "mta-sts.example.com", "/.well-known/..." */
	struct ip_port at;
	const char *authorities; /* a file, or NULL: those of the machine */
	int limit_ms;            /* 0: HTTPS_MS */
	void *context;
};

struct https_reply {
	enum https_result result;
	unsigned status;        /* 200 */
	const char *media_type; /* as sent, or "" */
	const char *body;       /* valid during the call */
	size_t length;
	const char *problem; /* words, when not HTTPS_OK */
};

struct https;

struct https *https_open(
    struct arena *, void (*done)(void *context, const struct https_reply *));
void https_close(struct https **);

bool https_has_room(const struct https *);

/* False when there is no room. */
bool https_get(struct https *, const struct https_request *);

bool https_is_busy(const struct https *);
int https_fd(const struct https *);
bool https_add_fd(struct https *, int fd);

/* Does what can be done now and calls done() for what has ended; call it at
 * least every half second while busy. */
void https_step(struct https *);

#endif
