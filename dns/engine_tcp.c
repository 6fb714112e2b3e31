/*
 * Answers that don't fit a datagram: the engine asks by TCP.
 */
#include <errno.h>
#include <sys/socket.h>

#include "dns/engine_run.h"

#define TCP_MS     4000 /* from the moment we know that we need it */
#define TCP_BUFFER (2 + PACKET_MAX)
#define TCP_TRIES  2

void
tcp_start(struct engine *engine, struct active *active, struct lane *lane)
{
	struct dns_server *server = lane->server;
	unsigned char *octets;
	size_t length;

	for (size_t i = 0; i < ENGINE_SERVERS_MAX; i++)
		lane_close(engine, &active->lanes[i]);
	if (!lane_open(engine, lane, server, true)) {
		active_fail(engine, active, server, ANSWER_BROKEN,
		    "long answers need TCP, which can't be reached");
		return;
	}
	if (active->tcp == NULL)
		active->tcp = arena_alloc(engine->arena, TCP_BUFFER);
	octets = active->tcp;
	length =
	    packet_write(octets + 2, &active->request.question, &lane->query);
	octets[0] = (unsigned char)(length >> 8);
	octets[1] = (unsigned char)length;
	active->tcp_sent = active->tcp_have = 0;
	active->tcp_tries++;
	lane->sent_ms = engine->now_ms;
	active->deadline_ms = engine->now_ms + TCP_MS;
	active->is_on_tcp = true;
}

/* A server that starts anew or is full closes connections: a second try is
 * for that (RFC 7766 section 6.2.4). */
static void
tcp_closed(struct engine *engine, struct active *active, struct lane *lane)
{
	if (active->tcp_tries < TCP_TRIES)
		tcp_start(engine, active, lane);
	else
		tcp_fail(engine, active, lane,
		    "TCP was closed before the answer was whole");
}

void
tcp_fail(struct engine *engine, struct active *active, struct lane *lane,
    const char *note)
{
	struct dns_server *server = lane->server;

	lane_close(engine, lane);
	active->is_on_tcp = false;
	active_fail(engine, active, server, ANSWER_BROKEN, note);
}

/* Sends what is left of the question; then the buffer is the answer's. */
void
tcp_write(struct engine *engine, struct active *active, struct lane *lane)
{
	const size_t length =
	    2 + ((size_t)active->tcp[0] << 8 | active->tcp[1]);
	const ssize_t n = send(lane->fd, active->tcp + active->tcp_sent,
	    length - active->tcp_sent, MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		tcp_fail(engine, active, lane,
		    "long answers need TCP, which is refused");
		return;
	}
	if (n > 0)
		active->tcp_sent += (size_t)n;
	if (active->tcp_sent == length)
		active->tcp_sent = SIZE_MAX;
}

/* True when a whole message is in the buffer. */
bool
tcp_read(struct engine *engine, struct active *active, struct lane *lane)
{
	for (;;) {
		const size_t have = active->tcp_have;
		const size_t want = have < 2
		    ? 2
		    : 2 + ((size_t)active->tcp[0] << 8 | active->tcp[1]);
		ssize_t n;

		if (have >= 2 && have == want)
			return true;
		n = recv(lane->fd, active->tcp + have, want - have, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n <= 0) {
			tcp_closed(engine, active, lane);
			return false;
		}
		active->tcp_have += (size_t)n;
	}
}
