/*
 * sandbox.h - the system calls that are left to the transport.
 *
 * Enough to speak with one client, the broker and applications over open
 * descriptors, and nothing more: any other call ends the process.  It can't
 * open a file, make a socket, start, trace or signal a process, or run
 * memory that it has written.
 */
#ifndef SSH_SANDBOX_H
#define SSH_SANDBOX_H

/* For good.  Works for root and for anybody else; ends the process where the
 * kernel has no such filter. */
void sandbox_enter(void);

#endif
