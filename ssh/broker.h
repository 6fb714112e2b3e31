/*
 * broker.h - the one process per connection that decides and starts.
 *
 * It asks whose key it is, opens terminals and pipes, starts applications
 * and tells how they ended.  It never parses a byte of the network: that is
 * the transport's, to which it talks over ssh/link.h.
 */
#ifndef SSH_BROKER_H
#define SSH_BROKER_H

struct serve_options;

/* How a connection ended: the broker's exit status, for the listener. */
enum broker_end {
	BROKER_DONE,     /* somebody was logged in */
	BROKER_NO_LOGIN, /* nobody tried */
	BROKER_REFUSED,  /* every attempt was refused */
	BROKER_DEADLINE, /* not logged in in time */
	BROKER_BROKEN,   /* the transport crashed or broke the protocol */
};

/*
 * Runs the connection `socket` in this process and ends it.  Once somebody
 * is logged in, its process id (pid_t) is written to `notice`, a pipe.
 * `lock` is the state's (ssh/state_lock.h): it is held as long as this runs,
 * also after the listener has gone.
 */
_Noreturn void broker_run(
    const struct serve_options *, int socket, int notice, int lock);

#endif
