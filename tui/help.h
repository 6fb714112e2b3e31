/*
 * help.h - the two screens that every screen can open: ? and the ':' prompt.
 */
#ifndef TUI_HELP_H
#define TUI_HELP_H

#include "tui/screen.h"

/* Made from the key tables of the screen below; a key that is off stands
 * there with its reason. */
extern const struct screen screen_help;

/* One line on the message row; Tab completes. */
extern const struct screen screen_command;

#endif
