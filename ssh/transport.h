/*
 * transport.h - the process that speaks SSH with one client.
 *
 * It holds the host key and the connection and has nothing else: no
 * database, no files, no right to start anything.  What it wants it asks the
 * broker over `link` (ssh/link.h).
 */
#ifndef SSH_TRANSPORT_H
#define SSH_TRANSPORT_H

struct serve_options;

_Noreturn void transport_run(
    const struct serve_options *, int socket, int link);

#endif
