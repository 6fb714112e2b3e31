#include "ssh/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sanitizer.h"
#include "base/text.h"
#include "ssh/channel.h"
#include "ssh/host_key.h"
#include "ssh/link.h"
#include "ssh/login.h"
#include "ssh/privilege.h"
#include "ssh/sandbox.h"
#include "ssh/serve.h"

/* A new key exchange after so much data, and after an hour. */
#define REKEY_BYTES   (512ULL << 20)
#define REKEY_SECONDS 3600U

/* What freed memory is filled with: libssh wipes none of what a client typed. */
#define FREED_BYTE 0xA5

/* An unreachable client is given up after about so long. */
#define DEAD_PEER_MS 60000U

static struct {
	const struct serve_limits *limits;
	int socket, link;
	ssh_session session;
	bool is_key_exchanged, is_over;
	struct ssh_counter_struct socket_counter, packet_counter;
	struct ssh_server_callbacks_struct callbacks;
} transport;

/* ---- settings: SSH_BIND_OPTIONS_* take texts, numbers and flags ---- */

/* clang-format off */
static const struct {
	enum ssh_bind_options_e option;
	const char *value;
} bind_texts[] = {
	/* Group 18 alone costs a stranger nothing and us 120 ms. */
	{ SSH_BIND_OPTIONS_KEY_EXCHANGE,
	  "curve25519-sha256,curve25519-sha256@libssh.org" },
	{ SSH_BIND_OPTIONS_CIPHERS_C_S,
	  "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,"
	  "aes128-gcm@openssh.com,aes256-ctr" },
	{ SSH_BIND_OPTIONS_CIPHERS_S_C,
	  "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,"
	  "aes128-gcm@openssh.com,aes256-ctr" },
	{ SSH_BIND_OPTIONS_HMAC_C_S,
	  "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com" },
	{ SSH_BIND_OPTIONS_HMAC_S_C,
	  "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com" },
	/* No certificates: libssh checks nothing in them but possession. */
	{ SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES,
	  "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,"
	  "ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
	  "sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256" },
	/* The library's version is nobody's business. */
	{ SSH_BIND_OPTIONS_BANNER, "Postern" },
};
/* clang-format on */

static void
must(int result, const char *what)
{
	if (result == SSH_OK)
		return;
	log_warn("The SSH library refuses %s", what);
	_exit(70);
}

static ssh_bind
open_bind(const char *state_directory)
{
	const ssh_bind bind = ssh_bind_new();
	const bool no = false;
	const int rsa_bits = 2048;
	struct err err;
	ssh_key key;

	if (bind == NULL)
		_exit(70);
	if (host_key_read(state_directory, &key, &err) != OK) {
		log_warn("%s", err.text);
		_exit(70);
	}
	/* Else the system's own configuration could overrule ours. */
	must(ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no),
	    "to leave the system's configuration alone");
	must(ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key),
	    "the host key");
	must(ssh_bind_options_set(
		 bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE, &rsa_bits),
	    "a least RSA size");
	for (size_t i = 0; i < sizeof(bind_texts) / sizeof(*bind_texts); i++)
		must(ssh_bind_options_set(
			 bind, bind_texts[i].option, bind_texts[i].value),
		    bind_texts[i].value);
	return bind;
}

static ssh_session
open_session(ssh_bind bind, int socket)
{
	const ssh_session session = ssh_new();
	const uint64_t bytes = REKEY_BYTES;
	const uint32_t seconds = REKEY_SECONDS;
	const long timeout = 30;

	if (session == NULL)
		_exit(70);
	/* "no" for SSH_OPTIONS_COMPRESSION would leave zlib on offer. */
	must(ssh_options_set(session, SSH_OPTIONS_COMPRESSION_C_S, "none"),
	    "no compression");
	must(ssh_options_set(session, SSH_OPTIONS_COMPRESSION_S_C, "none"),
	    "no compression");
	must(ssh_options_set(session, SSH_OPTIONS_REKEY_DATA, &bytes),
	    "a limit of data per key");
	must(ssh_options_set(session, SSH_OPTIONS_REKEY_TIME, &seconds),
	    "a limit of time per key");
	must(ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &timeout),
	    "a timeout");
	must(ssh_bind_accept_fd(bind, session, socket), "the connection");
	ssh_set_counters(
	    session, &transport.socket_counter, &transport.packet_counter);
	return session;
}

static void
set_option(int socket, int level, int name, unsigned value)
{
	setsockopt(socket, level, name, &value, sizeof(value));
}

static void
set_socket_options(int socket)
{
	set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, DEAD_PEER_MS / 2000);
	set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, DEAD_PEER_MS / 6000);
	set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
	set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, DEAD_PEER_MS);
}

/* ---- the loop ---- */

static _Noreturn void
leave(void)
{
	ssh_disconnect(transport.session);
	ssh_free(transport.session); /* its memory is wiped as it is freed */
	_exit(0);
}

