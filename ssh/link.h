/*
 * link.h - the few messages between broker and transport.
 *
 * One SOCK_SEQPACKET socket pair; every message is one struct of fixed size,
 * checked by whoever receives it.  The transport reads bytes of strangers, so
 * the broker believes nothing but the form of what it says.
 */
#ifndef SSH_LINK_H
#define SSH_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"

#define LINK_CHANNELS_MAX     10   /* open at once on one connection */
#define LINK_KEY_TYPE_SIZE    64   /* bytes with the final NUL, as below */
#define LINK_TEXT_SIZE        8192 /* a key in base64, a command, a password */
#define LINK_TERM_SIZE        65
#define LINK_ENVIRONMENT_MAX  16 /* variables */
#define LINK_ENVIRONMENT_SIZE 96 /* "NAME=value" */
#define LINK_FDS_MAX          3

enum link_kind {
	LINK_METHODS,  /* to broker: are passwords taken? */
	LINK_ASK,      /* to broker: might this key log in? (text, ...) */
	LINK_VERIFIED, /* to broker: its signature is good: let it in */
	LINK_PASSWORD, /* to broker: `text` is the user's: let it in */
	LINK_ANSWER,   /* to transport: is_yes; `text` tells who proved to hold
			* the key why not, or is "" */
	LINK_START,    /* to broker: the application of a channel */
	LINK_STARTED,  /* to transport: is_yes; with 1 descriptor (the
			* terminal) or 3 (to write, to read, errors to read) */
	LINK_EXITED,   /* to transport: it ended with `status` */
	LINK_HANGUP,   /* to broker: the client closed this channel */
	LINK_KINDS,
};

struct link_message {
	uint8_t kind; /* enum link_kind */
	uint8_t channel;
	bool is_yes;
	bool has_terminal; /* LINK_START */
	bool is_command;   /* LINK_START: text is one; else the screens */
	uint8_t status;
	uint16_t columns, rows;
	char user[ADDRESS_SIZE];
	char key_type[LINK_KEY_TYPE_SIZE];
	char term[LINK_TERM_SIZE];
	char environment[LINK_ENVIRONMENT_MAX][LINK_ENVIRONMENT_SIZE];
	char text[LINK_TEXT_SIZE];
};

/* Both ends blocking and closed on exec. */
bool link_open(int ends[2]);

/* Sends one message, with fd_count descriptors; false when the other side is
 * gone. */
bool link_send(
    int fd, const struct link_message *, const int *fds, int fd_count);

/*
 * Waits for one message.  False when the other side is gone or sent anything
 * but a well-formed message.  `fds` takes up to LINK_FDS_MAX descriptors
 * (closed on exec), *fd_count is how many came; where fds is NULL, a message
 * with descriptors is refused.
 */
bool link_receive(int fd, struct link_message *, int *fds, int *fd_count);

#endif
