/* The accept loop: counts, refuses, and forks a broker for each connection. */
#include "ssh/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/job.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "ssh/broker.h"
#include "ssh/host_key.h"
#include "ssh/penalty.h"
#include "ssh/state_lock.h"

#define CONNECTIONS_MAX 4096
#define BACKLOG         128
#define BACK_OFF_MS     1000  /* when the machine is out of something */
#define BURST_MS        10000 /* one log line per so many refusals */

const struct serve_limits serve_limits_default = {
	.start = 10,
	.rate = 30,
	.full = 60,
	.per_source = 5,
	.connections = 512,
	.login_seconds = 30,
	.packets = 60,
	.probes = 15,
	.failures = 6,
	.channels = 10,
	.idle_seconds = 60,
	.grace_seconds = 3,
	.spares_loopback = 1,
};

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
	int lock;       /* of the state directory; no process below has it */
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

/* ---- admission ---- */

static struct ip
source_of(const struct ip *ip)
{
	struct ip source = *ip;

	if (source.family == AF_INET6)
		memset(source.bytes + 8, 0, 8);
	return source;
}

/* Rises from `rate` per cent at `start` to 100 at `full`. */
static bool
is_unlucky(const struct serve_limits *limits, int waiting)
{
	int percent;

	if (waiting < limits->start)
		return false;
	if (waiting >= limits->full)
		return true;
	percent = limits->rate +
	    (100 - limits->rate) * (waiting - limits->start) /
		(limits->full - limits->start);
	return (int)random_below(100) < percent;
}

/* Why this one is not let in, or NULL. */
static const char *
refusal(const struct listener *listener, const struct ip *source)
{
	const struct serve_limits *limits = &listener->options->limits;
	int waiting = 0, of_source = 0;

	if (penalty_left(&listener->penalties, source, clock_monotonic_ms()) >
	    0)
		return "too many from there went wrong";
	for (size_t i = 0; i < listener->count; i++) {
		const struct connection *c = &listener->connections[i];

		waiting += !c->is_logged_in;
		of_source += !c->is_logged_in && ip_is_same(&c->source, source);
	}
	if (listener->count >= CONNECTIONS_MAX ||
	    (int)listener->count >= limits->connections)
		return "too many connections";
	if (of_source >= limits->per_source)
		return "too many from there that are not logged in";
	if (is_unlucky(limits, waiting))
		return "too many that are not logged in";
	return NULL;
}

/* One line for a burst: a flood must not fill the log as well. */
static void
log_refusal(struct listener *listener, const struct ip *ip, const char *why)
{
	const int64_t now = clock_monotonic_ms();
	char text[IP_TEXT_SIZE];

	listener->burst_refused++;
	if (now < listener->burst_until_ms)
		return;
	ip_format(text, ip);
	log_warn("Connection from %s refused: %s (%u since the last such line)",
	    text, why, listener->burst_refused);
	listener->burst_refused = 0;
	listener->burst_until_ms = now + BURST_MS;
}

/* ---- connections ---- */

static _Noreturn void
run_broker(struct listener *listener, int socket)
{
	sigset_t none;

	/* A group of its own: its end takes its transport along. */
	setpgid(0, 0);
	for (size_t i = 0; i < listener->socket_count; i++)
		close(listener->sockets[i]);
	close(listener->signals);
	close(listener->lock);
	close(listener->notices[0]);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	broker_run(listener->options, socket, listener->notices[1]);
}

static bool
start_broker(struct listener *listener, int socket, const struct ip *source)
{
	const pid_t pid = fork();

	if (pid == 0)
		run_broker(listener, socket);
	if (pid < 0)
		return false;
	setpgid(pid, pid);
	listener->connections[listener->count++] =
	    (struct connection){ .pid = pid,
		    .source = *source,
		    .kill_at_ms = clock_monotonic_ms() +
			1000 *
			    (listener->options->limits.login_seconds +
				listener->options->limits.grace_seconds) };
	return true;
}

static void
back_off(struct listener *listener, const char *what)
{
	log_warn_errno("Can't %s: waiting a second", what);
	listener->accept_again_at_ms = clock_monotonic_ms() + BACK_OFF_MS;
}

static bool
is_shortage(int number)
{
	return number == EMFILE || number == ENFILE || number == ENOMEM ||
	    number == ENOBUFS;
}

static void
take_connection(struct listener *listener, int door)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	struct ip_port peer;
	struct ip source;
	const char *why;
	const int fd = accept4(door, (struct sockaddr *)&address, &length,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		if (is_shortage(errno))
			back_off(listener, "take a connection");
		return;
	}
	if (!ip_from_sockaddr(&peer, &address)) {
		close(fd);
		return;
	}
	source = source_of(&peer.ip);
	why = refusal(listener, &source);
	if (why != NULL)
		log_refusal(listener, &peer.ip, why);
	else if (!start_broker(listener, fd, &source))
		back_off(listener, "start a process");
	close(fd);
}

