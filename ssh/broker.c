#include "ssh/broker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ip.h"
#include "base/log.h"
#include "ssh/application.h"
#include "ssh/attempt.h"
#include "ssh/link.h"
#include "ssh/privilege.h"
#include "ssh/serve.h"
#include "ssh/transport.h"

/* What the transport gets to say good-bye to its client. */
#define FAREWELL_MS 1000
#define WAIT_MAX_MS 3600000 /* then the clock is looked at again */

struct channel {
	pid_t pid; /* 0: nothing runs */
	bool is_hung_up;
	int64_t kill_at_ms; /* 0: not due */
};

struct broker {
	const struct serve_options *options;
	int link, notice, signals, lock;
	pid_t transport;
	int64_t login_by_ms;   /* 0: somebody is logged in */
	int64_t session_by_ms; /* the key expires then; 0: never */
	int64_t end_at_ms;     /* 0: not ending; when to stop waiting */
	bool is_transport_gone, is_transport_crashed;
	struct attempts attempts;
	struct actor actor;
	struct channel channels[LINK_CHANNELS_MAX];
};

/* ---- log-in ---- */

static void
begin_session(struct broker *broker)
{
	const struct serve_options *options = broker->options;
	const pid_t self = getpid();
	int64_t ends_at = 0;

	broker->login_by_ms = 0;
	if (write(broker->notice, &self, sizeof(self)) != sizeof(self))
		log_warn_errno("Can't tell the listener of a log-in");
	if (options->logged_in != NULL)
		ends_at = options->logged_in(
		    options->state_directory, &broker->actor);
	/* A moment later than the screens, which say good-bye themselves. */
	if (ends_at != 0)
		broker->session_by_ms = clock_monotonic_ms() +
		    (ends_at - clock_now()) * 1000 + FAREWELL_MS;
}

static bool
answer_log_in(struct broker *broker, const struct link_message *message)
{
	struct link_message answer = { .kind = LINK_ANSWER };
	struct actor actor = { 0 };

	if (broker->login_by_ms == 0)
		return false;
	answer.is_yes = attempt_answer(&broker->attempts, message, &actor,
	    answer.text, sizeof(answer.text));
	if (answer.is_yes &&
	    (message->kind == LINK_VERIFIED ||
		message->kind == LINK_PASSWORD)) {
		broker->actor = actor;
		begin_session(broker);
	}
	return link_send(broker->link, &answer, NULL, 0);
}

/* ---- applications ---- */

static bool
start_application(struct broker *broker, const struct link_message *message)
{
	struct link_message answer = { .kind = LINK_STARTED,
		.channel = message->channel };
	struct channel *channel = &broker->channels[message->channel];
	struct application application = { 0 };
	struct err err;
	bool is_sent;

	if (broker->login_by_ms != 0 || channel->pid != 0)
		return false;
	if (!message->is_command && !message->has_terminal)
		return false;
	answer.is_yes = application_start(&application, broker->options,
			    &broker->actor, message, &err) == OK;
	if (!answer.is_yes)
		log_warn("%s", err.text);
	*channel = (struct channel){ .pid = application.pid };
	is_sent = link_send(
	    broker->link, &answer, application.fds, application.fd_count);
	for (int i = 0; i < application.fd_count; i++)
		close(application.fds[i]);
	return is_sent;
}

static void
hang_up(struct broker *broker, struct channel *channel)
{
	if (channel->pid == 0 || channel->is_hung_up)
		return;
	channel->is_hung_up = true;
	channel->kill_at_ms = clock_monotonic_ms() +
	    (int64_t)broker->options->limits.grace_seconds * 1000;
	kill(-channel->pid, SIGHUP);
}

