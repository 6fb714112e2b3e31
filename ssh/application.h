/*
 * application.h - the process that is the session: screens or one command.
 */
#ifndef SSH_APPLICATION_H
#define SSH_APPLICATION_H

#include <sys/types.h>

#include "base/err.h"
#include "ssh/link.h"

struct actor;
struct serve_options;

struct application {
	pid_t pid;
	int fds[LINK_FDS_MAX]; /* our ends, for the transport: the terminal;
				* or to write, to read, errors to read */
	int fd_count;
};

/*
 * Starts what the message asks for, as `actor`.  The caller hands the
 * descriptors on and closes them, and waits for the process, which leads a
 * session and process group of its own.
 */
enum err_code application_start(struct application *,
    const struct serve_options *, const struct actor *,
    const struct link_message *, struct err *) MUST_USE;

#endif
