/*
 * engine.h - asks DNS questions, many at once, in one poll loop.
 *
 * One connected UDP socket per question with an id from the kernel's random
 * numbers: answers of others never come in (a sweep uses a socket for some
 * questions, one after the other: dns/socket_pool.h).  Retries after 0.4, 1.2 and 3 s,
 * the end after 6 s.  EDNS with 1232 octets, without it for servers that
 * can't; TCP for answers that don't fit.  At most 64 sockets; a server gets
 * a burst of questions and then 5 a second.  Nothing blocks but
 * engine_step(), which is the program's one poll().
 */
#ifndef DNS_ENGINE_H
#define DNS_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "dns/answers.h"

#define ENGINE_SOCKETS     64
#define ENGINE_SERVERS_MAX 4    /* that may answer one question */
#define ENGINE_QUEUE_MAX   2048 /* questions that wait for a socket */

struct engine;
struct pace_table;
struct socket_pool;

struct engine_events {
	/* A question has ended, in an answer or a failure.  *answer may be
	 * handed to answers_put(); what stays in it is freed. */
	void (*done)(void *context, const struct dns_question *,
	    struct dns_answer *answer);
	/* The first try got no answer in 400 ms; may be NULL. */
	void (*late)(void *context, const struct dns_question *,
	    const struct dns_server *);
};

struct engine *engine_open(
    struct arena *, const struct engine_events *, void *context);

/* From here on the table says how often a server is asked, instead of the
 * engine's own count: it is shared with other engines. */
void engine_share_pace(struct engine *, struct pace_table *);

/* Sockets come from the pool and go back to it, which outlives the engine. */
void engine_share_sockets(struct engine *, struct socket_pool *);

/*
 * Asks the servers: the first, the next when that one fails or is slow.  With
 * one server the answer is that server's.  Recursion is wanted of resolvers.
 * The servers must live on.  A question that is under way to the same first
 * server isn't asked twice.  False when the queue is full or the name no DNS
 * name.
 */
bool engine_ask(struct engine *, const struct dns_question *,
    struct dns_server *const *servers, size_t count);

/* True while a question is under way or waits. */
bool engine_is_busy(const struct engine *);

/*
 * Waits for the network, for `fd` (-1 is none) or until timeout_ms are over,
 * and calls the events.  True when `fd` can be read or is at its end.
 */
bool engine_step(struct engine *, int fd, int timeout_ms);

void engine_close(struct engine **);

#endif
