/*
 * palette.h - what can be typed at the ':' prompt: the words of the command
 * line.  Operations run, or open their form when something is missing or must
 * be asked; lists open their screen; "show" opens a row.
 */
#ifndef SCREENS_PALETTE_H
#define SCREENS_PALETTE_H

#include "tui/app.h"

/* Operations and lists of the registry, sorted by name; ends with a NULL
 * name. */
const struct app_command *palette_commands(struct arena *);

/* Runs a line: "user add bob@acme.example name=Bob". */
struct next palette_run(struct app *, const char *line);

#endif
