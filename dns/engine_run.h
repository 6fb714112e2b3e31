/*
 * engine_run.h - what the files of the engine share: a question under way, its
 * sockets, and what is known of a server.  For dns/engine*.c alone.
 */
#ifndef DNS_ENGINE_RUN_H
#define DNS_ENGINE_RUN_H

#include "dns/engine.h"
#include "dns/packet.h"

#define GIVE_UP_MS   6000
#define TRIES        4
#define SERVER_CHECK (DNS_SERVERS_MAX + 16)
#define IDS_AT_ONCE  64 /* one call to the kernel for so many */

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
	int tcp_tries;
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

/* ---- sockets, in dns/engine_lane.c ---- */

/* The server had not too many questions; counts one where the count is
 * shared. */
bool engine_may_ask(struct engine *, struct dns_server *);

/* A connected socket with a new id; false when there is none to be had. */
bool lane_open(
    struct engine *, struct lane *, struct dns_server *, bool is_tcp);
void lane_close(struct engine *, struct lane *);

/* The one question of the socket was answered: it may serve another. */
void lane_keep(struct engine *, struct lane *);

/* By UDP.  A full socket buffer is a lost datagram: the retry mends it. */
bool lane_send(struct engine *, struct active *, struct lane *);

/* The server wants questions without EDNS: this one has a new id. */
void lane_forget_edns(struct engine *, struct lane *);
void lane_learn_rtt(struct lane *, struct dns_answer *, int64_t now_ms);

/* ---- the life of a question, in dns/engine_try.c ---- */

void active_start(struct engine *, struct active *, const struct request *);

/* The next try, at the next server: on the socket it had, or a new one. */
void active_try_next(struct engine *, struct active *);

/* One server failed for good: on to the next, or the end. */
void active_note_failure(struct engine *, struct active *, struct dns_answer *);
void active_fail(struct engine *, struct active *, struct dns_server *,
    enum answer_state, const char *note);

/* The end, told with that answer or with the best failure there is. */
void active_finish(struct engine *, struct active *, struct dns_answer *);
void active_finish_failed(struct engine *, struct active *);
void active_close(struct engine *, struct active *);

/* ---- long answers, in dns/engine_tcp.c ---- */

void tcp_start(struct engine *, struct active *, struct lane *);
void tcp_fail(
    struct engine *, struct active *, struct lane *, const char *note);
void tcp_write(struct engine *, struct active *, struct lane *);

/* True when a whole message is in the buffer. */
bool tcp_read(struct engine *, struct active *, struct lane *);

/* ---- what comes in, in dns/engine_answer.c ---- */

void lane_hear(struct engine *, struct active *, struct lane *);

#endif
