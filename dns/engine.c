#include "dns/engine.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/engine_run.h"

#define HELD_BACK_MS 50 /* when a server that had enough is tried again */

/* When the next try follows the start, in ms. */
static const int try_at_ms[TRIES + 1] = { 0, 400, 1200, 3000, GIVE_UP_MS };

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

/* ---- the loop ---- */

static void
run_timers(struct engine *engine, struct active *active)
{
	const struct dns_question *question = &active->request.question;

	if (engine->now_ms >= active->deadline_ms) {
		active_finish_failed(engine, active);
		return;
	}
	if (active->tries >= TRIES || active->is_on_tcp ||
	    engine->now_ms < active->started_ms + try_at_ms[active->tries])
		return;
	if (active->tries == 1 && engine->events.late != NULL)
		engine->events.late(
		    engine->context, question, active->request.servers[0]);
	active_try_next(engine, active);
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
		    has_room && engine_may_ask(engine, request.servers[0]);

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
		active_start(engine, active, &request);
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
			lane_hear(engine, watched[i].active, watched[i].lane);
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
