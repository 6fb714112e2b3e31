#include "ssh/application.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "base/words.h"
#include "ssh/command_line.h"
#include "ssh/environment.h"
#include "ssh/serve.h"

#define WORDS_MAX 256

/* The child's three descriptors, and ours. */
struct ends {
	int child[3];
	int ours[LINK_FDS_MAX];
	int count; /* of ours */
};

static enum err_code
open_terminal(
    struct ends *ends, const struct link_message *message, struct err *err)
{
	const struct winsize size = { .ws_row = message->rows,
		.ws_col = message->columns };
	int master, slave;

	if (openpty(&master, &slave, NULL, NULL, &size) != 0)
		return err_set_errno(err, "Can't open a terminal");
	fcntl(master, F_SETFD, FD_CLOEXEC);
	*ends = (struct ends){ { slave, slave, slave }, { master }, 1 };
	return OK;
}

static enum err_code
open_pipes(struct ends *ends, struct err *err)
{
	int in[2], out[2], errors[2];

	if (pipe2(in, O_CLOEXEC) != 0)
		return err_set_errno(err, "Can't open a pipe");
	if (pipe2(out, O_CLOEXEC) != 0) {
		err_set_errno(err, "Can't open a pipe");
		goto close_in;
	}
	if (pipe2(errors, O_CLOEXEC) != 0) {
		err_set_errno(err, "Can't open a pipe");
		goto close_out;
	}
	*ends = (struct ends){ { in[0], out[1], errors[1] },
		{ in[1], out[0], errors[0] }, 3 };
	return OK;
close_out:
	close(out[0]);
	close(out[1]);
close_in:
	close(in[0]);
	close(in[1]);
	return ERR_SYSTEM;
}

static void
keep_variable(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
}

/* From zero: what the doors' own environment holds is nobody's business. */
static void
set_environment(const struct link_message *message)
{
	char zone[64];
	const char *tz = getenv("TZ");
	const bool has_zone = tz != NULL && text_copy(zone, sizeof(zone), tz);

	clearenv();
	keep_variable("TZ", has_zone ? zone : NULL);
	keep_variable("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
	keep_variable("LANG", "C.UTF-8");
	/* PuTTY ignores line drawing by shift sequences in UTF-8. */
	keep_variable("NCURSES_NO_UTF8_ACS", "1");
	if (message->has_terminal)
		keep_variable("TERM",
		    environment_is_term(message->term) ? message->term
						       : "xterm");
	for (int i = 0; i < LINK_ENVIRONMENT_MAX; i++)
		if (environment_allows_pair(message->environment[i])) {
			char name[LINK_ENVIRONMENT_SIZE];
			char *equals;

			text_copy(name, sizeof(name), message->environment[i]);
			equals = strchr(name, '=');
			*equals = '\0';
			keep_variable(name, equals + 1);
		}
}

static void
reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* JSON that somebody pipes on must not get carriage returns. */
static void
make_output_raw(void)
{
	struct termios terminal;

	if (tcgetattr(STDOUT_FILENO, &terminal) != 0)
		return;
	terminal.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(STDOUT_FILENO, TCSANOW, &terminal);
}

static int
run_command(const struct serve_options *options, const struct actor *actor,
    const struct link_message *message)
{
	char line[LINK_TEXT_SIZE];
	char *words[WORDS_MAX + 1];
	int count;

	text_copy(line, sizeof(line), message->text);
	count = words_split(line, words, WORDS_MAX);
	if (count < 0) {
		fputs("postern: the command has a quote without an end, or "
		      "too many words\n",
		    stderr);
		return 64;
	}
	words[count] = NULL;
	for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++)
		if (message->has_terminal && strcmp(words[i], "--json") == 0)
			make_output_raw();
	return options->run_command(
	    options->state_directory, actor, count, words);
}

static _Noreturn void
run_child(const struct serve_options *options, const struct actor *actor,
    const struct link_message *message, const struct ends *ends, pid_t parent)
{
	int status;

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGHUP);
	if (getppid() != parent)
		_exit(70);
	if (message->has_terminal)
		ioctl(ends->child[0], TIOCSCTTY, 0);
	/* Three descriptors above the target range, so that none is lost. */
	for (int i = 0; i < 3; i++)
		if (dup3(ends->child[i], 60 + i, O_CLOEXEC) < 0)
			_exit(71);
	for (int i = 0; i < 3; i++)
		if (dup2(60 + i, i) < 0)
			_exit(71);
	close_range(3, ~0U, 0);
	reset_signals();
	set_environment(message);
	status = message->is_command
	    ? run_command(options, actor, message)
	    : options->run_screens(options->state_directory, actor);
	fflush(NULL);
	/* 255 is what ssh itself says when the connection failed. */
	_exit(status < 0 || status > 254 ? 70 : status);
}

enum err_code
application_start(struct application *application,
    const struct serve_options *options, const struct actor *actor,
    const struct link_message *message, struct err *err)
{
	const pid_t parent = getpid();
	struct ends ends = { 0 };
	enum err_code code = message->has_terminal
	    ? open_terminal(&ends, message, err)
	    : open_pipes(&ends, err);

	if (code != OK)
		return code;
	*application = (struct application){ .fd_count = ends.count };
	memcpy(application->fds, ends.ours, sizeof(ends.ours));
	application->pid = fork();
	if (application->pid == 0)
		run_child(options, actor, message, &ends, parent);
	if (application->pid < 0)
		code = err_set_errno(err, "Can't start the session");
	close(ends.child[0]);
	if (!message->has_terminal) {
		close(ends.child[1]);
		close(ends.child[2]);
	}
	for (int i = 0; code != OK && i < ends.count; i++)
		close(ends.ours[i]);
	return code;
}
