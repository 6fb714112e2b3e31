/*
 * row_screen.h - all that a list tells of one row, as a page to read: for
 * lists that have no detail screen of their own.
 */
#ifndef SCREENS_ROW_SCREEN_H
#define SCREENS_ROW_SCREEN_H

#include "model/list.h"
#include "tui/app.h"

/* Opens a pager with the row; a row that is gone is said on the message row
 * instead. */
struct next row_screen_next(struct app *, const struct list *, int64_t id);

/* "IMAP HOST" as a label: "IMAP host". */
const char *row_label(struct arena *, const char *title);

#endif