/* The box itself: a proxy, a monitor, somebody at its console. */
static bool
is_spared(const struct listener *listener, const struct ip *source)
{
	static const struct ip none6 = { .family = AF_INET6 };

	if (!listener->options->limits.spares_loopback)
		return false;
	return source->family == AF_INET ? source->bytes[0] == 127
					 : ip_is_same(source, &none6);
}

static void
connection_ended(
    struct listener *listener, struct connection *c, enum broker_end end)
{
	if (end == BROKER_BROKEN) {
		char text[IP_TEXT_SIZE];

		ip_format(text, &c->source);
		log_warn("A connection from %s ended with a fault", text);
	}
	if (!is_spared(listener, &c->source))
		penalty_add(&listener->penalties, &c->source, end,
		    clock_monotonic_ms());
	kill(-c->pid, SIGKILL);
	*c = listener->connections[--listener->count];
}

static enum broker_end
broker_end_of(int status)
{
	/* Ended by the listener's own end, or by the operator. */
	if (WIFSIGNALED(status) &&
	    (WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGKILL))
		return BROKER_DONE;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > BROKER_BROKEN)
		return BROKER_BROKEN;
	return (enum broker_end)WEXITSTATUS(status);
}

static void
reap(struct listener *listener)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < listener->count; i++)
			if (listener->connections[i].pid == pid) {
				connection_ended(listener,
				    &listener->connections[i],
				    listener->connections[i].is_overdue
					? BROKER_DEADLINE
					: broker_end_of(status));
				break;
			}
}

/* A broker ends at the deadline itself, unless it hangs or computes. */
static void
kill_overdue(struct listener *listener)
{
	const int64_t now = clock_monotonic_ms();

	for (size_t i = 0; i < listener->count; i++) {
		struct connection *c = &listener->connections[i];
		char text[IP_TEXT_SIZE];

		if (c->is_logged_in || c->is_overdue || c->kill_at_ms > now)
			continue;
		c->is_overdue = true;
		ip_format(text, &c->source);
		log_warn("A connection from %s did not end at its deadline: "
			 "its process is killed",
		    text);
		kill(-c->pid, SIGKILL);
	}
}

static void
take_notice(struct listener *listener)
{
	pid_t pid;

	if (read(listener->notices[0], &pid, sizeof(pid)) != sizeof(pid))
		return;
	for (size_t i = 0; i < listener->count; i++)
		if (listener->connections[i].pid == pid)
			listener->connections[i].is_logged_in = true;
}

/* ---- the end ---- */

static void
end(struct listener *listener)
{
	if (listener->is_ending)
		return;
	log_info("Ending %zu connections", listener->count);
	listener->is_ending = true;
	listener->end_at_ms = clock_monotonic_ms() +
	    1000 * (listener->options->limits.grace_seconds + 2);
	for (size_t i = 0; i < listener->socket_count; i++)
		close(listener->sockets[i]);
	listener->socket_count = 0;
	for (size_t i = 0; i < listener->count; i++)
		kill(listener->connections[i].pid, SIGTERM);
}

