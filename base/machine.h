/*
 * machine.h - what this machine says of itself: its addresses, a directory.
 */
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/ip.h"

#define MACHINE_NAME_SIZE 64

/* Whether an interface has the address; its name into `interface`. */
bool machine_has_ip(const struct ip *, char interface[MACHINE_NAME_SIZE]);

enum machine_place {
	PLACE_DIRECTORY,
	PLACE_MISSING,
	PLACE_OTHER,  /* a file or something else */
	PLACE_HIDDEN, /* this process may not look there */
};

struct machine_directory {
	enum machine_place place;
	char owner[MACHINE_NAME_SIZE]; /* the user's name, or number */
	mode_t mode;                   /* permission bits */
};

/* Looks at a path; symbolic links are followed. */
void machine_look_at(struct machine_directory *, const char *path);

#endif
