#include "mail/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

static bool
wait_for(const struct wire *wire, short events)
{
	const int64_t left = wire->deadline_ms - clock_monotonic_ms();
	struct pollfd fd = { .fd = wire->fd, .events = events };

	return left > 0 && poll(&fd, 1, (int)left) > 0;
}

static enum err_code
finish_connect(struct wire *wire, struct err *err)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (!wait_for(wire, POLLOUT))
		return err_set(err, ERR_TIMEOUT, NULL,
		    "Nothing answered: a firewall may be in the way.");
	getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	errno = error;
	return error == 0 ? OK : err_set_errno(err, "No connection");
}

enum err_code
wire_open(struct wire *wire, const struct ip_port *to, int64_t deadline_ms,
    struct err *err)
{
	struct sockaddr_storage address;
	const socklen_t length = ip_to_sockaddr(to, &address);
	enum err_code code = OK;

	*wire = (struct wire){ .deadline_ms = deadline_ms };
	wire->fd = socket(
	    to->ip.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (wire->fd < 0)
		return err_set_errno(err, "Can't open a socket");
	if (connect(wire->fd, (struct sockaddr *)&address, length) != 0)
		code = errno == EINPROGRESS
		    ? finish_connect(wire, err)
		    : err_set_errno(err, "No connection");
	if (code != OK)
		wire_close(wire);
	return code;
}

void
wire_close(struct wire *wire)
{
	tls_close(&wire->tls);
	if (wire->fd > 0)
		close(wire->fd);
	wire->fd = -1;
}

enum err_code
wire_start_tls(
    struct wire *wire, struct arena *arena, const char *host, struct err *err)
{
	if (wire->first != wire->end)
		return err_set(err, ERR_INVALID, NULL,
		    "The server sent text between STARTTLS and the handshake: "
		    "somebody may be changing the connection.");
	return tls_open(
	    &wire->tls, arena, wire->fd, host, wire->deadline_ms, err);
}

/* Bytes got, or 0 when no more can come. */
static size_t
fill(struct wire *wire)
{
	ssize_t n;

	wire->first = wire->end = 0;
	if (wire->tls != NULL)
		n = tls_read(wire->tls, wire->bytes, sizeof(wire->bytes));
	else if (wait_for(wire, POLLIN))
		n = recv(wire->fd, wire->bytes, sizeof(wire->bytes), 0);
	else
		n = -1;
	wire->end = n > 0 ? (size_t)n : 0;
	return wire->end;
}

bool
wire_read_line(struct wire *wire, char to[WIRE_LINE_SIZE])
{
	size_t length = 0;

	for (;;) {
		char c;

		if (wire->first == wire->end && fill(wire) == 0)
			return false;
		c = wire->bytes[wire->first++];
		if (c == '\n')
			break;
		if (length + 1 == WIRE_LINE_SIZE)
			return false;
		to[length++] = c;
	}
	if (length > 0 && to[length - 1] == '\r')
		length--;
	to[length] = '\0';
	return true;
}

static bool
write_clear(struct wire *wire, const char *bytes, size_t length)
{
	while (length > 0) {
		const ssize_t n = send(wire->fd, bytes, length, MSG_NOSIGNAL);

		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		} else if (errno != EAGAIN || !wait_for(wire, POLLOUT))
			return false;
	}
	return true;
}

int
wire_reply_code(const char *line, bool *is_last)
{
	*is_last = true;
	if (strspn(line, "0123456789") != 3 || line[0] == '0')
		return 0;
	*is_last = line[3] != '-';
	return (int)strtol(line, NULL, 10);
}

bool
wire_write_line(struct wire *wire, const char *text)
{
	char line[WIRE_LINE_SIZE];

	if (!text_format(line, sizeof(line), "%s\r\n", text))
		return false;
	return wire->tls != NULL ? tls_write(wire->tls, line, strlen(line))
				 : write_clear(wire, line, strlen(line));
}
