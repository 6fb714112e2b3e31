#include "tests/ssh/emulator.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include "base/io.h"
#include "base/text.h"
#include "tui/key.h"

#define AS_TEXT_MAX (1024 * 1024)

/* ---- bytes to the program ---- */

/* The program may be writing meanwhile, and wait until it is read. */
static void
send_bytes(const char *bytes, size_t length, void *user)
{
	struct emulator *emulator = user;

	while (length > 0 && emulator->fd >= 0) {
		struct pollfd fd = { .fd = emulator->fd, .events = POLLOUT };
		ssize_t n = write(emulator->fd, bytes, length);

		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		} else if (errno != EAGAIN && errno != EINTR) {
			return;
		} else if (poll(&fd, 1, 20) == 0) {
			emulator_wait(emulator, 0);
		}
	}
}

/* clang-format off */
static const struct { int key; VTermKey code; } special[] = {
	{ PRESS_TAB,       VTERM_KEY_TAB },
	{ PRESS_ENTER,     VTERM_KEY_ENTER },
	{ PRESS_ESCAPE,    VTERM_KEY_ESCAPE },
	{ PRESS_BACKSPACE, VTERM_KEY_BACKSPACE },
	{ PRESS_UP,        VTERM_KEY_UP },
	{ PRESS_DOWN,      VTERM_KEY_DOWN },
	{ PRESS_LEFT,      VTERM_KEY_LEFT },
	{ PRESS_RIGHT,     VTERM_KEY_RIGHT },
	{ PRESS_HOME,      VTERM_KEY_HOME },
	{ PRESS_END,       VTERM_KEY_END },
	{ PRESS_PAGE_UP,   VTERM_KEY_PAGEUP },
	{ PRESS_PAGE_DOWN, VTERM_KEY_PAGEDOWN },
	{ PRESS_DELETE,    VTERM_KEY_DEL },
	{ PRESS_F1,        VTERM_KEY_FUNCTION(1) },
};
/* clang-format on */

void
emulator_press(struct emulator *emulator, int key)
{
	if (key == PRESS_SHIFT_TAB) {
		vterm_keyboard_key(
		    emulator->vterm, VTERM_KEY_TAB, VTERM_MOD_SHIFT);
		return;
	}
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (special[i].key == key) {
			vterm_keyboard_key(
			    emulator->vterm, special[i].code, VTERM_MOD_NONE);
			return;
		}
	if (key < ' ') {
		const char byte = (char)key;

		send_bytes(&byte, 1, emulator);
	} else {
		vterm_keyboard_unichar(
		    emulator->vterm, (uint32_t)key, VTERM_MOD_NONE);
	}
}

void
emulator_type(struct emulator *emulator, const char *text)
{
	const char *end = text + strlen(text);

	for (uint32_t c; (c = text_next(&text, end)) != 0;)
		emulator_press(emulator, (int)c);
}

void
emulator_paste(struct emulator *emulator, const char *text)
{
	vterm_keyboard_start_paste(emulator->vterm);
	send_bytes(text, strlen(text), emulator);
	vterm_keyboard_end_paste(emulator->vterm);
}

void
emulator_resize(struct emulator *emulator, int rows, int columns)
{
	const struct winsize size = { .ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)columns };

	emulator->rows = rows;
	emulator->columns = columns;
	vterm_set_size(emulator->vterm, rows, columns);
	ioctl(emulator->fd, TIOCSWINSZ, &size);
}

/* ---- the program ---- */

static int
note_property(VTermProp property, VTermValue *value, void *user)
{
	struct emulator *emulator = user;

	if (property == VTERM_PROP_CURSORVISIBLE)
		emulator->is_cursor_hidden = !value->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = { .settermprop = note_property };

static void
open_vterm(struct emulator *emulator)
{
	emulator->vterm = vterm_new(emulator->rows, emulator->columns);
	vterm_set_utf8(emulator->vterm, 1);
	vterm_output_set_callback(emulator->vterm, send_bytes, emulator);
	emulator->screen = vterm_obtain_screen(emulator->vterm);
	vterm_screen_set_callbacks(emulator->screen, &callbacks, emulator);
	vterm_screen_enable_altscreen(emulator->screen, 1);
	vterm_screen_reset(emulator->screen, 1);
}

bool
emulator_open(struct emulator *emulator, int rows, int columns,
    char *const *words, char *const *variables)
{
	const struct winsize size = { .ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)columns };

	*emulator = (struct emulator){ .rows = rows, .columns = columns };
	open_vterm(emulator);
	emulator->program = forkpty(&emulator->fd, NULL, NULL, &size);
	if (emulator->program == 0) {
		/* Under nohup it would outlive its terminal. */
		signal(SIGHUP, SIG_DFL);
		execvpe(words[0], words, variables);
		_exit(127);
	}
	return emulator->program > 0 && io_set_nonblocking(emulator->fd);
}

