/*
 * pick.h - lists to choose one row from, for a field of a form.
 *
 * Each closes with id = the row and data = its name ("mail.example.net"),
 * which the screen below takes from MSG_RETURN.
 */
#ifndef SCREENS_PICK_H
#define SCREENS_PICK_H

#include "tui/screen.h"

extern const struct screen screen_pick_host;
extern const struct screen screen_pick_intake;
extern const struct screen screen_pick_user;

/* Opens it, with what the tenant of that id has; 0: of all. */
struct next pick_next(const struct screen *, int64_t tenant_id);

#endif
