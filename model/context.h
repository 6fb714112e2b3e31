/*
 * context.h - what every function of model/ that acts for somebody takes
 * first.  One per process, filled by main.c or ssh/.
 */
#ifndef MODEL_CONTEXT_H
#define MODEL_CONTEXT_H

#include "model/actor.h"

struct db;
struct effects;

struct context {
	struct db *db;
	struct actor actor;
	const char *state_directory;   /* must live on */
	const struct effects *effects; /* NULL: none is possible here */
	const char *resolvers; /* from --resolver, or NULL: the server's own */
};

#endif
