#include "dns/engine.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "dns/pace.h"
#include "dns/packet.h"
#include "dns/socket_pool.h"

#define GIVE_UP_MS   6000
#define TCP_MS       4000 /* from the moment we know that we need it */
#define BURST        150  /* questions to one server at once... */
#define PER_SECOND   5    /* ...and then this many a second */
#define HELD_BACK_MS 50   /* when a server that had enough is tried again */
#define COST         1000 /* thousandths of a question */
#define TCP_BUFFER   (2 + PACKET_MAX)
#define TRIES        4
#define FOREIGN_MAX  200 /* forged datagrams before we stop to look */
#define SERVER_CHECK (DNS_SERVERS_MAX + 16)
#define IDS_AT_ONCE  64 /* one call to the kernel for so many */

/* When the next try follows the start, in ms. */
static const int try_at_ms[TRIES + 1] = { 0, 400, 1200, 3000, GIVE_UP_MS };

/* What is known of a server in this engine. */
struct pace {
	struct ip_port at;
	int64_t credit;    /* COST each */
	int64_t credit_ms; /* when it was that */
	bool dislikes_edns;
};

struct request {
	struct dns_question question;
	struct dns_server *servers[ENGINE_SERVERS_MAX];
	size_t server_count;
};

/* One socket: a question on its way to one server. */
struct lane {
	int fd; /* -1: closed */
	struct dns_server *server;
	struct packet_query query;
	int64_t sent_ms;
	bool is_tcp;
	int foreign;
	unsigned uses; /* questions that the socket had before */
};

struct active {
	bool is_used;
	struct request request;
	struct lane lanes[ENGINE_SERVERS_MAX];
	size_t next_server;
	int tries;
	int64_t started_ms, deadline_ms;
	int64_t asked_at;
	struct dns_answer failure; /* of a server; told when none does better */
	bool has_failure;
	bool is_on_tcp;
	unsigned char *tcp; /* TCP_BUFFER bytes, made when first needed */
	size_t tcp_sent, tcp_have;
};

struct engine {
	struct arena *arena;
	struct engine_events events;
	void *context;
	struct active active[ENGINE_SOCKETS];
	size_t socket_count;
	struct request *queue; /* ENGINE_QUEUE_MAX */
	size_t queue_length;
	struct pace paces[SERVER_CHECK];
	size_t pace_count;
	struct pace_table *shared_pace; /* or NULL */
	struct socket_pool *sockets;    /* or NULL */
	uint16_t ids[IDS_AT_ONCE];
	size_t id_count; /* unused ones */
	int64_t now_ms;
};

struct engine *
engine_open(
    struct arena *arena, const struct engine_events *events, void *context)
{
	struct engine *engine = arena_alloc(arena, sizeof(*engine));

	engine->arena = arena;
	/* Half a megabyte, of which most is never written. */
	engine->queue =
	    arena_bytes(arena, ENGINE_QUEUE_MAX * sizeof(*engine->queue));
	engine->events = *events;
	engine->context = context;
	for (size_t i = 0; i < ENGINE_SOCKETS; i++)
		for (size_t k = 0; k < ENGINE_SERVERS_MAX; k++)
			engine->active[i].lanes[k].fd = -1;
	return engine;
}

void
engine_share_pace(struct engine *engine, struct pace_table *table)
{
	engine->shared_pace = table;
}

void
engine_share_sockets(struct engine *engine, struct socket_pool *pool)
{
	engine->sockets = pool;
}

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

static bool
may_ask_now(struct engine *engine, struct dns_server *server)
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

static void
learn_rtt(struct lane *lane, struct dns_answer *answer, int64_t now_ms)
{
	struct dns_server *server = lane->server;
	const int64_t rtt = now_ms - lane->sent_ms;

	answer->rtt_ms = rtt > 0 ? (unsigned)rtt : 1;
	server->rtt_ms = server->rtt_ms == 0
	    ? answer->rtt_ms
	    : (server->rtt_ms * 7 + answer->rtt_ms) / 8;
}

/* ---- sockets ---- */

static void
lane_close(struct engine *engine, struct lane *lane)
{
	if (lane->fd < 0)
		return;
	close(lane->fd);
	lane->fd = -1;
	engine->socket_count--;
}

/* The one question of the socket was answered: it may serve another. */
static void
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

static bool
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
static bool
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

/* ---- the end of a question ---- */

