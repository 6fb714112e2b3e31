#include "ssh/channel.h"

#include <errno.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"
#include "ssh/environment.h"
#include "ssh/residue.h"

#define BUFFER_SIZE 32768
/* More than the window: all that is unread fits in. */
#define INPUT_SIZE (2 << 20)
/* libssh does not enforce its window of 1,280,000 bytes: we do. */
#define UNREAD_MAX (4 << 20)
/* How long output may lag behind the end of its application. */
#define DRAIN_MS 2000

struct buffer {
	size_t start, end;
	unsigned char bytes[BUFFER_SIZE];
};

struct input {
	size_t start, end;
	unsigned char *bytes; /* INPUT_SIZE of them, touched when used */
};

struct channel {
	ssh_channel channel; /* NULL: the slot is free of a client */
	bool is_closed_by_client;
	bool has_app;    /* asked for, runs, or its end is not known yet */
	bool is_running; /* the descriptors are here */
	bool is_over;    /* `status` is known */
	bool is_status_sent;
	bool has_terminal;
	int status;
	int64_t drain_until_ms;
	int input, output, errors; /* descriptors or -1; a terminal is both
				    * input and output */
	struct input in;
	unsigned char *unread; /* in libssh's buffer, or NULL */
	size_t unread_count;
	struct buffer out, err;
	struct link_message request;
	struct ssh_channel_callbacks_struct callbacks;
};

static struct {
	ssh_session session;
	int link, most;
	bool has_started;
	struct channel all[LINK_CHANNELS_MAX];
	unsigned char inputs[LINK_CHANNELS_MAX][INPUT_SIZE];
} channels;

static const char usage[] =
    "Postern's screens need a terminal: connect with \"ssh -t\".\r\n"
    "Or give a command, such as: ssh HOST help\r\n";

static bool
is_empty(const struct buffer *buffer)
{
	return buffer->start == buffer->end;
}

static bool
has_no_input(const struct channel *c)
{
	return c->in.start == c->in.end;
}

static bool
is_free(const struct channel *c)
{
	return c->channel == NULL && !c->has_app;
}

static uint16_t
between(int value, uint16_t least, uint16_t most, uint16_t if_none)
{
	if (value == 0)
		return if_none;
	/* The wire has 32 bits without sign, libssh an int. */
	if (value < 0 || value > most)
		return most;
	return value < least ? least : (uint16_t)value;
}

static void
set_size(struct link_message *message, int columns, int rows)
{
	message->columns = between(columns, 20, 500, 80);
	message->rows = between(rows, 5, 300, 24);
}

/* ---- requests of the client: 0 grants, 1 refuses ---- */

static int
on_terminal(ssh_session session, ssh_channel channel, const char *term,
    int columns, int rows, int width_pixels, int height_pixels, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel, (void)width_pixels, (void)height_pixels;
	if (c->has_app || c->has_terminal)
		return 1;
	c->has_terminal = true;
	c->request.has_terminal = true;
	text_copy(c->request.term, sizeof(c->request.term),
	    environment_is_term(term) ? term : "");
	set_size(&c->request, columns, rows);
	return 0;
}

static int
on_window_change(ssh_session session, ssh_channel channel, int columns,
    int rows, int width_pixels, int height_pixels, void *data)
{
	struct channel *c = data;
	struct winsize size = { 0 };

	(void)session, (void)channel, (void)width_pixels, (void)height_pixels;
	if (!c->has_terminal)
		return 0;
	set_size(&c->request, columns, rows);
	size.ws_col = c->request.columns;
	size.ws_row = c->request.rows;
	if (c->output >= 0)
		ioctl(c->output, TIOCSWINSZ, &size);
	return 0;
}

static int
on_environment(ssh_session session, ssh_channel channel, const char *name,
    const char *value, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	if (c->has_app || !environment_allows(name, value))
		return 1;
	for (int i = 0; i < LINK_ENVIRONMENT_MAX; i++)
		if (c->request.environment[i][0] == '\0')
			return !text_format(c->request.environment[i],
			    sizeof(c->request.environment[i]), "%s=%s", name,
			    value);
	return 1;
}

