/*
 * channel_state.h - what the files behind channel.h share: the channels.  For
 * ssh/channel*.c alone.
 */
#ifndef SSH_CHANNEL_STATE_H
#define SSH_CHANNEL_STATE_H

#include <libssh/callbacks.h>
#include <stddef.h>
#include <stdint.h>

#include "ssh/channel.h"

#define BUFFER_SIZE 32768
/* More than the window: all that is unread fits in. */
#define INPUT_SIZE (2 << 20)

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

/* All of this process. */
struct channels {
	ssh_session session;
	int link, most;
	bool has_started;
	struct channel all[LINK_CHANNELS_MAX];
	unsigned char inputs[LINK_CHANNELS_MAX][INPUT_SIZE];
};

extern struct channels the_channels;

/* ---- requests of the client: ssh/channel_requests.c ---- */

/* Makes the callbacks of a channel ready to be set. */
void channel_set_callbacks(struct channel *);

/* ---- bytes: ssh/channel_bytes.c ---- */

bool buffer_is_empty(const struct buffer *);
bool channel_has_no_input(const struct channel *);

/* Takes what nobody will read: a closed standard input, or bytes that nobody
 * asked for.  False: too much is unread, the client breaks the rules. */
bool channel_discard(struct channel *);

/* Moves what can be moved, both ways. */
void channel_relay(struct channel *);

/* The descriptors of the application. */
void channel_close_all(struct channel *);

#endif