static void
take_status(struct emulator *emulator)
{
	int status = 0;

	close(emulator->fd);
	emulator->fd = -1;
	waitpid(emulator->program, &status, 0);
	emulator->status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool
emulator_wait(struct emulator *emulator, int ms)
{
	struct pollfd fd = { .fd = emulator->fd, .events = POLLIN };
	char bytes[16384];
	ssize_t n;

	if (emulator->fd < 0)
		return false;
	if (poll(&fd, 1, ms) <= 0)
		return true;
	n = read(emulator->fd, bytes, sizeof(bytes));
	if (n > 0)
		vterm_input_write(emulator->vterm, bytes, (size_t)n);
	else if (errno != EAGAIN && errno != EINTR)
		take_status(emulator);
	vterm_screen_flush_damage(emulator->screen);
	return emulator->fd >= 0;
}

void
emulator_close(struct emulator *emulator)
{
	if (emulator->vterm == NULL)
		return;
	if (emulator->fd >= 0) {
		kill(emulator->program, SIGHUP);
		take_status(emulator);
	}
	vterm_free(emulator->vterm);
	emulator->vterm = NULL;
}

/* ---- the screen as text ---- */

static VTermScreenCell
cell_at(const struct emulator *emulator, int row, int column)
{
	VTermScreenCell cell = { 0 };

	vterm_screen_get_cell(
	    emulator->screen, (VTermPos){ .row = row, .col = column }, &cell);
	return cell;
}

static void
add_row(struct text_builder *to, const struct emulator *emulator, int row)
{
	for (int column = 0; column < emulator->columns; column++) {
		const VTermScreenCell cell = cell_at(emulator, row, column);
		char text[KEY_TEXT_SIZE];

		/* The right half of a wide character has this mark. */
		if (cell.chars[0] == UINT32_MAX)
			continue;
		if (cell.chars[0] == 0)
			text_add(to, " ");
		for (int i = 0;
		     i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
			key_as_text((int)cell.chars[i], text);
			text_add(to, text);
		}
	}
}

static char
style_at(const struct emulator *emulator, int row, int column)
{
	static const char plain[] = ".rgybmcw", bold[] = ".RGYBMCW";
	const VTermScreenCell cell = cell_at(emulator, row, column);

	if (cell.attrs.reverse)
		return 'V';
	if (VTERM_COLOR_IS_INDEXED(&cell.fg) &&
	    !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg))
		return (
		    cell.attrs.bold ? bold : plain)[cell.fg.indexed.idx & 7];
	return cell.attrs.bold ? 'B' : cell.attrs.underline ? 'U' : ' ';
}

static void
add_styles(struct text_builder *to, const struct emulator *emulator, int row)
{
	char letters[512] = "";
	int end = 0;

	for (int i = 0; i < emulator->columns && i < 511; i++) {
		letters[i] = style_at(emulator, row, i);
		if (letters[i] != ' ')
			end = i + 1;
	}
	letters[end] = '\0';
	if (end > 0)
		text_addf(to, "%d %s\n", row + 1, letters);
}

char *
emulator_as_text(const struct emulator *emulator, struct arena *arena)
{
	struct text_builder to;
	VTermPos cursor;

	text_builder_open(&to, arena, AS_TEXT_MAX);
	for (int row = 0; row < emulator->rows; row++) {
		add_row(&to, emulator, row);
		text_add(&to, "|\n");
	}
	vterm_state_get_cursorpos(vterm_obtain_state(emulator->vterm), &cursor);
	if (emulator->is_cursor_hidden)
		text_add(&to, "cursor none\n");
	else
		text_addf(
		    &to, "cursor %d,%d\n", cursor.row + 1, cursor.col + 1);
	for (int row = 0; row < emulator->rows; row++)
		add_styles(&to, emulator, row);
	return to.data;
}
