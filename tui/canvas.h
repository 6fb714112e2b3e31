/*
 * canvas.h - rows and columns of cells that a screen draws into.
 *
 * A cell holds one character as shown (UTF-8, with its combining marks) and
 * a style role.  Nothing here knows a terminal.  Drawing never fails: what
 * lies outside is clipped.  Control and bidi characters and invalid UTF-8
 * from any text are shown as '?', so foreign text can't move the cursor.
 *
 * A struct canvas is a window on shared cells: canvas_part() makes a smaller
 * window of which row 0, column 0 is its own corner.  Copy it by value.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "tui/style.h"

#define CANVAS_ROWS    24 /* the smallest size that screens are made for */
#define CANVAS_COLUMNS 80

#define CELL_TEXT_SIZE 14 /* bytes: a character and its marks, with NUL */

struct cell {
	char text[CELL_TEXT_SIZE]; /* "" in the right half of a wide one */
	unsigned char style;       /* enum style */
	unsigned char columns;     /* 1 or 2; 0 in the right half */
};

struct canvas_sheet; /* the cells that windows share */

struct canvas {
	struct canvas_sheet *sheet;
	int top, left;     /* of this window on the sheet */
	int rows, columns; /* of this window */
};

/* A sheet of blanks; the arena owns it.  `is_ascii`: the terminal can't show
 * UTF-8, so what is not ASCII becomes a look-alike or '?'. */
struct canvas canvas_open(struct arena *, int rows, int columns, bool is_ascii);

/* All blank, no cursor. */
void canvas_clear(struct canvas *);

/* The window of that size at row, column, cut to fit. */
struct canvas canvas_part(
    const struct canvas *, int row, int column, int rows, int columns);

/* Both give the columns that the text took, or would take unclipped. */
int canvas_put_text(
    struct canvas *, int row, int column, enum style, const char *text);
int canvas_putf(struct canvas *, int row, int column, enum style,
    const char *format, ...) PRINTF(5, 6);

/* At most `columns` wide: a longer text ends in "..." (or its UTF-8 sign). */
void canvas_put_fit(struct canvas *, int row, int column, int columns,
    enum style, const char *text);

/* The same with the text's end at column + columns - 1. */
void canvas_put_right(struct canvas *, int row, int column, int columns,
    enum style, const char *text);

/* Breaks at blanks into lines of at most `columns`; gives how many rows it
 * took.  '\n' begins a new line. */
int canvas_put_wrapped(struct canvas *, int row, int column, int columns,
    enum style, const char *text);

/* The rows that canvas_put_wrapped() would take. */
int canvas_wrapped_rows(int columns, const char *text);

/* Breaks at the last column, so that the lines put together are the text: a
 * value to copy.  Gives how many rows it took, or would without a canvas. */
int canvas_put_cut(struct canvas *, int row, int column, int columns,
    enum style, const char *text);

/* A line across the window, `text` (or NULL) set into it. */
void canvas_put_rule(struct canvas *, int row, enum style, const char *text);

/* Where the terminal's cursor stands: on what has the focus. */
void canvas_set_cursor(struct canvas *, int row, int column);

/* False when nothing placed it.  Coordinates of the sheet. */
bool canvas_cursor(const struct canvas *, int *row, int *column);

bool canvas_is_ascii(const struct canvas *);

/* A cell of this window; never NULL (outside: a blank). */
const struct cell *canvas_cell(const struct canvas *, int row, int column);

/*
 * For golden files: the rows, each closed by '|', a line "cursor ROW,COLUMN"
 * (from 1) or "cursor none", then for each row that has style "ROW " and
 * style letters.
 */
char *canvas_as_text(const struct canvas *, struct arena *);

/* For the plain view: rows without trailing blanks, blank rows at the end
 * left out. */
char *canvas_as_lines(const struct canvas *, struct arena *);

#endif
