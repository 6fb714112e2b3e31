/*
 * penalty.h - in the listener: sources whose connections went wrong wait.
 *
 * Each bad end costs its source some seconds; they add up, and while they are
 * many, nothing of that source is let in.  They pass by themselves, and never
 * take more than PENALTY_MAX_S: nobody is locked out for ever.
 */
#ifndef SSH_PENALTY_H
#define SSH_PENALTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ip.h"
#include "ssh/broker.h"

#define PENALTY_ENFORCED_S 15  /* fewer are forgiven */
#define PENALTY_MAX_S      600 /* of one source */
#define PENALTY_SOURCES    4096

struct penalty {
	struct ip source;
	int64_t until_ms; /* clock_monotonic_ms() */
	bool is_enforced;
};

/* All zero is none. */
struct penalties {
	size_t count;
	struct penalty all[PENALTY_SOURCES];
};

/* When there is no room, the source that is free soonest is forgotten. */
void penalty_add(struct penalties *, const struct ip *source, enum broker_end,
    int64_t now_ms);

/* Seconds that the source still waits; 0: it may come. */
int64_t penalty_left(
    const struct penalties *, const struct ip *source, int64_t now_ms);

#endif
