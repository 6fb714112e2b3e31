/*
 * What a terminal needs from ncurses, and what ncurses must be kept from:
 * initscr() ends the process on an unknown TERM, so newterm() is tried with
 * names until one is known.
 */
#include "tui/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <ncurses.h>

/* <term.h> would bring macros named "columns" and "lines". */
extern char *tigetstr(const char *); /* NOLINT: for that reason */

#include "base/base64.h"
#include "base/io.h"
#include "base/text.h"
#include "tui/key.h"

#define ESCAPE_DELAY_MS 100
#define PASTE_MAX       (256 * 1024) /* bytes; the rest is dropped */
#define COPY_MAX        (8 * 1024)   /* ditto */

/* Our own key codes, beyond those of ncurses. */
enum { CODE_PASTE = KEY_MAX + 1, CODE_PASTE_END };

struct terminal {
	SCREEN *screen;
	bool is_open, is_ascii, has_colour, can_paste, was_resized;
	struct arena arena;
	char *paste;
	size_t paste_length;
	bool in_paste, was_pasted;
	sigset_t wait_mask; /* while waiting: with window changes let in */
};

static struct terminal the_terminal; /* ncurses has one per process too */
static volatile sig_atomic_t window_changed;

static void
on_window_change(int number)
{
	(void)number;
	window_changed = 1;
}

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

/* ---- locale and colours ---- */

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

/* Style role -> colour of the eight, and attributes with and without it. */
/* clang-format off */
static const struct {
	short colour; /* -1: the terminal's own */
	attr_t with_colour, mono;
} looks[STYLE_COUNT] = {
	[STYLE_NORMAL]  = { -1,           A_NORMAL,    A_NORMAL },
	[STYLE_TITLE]   = { -1,           A_BOLD,      A_BOLD },
	[STYLE_HEADING] = { COLOR_CYAN,   A_NORMAL,    A_BOLD },
	[STYLE_DIM]     = { -1,           A_DIM,       A_NORMAL },
	[STYLE_KEY]     = { -1,           A_BOLD,      A_BOLD },
	[STYLE_CURSOR]  = { COLOR_CYAN,   A_BOLD,      A_BOLD },
	[STYLE_MARK]    = { COLOR_YELLOW, A_BOLD,      A_BOLD },
	[STYLE_FIELD]   = { -1,           A_NORMAL,    A_NORMAL },
	[STYLE_FOCUS]   = { -1,           A_BOLD,      A_BOLD },
	[STYLE_PASS]    = { COLOR_GREEN,  A_NORMAL,    A_NORMAL },
	[STYLE_WARN]    = { COLOR_YELLOW, A_BOLD,      A_BOLD },
	[STYLE_FAIL]    = { COLOR_RED,    A_BOLD,      A_REVERSE },
	[STYLE_ERROR]   = { COLOR_RED,    A_BOLD,      A_BOLD },
};
/* clang-format on */

static bool
start_colours(void)
{
	const char *no_colour = getenv("NO_COLOR");

	if ((no_colour != NULL && no_colour[0] != '\0') || !has_colors() ||
	    start_color() == ERR)
		return false;
	use_default_colors();
	for (int i = 1; i < STYLE_COUNT; i++)
		init_pair((short)i, looks[i].colour, -1);
	return true;
}

static attr_t
attributes(const struct terminal *terminal, unsigned char style)
{
	return terminal->has_colour ? looks[style].with_colour
				    : looks[style].mono;
}

/* ---- opening and closing ---- */

static void
write_raw(const char *bytes)
{
	(void)io_write_all(STDOUT_FILENO, bytes, strlen(bytes));
}

/* "BE" and "BD" switch the brackets around pastes on and off. */
static void
bracket_pastes(const struct terminal *terminal, bool on)
{
	if (terminal->can_paste)
		write_raw(on ? "\033[?2004h" : "\033[?2004l");
}