static int
start(struct channel *c)
{
	if (!link_send(channels.link, &c->request, NULL, 0))
		return 1;
	c->has_app = true;
	return 0;
}

static int
on_shell(ssh_session session, ssh_channel channel, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	if (c->has_app || c->is_over)
		return 1;
	if (c->has_terminal)
		return start(c);
	memcpy(c->err.bytes, usage, sizeof(usage) - 1);
	c->err.end = sizeof(usage) - 1;
	c->status = EX_USAGE;
	c->is_over = true;
	return 0;
}

static int
on_command(
    ssh_session session, ssh_channel channel, const char *command, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	if (c->has_app || c->is_over)
		return 1;
	c->request.is_command = true;
	if (!text_copy(c->request.text, sizeof(c->request.text), command))
		return 1; /* rather than run half of it */
	return start(c);
}

static void
on_close(ssh_session session, ssh_channel channel, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	c->is_closed_by_client = true;
}

/* Takes nothing: only notes where libssh keeps what it will give. */
static int
on_data(ssh_session session, ssh_channel channel, void *bytes, uint32_t length,
    int is_stderr, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	if (is_stderr)
		return 0;
	if (c->unread_count < length)
		residue_wipe_packet((unsigned char *)bytes + c->unread_count,
		    length - c->unread_count);
	c->unread = bytes;
	c->unread_count = length;
	return 0;
}

ssh_channel
channels_accept(ssh_session session, void *unused)
{
	(void)unused;
	for (int i = 0; i < channels.most; i++) {
		struct channel *c = &channels.all[i];

		if (!is_free(c))
			continue;
		memset(c, 0, sizeof(*c));
		c->in.bytes = channels.inputs[i];
		c->input = c->output = c->errors = -1;
		c->request.kind = LINK_START;
		c->request.channel = (uint8_t)i;
		c->callbacks.userdata = c;
		c->callbacks.channel_pty_request_function = on_terminal;
		c->callbacks.channel_pty_window_change_function =
		    on_window_change;
		c->callbacks.channel_env_request_function = on_environment;
		c->callbacks.channel_shell_request_function = on_shell;
		c->callbacks.channel_exec_request_function = on_command;
		c->callbacks.channel_close_function = on_close;
		c->callbacks.channel_data_function = on_data;
		ssh_callbacks_init(&c->callbacks);
		c->channel = ssh_channel_new(session);
		if (c->channel != NULL)
			ssh_set_channel_callbacks(c->channel, &c->callbacks);
		return c->channel;
	}
	return NULL;
}

/* ---- bytes ---- */

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
close_input(struct channel *c)
{
	if (c->input == c->output)
		c->input = -1; /* the terminal stays open for its output */
	else
		close_fd(&c->input);
	c->in.start = c->in.end = 0;
}

/* libssh keeps what it gave until something else lies there.  The bytes are
 * read already: nobody misses them. */
static void
wipe_read(struct channel *c, size_t length)
{
	if (length > c->unread_count)
		return;
	explicit_bzero(c->unread, length);
	c->unread += length;
	c->unread_count -= length;
}

/*
 * Takes all that the client sent.  libssh opens its window again at every
 * read, also at one that leaves most of it unread: who took a little at a time
 * would soon be flooded.
 */
static void
take_in(struct channel *c)
{
	int n = 0;

	c->in.start = c->in.end = 0;
	while (c->in.end < INPUT_SIZE && ssh_channel_poll(c->channel, 0) > 0 &&
	    (n = ssh_channel_read_nonblocking(c->channel,
		 c->in.bytes + c->in.end, (uint32_t)(INPUT_SIZE - c->in.end),
		 0)) > 0) {
		wipe_read(c, (size_t)n);
		c->in.end += (size_t)n;
	}
}

