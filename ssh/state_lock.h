/*
 * state_lock.h - who works in a state directory: many at once, or the one
 * that replaces what is in it.
 *
 * The listener, each broker, whatever runs for a session or on the box,
 * "init", "vault" and "backup" hold the directory; the milter, whose user may
 * not read it, holds the directory of the export that it reads.  "restore"
 * needs both alone.
 */
#ifndef SSH_STATE_LOCK_H
#define SSH_STATE_LOCK_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Holds the directory until the process, and each that it forks, has ended,
 * or all of them have closed `fd`.  ERR_BUSY when others hold it, and one of
 * the two is `alone`.
 */
enum err_code state_lock(
    const char *state_directory, bool alone, int *fd, struct err *) MUST_USE;

/* The same for the milter's export; OK with -1 where there is none yet. */
enum err_code state_lock_export(
    const char *state_directory, bool alone, int *fd, struct err *) MUST_USE;

#endif
