/*
 * dkim_message.h - the made-up message of the DKIM probe: the same for signing
 * and for verifying.
 */
#ifndef MAIL_DKIM_MESSAGE_H
#define MAIL_DKIM_MESSAGE_H

#include "base/address.h"

#define DKIM_MESSAGE_HEADERS 5

struct dkim_message {
	struct {
		const char *name;
		char value[ADDRESS_SIZE + 8];
	} headers[DKIM_MESSAGE_HEADERS];
	const char *body; /* lines with CRLF */
};

void dkim_message_fill(struct dkim_message *, const char *sender);

#endif
