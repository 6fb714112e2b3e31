/*
 * queue.h - the messages that Postfix has not delivered yet (postqueue(1)).
 *
 * Texts come from mail and are clean here.
 */
#ifndef MAIL_QUEUE_H
#define MAIL_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "mail/log_line.h"

#define QUEUE_REASON_SIZE 300
#define QUEUE_OUTPUT_MAX  (32 * 1024 * 1024) /* bytes of postqueue -j */

/* One recipient of one message. */
struct queue_entry {
	char id[LOG_ID_SIZE];
	char queue[12]; /* "active", "deferred", "hold", ... */
	int64_t arrived_at;
	int64_t size_bytes;
	char sender[ADDRESS_SIZE]; /* "" is a bounce */
	char recipient[ADDRESS_SIZE];
	char reason[QUEUE_REASON_SIZE]; /* why it waits, or "" */
};

struct queue {
	struct queue_entry *entries;
	size_t count;    /* at most `max`, oldest message first as listed */
	size_t messages; /* all of them */
	size_t deferred; /* ditto, those that wait for another try */
	int64_t oldest_at;
};

/* The lines of "postqueue -j"; what is no such line is passed over. */
void queue_parse(struct queue *, struct arena *, const char *text, size_t max);

/* Asks Postfix; `config` is its directory, or NULL for the machine's own. */
enum err_code queue_read(struct queue *, struct arena *, const char *config,
    size_t max, struct err *) MUST_USE;

#endif
