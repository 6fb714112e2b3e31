#include "dns/starttls.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "dns/starttls_session.h"

#define EVENTS_MAX 16

struct starttls *
starttls_open(
    struct arena *arena, void (*done)(void *, const struct starttls_reply *))
{
	struct starttls *all = arena_alloc(arena, sizeof(*all));

	all->done = done;
	all->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return all;
}

void
starttls_close(struct starttls **all)
{
	if (*all == NULL)
		return;
	for (size_t i = 0; i < STARTTLS_AT_ONCE; i++)
		session_close(&(*all)->sessions[i]);
	close((*all)->epoll_fd);
	*all = NULL;
}

static struct session *
free_session(struct starttls *all)
{
	for (size_t i = 0; i < STARTTLS_AT_ONCE; i++)
		if (all->sessions[i].all == NULL)
			return &all->sessions[i];
	return NULL;
}

bool
starttls_ask(struct starttls *all, const struct starttls_request *request)
{
	struct session *session = free_session(all);

	if (session == NULL)
		return false;
	*session = (struct session){ .all = all,
		.context = request->context,
		.end_ms = clock_monotonic_ms() +
		    (request->limit_ms != 0 ? request->limit_ms
					    : STARTTLS_MS) };
	all->busy++;
	return session_begin(session, request);
}

void
starttls_step(struct starttls *all)
{
	struct epoll_event events[EVENTS_MAX];
	const int count = epoll_wait(all->epoll_fd, events, EVENTS_MAX, 0);
	const int64_t now_ms = clock_monotonic_ms();

	for (int i = 0; i < count; i++) {
		struct session *session = events[i].data.ptr;

		if (session->all != NULL)
			session_step(session);
	}
	for (size_t i = 0; i < STARTTLS_AT_ONCE; i++) {
		struct session *session = &all->sessions[i];

		if (session->all != NULL && now_ms >= session->end_ms)
			session_expire(session);
	}
}

bool
starttls_has_room(const struct starttls *all)
{
	return all->busy < STARTTLS_AT_ONCE;
}

bool
starttls_is_busy(const struct starttls *all)
{
	return all->busy > 0;
}

int
starttls_fd(const struct starttls *all)
{
	return all->epoll_fd;
}
