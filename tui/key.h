/*
 * key.h - keys, and the tables that say what each does.
 *
 * One row per key.  The hint bar, the ? help and the manual are made from
 * these rows, so they can't tell anything else than what happens.  A key that
 * does not work now is not hidden: its row's is_off() gives the sentence that
 * the message row shows when it is pressed.
 */
#ifndef TUI_KEY_H
#define TUI_KEY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A key is a Unicode character (PRESS_CTRL('S') and PRESS_ESCAPE among
 * them), or one of these.
 */
enum press {
	PRESS_TAB = 9,
	PRESS_ENTER = 13,
	PRESS_ESCAPE = 27,
	PRESS_BACKSPACE = 127,
	PRESS_UP = 0x110000, /* behind the last character of Unicode */
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_HOME,
	PRESS_END,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_DELETE,
	PRESS_SHIFT_TAB,
	PRESS_F1,
};

#define PRESS_CTRL(letter) ((letter)&0x1f)

/* The app's own actions; a screen's row may name one, to put it into the
 * hint bar with a word of its own. */
enum app_action {
	APP_KEY_HELP = 9000,
	APP_KEY_COMMAND,
	APP_KEY_BACK,
	APP_KEY_ESCAPE,
	APP_KEY_REDRAW,
	APP_KEY_REFRESH,
	APP_KEY_COPY,
	APP_KEY_PRINT,
};

#define KEY_NAME_SIZE 16 /* bytes, with the final NUL */
#define KEY_TEXT_SIZE 5  /* ditto */

struct app;

/*
 * Actions below 1000 belong to a screen; widgets use 1000 and up.  A second
 * key for the same action is a row with the same action and no word or help.
 */
struct key_binding {
	int key;
	int action;       /* not 0 */
	const char *word; /* in the hint bar: "new"; NULL: not there */
	const char *help; /* one sentence for ?; NULL: not there */

	/* The reason why it does not work now, or NULL when it does.  May be
	 * NULL: works always. */
	const char *(*is_off)(const struct app *, const void *state);

	/* The operation or list that it leads to ("user add"), or NULL: off
	 * when app_options.command_off() says so. */
	const char *command;
};

/* The row for that key, or NULL.  `table` may be NULL. */
const struct key_binding *key_find(const struct key_binding *table, int key);

/* "n", "Enter", "Ctrl-S", "Shift-Tab", "PgDn", "Space". */
void key_as_name(int key, char *to, size_t size);

/* The key of that name, as in .keys scripts; 0 when there is none. */
int key_by_name(const char *name);

/* A letter, digit or sign: text, while a field has the focus. */
bool key_is_text(int key);

/* The character as UTF-8; "" for a key that is no text. */
void key_as_text(int key, char to[KEY_TEXT_SIZE]);

#endif
