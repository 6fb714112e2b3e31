/*
 * socket_pool.h - connected UDP sockets that wait for their next question.
 *
 * To make a socket for each question costs a sweep more than the question.
 * A socket here has no question under way: it is taken for one and given
 * back when that is answered.  Its port is the kernel's random choice and
 * changes after SOCKET_POOL_USES questions; the id of each question is random
 * all the same (RFC 5452 section 9.2).
 */
#ifndef DNS_SOCKET_POOL_H
#define DNS_SOCKET_POOL_H

#include <stddef.h>

#include "base/ip.h"

#define SOCKET_POOL_MAX  64  /* that wait */
#define SOCKET_POOL_USES 200 /* questions of one socket */

struct socket_at_rest {
	int fd;
	unsigned uses;
	struct ip_port at; /* the server that it is connected to */
};

/* All zero is an empty pool.  The oldest stands first. */
struct socket_pool {
	struct socket_at_rest sockets[SOCKET_POOL_MAX];
	size_t count;
};

/* A socket to that server, now the caller's, or -1; *uses is how many
 * questions it had. */
int socket_pool_take(
    struct socket_pool *, const struct ip_port *, unsigned *uses);

/* Takes the socket over, or closes it when it had its questions. */
void socket_pool_give(
    struct socket_pool *, const struct ip_port *, int fd, unsigned uses);

#endif
