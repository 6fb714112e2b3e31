/*
 * subject.h - what the DNS side needs to know of a domain, from the rows.
 */
#ifndef MODEL_SUBJECT_H
#define MODEL_SUBJECT_H

#include "dns/subject.h"
#include "model/context.h"
#include "model/db.h"

/*
 * `command` is what it is for ("dns records"): ERR_DENIED when the key in use is
 * not for that.  ERR_NOT_FOUND in the same words for a domain that is not here and for one
 * that the actor may not see.  The resolvers are those of the context, else
 * the server's own, else none (the machine's); ERR_INVALID or ERR_LIMIT when
 * the context's can't be read.
 */
enum err_code subject_of_domain(struct context *, const char *command,
    const char *domain, struct dns_subject *, struct err *) MUST_USE;

/* The same for the domain's number. */
enum err_code subject_of_domain_id(struct context *, const char *command,
    int64_t domain_id, struct dns_subject *, struct err *) MUST_USE;

extern const struct db_statements subject_statements;

#endif
