/*
 * channel.h - in the transport: one channel of the client, between libssh
 * and the descriptors of its application.
 *
 * Nothing here blocks, and nothing is freed inside a callback of libssh:
 * callbacks only note what happened, channels_step() acts on it.  Bytes that
 * one side can't take yet stay in a buffer, and the other side is not read
 * while that buffer is full.
 */
#ifndef SSH_CHANNEL_H
#define SSH_CHANNEL_H

#include <poll.h>
#include <stdbool.h>

#include "ssh/link.h"

/* At most this many descriptors to poll. */
#define CHANNELS_POLLS_MAX (LINK_CHANNELS_MAX * LINK_FDS_MAX)

struct ssh_session_struct;
struct ssh_channel_struct;

/* All channels of this process; `link` is where requests go. */
void channels_open(struct ssh_session_struct *, int link, int most);

/* The callback for a channel that the client opens; NULL refuses it. */
struct ssh_channel_struct *channels_accept(
    struct ssh_session_struct *, void *unused);

/* What to wait for; the number of polls filled in. */
int channels_polls(struct pollfd *polls);

/* Moves what can be moved.  False: the client broke the rules, end it. */
bool channels_step(void);

/* A LINK_STARTED (takes the descriptors) or LINK_EXITED; false when it makes
 * no sense. */
bool channels_message(
    const struct link_message *, const int *fds, int fd_count);

int channels_count(void);         /* in use */
bool channels_are_draining(void); /* step again within a second or so */
bool channels_have_started(void); /* an application ran or runs */

#endif
