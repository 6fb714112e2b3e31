/*
 * process.h - runs another program to its end and takes what it says.
 *
 * No shell: the words are its arguments as they stand.  Its environment is
 * PATH, LANG=C and TZ, nothing else.  It is killed past the deadline.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct process_result {
	int status;   /* exit status; 128 + signal; 127: not there */
	char *output; /* standard output and error, with a final NUL */
	size_t length;
};

/*
 * `words` ends with NULL; the first is looked up in PATH when it has no
 * slash.  Output beyond `max` bytes is thrown away.  ERR_NOT_FOUND when there
 * is no such program, ERR_TIMEOUT past `timeout_ms`; an exit status other
 * than 0 is no error here.
 */
enum err_code process_run(struct arena *, const char *const *words, size_t max,
    int timeout_ms, struct process_result *, struct err *) MUST_USE;

#endif
