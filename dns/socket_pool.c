#include "dns/socket_pool.h"

#include <string.h>
#include <unistd.h>

static void
remove_at(struct socket_pool *pool, size_t index)
{
	pool->count--;
	memmove(&pool->sockets[index], &pool->sockets[index + 1],
	    (pool->count - index) * sizeof(pool->sockets[0]));
}

int
socket_pool_take(
    struct socket_pool *pool, const struct ip_port *at, unsigned *uses)
{
	for (size_t i = pool->count; i-- > 0;) {
		const struct socket_at_rest *s = &pool->sockets[i];
		const int fd = s->fd;

		if (s->at.port != at->port || !ip_is_same(&s->at.ip, &at->ip))
			continue;
		*uses = s->uses;
		remove_at(pool, i);
		return fd;
	}
	return -1;
}

void
socket_pool_give(
    struct socket_pool *pool, const struct ip_port *at, int fd, unsigned uses)
{
	if (uses >= SOCKET_POOL_USES) {
		close(fd);
		return;
	}
	if (pool->count == SOCKET_POOL_MAX) {
		close(pool->sockets[0].fd);
		remove_at(pool, 0);
	}
	pool->sockets[pool->count++] =
	    (struct socket_at_rest){ .fd = fd, .uses = uses, .at = *at };
}
