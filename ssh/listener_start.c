/* What the listener needs before it serves: lock, host key, sockets, signals. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/job.h"
#include "base/log.h"
#include "base/text.h"
#include "ssh/host_key.h"
#include "ssh/listener_state.h"
#include "ssh/state_lock.h"

#define BACKLOG 128

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
listener_open(struct listener *listener, struct err *err)
{
	const struct serve_options *options = listener->options;
	enum err_code code =
	    state_lock(options->state_directory, false, &listener->lock, err);

	if (code == OK)
		code = check_host_key(options->state_directory, err);
	if (code == OK)
		code = open_doors(listener, err);
	if (code == OK)
		code = open_signals(listener, err);
	if (code == OK)
		log_doors(options);
	return code;
}
