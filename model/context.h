/*
 * context.h - what every function of model/ that acts for somebody takes
 * first.  One per process, filled by main.c or ssh/.
 */
#ifndef MODEL_CONTEXT_H
#define MODEL_CONTEXT_H

#include <stddef.h>

#include "model/actor.h"

struct db;
struct effects;
struct ownership_look;
struct user_external_trial;

struct context {
	struct db *db;
	struct actor actor;
	const char *state_directory;   /* must live on */
	const struct effects *effects; /* NULL: none is possible here */
	/* What a job saw of a domain's proof: "domain verify" of that domain
	 * then asks nothing.  NULL: it asks. */
	const struct ownership_look *ownership;
	/* Of somebody who can't wait for another mail server: the log-in that
	 * an operation needs tried is written here (model/user_external.h).
	 * NULL: it waits. */
	struct user_external_trial *external_trial;
	const char *resolvers; /* from --resolver, or NULL: the server's own */
};

/* Whether what the DNS says here is kept: resolvers that a person over SSH
 * named may be made up. */
static inline bool
context_is_believed(const struct context *context)
{
	return context->resolvers == NULL || context->actor.is_console;
}

#endif
