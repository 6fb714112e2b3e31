/*
 * mail_trace.h - what became of the messages from or to an address, for those
 * who may follow the mail of its domain.
 *
 * The log may be long: on a screen mail_trace_job() reads it.
 */
#ifndef MODEL_MAIL_TRACE_H
#define MODEL_MAIL_TRACE_H

#include "mail/trace.h"
#include "model/context.h"
#include "model/health.h"

struct mail_trace {
	char address[ADDRESS_SIZE];
	struct health_logs logs;
};

/* ERR_NOT_FOUND in the same words for a domain that is not here and for one
 * whose mail the actor may not follow.  `to` must stay where it is: the logs
 * point into it. */
enum err_code mail_trace_prepare(struct context *, const char *address,
    struct mail_trace *to, struct err *) MUST_USE;

/* What the job writes: the messages, newest first, each with its steps
 * behind it; or why there are none. */
enum mail_trace_part { TRACE_MESSAGE, TRACE_STEP, TRACE_ERROR };
struct mail_trace_record {
	enum mail_trace_part part;
	struct trace_message message; /* `steps` means nothing here */
	struct trace_step step;
	struct err err;
};

/* A job_function; the argument is a struct mail_trace. */
void mail_trace_job(int out, void *trace);

#endif