static void
define_keys(struct terminal *terminal)
{
	char *capability = tigetstr("BE");

	terminal->can_paste = capability != NULL && capability != (char *)-1;
	define_key("\033[200~", CODE_PASTE);
	define_key("\033[201~", CODE_PASTE_END);
	/* Both forms of these arrive, whatever the terminal was told. */
	define_key("\033[A", KEY_UP);
	define_key("\033[B", KEY_DOWN);
	define_key("\033[C", KEY_RIGHT);
	define_key("\033[D", KEY_LEFT);
	define_key("\033[H", KEY_HOME);
	define_key("\033[F", KEY_END);
	define_key("\033[1~", KEY_HOME);
	define_key("\033[4~", KEY_END);
	define_key("\033[Z", KEY_BTAB);
	define_key("\033[11~", KEY_F(1));
}

static void
watch_window(struct terminal *terminal)
{
	struct sigaction action = { .sa_handler = on_window_change };
	sigset_t blocked;

	sigemptyset(&action.sa_mask);
	sigaction(SIGWINCH, &action, NULL);
	/* Let in only while waiting, so that none is missed. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGWINCH);
	sigprocmask(SIG_BLOCK, &blocked, &terminal->wait_mask);
	sigdelset(&terminal->wait_mask, SIGWINCH);
}

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
	watch_window(terminal);
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
	terminal->has_colour = start_colours();
	define_keys(terminal);
	bracket_pastes(terminal, true);
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
	bracket_pastes(terminal, false);
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

void
terminal_wait(
    struct terminal *terminal, struct pollfd *fds, size_t count, int timeout_ms)
{
	struct timespec timeout = { .tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000L };

	if (window_changed)
		return;
	if (ppoll(fds, count, timeout_ms < 0 ? NULL : &timeout,
		&terminal->wait_mask) < 0 &&
	    errno == EINTR)
		for (size_t i = 0; i < count; i++)
			fds[i].revents = 0;
}

/* ---- input ---- */

/* clang-format off */
static const struct { int code, key; } codes[] = {
	{ KEY_UP,    PRESS_UP },    { KEY_DOWN,  PRESS_DOWN },
	{ KEY_LEFT,  PRESS_LEFT },  { KEY_RIGHT, PRESS_RIGHT },
	{ KEY_HOME,  PRESS_HOME },  { KEY_END,   PRESS_END },
	{ KEY_PPAGE, PRESS_PAGE_UP }, { KEY_NPAGE, PRESS_PAGE_DOWN },
	{ KEY_DC,    PRESS_DELETE }, { KEY_BTAB, PRESS_SHIFT_TAB },
	{ KEY_F(1),  PRESS_F1 },    { KEY_BACKSPACE, PRESS_BACKSPACE },
	{ KEY_ENTER, PRESS_ENTER },
};
/* clang-format on */

/* What ncurses gives, as a key of ours; 0 for one that means nothing. */
static int
key_of(int result, wint_t code)
{
	if (result == OK)
		return code == '\n' ? PRESS_ENTER
		    : code == 8     ? PRESS_BACKSPACE
				    : (int)code;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i].code == (int)code)
			return codes[i].key;
	return 0;
}

static void
add_to_paste(struct terminal *terminal, int key)
{
	char text[KEY_TEXT_SIZE];
	size_t length;

	if (key == PRESS_ENTER || key == PRESS_TAB) {
		text[0] = key == PRESS_TAB ? '\t' : '\n';
		text[1] = '\0';
	} else {
		key_as_text(key, text);
	}
	length = strlen(text);
	if (terminal->paste_length + length > PASTE_MAX)
		return;
	memcpy(terminal->paste + terminal->paste_length, text, length);
	terminal->paste_length += length;
	terminal->paste[terminal->paste_length] = '\0';
}

