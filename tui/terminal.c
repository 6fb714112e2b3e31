/*
 * What a terminal needs from ncurses, and what ncurses must be kept from:
 * initscr() ends the process on an unknown TERM, so newterm() is tried with
 * names until one is known.
 */
#include "tui/terminal.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "tui/terminal_state.h"

#define ESCAPE_DELAY_MS 100

static struct terminal the_terminal; /* ncurses has one per process too */

/* ---- TERM ---- */

/* Names that this machine may not have, but which speak like xterm. */
/* clang-format off */
static const char *const modern[] = {
	"xterm-", "alacritty", "foot", "kitty", "wezterm", "ghostty", "contour",
	"konsole", "gnome", "vte", "mintty", "iterm", "nsterm", "st-", "st",
	"putty", "rxvt", "tmux", "screen", "mlterm", "rio", NULL
};
/* clang-format on */

static bool
is_modern(const char *name)
{
	for (size_t i = 0; modern[i] != NULL; i++)
		if (text_starts_with(name, modern[i]))
			return true;
	return false;
}

static bool
can_move_cursor(void)
{
	char *capability = tigetstr("cup");

	return capability != NULL && capability != (char *)-1;
}

/* newterm() with the first name that ncurses knows and that can do it. */
static SCREEN *
open_screen(const char *name)
{
	const char *const names[] = { name,
		is_modern(name) ? "xterm-256color" : "xterm", "xterm",
		"vt100" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		SCREEN *screen = newterm(names[i], stdout, stdin);

		if (screen == NULL)
			continue;
		if (can_move_cursor()) {
			setenv("TERM", names[i], 1);
			return screen;
		}
		endwin();
		delscreen(screen);
	}
	return NULL;
}

/* ---- locale ---- */

/* UTF-8 unless a locale names another character set.  A name this machine
 * lacks (de_DE.UTF-8) must not turn the screen into ASCII. */
static bool
set_locale(void)
{
	const char *name = getenv("LC_ALL");

	if (name == NULL || name[0] == '\0')
		name = getenv("LC_CTYPE");
	if (name == NULL || name[0] == '\0')
		name = getenv("LANG");
	if (name == NULL)
		name = "";
	if (text_is_same(name, "C") || text_is_same(name, "POSIX") ||
	    (strchr(name, '.') != NULL && strcasestr(name, "utf") == NULL)) {
		setlocale(LC_CTYPE, "C");
		return true;
	}
	return setlocale(LC_CTYPE, "C.UTF-8") == NULL;
}

/* ---- opening and closing ---- */

enum err_code
terminal_open(struct terminal **out, struct err *err)
{
	struct terminal *terminal = &the_terminal;
	const char *name = getenv("TERM");

	*out = NULL;
	if (name == NULL || name[0] == '\0' || text_is_same(name, "dumb"))
		return err_set(err, ERR_SYSTEM, NULL,
		    "This terminal can't show screens (TERM is \"%s\"): use "
		    "commands instead, such as \"help\".",
		    name != NULL ? name : "");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, ERR_SYSTEM, NULL,
		    "Screens need a terminal: use commands instead, such as "
		    "\"help\".");
	*terminal = (struct terminal){ .is_ascii = set_locale() };
	setenv("NCURSES_NO_UTF8_ACS", "1", 1);
	terminal_watch_window(terminal);
	use_env(TRUE);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	terminal->screen = open_screen(name);
	if (terminal->screen == NULL)
		return err_set(err, ERR_SYSTEM, NULL,
		    "No description of a terminal is installed here: use "
		    "commands instead, such as \"help\".");
	set_term(terminal->screen);
	set_escdelay(ESCAPE_DELAY_MS);
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	idlok(stdscr, TRUE);
	terminal->has_colour = terminal_start_colours();
	terminal_define_keys(terminal);
	terminal_bracket_pastes(terminal, true);
	terminal->paste = arena_alloc(&terminal->arena, PASTE_MAX + 1);
	terminal->is_open = true;
	*out = terminal;
	return OK;
}

void
terminal_close(struct terminal **out)
{
	struct terminal *terminal = *out;

	if (terminal == NULL)
		return;
	terminal_bracket_pastes(terminal, false);
	endwin();
	delscreen(terminal->screen);
	explicit_bzero(terminal->paste, PASTE_MAX);
	arena_free(&terminal->arena);
	terminal->is_open = false;
	*out = NULL;
}

bool
terminal_is_ascii(const struct terminal *terminal)
{
	return terminal->is_ascii;
}

void
terminal_size(const struct terminal *terminal, int *rows, int *columns)
{
	(void)terminal;
	*rows = LINES;
	*columns = COLS;
}

int
terminal_fd(const struct terminal *terminal)
{
	(void)terminal;
	return STDIN_FILENO;
}
