/*
 * terminal_state.h - what the files behind terminal.h share: the terminal,
 * and ncurses.  For tui/terminal*.c alone.
 */
#ifndef TUI_TERMINAL_STATE_H
#define TUI_TERMINAL_STATE_H

#include <signal.h>

#include "base/arena.h"
#include "tui/terminal.h"

/* Behind ours: it has macros named "OK" and "ERR". */
#define NCURSES_WIDECHAR 1
#include <ncurses.h>

/* <term.h> would bring macros named "columns" and "lines". */
extern char *tigetstr(const char *); /* NOLINT: for that reason */

#define PASTE_MAX (256 * 1024) /* bytes; the rest is dropped */

struct terminal {
	SCREEN *screen;
	bool is_open, is_ascii, has_colour, can_paste;
	struct arena arena;
	char *paste;
	size_t paste_length;
	bool in_paste, was_pasted;
	sigset_t wait_mask; /* while waiting: with window changes let in */
};

/* ---- tui/terminal_input.c ---- */

void terminal_define_keys(struct terminal *);
void terminal_watch_window(struct terminal *);

/* True when the window changed since; ncurses has its size then. */
bool terminal_take_window_change(void);

/* ---- tui/terminal_output.c ---- */

/* False: the terminal has none, or the person wants none. */
bool terminal_start_colours(void);

void terminal_write_raw(const char *bytes);

/* "BE" and "BD" switch the brackets around pastes on and off. */
void terminal_bracket_pastes(const struct terminal *, bool on);

#endif
