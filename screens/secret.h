/*
 * secret.h - the screen that shows a temporary password, once.
 */
#ifndef SCREENS_SECRET_H
#define SCREENS_SECRET_H

#include "model/operation.h"
#include "tui/screen.h"

extern const struct screen screen_secret;

/* Opens it; the result is copied into the screen's own memory, which is wiped
 * when it closes.  It closes with the row's id. */
struct next secret_next(const struct operation_result *);

#endif
