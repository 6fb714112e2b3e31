/*
 * door_effects.h - the work outside the database that a process of the doors
 * can do: any of them ends sessions in Dovecot; with the keeper, on the box,
 * also what needs root.
 */
#ifndef SSH_DOOR_EFFECTS_H
#define SSH_DOOR_EFFECTS_H

#include "mail/keeper.h"
#include "model/context.h"
#include "model/effects.h"

struct door_effects {
	struct effects effects; /* for context->effects */
	struct context *context;
	struct keeper keeper; /* all zero: none, or none needed */
};

/* For a session over SSH. */
void door_effects_session(struct door_effects *, struct context *);

/* For the box; the keeper may be opened before or after. */
void door_effects_box(struct door_effects *, struct context *);

#endif
