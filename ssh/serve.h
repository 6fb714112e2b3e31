/*
 * serve.h - the SSH door: the listener and, per connection, its processes.
 *
 *   listener      accepts, counts, refuses; no key, no database, no libssh
 *     broker      per connection: look-up of the key, pty, start of programs
 *       transport   libssh on the TCP socket, locked in
 *       application   per channel: the screens, or one command
 *
 * This folder does not know what a log-in means or what runs behind it: both
 * come as functions, so that the doors can be tested alone.
 */
#ifndef SSH_SERVE_H
#define SSH_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ip.h"

struct actor;

#define SERVE_LISTEN_MAX  8
#define SERVE_TELL_HOLDER "key" /* err.field of a refusal: see login() */

/* What the doors allow.  serve_limits_default has the usual figures. */
struct serve_limits {
	/* Connections that have not logged in yet: from `start` on, each new
	 * one is refused with `rate` per cent, rising to all at `full`. */
	int start, rate, full;
	int per_source;    /* of one IPv4 address or IPv6 /64, not logged in */
	int connections;   /* of all, logged in or not */
	int login_seconds; /* from accept to verified signature */
	int packets;       /* that a client may send before log-in */
	int probes;        /* offered keys that don't count as failures */
	int failures;      /* refused log-ins before the connection ends */
	int channels;      /* open at once on one connection */
	int idle_seconds;  /* logged in, but no channel is open */
	int grace_seconds; /* from SIGHUP to SIGKILL for an application */
	int spares_loopback; /* no penalties for the box itself */
};

extern const struct serve_limits serve_limits_default;

struct serve_options {
	const char *state_directory;
	struct ip_port listen[SERVE_LISTEN_MAX];
	size_t listen_count;
	struct serve_limits limits;

	/*
	 * Whose key is this?  Runs in the broker, perhaps several times: for
	 * keys that are only offered, and for the one whose signature was
	 * verified.  Fills *actor.  Every refusal looks the same to a
	 * stranger; err.text goes to the log.  With err.field SERVE_TELL_HOLDER
	 * it is also told to whoever proves to hold the key.  ERR_NOT_FOUND is
	 * "no such user", which the log tells apart.  Whatever it opens it must close: the
	 * applications are forked from the same process.
	 */
	enum err_code (*login)(const char *state_directory, const char *user,
	    const char *key_type, const char *key_base64, const struct ip *from,
	    struct actor *, struct err *);

	/* The same for a password.  takes_passwords says whether the method is
	 * offered at all; both may be NULL: it never is. */
	bool (*takes_passwords)(const char *state_directory);
	enum err_code (*password_login)(const char *state_directory,
	    const char *user, const char *password, const struct ip *from,
	    struct actor *, struct err *);

	/* Logged in for good: write that down.  Gives the moment (clock_now())
	 * when the session ends by force, 0 for never.  May be NULL. */
	int64_t (*logged_in)(const char *state_directory, const struct actor *);

	/*
	 * The application, in a process of its own.  Descriptors 0, 1 and 2
	 * are a terminal (screens) or pipes (or a terminal, where the client
	 * asked for one); TERM, LANG and the like are in the environment.
	 * The result is the exit status.
	 */
	int (*run_screens)(const char *state_directory, const struct actor *);
	int (*run_command)(const char *state_directory, const struct actor *,
	    int word_count, char **words);
};

/*
 * Serves until SIGTERM or SIGINT, then ends every connection.  OK after such
 * an end, else why it could not start.  When started by root, the transport
 * becomes user "postern-ssh" (or "nobody" where there is none), and all else
 * that belongs to a connection becomes the owner of the state directory.
 */
enum err_code serve_run(const struct serve_options *, struct err *) MUST_USE;

#endif
