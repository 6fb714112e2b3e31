/*
 * sender.h - the address in a From field (RFC 5322 section 3.6.2).
 *
 * Strict on purpose: what a mail program might read in two ways is refused,
 * because the reader would see another sender than the one that was checked.
 * No groups, no routes, no quoted local parts, one mailbox.
 */
#ifndef SMIME_SENDER_H
#define SMIME_SENDER_H

#include "base/address.h"
#include "smime/mime.h"

/* The one address, in stored form.  ERR_INVALID with the sentence. */
enum err_code sender_read(
    struct mime_span value, char to[ADDRESS_SIZE], struct err *) MUST_USE;

/* True when the address (stored form) is named anywhere in the value of a To
 * or Cc field; for what must not be given away. */
bool sender_is_named(struct mime_span value, const char *address);

#endif
