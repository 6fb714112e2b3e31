/* What comes from the terminal: keys, pastes, changes of its window. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tui/key.h"
#include "tui/terminal_state.h"

/* Our own key codes, beyond those of ncurses. */
enum { CODE_PASTE = KEY_MAX + 1, CODE_PASTE_END };

static volatile sig_atomic_t window_changed;

/* ---- the window ---- */

static void
on_window_change(int number)
{
	(void)number;
	window_changed = 1;
}

void
terminal_watch_window(struct terminal *terminal)
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

bool
terminal_take_window_change(void)
{
	struct winsize size;

	if (!window_changed)
		return false;
	window_changed = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row != 0 &&
	    size.ws_col != 0)
		resizeterm(size.ws_row, size.ws_col);
	return true;
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

/* ---- keys ---- */

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

void
terminal_define_keys(struct terminal *terminal)
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

/* ---- reading ---- */

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
	if (terminal_take_window_change())
		return TERMINAL_RESIZED;
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
