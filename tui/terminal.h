/*
 * terminal.h - the person's terminal; its files alone know ncurses.
 *
 * Reads keys and pastes, copies a canvas to the screen by differences.  A
 * TERM this machine does not know falls back to one it does; "dumb" and
 * empty are refused with a sentence, and nothing is written.
 */
#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

#include "base/text.h"
#include "tui/canvas.h"

struct terminal;

/*
 * On descriptors 0 and 1.  TERM, NO_COLOR, LC_ALL, LC_CTYPE and LANG are
 * read from the environment.  One terminal per process.
 */
enum err_code terminal_open(struct terminal **, struct err *) MUST_USE;
void terminal_close(struct terminal **);

/* The locale names a character set other than UTF-8. */
bool terminal_is_ascii(const struct terminal *);
void terminal_size(const struct terminal *, int *rows, int *columns);

/* Becomes readable when keys are waiting. */
int terminal_fd(const struct terminal *);

/* poll(2), ended by a window change too.  timeout_ms -1: no end. */
struct pollfd;
void terminal_wait(
    struct terminal *, struct pollfd *, size_t count, int timeout_ms);

enum terminal_event {
	TERMINAL_NOTHING, /* no more input now */
	TERMINAL_KEY,     /* *key */
	TERMINAL_PASTE,   /* *paste, valid until the next call */
	TERMINAL_RESIZED,
	TERMINAL_GONE, /* hung up */
};

/* Never blocks (but for the rest of an escape sequence: 100 ms). */
enum terminal_event terminal_read(
    struct terminal *, int *key, const char **paste);

void terminal_draw(struct terminal *, const struct canvas *);

/* The next draw paints every cell. */
void terminal_redraw(struct terminal *);

/* OSC 52, write only; false when it is over 8 kB or the terminal can't. */
bool terminal_copy(struct terminal *, const char *text);

/* Foreign text as lines of a terminal that is not full screen: through the
 * same sieve as on the canvas, but tabs stay and each line ends with CR LF. */
void terminal_lines(struct text_builder *, const char *text);

/* Leaves full screen, prints such lines, waits for Enter, comes back. */
void terminal_print(struct terminal *, const char *text);

#endif
