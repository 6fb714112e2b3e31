/*
 * io.h - whole reads and writes, and files replaced in one step.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

/* False at the first error or end of file; EINTR is retried. */
bool io_write_all(int fd, const void *bytes, size_t length);

/*
 * The whole file, with a NUL behind it; `path` for messages and opening, or
 * fd >= 0 for one that is open ("standard input").  More than `max` bytes is
 * ERR_INVALID.
 */
enum err_code io_read_file(struct arena *, const char *path, size_t max,
    char **bytes, size_t *length, struct err *) MUST_USE;
enum err_code io_read_fd(struct arena *, int fd, size_t max, char **bytes,
    size_t *length, struct err *) MUST_USE;

/* Written beside `path`, flushed to disk, then renamed into place.  A crash
 * leaves the old file or the new one. */
enum err_code io_replace_file(const char *path, mode_t, const void *bytes,
    size_t length, struct err *) MUST_USE;

bool io_set_nonblocking(int fd);

#endif
