/*
 * try.h - a record is tried before it is published: pasted or typed, judged
 * at each key with the code of "dns lint", nothing asked, nothing kept.
 */
#ifndef SCREENS_TRY_H
#define SCREENS_TRY_H

#include "tui/screen.h"

/* Opens it with a text to start from.  `kind` is one of lint_kind_names, or
 * NULL: the kind is found out from the text; `text` may be "".  Both are read
 * while the screen opens. */
struct next try_next(const char *kind, const char *text);

/* The same for what one row of the checklist found. */
struct next try_next_of_check(const char *check, const char *found);

#endif
