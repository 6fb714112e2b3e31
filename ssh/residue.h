/*
 * residue.h - wipes what libssh keeps of bytes that a client sent.
 *
 * A person pastes a private key, and the session goes on for hours: libssh
 * has the bytes in two buffers until others happen to lie there, and gives no
 * access to them.  Memory that it frees is another matter (ssh/transport.c).
 */
#ifndef SSH_RESIDUE_H
#define SSH_RESIDUE_H

#include <stddef.h>

/* In the channel's callback for data: the packet that brought the last of
 * these bytes, which libssh has copied by now.  Short ones, such as single
 * keys, are not looked for. */
void residue_wipe_packet(const void *bytes, size_t length);

#endif
