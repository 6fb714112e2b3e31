/*
 * starttls_session.h - one session with a mail server, from the connection to
 * the certificate and QUIT.  For dns/starttls*.c alone.
 */
#ifndef DNS_STARTTLS_SESSION_H
#define DNS_STARTTLS_SESSION_H

#include <openssl/ssl.h>

#include "dns/starttls.h"

#define REPLY_MAX 4096 /* octets of one reply */

enum step { CONNECT, GREETING, EHLO, STARTTLS, HANDSHAKE, QUIT };

struct session {
	struct starttls *all; /* NULL: free */
	int fd;
	enum step step;
	SSL *ssl;
	bool is_tls; /* the handshake is over */
	char host[HOST_NAME_SIZE], helo[HOST_NAME_SIZE];
	int64_t end_ms;
	char in[REPLY_MAX + 1];
	size_t length;
	int chain_error; /* the first, or X509_V_OK */
	struct starttls_reply reply;
	void *context;
};

struct starttls {
	void (*done)(void *context, const struct starttls_reply *);
	int epoll_fd;
	size_t busy;
	struct session sessions[STARTTLS_AT_ONCE];
};

/* Connects, in a session whose `all`, `context` and `end_ms` are set.  False
 * when TLS can't be begun here: then the session is closed. */
bool session_begin(struct session *, const struct starttls_request *);

/* Does what its socket is ready for; the session may be over after it. */
void session_step(struct session *);

/* Its time is over. */
void session_expire(struct session *);

void session_close(struct session *);

#endif