/* Is the other end gone?  ncurses does not tell it from "no key now". */
static bool
is_gone(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	int waiting = 0;

	if (poll(&fd, 1, 0) <= 0)
		return false;
	if (fd.revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	/* Readable, and yet nothing there: end of file. */
	return ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting == 0;
}

static void
take_window_size(void)
{
	struct winsize size;

	window_changed = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return;
	resizeterm(size.ws_row, size.ws_col);
}

/* What was pasted may have been a key, and the session goes on. */
static void
wipe_paste(struct terminal *terminal)
{
	if (terminal->was_pasted)
		explicit_bzero(terminal->paste, PASTE_MAX);
	terminal->was_pasted = false;
}

enum terminal_event
terminal_read(struct terminal *terminal, int *key, const char **paste)
{
	wipe_paste(terminal);
	if (window_changed) {
		take_window_size();
		return TERMINAL_RESIZED;
	}
	for (;;) {
		wint_t code = 0;
		int result = get_wch(&code);

		if (result == ERR)
			return is_gone() ? TERMINAL_GONE : TERMINAL_NOTHING;
		if (result == KEY_CODE_YES && code == CODE_PASTE) {
			terminal->in_paste = true;
			terminal->paste_length = 0;
			terminal->paste[0] = '\0';
			continue;
		}
		if (result == KEY_CODE_YES && code == CODE_PASTE_END) {
			terminal->in_paste = false;
			terminal->was_pasted = true;
			*paste = terminal->paste;
			return TERMINAL_PASTE;
		}
		*key = key_of(result, code);
		if (terminal->in_paste && *key != 0)
			add_to_paste(terminal, *key);
		else if (*key != 0)
			return TERMINAL_KEY;
	}
}

/* ---- output ---- */

static void
put_cell(
    struct terminal *terminal, int row, int column, const struct cell *cell)
{
	wchar_t wide[CCHARW_MAX + 1];
	cchar_t character;
	const char *text = cell->text;
	mbstate_t state = { 0 };
	size_t length = mbsrtowcs(wide, &text, CCHARW_MAX, &state);

	if (length == (size_t)-1 || length == 0) {
		wide[0] = L'?';
		length = 1;
	}
	wide[length] = L'\0';
	setcchar(&character, wide, attributes(terminal, cell->style),
	    terminal->has_colour ? cell->style : 0, NULL);
	mvadd_wch(row, column, &character);
}

void
terminal_draw(struct terminal *terminal, const struct canvas *canvas)
{
	int rows = canvas->rows < LINES ? canvas->rows : LINES;
	int columns = canvas->columns < COLS ? canvas->columns : COLS;
	int row, column;

	for (row = 0; row < rows; row++)
		for (column = 0; column < columns; column++) {
			const struct cell *cell =
			    canvas_cell(canvas, row, column);

			if (cell->columns != 0)
				put_cell(terminal, row, column, cell);
		}
	if (canvas_cursor(canvas, &row, &column))
		move(row, column);
	refresh();
}

void
terminal_redraw(struct terminal *terminal)
{
	(void)terminal;
	clearok(stdscr, TRUE);
}

bool
terminal_copy(struct terminal *terminal, const char *text)
{
	char code[BASE64_SIZE(COPY_MAX) + 1];
	char *capability = tigetstr("Ms");
	size_t length = strlen(text);

	(void)terminal;
	if (length > COPY_MAX || capability == NULL || capability == (char *)-1)
		return false;
	if (!base64_encode(code, sizeof code, text, length))
		return false;
	fflush(stdout);
	write_raw("\033]52;c;");
	write_raw(code);
	write_raw("\a");
	return true;
}

/* Foreign text goes through the same sieve as on the canvas. */
static void
print_lines(const char *text)
{
	while (*text != '\0') {
		char line[4096];
		size_t length = strcspn(text, "\n");

		if (length > sizeof line - 1)
			length = sizeof line - 1;
		text_visible(line, sizeof line, text, length);
		write_raw(line);
		write_raw("\r\n");
		text += length;
		if (*text == '\n')
			text++;
	}
}

static void
wait_for_enter(struct terminal *terminal)
{
	char bytes[256];

	for (;;) {
		struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
		ssize_t count;

		terminal_wait(terminal, &fd, 1, -1);
		if (fd.revents == 0) {
			if (window_changed)
				take_window_size();
			continue;
		}
		count = read(STDIN_FILENO, bytes, sizeof bytes);
		if (count <= 0)
			return;
		for (ssize_t i = 0; i < count; i++)
			if (bytes[i] == '\r' || bytes[i] == '\n' ||
			    bytes[i] == 'q' || bytes[i] == 3)
				return;
	}
}

void
terminal_print(struct terminal *terminal, const char *text)
{
	bracket_pastes(terminal, false);
	def_prog_mode();
	endwin();
	print_lines(text);
	write_raw("\r\n-- Enter goes back --\r\n");
	/* endwin() gave the line discipline its old manners back, which wait
	 * for a whole line: fine here. */
	wait_for_enter(terminal);
	reset_prog_mode();
	clearok(stdscr, TRUE);
	refresh();
	bracket_pastes(terminal, true);
}