static void
active_close(struct engine *engine, struct active *active)
{
	for (size_t i = 0; i < ENGINE_SERVERS_MAX; i++)
		lane_close(engine, &active->lanes[i]);
	arena_free(&active->failure.memory);
	active->has_failure = false;
	active->is_used = false;
}

static void
finish(struct engine *engine, struct active *active, struct dns_answer *answer)
{
	const struct dns_question question = active->request.question;

	answer->asked_at = active->asked_at;
	answer->answered_at = clock_now();
	active_close(engine, active);
	engine->events.done(engine->context, &question, answer);
	arena_free(&answer->memory);
}

/* The best that can be said when nobody answered well. */
static void
finish_failed(struct engine *engine, struct active *active)
{
	struct dns_answer answer = {
		.state = ANSWER_TIMEOUT,
		.ede_code = -1,
		.server = active->request.servers[0],
	};

	if (active->has_failure) {
		answer = active->failure;
		active->failure.memory = (struct arena){ 0 };
	}
	finish(engine, active, &answer);
}

static void note_failure(struct engine *, struct active *, struct dns_answer *);

static void
fail(struct engine *engine, struct active *active, struct dns_server *server,
    enum answer_state state, const char *note)
{
	struct dns_answer answer = {
		.state = state,
		.ede_code = -1,
		.server = server,
	};

	text_copy(answer.note, sizeof(answer.note), note);
	note_failure(engine, active, &answer);
}

/* ---- tries ---- */

static struct lane *
lane_of(struct active *active, const struct dns_server *server)
{
	struct lane *empty = NULL;

	for (size_t i = 0; i < ENGINE_SERVERS_MAX; i++) {
		struct lane *lane = &active->lanes[i];

		if (lane->fd >= 0 && lane->server == server)
			return lane;
		if (lane->fd < 0 && empty == NULL)
			empty = lane;
	}
	return empty;
}

/* The next try, at the next server: on the socket it had, or a new one. */
static void
try_next(struct engine *engine, struct active *active)
{
	const struct request *request = &active->request;
	struct dns_server *server =
	    request->servers[active->next_server++ % request->server_count];
	struct lane *lane = lane_of(active, server);

	active->tries++;
	if (lane == NULL || (lane->fd >= 0 && lane->is_tcp))
		return; /* no lane is free, or the server is answering */
	if (lane->fd < 0 && engine->socket_count >= ENGINE_SOCKETS)
		return;
	if (lane->fd < 0 && !lane_open(engine, lane, server, false)) {
		fail(engine, active, server, ANSWER_UNREACHABLE, "");
		return;
	}
	if (!lane_send(engine, active, lane)) {
		lane_close(engine, lane);
		fail(engine, active, server, ANSWER_UNREACHABLE, "");
	}
}

/* One server failed for good: on to the next, or the end. */
static void
note_failure(
    struct engine *engine, struct active *active, struct dns_answer *answer)
{
	bool is_open = false;

	for (size_t i = 0; i < ENGINE_SERVERS_MAX; i++)
		is_open = is_open || active->lanes[i].fd >= 0;
	if (!active->has_failure) {
		active->failure = *answer;
		active->has_failure = true;
	} else {
		arena_free(&answer->memory);
	}
	if (active->next_server < active->request.server_count)
		try_next(engine, active);
	else if (!is_open)
		finish_failed(engine, active);
}

static void
start(
    struct engine *engine, struct active *active, const struct request *request)
{
	active->is_used = true;
	active->request = *request;
	active->next_server = 0;
	active->tries = 0;
	active->tcp_sent = active->tcp_have = 0;
	active->is_on_tcp = false;
	active->started_ms = engine->now_ms;
	active->deadline_ms = engine->now_ms + GIVE_UP_MS;
	active->asked_at = clock_now();
	try_next(engine, active);
}

/* ---- TCP ---- */

