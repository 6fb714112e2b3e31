/*
 * job.h - slow work in a process of its own, whose results come as records.
 *
 * A job is for what waits for the network or burns more than 50 ms.  It is
 * forked, has no database and no terminal, and writes records into a pipe.
 * Its owner puts job.fd into its own poll loop.  A crash in the job ends the
 * job alone.  job_close() kills it.  The owner may tell a running job
 * something: small orders, which the job takes when it likes.
 */
#ifndef BASE_JOB_H
#define BASE_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

#define JOB_RECORD_MAX (64 * 1024) /* bytes */

/* All zero is "no job". */
struct job {
	pid_t pid;
	int fd;        /* readable when a record, or the end, is there */
	int orders_fd; /* of job_tell() */
	bool is_open;
	size_t used;           /* bytes in `record` that wait for the rest */
	unsigned char *record; /* the owner's arena */
};

struct arena;

/* Runs in the child: `out` is where records go.  Its return ends the job. */
typedef void job_function(int out, void *argument);

/* `argument` is copied by the fork.  Descriptors above 2 are closed in the
 * child, but for the pipe. */
enum err_code job_open(struct job *, struct arena *, job_function *,
    void *argument, struct err *) MUST_USE;

/* In the child: one record, `length` at most JOB_RECORD_MAX.  False when the
 * owner is gone: the job should return. */
bool job_write(int out, const void *record, size_t length);

enum job_event {
	JOB_NOTHING, /* no whole record yet: poll again */
	JOB_RECORD,  /* *record is valid until the next call */
	JOB_END,     /* it returned, and job_close() is due */
	JOB_FAILED,  /* it crashed or wrote rubbish; job_close() is due */
};

/* Never blocks. */
enum job_event job_read(struct job *, const void **record, size_t *length);

/* ---- orders ---- */

#define JOB_ORDER_MAX 512 /* bytes */
#define JOB_ORDERS_FD 4   /* in the child: readable when an order waits */

/* Never blocks.  False when the job is gone, or takes no orders just now. */
bool job_tell(struct job *, const void *order, size_t length);

/* In the child, never blocks: the length of the order put into `order`, 0
 * when none waits, -1 when the owner is gone. */
int job_heard(void *order, size_t size);

/* Kills and reaps it; safe on a job that is not open. */
void job_close(struct job *);

#endif