static void
kill_overdue(struct broker *broker)
{
	const int64_t now = clock_monotonic_ms();

	for (int i = 0; i < LINK_CHANNELS_MAX; i++) {
		struct channel *channel = &broker->channels[i];

		if (channel->pid == 0 || channel->kill_at_ms == 0 ||
		    channel->kill_at_ms > now)
			continue;
		kill(-channel->pid, SIGKILL);
		kill(channel->pid, SIGKILL);
		channel->kill_at_ms = 0;
	}
}

static int
exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + (WTERMSIG(status) & 0x3f);
}

static void
application_ended(struct broker *broker, int number, int status)
{
	const struct link_message message = { .kind = LINK_EXITED,
		.channel = (uint8_t)number,
		.status = (uint8_t)exit_status(status) };

	/* Whatever it left behind in its group goes too. */
	kill(-broker->channels[number].pid, SIGKILL);
	broker->channels[number] = (struct channel){ 0 };
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGHUP &&
	    WTERMSIG(status) != SIGKILL)
		log_warn("A session of %s ended with signal %d",
		    broker->actor.address, WTERMSIG(status));
	if (broker->link >= 0)
		link_send(broker->link, &message, NULL, 0);
}

/* ---- the loop ---- */

/* The transport is gone, or must go: so must all that it showed. */
static void
end(struct broker *broker)
{
	if (broker->end_at_ms == 0)
		broker->end_at_ms = clock_monotonic_ms() + FAREWELL_MS;
	if (broker->link >= 0)
		close(broker->link);
	broker->link = -1;
	for (int i = 0; i < LINK_CHANNELS_MAX; i++)
		hang_up(broker, &broker->channels[i]);
}

static void
reap(struct broker *broker)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == broker->transport) {
			broker->is_transport_gone = true;
			broker->is_transport_crashed =
			    !WIFEXITED(status) || WEXITSTATUS(status) != 0;
			end(broker);
		}
		for (int i = 0; i < LINK_CHANNELS_MAX; i++)
			if (broker->channels[i].pid == pid)
				application_ended(broker, i, status);
	}
}

