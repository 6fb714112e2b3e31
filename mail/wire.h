/*
 * wire.h - lines to and from a mail server, in clear or through TLS, with one
 * deadline for all of it.
 */
#ifndef MAIL_WIRE_H
#define MAIL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ip.h"
#include "mail/tls.h"

#define WIRE_LINE_SIZE 2048 /* bytes; RFC 5321 4.5.3.1.6 has 1000 */

struct wire {
	int fd;
	struct tls *tls; /* NULL while it is in clear */
	int64_t deadline_ms;
	char bytes[4096]; /* read, not taken yet */
	size_t first, end;
};

/* Connects, at most until the deadline (clock_monotonic_ms()).  ERR_TIMEOUT,
 * or ERR_SYSTEM with what the kernel said. */
enum err_code wire_open(struct wire *, const struct ip_port *,
    int64_t deadline_ms, struct err *) MUST_USE;
void wire_close(struct wire *);

/* TLS from here on.  Bytes that came before the handshake are an attack
 * (injected answers): ERR_INVALID. */
enum err_code wire_start_tls(
    struct wire *, struct arena *, const char *host, struct err *) MUST_USE;

/* One line without its end; false at the end, past the deadline, or when it
 * is too long. */
bool wire_read_line(struct wire *, char to[WIRE_LINE_SIZE]);

/*
 * The code (RFC 5321 4.2) that a reply's line starts with, 0 when it has none;
 * *is_last when no line of the reply follows.
 */
int wire_reply_code(const char *line, bool *is_last);

/* The text and CRLF. */
bool wire_write_line(struct wire *, const char *);

#endif