/* The client's bytes go to the application. */
static void
feed(struct channel *c)
{
	while (c->input >= 0) {
		ssize_t n;

		if (has_no_input(c))
			take_in(c);
		if (has_no_input(c))
			break;
		n = write(c->input, c->in.bytes + c->in.start,
		    c->in.end - c->in.start);
		if (n > 0) {
			/* It may have been a password or a private key. */
			explicit_bzero(c->in.bytes + c->in.start, (size_t)n);
			c->in.start += (size_t)n;
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno != EAGAIN) {
			close_input(c);
		} else {
			return; /* it is full: poll tells when it is not */
		}
	}
	if (c->input >= 0 && c->input != c->output && has_no_input(c) &&
	    ssh_channel_is_eof(c->channel))
		close_input(c);
}

/* A closed standard input, or bytes that nobody asked for. */
static bool
discard(struct channel *c)
{
	unsigned char bin[4096];
	int n;

	if (c->is_running && c->input < 0)
		while ((n = ssh_channel_read_nonblocking(
			    c->channel, bin, sizeof(bin), 0)) > 0)
			wipe_read(c, (size_t)n);
	/* Only what is there: an empty read would open the window. */
	while (ssh_channel_poll(c->channel, 1) > 0 &&
	    ssh_channel_read_nonblocking(c->channel, bin, sizeof(bin), 1) > 0)
		;
	return ssh_channel_poll(c->channel, 0) < UNREAD_MAX;
}

static bool
may_write(const struct channel *c)
{
	return (ssh_get_poll_flags(channels.session) & SSH_WRITE_PENDING) ==
	    0 &&
	    ssh_channel_window_size(c->channel) > 0;
}

/* The application's bytes go to the client; as many as it takes now. */
static void
flush(struct channel *c, struct buffer *buffer, bool is_error)
{
	while (!is_empty(buffer) && may_write(c)) {
		const uint32_t left = (uint32_t)(buffer->end - buffer->start);
		const int n = is_error
		    ? ssh_channel_write_stderr(
			  c->channel, buffer->bytes + buffer->start, left)
		    : ssh_channel_write(
			  c->channel, buffer->bytes + buffer->start, left);

		if (n <= 0)
			return; /* a new key exchange is under way */
		buffer->start += (size_t)n;
	}
}

static void
take(int *fd, struct buffer *buffer)
{
	ssize_t n;

	if (*fd < 0 || !is_empty(buffer))
		return;
	n = read(*fd, buffer->bytes, BUFFER_SIZE);
	if (n > 0) {
		buffer->start = 0;
		buffer->end = (size_t)n;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close_fd(fd); /* a terminal whose last user left says EIO */
	}
}

static void
relay(struct channel *c)
{
	const bool is_one = c->input == c->output;

	feed(c);
	/* Twice: what fits in the buffer often fits in the window too. */
	for (int i = 0; i < 2; i++) {
		take(&c->output, &c->out);
		if (is_one)
			c->input = c->output;
		take(&c->errors, &c->err);
		flush(c, &c->out, false);
		flush(c, &c->err, true);
	}
}

/* ---- ends ---- */

static void
close_all(struct channel *c)
{
	close_input(c);
	close_fd(&c->output);
	close_fd(&c->errors);
}

static void
let_go(struct channel *c)
{
	close_all(c);
	ssh_remove_channel_callbacks(c->channel, &c->callbacks);
	ssh_channel_free(c->channel);
	c->channel = NULL;
}

static void
abandon(struct channel *c)
{
	const struct link_message message = { .kind = LINK_HANGUP,
		.channel = c->request.channel };

	if (c->has_app)
		link_send(channels.link, &message, NULL, 0);
	ssh_channel_close(c->channel);
	let_go(c);
}

static bool
is_drained(const struct channel *c)
{
	if (!is_empty(&c->out) || !is_empty(&c->err))
		return false;
	return (c->output < 0 && c->errors < 0) ||
	    clock_monotonic_ms() >= c->drain_until_ms;
}

