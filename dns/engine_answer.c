/*
 * What comes in on the engine's sockets.
 */
#include <errno.h>
#include <sys/socket.h>

#include "base/text.h"
#include "dns/engine_run.h"

#define FOREIGN_MAX 200 /* forged datagrams before we stop to look */

static void
retry_without_edns(
    struct engine *engine, struct active *active, struct lane *lane)
{
	lane_forget_edns(engine, lane);
	if (lane->is_tcp)
		tcp_start(engine, active, lane);
	else
		lane_send(engine, active, lane);
}

static void
take_message(struct engine *engine, struct active *active, struct lane *lane,
    const unsigned char *octets, size_t length)
{
	struct dns_answer answer = { .ede_code = -1, .server = lane->server };

	switch (packet_read(
	    octets, length, &active->request.question, &lane->query, &answer)) {
	case PACKET_FOREIGN:
		lane->foreign++;
		if (lane->is_tcp)
			tcp_fail(
			    engine, active, lane, "answered another question");
		return;
	case PACKET_TRUNCATED:
		if (lane->is_tcp)
			tcp_fail(engine, active, lane, "cut even by TCP");
		else
			tcp_start(engine, active, lane);
		return;
	case PACKET_NO_EDNS:
		arena_free(&answer.memory);
		retry_without_edns(engine, active, lane);
		return;
	case PACKET_ANSWER:
		break;
	}
	lane_learn_rtt(lane, &answer, engine->now_ms);
	/* Asked more than once, it may get more answers. */
	if (active->tries == 1)
		lane_keep(engine, lane);
	if (answer.state == ANSWER_GOOD || active->request.server_count == 1) {
		active_finish(engine, active, &answer);
		return;
	}
	lane_close(engine, lane);
	active_note_failure(engine, active, &answer);
}

static void
read_udp(struct engine *engine, struct active *active, struct lane *lane)
{
	unsigned char octets[4096];
	const struct dns_question question = active->request.question;
	struct dns_server *server = lane->server;

	/* A flood of forged datagrams must not keep us here. */
	for (int i = 0; i < 8 && lane->foreign < FOREIGN_MAX; i++) {
		const ssize_t n = recv(lane->fd, octets, sizeof(octets), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0) {
			lane_close(engine, lane);
			active_fail(
			    engine, active, server, ANSWER_UNREACHABLE, "");
			return;
		}
		take_message(engine, active, lane, octets, (size_t)n);
		/* The lane may be another question's by now. */
		if (!active->is_used || lane->fd < 0 || lane->is_tcp ||
		    lane->server != server ||
		    !text_is_same(
			active->request.question.name, question.name) ||
		    active->request.question.type != question.type)
			return;
	}
}

void
lane_hear(struct engine *engine, struct active *active, struct lane *lane)
{
	if (!lane->is_tcp) {
		read_udp(engine, active, lane);
		return;
	}
	if (active->tcp_sent != SIZE_MAX) {
		tcp_write(engine, active, lane);
		return;
	}
	if (tcp_read(engine, active, lane))
		take_message(engine, active, lane, active->tcp + 2,
		    active->tcp_have - 2);
}