static bool
is_client_gone(void)
{
	return !ssh_is_connected(transport.session) ||
	    (ssh_get_status(transport.session) &
		(SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
}

/* Stock clients keep Nagle's algorithm on at first: a late ACK of ours would
 * cost them 40 ms. */
static void
acknowledge_at_once(void)
{
	if (!channels_have_started())
		set_option(transport.socket, IPPROTO_TCP, TCP_QUICKACK, 1);
}

static struct pollfd
poll_of_socket(void)
{
	const bool is_pending =
	    (ssh_get_poll_flags(transport.session) & SSH_WRITE_PENDING) != 0;

	return (struct pollfd){ .fd = transport.socket,
		.events = (short)(POLLIN | (is_pending ? POLLOUT : 0)) };
}

static void
wait_for(struct pollfd *polls, int count, int timeout_ms)
{
	acknowledge_at_once();
	if (poll(polls, (nfds_t)count, timeout_ms) < 0 && errno != EINTR)
		_exit(71);
	acknowledge_at_once();
}

/*
 * ssh_handle_key_exchange() never returns when the client sent its log-in
 * along with the last packet of the exchange: so it isn't waited for once
 * somebody is logged in.
 */
static void
handle_packets(void)
{
	int result;

	if (transport.is_key_exchanged || login_is_done()) {
		ssh_execute_message_callbacks(transport.session);
		return;
	}
	result = ssh_handle_key_exchange(transport.session);
	transport.is_key_exchanged = result == SSH_OK;
	if (result == SSH_ERROR)
		transport.is_over = true;
}

/* A bad signature is neither answered nor reported by the library: only the
 * number of packets shows a flood of them. */
static bool
is_over_budget(void)
{
	return transport.packet_counter.in_packets >
	    (uint64_t)transport.limits->packets;
}

static void
log_in(void)
{
	struct pollfd polls[2] = { { .fd = transport.socket } };

	for (;;) {
		handle_packets();
		if (transport.is_over || login_is_over() || is_over_budget() ||
		    (transport.is_key_exchanged && is_client_gone()))
			leave();
		if (login_is_done())
			return;
		polls[0] = poll_of_socket();
		polls[1] =
		    (struct pollfd){ .fd = transport.link, .events = POLLIN };
		wait_for(polls, 2, -1);
		if (polls[1].revents != 0)
			leave(); /* the broker has nothing to say but this */
	}
}

static bool
take_message(void)
{
	struct link_message message;
	int fds[LINK_FDS_MAX];
	int count = 0;

	return link_receive(transport.link, &message, fds, &count) &&
	    channels_message(&message, fds, count);
}

static void
relay(void)
{
	struct pollfd polls[2 + CHANNELS_POLLS_MAX];
	const int64_t idle_ms = (int64_t)transport.limits->idle_seconds * 1000;
	int64_t idle_since = clock_monotonic_ms();

	for (;;) {
		int count;

		if (!channels_step() || is_client_gone())
			leave();
		if (channels_count() > 0)
			idle_since = clock_monotonic_ms();
		else if (clock_monotonic_ms() - idle_since >= idle_ms)
			leave();
		polls[0] = poll_of_socket();
		polls[1] =
		    (struct pollfd){ .fd = transport.link, .events = POLLIN };
		count = 2 + channels_polls(polls + 2);
		wait_for(polls, count,
		    channels_are_draining()     ? 500
			: channels_count() == 0 ? (int)idle_ms
						: -1);
		if (polls[0].revents != 0)
			handle_packets();
		if (polls[1].revents != 0 && !take_message())
			leave();
	}
}

static void
close_standard_streams(void)
{
	const int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0)
		_exit(71);
	if (!IS_SANITIZED)
		dup2(fd, 2);
	if (fd > 2)
		close(fd);
}

static void
stay_silent(int priority, const char *function, const char *text, void *data)
{
	(void)priority, (void)function, (void)text, (void)data;
}

_Noreturn void
transport_run(const struct serve_options *options, int socket, int link)
{
	ssh_bind bind;

	transport.limits = &options->limits;
	transport.socket = socket;
	transport.link = link;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, SIG_DFL);
	/* Should the broker ever fail to watch the time. */
	alarm((unsigned)options->limits.login_seconds + 5);
	ssh_set_log_level(SSH_LOG_NONE);
	ssh_set_log_callback(stay_silent);
	set_socket_options(socket);
	bind = open_bind(options->state_directory);
	close_standard_streams();
	privilege_lock_in();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	mallopt(M_PERTURB, FREED_BYTE);

	transport.session = open_session(bind, socket);
	ssh_bind_free(bind);
	login_open(
	    transport.session, &transport.callbacks, link, &options->limits);
	transport.callbacks.channel_open_request_session_function =
	    channels_accept;
	ssh_callbacks_init(&transport.callbacks);
	ssh_set_server_callbacks(transport.session, &transport.callbacks);
	ssh_set_blocking(transport.session, 0);
	channels_open(transport.session, link, options->limits.channels);
	sandbox_enter();
	log_in();
	alarm(0);
	relay();
	leave();
}
