/* The bytes of a channel, between libssh and the application. */
#include <errno.h>
#include <libssh/libssh.h>
#include <string.h>
#include <unistd.h>

#include "ssh/channel_state.h"

/* libssh does not enforce its window of 1,280,000 bytes: we do. */
#define UNREAD_MAX (4 << 20)

bool
buffer_is_empty(const struct buffer *buffer)
{
	return buffer->start == buffer->end;
}

bool
channel_has_no_input(const struct channel *c)
{
	return c->in.start == c->in.end;
}

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

void
channel_close_all(struct channel *c)
{
	close_input(c);
	close_fd(&c->output);
	close_fd(&c->errors);
}

/* ---- from the client ---- */

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

		if (channel_has_no_input(c))
			take_in(c);
		if (channel_has_no_input(c))
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
	if (c->input >= 0 && c->input != c->output && channel_has_no_input(c) &&
	    ssh_channel_is_eof(c->channel))
		close_input(c);
}

bool
channel_discard(struct channel *c)
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

/* ---- to the client ---- */

static bool
may_write(const struct channel *c)
{
	return (ssh_get_poll_flags(the_channels.session) & SSH_WRITE_PENDING) ==
	    0 &&
	    ssh_channel_window_size(c->channel) > 0;
}

/* The application's bytes go to the client; as many as it takes now. */
static void
flush(struct channel *c, struct buffer *buffer, bool is_error)
{
	while (!buffer_is_empty(buffer) && may_write(c)) {
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

	if (*fd < 0 || !buffer_is_empty(buffer))
		return;
	n = read(*fd, buffer->bytes, BUFFER_SIZE);
	if (n > 0) {
		buffer->start = 0;
		buffer->end = (size_t)n;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close_fd(fd); /* a terminal whose last user left says EIO */
	}
}

/* ---- both ---- */

void
channel_relay(struct channel *c)
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
