/* What a client asks of a channel: terminal, environment, shell, command. */
#include <libssh/callbacks.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>

#include "base/text.h"
#include "ssh/channel_state.h"
#include "ssh/environment.h"
#include "ssh/residue.h"

static const char usage[] =
    "Postern's screens need a terminal: connect with \"ssh -t\".\r\n"
    "Or give a command, such as: ssh HOST help\r\n";

static uint16_t
between(int value, uint16_t least, uint16_t most, uint16_t if_none)
{
	if (value == 0)
		return if_none;
	/* The wire has 32 bits without sign, libssh an int. */
	if (value < 0 || value > most)
		return most;
	return value < least ? least : (uint16_t)value;
}

static void
set_size(struct link_message *message, int columns, int rows)
{
	message->columns = between(columns, 20, 500, 80);
	message->rows = between(rows, 5, 300, 24);
}

/* ---- 0 grants, 1 refuses ---- */

static int
on_terminal(ssh_session session, ssh_channel channel, const char *term,
    int columns, int rows, int width_pixels, int height_pixels, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel, (void)width_pixels, (void)height_pixels;
	if (c->has_app || c->has_terminal)
		return 1;
	c->has_terminal = true;
	c->request.has_terminal = true;
	text_copy(c->request.term, sizeof(c->request.term),
	    environment_is_term(term) ? term : "");
	set_size(&c->request, columns, rows);
	return 0;
}

static int
on_window_change(ssh_session session, ssh_channel channel, int columns,
    int rows, int width_pixels, int height_pixels, void *data)
{
	struct channel *c = data;
	struct winsize size = { 0 };

	(void)session, (void)channel, (void)width_pixels, (void)height_pixels;
	if (!c->has_terminal)
		return 0;
	set_size(&c->request, columns, rows);
	size.ws_col = c->request.columns;
	size.ws_row = c->request.rows;
	if (c->output >= 0)
		ioctl(c->output, TIOCSWINSZ, &size);
	return 0;
}

static int
on_environment(ssh_session session, ssh_channel channel, const char *name,
    const char *value, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	if (c->has_app || !environment_allows(name, value))
		return 1;
	for (int i = 0; i < LINK_ENVIRONMENT_MAX; i++)
		if (c->request.environment[i][0] == '\0')
			return !text_format(c->request.environment[i],
			    sizeof(c->request.environment[i]), "%s=%s", name,
			    value);
	return 1;
}

static int
start(struct channel *c)
{
	if (!link_send(the_channels.link, &c->request, NULL, 0))
		return 1;
	c->has_app = true;
	return 0;
}

static int
on_shell(ssh_session session, ssh_channel channel, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	if (c->has_app || c->is_over)
		return 1;
	if (c->has_terminal)
		return start(c);
	memcpy(c->err.bytes, usage, sizeof(usage) - 1);
	c->err.end = sizeof(usage) - 1;
	c->status = EX_USAGE;
	c->is_over = true;
	return 0;
}

static int
on_command(
    ssh_session session, ssh_channel channel, const char *command, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	if (c->has_app || c->is_over)
		return 1;
	c->request.is_command = true;
	if (!text_copy(c->request.text, sizeof(c->request.text), command))
		return 1; /* rather than run half of it */
	return start(c);
}

static void
on_close(ssh_session session, ssh_channel channel, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	c->is_closed_by_client = true;
}

/* Takes nothing: only notes where libssh keeps what it will give. */
static int
on_data(ssh_session session, ssh_channel channel, void *bytes, uint32_t length,
    int is_stderr, void *data)
{
	struct channel *c = data;

	(void)session, (void)channel;
	if (is_stderr)
		return 0;
	if (c->unread_count < length)
		residue_wipe_packet((unsigned char *)bytes + c->unread_count,
		    length - c->unread_count);
	c->unread = bytes;
	c->unread_count = length;
	return 0;
}

void
channel_set_callbacks(struct channel *c)
{
	c->callbacks.userdata = c;
	c->callbacks.channel_pty_request_function = on_terminal;
	c->callbacks.channel_pty_window_change_function = on_window_change;
	c->callbacks.channel_env_request_function = on_environment;
	c->callbacks.channel_shell_request_function = on_shell;
	c->callbacks.channel_exec_request_function = on_command;
	c->callbacks.channel_close_function = on_close;
	c->callbacks.channel_data_function = on_data;
	ssh_callbacks_init(&c->callbacks);
}
