/* The accept loop: counts, refuses, and forks a broker for each connection. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "ssh/broker.h"
#include "ssh/listener_state.h"

#define BACK_OFF_MS 1000 /* when the machine is out of something */

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
	close(listener->notices[0]);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	broker_run(
	    listener->options, socket, listener->notices[1], listener->lock);
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
	source = listener_source_of(&peer.ip);
	why = listener_refusal(listener, &source);
	if (why != NULL)
		listener_log_refusal(listener, &peer.ip, why);
	else if (!start_broker(listener, fd, &source))
		back_off(listener, "start a process");
	close(fd);
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
	if (!listener_is_spared(listener, &c->source))
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

enum err_code
serve_run(const struct serve_options *options, struct err *err)
{
	static struct listener listener;
	enum err_code code;

	listener = (struct listener){ .options = options };
	code = listener_open(&listener, err);
	if (code == OK)
		serve(&listener);
	return code;
}
