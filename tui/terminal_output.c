/* What goes to the terminal: cells in colours, the clipboard, long texts. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/base64.h"
#include "base/io.h"
#include "base/text.h"
#include "tui/terminal_state.h"

#define COPY_MAX  (8 * 1024) /* bytes; more is not copied */
#define PRINT_MAX (32 * 1024 * 1024)

/* ---- colours ---- */

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

bool
terminal_start_colours(void)
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

/* ---- cells ---- */

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

/* ---- bytes of our own ---- */

void
terminal_write_raw(const char *bytes)
{
	(void)io_write_all(STDOUT_FILENO, bytes, strlen(bytes));
}

void
terminal_bracket_pastes(const struct terminal *terminal, bool on)
{
	if (terminal->can_paste)
		terminal_write_raw(on ? "\033[?2004h" : "\033[?2004l");
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
	terminal_write_raw("\033]52;c;");
	terminal_write_raw(code);
	terminal_write_raw("\a");
	return true;
}

static void
add_visible(struct text_builder *to, const char *text, size_t length)
{
	char *shown = arena_bytes(to->arena, length + 1);

	text_visible(shown, length + 1, text, length);
	text_add(to, shown);
}

void
terminal_lines(struct text_builder *to, const char *text)
{
	while (*text != '\0') {
		const size_t length = strcspn(text, "\t\n");

		add_visible(to, text, length);
		text += length;
		if (*text == '\0')
			text_add(to, "\r\n");
		else
			text_add(to, *text++ == '\t' ? "\t" : "\r\n");
	}
}

static void
print_lines(const char *text)
{
	struct arena arena = { 0 };
	struct text_builder lines;

	text_builder_open(&lines, &arena, PRINT_MAX);
	terminal_lines(&lines, text);
	terminal_write_raw(lines.data);
	arena_free(&arena);
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
			(void)terminal_take_window_change();
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
	terminal_bracket_pastes(terminal, false);
	def_prog_mode();
	endwin();
	print_lines(text);
	terminal_write_raw("\r\n-- Enter goes back --\r\n");
	/* endwin() gave the line discipline its old manners back, which wait
	 * for a whole line: fine here. */
	wait_for_enter(terminal);
	reset_prog_mode();
	clearok(stdscr, TRUE);
	refresh();
	terminal_bracket_pastes(terminal, true);
}
