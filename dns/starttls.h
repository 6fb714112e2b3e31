/*
 * starttls.h - the certificate that a mail server shows after STARTTLS, asked
 * without waiting.
 *
 * One polite session for each address, as a sender begins it (RFC 3207): the
 * greeting is awaited, then EHLO, STARTTLS, QUIT.  The handshake goes on when
 * the certificate is wrong, and what is wrong with it is told apart: its
 * names, its dates, its chain.  Nothing here resolves a name.  The sockets
 * are in an epoll descriptor for the caller's own loop.
 */
#ifndef DNS_STARTTLS_H
#define DNS_STARTTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/host_name.h"
#include "base/ip.h"

#define STARTTLS_MS        15000 /* for all of one session */
#define STARTTLS_AT_ONCE   8
#define STARTTLS_TEXT_SIZE 160

enum starttls_result {
	STARTTLS_TLS,     /* it showed a certificate */
	STARTTLS_TIMEOUT, /* nobody answered, or not in time */
	STARTTLS_REFUSED, /* nothing listens there */
	STARTTLS_NOT_NOW, /* it is no mail server, takes no mail or begins no
			     TLS now, or ends the connection */
	STARTTLS_MISSING, /* it does not offer STARTTLS */
	STARTTLS_BROKEN,  /* it offers it, and TLS does not begin */
};

/* Plain data; texts are clean (text_visible) and have one line. */
struct starttls_reply {
	enum starttls_result result;
	char detail[STARTTLS_TEXT_SIZE]; /* what it said instead, or "" */
	/* Of the certificate, when there is one. */
	bool has_name;                /* RFC 6125: it is for the host */
	char names[256];              /* the first of those that it is for */
	int64_t from_at, until_at;    /* seconds since 1970 UTC */
	char why[STARTTLS_TEXT_SIZE]; /* its chain can't be trusted; or "" */
};

struct starttls_request {
	const char *host; /* as SNI, and compared with the certificate */
	const char *helo; /* our real name */
	struct ip_port at;
	const char *authorities; /* a file, or NULL: those of the machine */
	int limit_ms;            /* 0: STARTTLS_MS */
	void *context;
};

struct starttls;

struct starttls *starttls_open(
    struct arena *, void (*done)(void *context, const struct starttls_reply *));
void starttls_close(struct starttls **);

bool starttls_has_room(const struct starttls *);

/* False when there is no room, or TLS can't be begun here: the file of
 * authorities can't be read. */
bool starttls_ask(struct starttls *, const struct starttls_request *);

bool starttls_is_busy(const struct starttls *);
int starttls_fd(const struct starttls *);

/* Does what can be done now and calls done() for what has ended; call it at
 * least every half second while busy. */
void starttls_step(struct starttls *);

#endif
