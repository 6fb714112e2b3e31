/*
 * world.h - an example reseller for screens in memory: three tenants, their
 * people, aliases, a DKIM key, an open request; time stands still.
 *
 * It is made once, by operations as people would, into a file; each script
 * plays on a copy of its own.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "model/context.h"
#include "model/effects.h"

#define WORLD_NOW 1795528920 /* 24 Nov 2026 14:02:00 UTC */

struct world {
	char directory[64]; /* made by mkdtemp, removed by world_close() */
	struct context context;
	struct effects effects; /* DKIM keys are made of a fixed text */
	int silent_fd;          /* a resolver that never answers */
	char silent[32];        /* its address */
};

/* Ends the process with a sentence when it can't be made. */
void world_open(struct world *);
void world_close(struct world *);

/* A fresh copy of the database, at WORLD_NOW. */
void world_reset(struct world *);

/*
 * Who acts from now on: "admin" (super admin), "anna" (admin of Acme),
 * "tablet" (she with a key that is restricted), "iris"
 * (admin of Initech), "bob" (a user of Acme), "operator" (on the box), "sam"
 * (super admin whose key may only read), "waiting" (anna, whose resolver never
 * answers).  False: nobody has that name.
 */
bool world_login(struct world *, const char *who);

#endif
