/*
 * publish.h - records that were published to a name server are an entry of
 * the audit log; the change itself is in the DNS.
 */
#ifndef MODEL_PUBLISH_H
#define MODEL_PUBLISH_H

#include "model/context.h"

/* ERR_DENIED for who may not publish; `before` and `after` are the records
 * that went and came, one a line. */
enum err_code publish_note(struct context *, const char *domain,
    const char *before, const char *after, struct err *) MUST_USE;

#endif
