/*
 * trace.h - what became of the messages from or to one address, read from the
 * mail log.
 *
 * A message that the address sent shows all its recipients; one that it got
 * shows only the recipients that are this address: whoever may ask for it
 * learns nothing of others.  Rejected attempts (no queue id yet) are in it.
 * Texts are clean and may be shown anywhere.
 */
#ifndef MAIL_TRACE_H
#define MAIL_TRACE_H

#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "mail/log_line.h"

#define TRACE_MESSAGES_MAX 200 /* the newest ones */
#define TRACE_STEPS_MAX    64  /* of one message */
#define TRACE_TEXT_SIZE    400

struct trace_step {
	int64_t at;
	char recipient[ADDRESS_SIZE];    /* as sent to; "": about the message */
	char delivered_to[ADDRESS_SIZE]; /* what an alias became, or "" */
	char status[16]; /* "sent", "bounced", "deferred", "rejected", ... */
	char text[TRACE_TEXT_SIZE]; /* what the server on the way said */
};

struct trace_message {
	int64_t at; /* of its first line */
	char id[LOG_ID_SIZE];
	char sender[ADDRESS_SIZE]; /* "" is a bounce or not seen */
	struct trace_step *steps;
	size_t step_count;
};

/*
 * Reads the files, oldest first (NULL ends the list), one that is not there
 * is passed over.  `now` is for times without a year.  Messages are newest
 * first.  ERR_DENIED when a file can't be read, ERR_NOT_FOUND when none is
 * there.
 */
enum err_code trace_read(const char *const *paths, const char *address,
    int64_t now, struct arena *, struct trace_message **, size_t *count,
    struct err *) MUST_USE;

#endif
