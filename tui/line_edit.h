/*
 * line_edit.h - one line of text that is being typed.
 *
 * The text lives in a buffer of the caller, who also wipes it when it is a
 * secret.  Pasted line ends become blanks unless the line is a block.
 */
#ifndef TUI_LINE_EDIT_H
#define TUI_LINE_EDIT_H

#include "tui/screen.h"

struct line_edit {
	char *text;
	size_t size;   /* bytes of the buffer, with the final NUL */
	size_t cursor; /* byte */
	bool is_block; /* keeps '\n' and tabs */
	bool is_typed; /* the last text came key by key, not as a paste */
	bool is_cut;   /* a paste did not fit; the caller clears it */
};

/* The buffer's present text, the cursor behind it. */
void line_edit_open(struct line_edit *, char *buffer, size_t size);

void line_edit_set(struct line_edit *, const char *text);

/* True when the message was typing or one of the editing keys: Left, Right,
 * Home, End, Backspace, Delete, Ctrl-A E K U W. */
bool line_edit_update(struct line_edit *, const struct msg *);

/* Scrolled so that the cursor is visible; `stars` hides the text.  Places
 * the terminal's cursor when `has_focus`. */
void line_edit_view(const struct line_edit *, struct canvas *, int row,
    int column, int columns, bool has_focus, bool stars);

#endif