static void
start_tcp(struct engine *engine, struct active *active, struct lane *lane)
{
	struct dns_server *server = lane->server;
	unsigned char *octets;
	size_t length;

	for (size_t i = 0; i < ENGINE_SERVERS_MAX; i++)
		lane_close(engine, &active->lanes[i]);
	if (!lane_open(engine, lane, server, true)) {
		fail(engine, active, server, ANSWER_BROKEN,
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
	lane->sent_ms = engine->now_ms;
	active->deadline_ms = engine->now_ms + TCP_MS;
	active->is_on_tcp = true;
}

static void
fail_tcp(struct engine *engine, struct active *active, struct lane *lane,
    const char *note)
{
	struct dns_server *server = lane->server;

	lane_close(engine, lane);
	active->is_on_tcp = false;
	fail(engine, active, server, ANSWER_BROKEN, note);
}

/* Sends what is left of the question; then the buffer is the answer's. */
static void
tcp_write(struct engine *engine, struct active *active, struct lane *lane)
{
	const size_t length =
	    2 + ((size_t)active->tcp[0] << 8 | active->tcp[1]);
	const ssize_t n = send(lane->fd, active->tcp + active->tcp_sent,
	    length - active->tcp_sent, MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		fail_tcp(engine, active, lane,
		    "long answers need TCP, which is refused");
		return;
	}
	if (n > 0)
		active->tcp_sent += (size_t)n;
	if (active->tcp_sent == length)
		active->tcp_sent = SIZE_MAX;
}

/* True when a whole message is in the buffer. */
static bool
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
			fail_tcp(engine, active, lane,
			    "TCP was closed before the answer was whole");
			return false;
		}
		active->tcp_have += (size_t)n;
	}
}

/* ---- answers ---- */

static void
retry_without_edns(
    struct engine *engine, struct active *active, struct lane *lane)
{
	pace_of(engine, lane->server)->dislikes_edns = true;
	lane->query.has_edns = false;
	lane->query.id = new_id(engine);
	if (lane->is_tcp)
		start_tcp(engine, active, lane);
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
			fail_tcp(
			    engine, active, lane, "answered another question");
		return;
	case PACKET_TRUNCATED:
		if (lane->is_tcp)
			fail_tcp(engine, active, lane, "cut even by TCP");
		else
			start_tcp(engine, active, lane);
		return;
	case PACKET_NO_EDNS:
		arena_free(&answer.memory);
		retry_without_edns(engine, active, lane);
		return;
	case PACKET_ANSWER:
		break;
	}
	learn_rtt(lane, &answer, engine->now_ms);
	/* Asked more than once, it may get more answers. */
	if (active->tries == 1)
		lane_keep(engine, lane);
	if (answer.state == ANSWER_GOOD || active->request.server_count == 1) {
		finish(engine, active, &answer);
		return;
	}
	lane_close(engine, lane);
	note_failure(engine, active, &answer);
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
			fail(engine, active, server, ANSWER_UNREACHABLE, "");
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

static void
lane_event(struct engine *engine, struct active *active, struct lane *lane)
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

/* ---- the loop ---- */

static void
run_timers(struct engine *engine, struct active *active)
{
	const struct dns_question *question = &active->request.question;

	if (engine->now_ms >= active->deadline_ms) {
		finish_failed(engine, active);
		return;
	}
	if (active->tries >= TRIES || active->is_on_tcp ||
	    engine->now_ms < active->started_ms + try_at_ms[active->tries])
		return;
	if (active->tries == 1 && engine->events.late != NULL)
		engine->events.late(
		    engine->context, question, active->request.servers[0]);
	try_next(engine, active);
}

static int64_t
wake_at(const struct active *active)
{
	int64_t at = active->deadline_ms;

	if (active->tries < TRIES && !active->is_on_tcp &&
	    active->started_ms + try_at_ms[active->tries] < at)
		at = active->started_ms + try_at_ms[active->tries];
	return at;
}

static struct active *
free_slot(struct engine *engine)
{
	for (size_t i = 0; i < ENGINE_SOCKETS; i++)
		if (!engine->active[i].is_used)
			return &engine->active[i];
	return NULL;
}

/* Starts what waits, in order, but for servers that had enough for now.
 * True when something must wait for its server. */
static bool
start_queued(struct engine *engine)
{
	size_t kept = 0;
	bool is_held_back = false;

	for (size_t i = 0; i < engine->queue_length; i++) {
		struct active *active = free_slot(engine);
		const struct request request = engine->queue[i];
		const bool has_room =
		    active != NULL && engine->socket_count < ENGINE_SOCKETS;
		const bool may =
		    has_room && may_ask_now(engine, request.servers[0]);

		if (!may) {
			is_held_back = is_held_back || has_room;
			engine->queue[kept++] = request;
			continue;
		}
		/* An event may add to the queue behind us: close the gap
		 * first. */
		memmove(&engine->queue[kept], &engine->queue[i + 1],
		    (engine->queue_length - i - 1) * sizeof(request));
		engine->queue_length -= i + 1 - kept;
		i = kept - 1;
		start(engine, active, &request);
	}
	engine->queue_length = kept;
	return is_held_back;
}