/* exit-status, then EOF, then close: clients count on the order. */
static void
finish(struct channel *c)
{
	if (!c->is_status_sent)
		ssh_channel_request_send_exit_status(c->channel, c->status);
	c->is_status_sent = true;
	ssh_channel_send_eof(c->channel);
	ssh_channel_close(c->channel);
	/* It does nothing while bytes of before are on their way. */
	if (ssh_channel_is_closed(c->channel))
		let_go(c);
}

static bool
step(struct channel *c)
{
	if (c->channel == NULL)
		return true;
	if (c->is_closed_by_client) {
		abandon(c);
		return true;
	}
	if (!discard(c))
		return false;
	relay(c);
	if (c->is_over && !c->has_app && is_drained(c))
		finish(c);
	return true;
}

bool
channels_step(void)
{
	bool is_good = true;

	for (int i = 0; i < channels.most && is_good; i++)
		is_good = step(&channels.all[i]);
	return is_good;
}

/* ---- for the loop ---- */

void
channels_open(ssh_session session, int link, int most)
{
	channels.session = session;
	channels.link = link;
	channels.most = most < LINK_CHANNELS_MAX ? most : LINK_CHANNELS_MAX;
}

static int
add_poll(struct pollfd *polls, int count, int fd, int events)
{
	if (fd < 0 || events == 0)
		return count;
	polls[count] = (struct pollfd){ .fd = fd, .events = (short)events };
	return count + 1;
}

int
channels_polls(struct pollfd *polls)
{
	int count = 0;

	for (int i = 0; i < channels.most; i++) {
		const struct channel *c = &channels.all[i];
		const int in = has_no_input(c) ? 0 : POLLOUT;
		const int out = is_empty(&c->out) ? POLLIN : 0;
		const int err = is_empty(&c->err) ? POLLIN : 0;

		if (c->channel == NULL)
			continue;
		count = add_poll(polls, count, c->output,
		    out | (c->input == c->output ? in : 0));
		if (c->input != c->output)
			count = add_poll(polls, count, c->input, in);
		count = add_poll(polls, count, c->errors, err);
	}
	return count;
}

static bool
take_started(struct channel *c, bool is_started, const int *fds, int count)
{
	if (is_started && count != (c->has_terminal ? 1 : 3))
		return false;
	for (int i = 0; i < count; i++)
		io_set_nonblocking(fds[i]);
	if (!is_started) {
		c->has_app = false;
		c->is_over = true;
		c->status = 71;
		return count == 0;
	}
	channels.has_started = true;
	c->is_running = true;
	c->input = fds[0];
	c->output = c->has_terminal ? fds[0] : fds[1];
	c->errors = c->has_terminal ? -1 : fds[2];
	if (c->channel == NULL)
		close_all(c); /* the client left meanwhile */
	return true;
}

bool
channels_message(
    const struct link_message *message, const int *fds, int fd_count)
{
	struct channel *c = &channels.all[message->channel];

	if (!c->has_app)
		return false;
	if (message->kind == LINK_STARTED)
		return !c->is_running &&
		    take_started(c, message->is_yes, fds, fd_count);
	if (message->kind != LINK_EXITED || fd_count != 0)
		return false;
	c->has_app = false;
	c->is_over = true;
	c->status = message->status;
	c->drain_until_ms = clock_monotonic_ms() + DRAIN_MS;
	return true;
}

int
channels_count(void)
{
	int count = 0;

	for (int i = 0; i < channels.most; i++)
		count += !is_free(&channels.all[i]);
	return count;
}

bool
channels_are_draining(void)
{
	for (int i = 0; i < channels.most; i++)
		if (channels.all[i].channel != NULL && channels.all[i].is_over)
			return true;
	return false;
}

bool
channels_have_started(void)
{
	return channels.has_started;
}
