/*
 * A question of the engine from its first try to its end.
 */
#include "base/clock.h"
#include "base/text.h"
#include "dns/engine_run.h"

/* ---- the end of a question ---- */

void
active_close(struct engine *engine, struct active *active)
{
	for (size_t i = 0; i < ENGINE_SERVERS_MAX; i++)
		lane_close(engine, &active->lanes[i]);
	arena_free(&active->failure.memory);
	active->has_failure = false;
	active->is_used = false;
}

void
active_finish(
    struct engine *engine, struct active *active, struct dns_answer *answer)
{
	const struct dns_question question = active->request.question;

	answer->asked_at = active->asked_at;
	answer->answered_at = clock_now();
	active_close(engine, active);
	engine->events.done(engine->context, &question, answer);
	arena_free(&answer->memory);
}

/* The best that can be said when nobody answered well. */
void
active_finish_failed(struct engine *engine, struct active *active)
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
	active_finish(engine, active, &answer);
}

void
active_fail(struct engine *engine, struct active *active,
    struct dns_server *server, enum answer_state state, const char *note)
{
	struct dns_answer answer = {
		.state = state,
		.ede_code = -1,
		.server = server,
	};

	text_copy(answer.note, sizeof(answer.note), note);
	active_note_failure(engine, active, &answer);
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
void
active_try_next(struct engine *engine, struct active *active)
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
		active_fail(engine, active, server, ANSWER_UNREACHABLE, "");
		return;
	}
	if (!lane_send(engine, active, lane)) {
		lane_close(engine, lane);
		active_fail(engine, active, server, ANSWER_UNREACHABLE, "");
	}
}

/* One server failed for good: on to the next, or the end. */
void
active_note_failure(
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
		active_try_next(engine, active);
	else if (!is_open)
		active_finish_failed(engine, active);
}

void
active_start(
    struct engine *engine, struct active *active, const struct request *request)
{
	active->is_used = true;
	active->request = *request;
	active->next_server = 0;
	active->tries = 0;
	active->tcp_sent = active->tcp_have = 0;
	active->is_on_tcp = false;
	active->tcp_tries = 0;
	active->started_ms = engine->now_ms;
	active->deadline_ms = engine->now_ms + GIVE_UP_MS;
	active->asked_at = clock_now();
	active_try_next(engine, active);
}
