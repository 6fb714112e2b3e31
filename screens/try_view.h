/*
 * try_view.h - a text with the findings of lint at their places, and below it
 * what each says.
 */
#ifndef SCREENS_TRY_VIEW_H
#define SCREENS_TRY_VIEW_H

#include <stdint.h>

#include "dns/lint.h"
#include "tui/canvas.h"

/* "pass", "WARN", "FAIL", "skip". */
const char *try_word(enum lint_verdict);

/* Fills the window; what does not fit is left out, but not the line of the
 * first finding.  `cursor` is a byte of the text where the terminal's cursor
 * stands, or -1. */
void try_view(struct canvas *, const struct lint *, int64_t cursor);

#endif
