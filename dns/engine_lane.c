/*
 * The engine's sockets, and how often a server is asked.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/random.h"
#include "dns/engine_run.h"
#include "dns/pace.h"
#include "dns/socket_pool.h"

#define BURST      150  /* questions to one server at once... */
#define PER_SECOND 5    /* ...and then this many a second */
#define COST       1000 /* thousandths of a question */

/* ---- how often a server may be asked ---- */

static struct pace *
pace_of(struct engine *engine, struct dns_server *server)
{
	struct pace *pace;

	for (size_t i = 0; i < engine->pace_count; i++)
		if (engine->paces[i].at.port == server->at.port &&
		    ip_is_same(&engine->paces[i].at.ip, &server->at.ip))
			return &engine->paces[i];
	if (engine->pace_count == SERVER_CHECK)
		engine->pace_count--;
	pace = &engine->paces[engine->pace_count++];
	*pace = (struct pace){
		.at = server->at,
		.credit = (int64_t)BURST * COST,
		.credit_ms = engine->now_ms,
	};
	return pace;
}

bool
engine_may_ask(struct engine *engine, struct dns_server *server)
{
	struct pace *pace = pace_of(engine, server);

	if (engine->shared_pace != NULL)
		return pace_take(
		    engine->shared_pace, &server->at, engine->now_ms);
	pace->credit += (engine->now_ms - pace->credit_ms) * PER_SECOND;
	pace->credit_ms = engine->now_ms;
	if (pace->credit > (int64_t)BURST * COST)
		pace->credit = (int64_t)BURST * COST;
	return pace->credit >= COST;
}

void
lane_learn_rtt(struct lane *lane, struct dns_answer *answer, int64_t now_ms)
{
	struct dns_server *server = lane->server;
	const int64_t rtt = now_ms - lane->sent_ms;

	answer->rtt_ms = rtt > 0 ? (unsigned)rtt : 1;
	server->rtt_ms = server->rtt_ms == 0
	    ? answer->rtt_ms
	    : (server->rtt_ms * 7 + answer->rtt_ms) / 8;
}

/* ---- sockets ---- */

void
lane_close(struct engine *engine, struct lane *lane)
{
	if (lane->fd < 0)
		return;
	close(lane->fd);
	lane->fd = -1;
	engine->socket_count--;
}

/* The one question of the socket was answered: it may serve another. */
void
lane_keep(struct engine *engine, struct lane *lane)
{
	if (engine->sockets == NULL || lane->is_tcp || lane->foreign > 0)
		return;
	socket_pool_give(
	    engine->sockets, &lane->server->at, lane->fd, lane->uses + 1);
	lane->fd = -1;
	engine->socket_count--;
}

static uint16_t
new_id(struct engine *engine)
{
	if (engine->id_count == 0) {
		random_bytes(engine->ids, sizeof(engine->ids));
		engine->id_count = IDS_AT_ONCE;
	}
	return engine->ids[--engine->id_count];
}

/* A connected socket, or -1. */
static int
connect_to(const struct ip_port *at, bool is_tcp)
{
	struct sockaddr_storage to;
	const socklen_t size = ip_to_sockaddr(at, &to);
	const int fd = socket(to.ss_family,
	    (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, size) == 0 ||
	    errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

bool
lane_open(struct engine *engine, struct lane *lane, struct dns_server *server,
    bool is_tcp)
{
	lane->fd = -1;
	lane->uses = 0;
	if (engine->sockets != NULL && !is_tcp)
		lane->fd =
		    socket_pool_take(engine->sockets, &server->at, &lane->uses);
	if (lane->fd < 0)
		lane->fd = connect_to(&server->at, is_tcp);
	if (lane->fd < 0)
		return false;
	engine->socket_count++;
	lane->server = server;
	lane->is_tcp = is_tcp;
	lane->foreign = 0;
	lane->query.id = new_id(engine);
	lane->query.wants_recursion = server->is_resolver;
	lane->query.has_edns = !pace_of(engine, server)->dislikes_edns;
	return true;
}

/* A full socket buffer is a lost datagram: the retry mends it. */
bool
lane_send(struct engine *engine, struct active *active, struct lane *lane)
{
	unsigned char octets[PACKET_QUERY_MAX];
	const size_t length =
	    packet_write(octets, &active->request.question, &lane->query);

	lane->sent_ms = engine->now_ms;
	pace_of(engine, lane->server)->credit -= COST;
	return send(lane->fd, octets, length, MSG_NOSIGNAL) >= 0 ||
	    errno == EAGAIN || errno == EINTR || errno == ENOBUFS;
}

void
lane_forget_edns(struct engine *engine, struct lane *lane)
{
	pace_of(engine, lane->server)->dislikes_edns = true;
	lane->query.has_edns = false;
	lane->query.id = new_id(engine);
}
