/*
 * trace.h - what became of the messages from or to an address, from the mail
 * log, as a screen.
 */
#ifndef SCREENS_TRACE_H
#define SCREENS_TRACE_H

#include "tui/screen.h"

/* Opens it for the address, which is copied; "" asks for one. */
struct next trace_next(const char *address);

/* key_binding.is_off of keys that lead here. */
const char *trace_off(const struct app *, const void *state);

#endif
