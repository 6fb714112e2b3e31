/*
 * bundle.h - the tar file of a backup: plain files under plain names.
 *
 * What is read is believed to be hostile: a name that leads elsewhere, a link
 * or a device refuses the whole.  Which names and sizes are right, the caller
 * says.
 */
#ifndef MODEL_BUNDLE_H
#define MODEL_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define BUNDLE_NAME_SIZE 400 /* bytes, with the final NUL */

struct bundle;

/* Writes to the descriptor, which stays the caller's.  Each file is read from
 * its own descriptor, from the start.  bundle_end() also frees. */
enum err_code bundle_begin(struct bundle **, int fd, struct err *) MUST_USE;
enum err_code bundle_add(
    struct bundle *, const char *name, int fd, struct err *) MUST_USE;
enum err_code bundle_end(struct bundle **, struct err *) MUST_USE;

/*
 * Reads all of it.  For each file of `size` bytes open() gives a descriptor
 * to write to, or -1 with `err` filled, which ends it; the reader closes it
 * after just as many bytes, or ends with ERR_INVALID.  The names are
 * checked: one or two words of letters, digits and "._-", none of which
 * begins with a dot.  Directories are passed over.
 */
enum err_code bundle_read(int fd,
    int (*open)(void *context, const char *name, int64_t size, struct err *),
    void *context, struct err *) MUST_USE;

#endif
