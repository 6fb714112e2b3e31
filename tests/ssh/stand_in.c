/*
 * stand_in.c - the doors of ssh/ with something small behind them.
 *
 *   stand_in STATE ADDR:PORT... [NAME=NUMBER...]
 *
 * Keys come from STATE/keys ("USER TYPE BASE64" a line).  The screens are a
 * page that shows its size, who is there and what was typed; "q" ends it with
 * status 7.  Commands: see run_command().  NAME=NUMBER sets a limit.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "model/actor.h"
#include "ssh/host_key.h"
#include "ssh/serve.h"

static enum err_code
login(const char *state_directory, const char *user, const char *key_type,
    const char *key_base64, const struct ip *from, struct actor *actor,
    struct err *err)
{
	char path[512], line[2048], wanted[2048];
	bool is_known = false, is_right = false;
	FILE *file;

	(void)from;
	text_format(path, sizeof(path), "%s/keys", state_directory);
	text_format(
	    wanted, sizeof(wanted), "%s %s %s", user, key_type, key_base64);
	file = fopen(path, "r");
	if (file == NULL)
		return err_set_errno(err, "%s", path);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		is_right = is_right || strcmp(line, wanted) == 0;
		is_known = is_known ||
		    (text_starts_with(line, user) && line[strlen(user)] == ' ');
	}
	fclose(file);
	text_copy(actor->address, sizeof(actor->address), user);
	if (!is_known)
		return err_set(err, ERR_NOT_FOUND, NULL, "No such user.");
	return is_right ? OK : err_set(err, ERR_DENIED, NULL, "Wrong key.");
}

static volatile sig_atomic_t is_resized;

static void
on_resize(int number)
{
	(void)number;
	is_resized = 1;
}

static void
paint(const struct actor *actor, const char *typed, size_t count)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	printf("\033[H\033[2J%s %ux%u %s typed %zu \"%.40s\"\r\nREADY ",
	    actor->address, size.ws_col, size.ws_row, getenv("TERM"), count,
	    typed);
	fflush(stdout);
}

static int
run_screens(const char *state_directory, const struct actor *actor)
{
	struct sigaction action = { .sa_handler = on_resize };
	struct termios terminal;
	char typed[64] = "";
	size_t count = 0;

	(void)state_directory;
	tcgetattr(STDIN_FILENO, &terminal);
	cfmakeraw(&terminal);
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	sigaction(SIGWINCH, &action, NULL);
	for (;;) {
		char bytes[4096];
		ssize_t n;

		paint(actor, typed, count);
		n = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 9;
		if (n == 1 && bytes[0] == 'q')
			return 7;
		for (ssize_t i = 0; i < n; i++, count++)
			if (count < sizeof(typed) - 1)
				typed[count] = bytes[i];
	}
}

static int
copy_input(void)
{
	char bytes[16384];
	ssize_t n;

	while ((n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
		if (!io_write_all(STDOUT_FILENO, bytes, (size_t)n))
			return 1;
	return 0;
}

static int
make_bytes(long count)
{
	char bytes[4096];

	memset(bytes, 'y', sizeof(bytes));
	for (; count > 0; count -= (long)sizeof(bytes))
		if (!io_write_all(STDOUT_FILENO, bytes, sizeof(bytes)))
			return 1;
	return 0;
}

extern char **environ;

static int
run_command(const char *state_directory, const struct actor *actor, int count,
    char **words)
{
	const char *word = count > 0 ? words[0] : "";
	const char *second = count > 1 ? words[1] : "0";

	(void)state_directory;
	if (strcmp(word, "echo") == 0) {
		for (int i = 1; i < count; i++)
			printf("[%s]", words[i]);
		puts("");
		return 0;
	}
	if (strcmp(word, "who") == 0)
		return printf("%s %s\n", actor->address, actor->from) < 0;
	if (strcmp(word, "exit") == 0)
		return atoi(second);
	if (strcmp(word, "crash") == 0)
		abort();
	if (strcmp(word, "cat") == 0)
		return copy_input();
	if (strcmp(word, "bytes") == 0)
		return make_bytes(atol(second));
	if (strcmp(word, "sleep") == 0)
		return (int)sleep((unsigned)atoi(second));
	if (strcmp(word, "stubborn") == 0) {
		signal(SIGHUP, SIG_IGN);
		for (;;)
			sleep(100);
	}
	if (strcmp(word, "env") == 0) {
		for (char **v = environ; *v != NULL; v++)
			puts(*v);
		return 0;
	}
	fprintf(stderr, "stand_in: there is no command \"%s\"\n", word);
	return 127;
}

/* clang-format off */
static const struct {
	const char *name;
	size_t offset;
} limits[] = {
#define LIMIT(member) { #member, offsetof(struct serve_limits, member) }
	LIMIT(start), LIMIT(rate), LIMIT(full), LIMIT(per_source),
	LIMIT(connections), LIMIT(login_seconds), LIMIT(packets),
	LIMIT(probes), LIMIT(failures), LIMIT(channels),
	LIMIT(idle_seconds), LIMIT(grace_seconds), LIMIT(spares_loopback),
};
/* clang-format on */

static void
set_limit(struct serve_limits *to, const char *text)
{
	const size_t length = strcspn(text, "=");

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (strlen(limits[i].name) == length &&
		    strncmp(limits[i].name, text, length) == 0) {
			const int value = atoi(text + length + 1);

			memcpy((char *)to + limits[i].offset, &value,
			    sizeof(value));
			return;
		}
	fprintf(stderr, "stand_in: there is no limit %s\n", text);
	exit(64);
}

int
main(int argc, char **argv)
{
	struct serve_options options = { .limits = serve_limits_default,
		.login = login,
		.run_screens = run_screens,
		.run_command = run_command };
	struct err err;

	log_open("stand_in");
	if (argc < 3)
		return 64;
	options.state_directory = argv[1];
	if (host_key_make(argv[1], &err) != OK) {
		log_warn("%s", err.text);
		return 71;
	}
	for (int i = 2; i < argc; i++)
		if (strchr(argv[i], '=') != NULL)
			set_limit(&options.limits, argv[i]);
		else if (ip_port_parse(&options.listen[options.listen_count++],
			     argv[i], 22200, &err) != OK)
			return 64;
	if (serve_run(&options, &err) != OK) {
		log_warn("%s", err.text);
		return 71;
	}
	return 0;
}