static bool
is_same_question(const struct request *request,
    const struct dns_question *question, const struct dns_server *server)
{
	return request->servers[0] == server &&
	    request->question.type == question->type &&
	    request->question.is_unchecked == question->is_unchecked &&
	    text_is_same(request->question.name, question->name);
}

bool
engine_ask(struct engine *engine, const struct dns_question *question,
    struct dns_server *const *servers, size_t count)
{
	struct request request = { .question = *question };

	if (engine->queue_length == ENGINE_QUEUE_MAX || count == 0 ||
	    !dns_name_normalize(request.question.name,
		question->name[0] == '\0' ? "." : question->name))
		return false;
	for (size_t i = 0; i < ENGINE_SOCKETS; i++)
		if (engine->active[i].is_used &&
		    is_same_question(&engine->active[i].request,
			&request.question, servers[0]))
			return true;
	for (size_t i = 0; i < engine->queue_length; i++)
		if (is_same_question(
			&engine->queue[i], &request.question, servers[0]))
			return true;
	for (size_t i = 0; i < count && i < ENGINE_SERVERS_MAX; i++)
		request.servers[request.server_count++] = servers[i];
	engine->queue[engine->queue_length++] = request;
	return true;
}

bool
engine_is_busy(const struct engine *engine)
{
	for (size_t i = 0; i < ENGINE_SOCKETS; i++)
		if (engine->active[i].is_used)
			return true;
	return engine->queue_length > 0;
}

struct watched {
	struct active *active;
	struct lane *lane;
};

static size_t
gather(struct engine *engine, struct pollfd *fds, struct watched *watched,
    int64_t *wake_ms)
{
	size_t count = 0;

	for (size_t i = 0; i < ENGINE_SOCKETS; i++) {
		struct active *active = &engine->active[i];

		if (!active->is_used)
			continue;
		if (wake_at(active) < *wake_ms)
			*wake_ms = wake_at(active);
		for (size_t k = 0; k < ENGINE_SERVERS_MAX; k++) {
			struct lane *lane = &active->lanes[k];
			const bool is_writing =
			    lane->is_tcp && active->tcp_sent != SIZE_MAX;

			if (lane->fd < 0 || count == ENGINE_SOCKETS)
				continue;
			fds[count] = (struct pollfd){ .fd = lane->fd,
				.events = is_writing ? POLLOUT : POLLIN };
			watched[count++] = (struct watched){ active, lane };
		}
	}
	return count;
}

bool
engine_step(struct engine *engine, int fd, int timeout_ms)
{
	struct pollfd fds[ENGINE_SOCKETS + 1];
	struct watched watched[ENGINE_SOCKETS];
	int64_t wake_ms;
	size_t count;
	int n;

	engine->now_ms = clock_monotonic_ms();
	wake_ms = engine->now_ms + timeout_ms;
	if (start_queued(engine) && wake_ms > engine->now_ms + HELD_BACK_MS)
		wake_ms = engine->now_ms + HELD_BACK_MS;
	count = gather(engine, fds, watched, &wake_ms);
	fds[count] = (struct pollfd){ .fd = fd, .events = POLLIN };
	if (wake_ms < engine->now_ms)
		wake_ms = engine->now_ms;
	n = poll(fds, (nfds_t)count + 1, (int)(wake_ms - engine->now_ms));
	engine->now_ms = clock_monotonic_ms();
	for (size_t i = 0; n > 0 && i < count; i++)
		if (fds[i].revents != 0 && watched[i].active->is_used &&
		    watched[i].lane->fd == fds[i].fd)
			lane_event(engine, watched[i].active, watched[i].lane);
	for (size_t i = 0; i < ENGINE_SOCKETS; i++)
		if (engine->active[i].is_used)
			run_timers(engine, &engine->active[i]);
	return n > 0 && fds[count].revents != 0;
}

void
engine_close(struct engine **engine)
{
	if (*engine == NULL)
		return;
	for (size_t i = 0; i < ENGINE_SOCKETS; i++)
		active_close(*engine, &(*engine)->active[i]);
	*engine = NULL;
}
