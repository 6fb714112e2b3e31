/*
 * emulator.h - a terminal emulator (libvterm) on a pseudo terminal, with a
 * program inside.
 *
 * What the program writes becomes a screen, keys and pastes become the bytes
 * that a real terminal would send in the mode that it was put into.
 */
#ifndef TESTS_EMULATOR_H
#define TESTS_EMULATOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

struct emulator {
	struct VTerm *vterm; /* NULL before emulator_open() */
	struct VTermScreen *screen;
	int fd; /* the pseudo terminal, -1 once the program has ended */
	int rows, columns;
	bool is_cursor_hidden;
	pid_t program;
	int status; /* of the program that has ended, as a shell says it */
};

/* Starts words[0] with environment `variables` (NULL ends both). */
bool emulator_open(struct emulator *, int rows, int columns, char *const *words,
    char *const *variables);

/* Ends the program too. */
void emulator_close(struct emulator *);

void emulator_press(struct emulator *, int key); /* tui/key.h */
void emulator_type(struct emulator *, const char *text);

/* Between brackets where the program asked for them; byte for byte. */
void emulator_paste(struct emulator *, const char *text);

void emulator_resize(struct emulator *, int rows, int columns);

/* Takes in what the program writes within `ms`; false when it has ended. */
bool emulator_wait(struct emulator *, int ms);

/*
 * In the form of canvas_as_text(), but a style letter here is what is seen:
 * a colour by its first letter (r g y b m c, in capitals when bold), else B
 * bold, V reverse, U underlined.
 */
char *emulator_as_text(const struct emulator *, struct arena *);

#endif
