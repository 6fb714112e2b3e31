/*
 * listener_state.h - what the files of the listener share: its sockets, and
 * the connections that it counts.  For ssh/listener*.c alone.
 */
#ifndef SSH_LISTENER_STATE_H
#define SSH_LISTENER_STATE_H

#include <sys/types.h>

#include "ssh/penalty.h"
#include "ssh/serve.h"

#define CONNECTIONS_MAX 4096

struct connection {
	pid_t pid;
	struct ip source;   /* the address, or the first 64 bits of IPv6 */
	int64_t kill_at_ms; /* it should have ended by itself before that */
	bool is_logged_in, is_overdue;
};

struct listener {
	const struct serve_options *options;
	int sockets[SERVE_LISTEN_MAX];
	size_t socket_count;
	int signals;
	int lock;       /* of the state directory; each broker has it too */
	int notices[2]; /* a pipe of pid_t: that broker has logged one in */
	bool is_ending;
	int64_t accept_again_at_ms; /* 0: now */
	int64_t end_at_ms;
	int64_t burst_until_ms;
	unsigned burst_refused;
	size_t count;
	struct connection connections[CONNECTIONS_MAX];
	struct penalties penalties;
};

/* ---- before the first: ssh/listener_start.c ---- */

/* Takes the state directory, looks at the host key, opens the sockets that
 * the options name, the signals and the pipe of notices. */
enum err_code listener_open(struct listener *, struct err *) MUST_USE;

/* ---- who is let in: ssh/listener_admission.c ---- */

/* What counts as one source: the address, or the first 64 bits of IPv6. */
struct ip listener_source_of(const struct ip *);

/* Why this one is not let in, or NULL. */
const char *listener_refusal(const struct listener *, const struct ip *source);

/* One line for a burst: a flood must not fill the log as well. */
void listener_log_refusal(
    struct listener *, const struct ip *, const char *why);

/* The box itself: a proxy, a monitor, somebody at its console. */
bool listener_is_spared(const struct listener *, const struct ip *source);

#endif
