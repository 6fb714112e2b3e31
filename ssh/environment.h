/*
 * environment.h - the few variables that a client may set.
 */
#ifndef SSH_ENVIRONMENT_H
#define SSH_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* True for LANG, LC_*, NO_COLOR and COLORTERM with a harmless value. */
bool environment_allows(const char *name, const char *value);

/* The same for "NAME=value". */
bool environment_allows_pair(const char *pair);

/* True for a name that terminfo could know: letters, digits and "+._-". */
bool environment_is_term(const char *term);

#endif
