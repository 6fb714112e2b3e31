#include "ssh/residue.h"

#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define SHORT_BYTES  16 /* a packet of fewer is one or two keys */
#define NEEDLE_BYTES 32
#define PACKET_DATA  94 /* SSH_MSG_CHANNEL_DATA, RFC 4254 section 5.2 */
#define HEAD_BYTES   9  /* its type, the channel's number, the length */

/* The heap of the C library: libssh's buffers are small enough to lie in it. */
static unsigned char *
heap_start(const unsigned char *end)
{
	return (unsigned char *)(uintptr_t)end - mallinfo2().arena;
}

void
residue_wipe_packet(const void *bytes, size_t length)
{
	unsigned char needle[4 + NEEDLE_BYTES];
	const size_t count = length < NEEDLE_BYTES ? length : NEEDLE_BYTES;
	unsigned char *const end = sbrk(0), *at = heap_start(end);

	if (length < SHORT_BYTES)
		return;
	for (int i = 0; i < 4; i++)
		needle[i] = (unsigned char)(length >> (24 - 8 * i));
	memcpy(needle + 4, bytes, count);
	while (
	    (at = memmem(at, (size_t)(end - at), needle, 4 + count)) != NULL) {
		at += 4;
		if (at[-HEAD_BYTES] == PACKET_DATA &&
		    (size_t)(end - at) >= length)
			explicit_bzero(at, length);
	}
	explicit_bzero(needle, sizeof(needle));
}
