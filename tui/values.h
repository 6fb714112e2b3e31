/*
 * values.h - values to copy, each under its label: a screen that shows them
 * whole, long ones over several rows, with a cursor on one of them.
 *
 * c copies the value under the cursor, o prints all as plain lines.  For
 * texts that are read from the top to the end there is tui/pager.h.
 */
#ifndef TUI_VALUES_H
#define TUI_VALUES_H

#include "base/text.h"
#include "tui/screen.h"

enum value_kind {
	VALUE_HEADING,  /* a label in capitals; the cursor passes it by */
	VALUE_LINE,     /* behind its label */
	VALUE_SENTENCE, /* ditto, broken at blanks */
	VALUE_ALONE,    /* from the first column, below its label */
};

struct value {
	enum value_kind kind;
	const char *label;
	const char *text; /* not NULL */
};

/* All zero but the arena at first. */
struct values {
	struct arena *arena;
	struct value *list;
	size_t count, room;
};

/* Copies both texts; nothing for a text that is "", but for a heading. */
void values_add(
    struct values *, enum value_kind, const char *label, const char *text);

/* As plain lines, sentences broken to fit a small screen. */
void values_print(const struct values *, struct text_builder *);

/* The screen; everything is copied. */
struct next values_next(const char *title, const struct values *);

#endif