static void
take_signals(struct broker *broker)
{
	struct signalfd_siginfo info;

	if (read(broker->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap(broker);
	else
		end(broker);
}

static bool
act_on(struct broker *broker, const struct link_message *message)
{
	switch ((enum link_kind)message->kind) {
	case LINK_METHODS:
	case LINK_ASK:
	case LINK_VERIFIED:
	case LINK_PASSWORD:
		return answer_log_in(broker, message);
	case LINK_START:
		return start_application(broker, message);
	case LINK_HANGUP:
		hang_up(broker, &broker->channels[message->channel]);
		return true;
	case LINK_ANSWER:
	case LINK_STARTED:
	case LINK_EXITED:
	case LINK_KINDS:
		break;
	}
	return false;
}

static bool
take_message(struct broker *broker)
{
	struct link_message message;
	bool is_good;

	if (!link_receive(broker->link, &message, NULL, NULL))
		return false;
	is_good = act_on(broker, &message);
	/* It may have held a password. */
	explicit_bzero(message.text, sizeof(message.text));
	return is_good;
}

static bool
is_busy(const struct broker *broker)
{
	for (int i = 0; i < LINK_CHANNELS_MAX; i++)
		if (broker->channels[i].pid != 0)
			return true;
	return !broker->is_transport_gone &&
	    (broker->end_at_ms == 0 ||
		clock_monotonic_ms() < broker->end_at_ms);
}

/* Milliseconds to the next thing that is due by the clock; -1: nothing. */
static int
wait_ms(const struct broker *broker)
{
	int64_t due = broker->login_by_ms != 0 ? broker->login_by_ms
					       : broker->session_by_ms;
	int64_t left;

	if (broker->end_at_ms != 0)
		due = broker->is_transport_gone ? 0 : broker->end_at_ms;
	for (int i = 0; i < LINK_CHANNELS_MAX; i++) {
		const int64_t at = broker->channels[i].kill_at_ms;

		if (at != 0 && (due == 0 || at < due))
			due = at;
	}
	if (due == 0)
		return -1;
	left = due - clock_monotonic_ms();
	return left < 0 ? 0 : left > WAIT_MAX_MS ? WAIT_MAX_MS : (int)left + 1;
}

static bool
is_late(const struct broker *broker)
{
	return broker->login_by_ms != 0 &&
	    clock_monotonic_ms() >= broker->login_by_ms;
}

static void
end_when_expired(struct broker *broker)
{
	if (broker->session_by_ms == 0 || broker->end_at_ms != 0 ||
	    clock_monotonic_ms() < broker->session_by_ms)
		return;
	log_info("The key of %s has expired: its session ends",
	    broker->actor.address);
	end(broker);
}

static void
serve(struct broker *broker)
{
	while (is_busy(broker)) {
		struct pollfd polls[] = {
			{ .fd = broker->signals, .events = POLLIN },
			{ .fd = broker->link, .events = POLLIN },
		};

		if (poll(polls, 2, wait_ms(broker)) < 0 && errno != EINTR)
			break;
		if (polls[0].revents != 0)
			take_signals(broker);
		if (polls[1].revents != 0 && broker->link >= 0 &&
		    !take_message(broker))
			end(broker);
		if (is_late(broker))
			break;
		end_when_expired(broker);
		kill_overdue(broker);
	}
}

/* What the log and the listener should know of a connection's end. */
static enum broker_end
judge(struct broker *broker)
{
	if (broker->login_by_ms == 0)
		return BROKER_DONE;
	attempts_log_refusal(&broker->attempts);
	if (is_late(broker)) {
		log_info("Timeout before authentication for %s port %u",
		    broker->attempts.from, broker->attempts.peer.port);
		return BROKER_DEADLINE;
	}
	if (broker->is_transport_crashed) {
		log_warn("The transport for %s port %u ended badly",
		    broker->attempts.from, broker->attempts.peer.port);
		return BROKER_BROKEN;
	}
	if (broker->attempts.refused > 0)
		return BROKER_REFUSED;
	log_info("Connection closed by %s port %u [preauth]",
	    broker->attempts.from, broker->attempts.peer.port);
	return BROKER_NO_LOGIN;
}

static bool
look_at_peer(struct broker *broker, int socket)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getpeername(socket, (struct sockaddr *)&address, &length) != 0 ||
	    !ip_from_sockaddr(&broker->attempts.peer, &address))
		return false;
	ip_format(broker->attempts.from, &broker->attempts.peer.ip);
	return true;
}

static bool
start_transport(struct broker *broker, int socket)
{
	const pid_t parent = getpid();
	int ends[2];

	if (!link_open(ends))
		return false;
	broker->transport = fork();
	if (broker->transport == 0) {
		/* The one that reads strangers' bytes dies with this one. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(70);
		close(ends[0]);
		close(broker->signals);
		close(broker->notice);
		/* A directory: a way out of the empty root. */
		close(broker->lock);
		transport_run(broker->options, socket, ends[1]);
	}
	close(ends[1]);
	broker->link = ends[0];
	return broker->transport > 0;
}

static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

_Noreturn void
broker_run(
    const struct serve_options *options, int socket, int notice, int lock)
{
	struct broker broker = { .options = options,
		.notice = notice,
		.lock = lock,
		.link = -1,
		.attempts = { .options = options, .is_user_known = true },
		.login_by_ms = clock_monotonic_ms() +
		    (int64_t)options->limits.login_seconds * 1000 };

	broker.signals = open_signals();
	if (broker.signals < 0 || !look_at_peer(&broker, socket))
		_exit(BROKER_NO_LOGIN);
	if (!start_transport(&broker, socket)) {
		log_warn_errno("Can't start a transport");
		_exit(BROKER_NO_LOGIN);
	}
	/* Not before: the transport reads the host key as who we were. */
	privilege_become_owner(options->state_directory);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	close(socket);
	serve(&broker);
	_exit((int)judge(&broker));
}
