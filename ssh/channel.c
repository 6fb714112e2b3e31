#include "ssh/channel.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "ssh/channel_state.h"

/* How long output may lag behind the end of its application. */
#define DRAIN_MS 2000

struct channels the_channels;

static bool
is_free(const struct channel *c)
{
	return c->channel == NULL && !c->has_app;
}

ssh_channel
channels_accept(ssh_session session, void *unused)
{
	(void)unused;
	for (int i = 0; i < the_channels.most; i++) {
		struct channel *c = &the_channels.all[i];

		if (!is_free(c))
			continue;
		memset(c, 0, sizeof(*c));
		c->in.bytes = the_channels.inputs[i];
		c->input = c->output = c->errors = -1;
		c->request.kind = LINK_START;
		c->request.channel = (uint8_t)i;
		channel_set_callbacks(c);
		c->channel = ssh_channel_new(session);
		if (c->channel != NULL)
			ssh_set_channel_callbacks(c->channel, &c->callbacks);
		return c->channel;
	}
	return NULL;
}

/* ---- ends ---- */

static void
let_go(struct channel *c)
{
	channel_close_all(c);
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
		link_send(the_channels.link, &message, NULL, 0);
	ssh_channel_close(c->channel);
	let_go(c);
}

static bool
is_drained(const struct channel *c)
{
	if (!buffer_is_empty(&c->out) || !buffer_is_empty(&c->err))
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
	if (!channel_discard(c))
		return false;
	channel_relay(c);
	if (c->is_over && !c->has_app && is_drained(c))
		finish(c);
	return true;
}

bool
channels_step(void)
{
	bool is_good = true;

	for (int i = 0; i < the_channels.most && is_good; i++)
		is_good = step(&the_channels.all[i]);
	return is_good;
}

/* ---- for the loop ---- */

void
channels_open(ssh_session session, int link, int most)
{
	the_channels.session = session;
	the_channels.link = link;
	the_channels.most = most < LINK_CHANNELS_MAX ? most : LINK_CHANNELS_MAX;
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

	for (int i = 0; i < the_channels.most; i++) {
		const struct channel *c = &the_channels.all[i];
		const int in = channel_has_no_input(c) ? 0 : POLLOUT;
		const int out = buffer_is_empty(&c->out) ? POLLIN : 0;
		const int err = buffer_is_empty(&c->err) ? POLLIN : 0;

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
	the_channels.has_started = true;
	c->is_running = true;
	c->input = fds[0];
	c->output = c->has_terminal ? fds[0] : fds[1];
	c->errors = c->has_terminal ? -1 : fds[2];
	if (c->channel == NULL)
		channel_close_all(c); /* the client left meanwhile */
	return true;
}

bool
channels_message(
    const struct link_message *message, const int *fds, int fd_count)
{
	struct channel *c = &the_channels.all[message->channel];

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

	for (int i = 0; i < the_channels.most; i++)
		count += !is_free(&the_channels.all[i]);
	return count;
}

bool
channels_are_draining(void)
{
	for (int i = 0; i < the_channels.most; i++)
		if (the_channels.all[i].channel != NULL &&
		    the_channels.all[i].is_over)
			return true;
	return false;
}

bool
channels_have_started(void)
{
	return the_channels.has_started;
}
