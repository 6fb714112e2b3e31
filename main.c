/*
 * main.c - which door: the SSH server, the console, or one command.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/text.h"
#include "ssh/backup_door.h"
#include "ssh/door.h"
#include "ssh/door_words.h"
#include "ssh/serve.h"
#include "ssh/sign_door.h"

#define STATE_DIRECTORY "/var/lib/postern"
#define SSH_PORT        2222
#define LISTEN_DEFAULT  "127.0.0.1"
#define MILTER_SOCKET   "/run/postern-sign/milter.sock"

static int
fail(const struct err *err)
{
	fprintf(stderr, "postern: %s\n", err->text);
	return err_exit_status(err->code);
}

static int
usage(const char *sentence, const char *word)
{
	fprintf(stderr, "postern: ");
	fprintf(stderr, sentence, word);
	fputc('\n', stderr);
	return EX_USAGE;
}

/*
 * Takes "--name VALUE" or "--name=VALUE" out of the words, wherever it
 * stands in front of "--"; NULL when it isn't there.  *is_wrong: it has no
 * value.
 */
static const char *
take_option(const char *name, int *count, char **words, bool *is_wrong)
{
	const size_t length = strlen(name);

	for (int i = 0; i < *count && strcmp(words[i], "--") != 0; i++) {
		const char *rest = words[i] + length;
		const char *value = rest + 1;
		int taken = 1;

		if (strncmp(words[i], name, length) != 0 ||
		    (*rest != '=' && *rest != '\0'))
			continue;
		if (*rest == '\0') {
			*is_wrong = i + 1 == *count;
			value = *is_wrong ? NULL : words[i + 1];
			taken = 2;
		}
		for (int next = i + taken; next < *count; next++)
			words[next - taken] = words[next];
		*count -= taken;
		return value;
	}
	return NULL;
}

/* ---- doors ---- */

static int
serve(const char *state, int count, char **words)
{
	struct serve_options options = {
		.state_directory = state,
		.limits = serve_limits_default,
		.login = door_login,
		.takes_passwords = door_takes_passwords,
		.password_login = door_password_login,
		.logged_in = door_logged_in,
		.run_screens = door_screens,
		.run_command = door_command,
	};
	struct err err = { 0 };
	const char *listen;
	bool is_wrong = false;

	while ((listen = take_option("--listen", &count, words, &is_wrong)) !=
		NULL &&
	    options.listen_count < SERVE_LISTEN_MAX)
		if (ip_port_parse(&options.listen[options.listen_count++],
			listen, SSH_PORT, &err) != OK)
			return fail(&err);
	if (is_wrong || listen != NULL || count > 0)
		return usage("serve takes --listen ADDR:PORT, at most eight "
			     "times%s.",
		    "");
	if (options.listen_count == 0 &&
	    ip_port_parse(&options.listen[options.listen_count++],
		LISTEN_DEFAULT, SSH_PORT, &err) != OK)
		return fail(&err);
	if (serve_run(&options, &err) != OK)
		return fail(&err);
	return EX_OK;
}

static int
console(const char *state, int count, char **words)
{
	bool is_wrong = false;
	const char *resolvers =
	    take_option("--resolver", &count, words, &is_wrong);

	if (is_wrong || count > 0)
		return usage("console takes --resolver ADDR[:PORT]%s.", "");
	return door_box_screens(state, resolvers);
}

static int
milter(const char *state, int count, char **words)
{
	bool is_wrong = false;
	const char *path = take_option("--socket", &count, words, &is_wrong);

	if (is_wrong || count > 0)
		return usage("milter takes --socket PATH%s.", "");
	return sign_door_milter(state, path != NULL ? path : MILTER_SOCKET);
}

static const struct door {
	const char *word;
	int (*open)(const char *state, int count, char **words);
} doors[] = {
	{ "serve", serve },
	{ "console", console },
	{ "init", door_init },
	{ "milter", milter },
	{ "vault", sign_door_vault },
	{ "backup", backup_door },
	{ "restore", restore_door },
};

/* No memory of this process on disk or before a debugger: it holds
 * passwords. */
static void
protect_secrets(void)
{
	const struct rlimit none = { 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

int
main(int argc, char **argv)
{
	int count = argc - 1;
	char **words = argv + 1;
	bool is_wrong = false;
	const char *state = take_option("--state", &count, words, &is_wrong);
	const struct door_word *asked = door_word_asked(count, words);

	protect_secrets();
	setlocale(LC_CTYPE, "C.UTF-8");
	log_open("postern");
	if (is_wrong)
		return usage("--state needs a directory%s.", "");
	if (asked != NULL)
		return door_word_help(asked);
	if (state == NULL)
		state = getenv("POSTERN_STATE");
	if (state == NULL || *state == '\0')
		state = STATE_DIRECTORY;
	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++)
		if (count > 0 && text_is_same(words[0], doors[i].word))
			return doors[i].open(state, count - 1, words + 1);
	return door_box_command(state, count, words);
}