static void
take_signals(struct listener *listener)
{
	struct signalfd_siginfo info;

	while (read(listener->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo == SIGCHLD)
			reap(listener);
		else
			end(listener);
}

/* ---- the loop ---- */

static int
wait_ms(const struct listener *listener)
{
	int64_t due = listener->is_ending ? listener->end_at_ms
					  : listener->accept_again_at_ms;
	int64_t left;

	for (size_t i = 0; i < listener->count; i++) {
		const struct connection *c = &listener->connections[i];

		if (!c->is_logged_in && !c->is_overdue &&
		    (due == 0 || c->kill_at_ms < due))
			due = c->kill_at_ms;
	}
	left = due - clock_monotonic_ms();

	if (due == 0)
		return -1;
	return left < 0 ? 0 : (int)left + 1;
}

static bool
may_accept(struct listener *listener)
{
	if (listener->accept_again_at_ms > clock_monotonic_ms())
		return false;
	listener->accept_again_at_ms = 0;
	return true;
}

static bool
must_go_on(const struct listener *listener)
{
	return !listener->is_ending ||
	    (listener->count > 0 && clock_monotonic_ms() < listener->end_at_ms);
}

static void
serve(struct listener *listener)
{
	while (must_go_on(listener)) {
		struct pollfd polls[2 + SERVE_LISTEN_MAX] = {
			{ .fd = listener->signals, .events = POLLIN },
			{ .fd = listener->notices[0], .events = POLLIN },
		};
		const size_t doors =
		    may_accept(listener) ? listener->socket_count : 0;

		for (size_t i = 0; i < doors; i++)
			polls[2 + i] =
			    (struct pollfd){ .fd = listener->sockets[i],
				    .events = POLLIN };
		if (poll(polls, 2 + doors, wait_ms(listener)) < 0)
			continue;
		if (polls[1].revents != 0)
			take_notice(listener);
		for (size_t i = 0; i < doors; i++)
			if (polls[2 + i].revents != 0)
				take_connection(listener, listener->sockets[i]);
		if (polls[0].revents != 0)
			take_signals(listener);
		kill_overdue(listener);
	}
	for (size_t i = 0; i < listener->count; i++)
		kill(-listener->connections[i].pid, SIGKILL);
}

/* ---- the start ---- */

static enum err_code
open_door(int *door, const struct ip_port *at, struct err *err)
{
	struct sockaddr_storage address;
	const socklen_t length = ip_to_sockaddr(at, &address);
	const int on = 1;
	char text[IP_TEXT_SIZE];

	*door = socket(
	    at->ip.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*door < 0)
		return err_set_errno(err, "Can't open a socket");
	setsockopt(*door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Each family has a socket of its own. */
	if (at->ip.family == AF_INET6)
		setsockopt(*door, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(*door, (struct sockaddr *)&address, length) != 0 ||
	    listen(*door, BACKLOG) != 0) {
		ip_format(text, &at->ip);
		err_set_errno(
		    err, "Can't listen on %s port %u", text, at->port);
		close(*door);
		return ERR_SYSTEM;
	}
	return OK;
}

static enum err_code
open_doors(struct listener *listener, struct err *err)
{
	const struct serve_options *options = listener->options;

	for (size_t i = 0; i < options->listen_count; i++) {
		const enum err_code code =
		    open_door(&listener->sockets[i], &options->listen[i], err);

		if (code != OK)
			return code;
		listener->socket_count++;
	}
	return listener->socket_count > 0
	    ? OK
	    : err_set(err, ERR_INVALID, NULL,
		  "Name an address and port to listen on.");
}

static enum err_code
open_signals(struct listener *listener, struct err *err)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	listener->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (listener->signals < 0 ||
	    pipe2(listener->notices, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_set_errno(err, "Can't start to serve");
	return OK;
}

struct host_key_answer {
	struct err err;
	char fingerprint[HOST_KEY_FINGERPRINT_SIZE];
};

static void
look_at_host_key(int out, void *state_directory)
{
	struct host_key_answer answer = { 0 };

	if (host_key_fingerprint(
		state_directory, answer.fingerprint, &answer.err) != OK)
		answer.fingerprint[0] = '\0';
	job_write(out, &answer, sizeof(answer));
}

/* Another process looks, so that this one never holds the key. */
static enum err_code
check_host_key(const char *state_directory, struct err *err)
{
	struct arena arena = { 0 };
	struct job job;
	char path[4096];
	const void *record;
	size_t length;
	enum job_event event;
	enum err_code code;

	text_copy(path, sizeof(path), state_directory);
	code = job_open(&job, &arena, look_at_host_key, path, err);
	if (code != OK)
		return code;
	while ((event = job_read(&job, &record, &length)) == JOB_NOTHING)
		poll(&(struct pollfd){ .fd = job.fd, .events = POLLIN }, 1, -1);
	if (event != JOB_RECORD || length != sizeof(struct host_key_answer)) {
		code = err_set(
		    err, ERR_SYSTEM, NULL, "Can't look at the host key.");
	} else {
		const struct host_key_answer *answer = record;

		*err = answer->err;
		code = answer->err.code;
		if (code == OK)
			log_info("Host key ED25519 %s", answer->fingerprint);
	}
	job_close(&job);
	arena_free(&arena);
	return code;
}

static void
log_doors(const struct serve_options *options)
{
	for (size_t i = 0; i < options->listen_count; i++) {
		char text[IP_TEXT_SIZE];

		ip_format(text, &options->listen[i].ip);
		log_info("Server listening on %s port %u", text,
		    options->listen[i].port);
	}
}

enum err_code
serve_run(const struct serve_options *options, struct err *err)
{
	static struct listener listener;
	enum err_code code;

	listener = (struct listener){ .options = options };
	code = state_lock(options->state_directory, false, &listener.lock, err);
	if (code == OK)
		code = check_host_key(options->state_directory, err);
	if (code == OK)
		code = open_doors(&listener, err);
	if (code == OK)
		code = open_signals(&listener, err);
	if (code != OK)
		return code;
	log_doors(options);
	serve(&listener);
	return OK;
}
