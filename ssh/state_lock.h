/*
 * state_lock.h - who works in a state directory: many at once, or the one
 * that replaces what is in it.
 */
#ifndef SSH_STATE_LOCK_H
#define SSH_STATE_LOCK_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Holds the directory until the process, and each that it forks, has ended,
 * or `fd` is closed.  ERR_BUSY when others hold it, and one of the two is
 * `alone`.
 */
enum err_code state_lock(
    const char *state_directory, bool alone, int *fd, struct err *) MUST_USE;

#endif
