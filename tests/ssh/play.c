/*
 * play.c - plays .keys files against a server, with the stock OpenSSH client
 * in a terminal emulator.
 *
 *   play FILE...
 *
 * tests/ssh/run.sh starts the server and sets WORK (keys and known_hosts are
 * there) and PORT.  The words behind "login NAME" here:
 *
 *   user=USER       else NAME
 *   term=TERM       else xterm-256color
 *   size=40x10      else 80x24
 *   set=NAME=VALUE  an environment variable for the session; repeatable
 *   with=password   no key: the client asks for the password
 *   with=console    no client: the operator's console on the box
 *
 * The client's process id is in WORK/client, its exit status (once "closed"
 * was true) in WORK/status.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/text.h"
#include "tests/lib/script.h"
#include "tests/ssh/emulator.h"

#define LIMIT_MS  60000 /* a watched check is asked again so often */
#define WORDS_MAX 48

struct client {
	struct emulator emulator;
	struct arena arena;
	const char *work, *port;
};

/* What a "login" line says. */
struct person {
	char *name, *user, *term, *sets;
	bool has_password, is_console;
	int rows, columns;
};

/* ---- log-in ---- */

static bool
read_option(struct client *client, struct person *person, char *word)
{
	if (text_starts_with(word, "user="))
		person->user = word + 5;
	else if (text_starts_with(word, "term="))
		person->term = word + 5;
	else if (text_starts_with(word, "set="))
		person->sets = arena_format(
		    &client->arena, "%s %s", person->sets, word + 4);
	else if (text_is_same(word, "with=password"))
		person->has_password = true;
	else if (text_is_same(word, "with=console"))
		person->is_console = true;
	else
		return sscanf(word, "size=%dx%d", &person->columns,
			   &person->rows) == 2;
	return true;
}

static bool
read_person(struct client *client, struct person *person, const char *text)
{
	char *rest = arena_format(&client->arena, "%s", text), *word;
	static char term[] = "xterm-256color", none[] = "";

	*person = (struct person){
		.term = term, .sets = none, .rows = 24, .columns = 80
	};
	person->name = person->user = strsep(&rest, " ");
	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0' && !read_option(client, person, word)) {
			printf("login: there is no option %s\n", word);
			return false;
		}
	return true;
}

struct words {
	char *all[WORDS_MAX];
	int count;
};

static void
add_option(struct client *client, struct words *words, const char *option)
{
	static char dash[] = "-o";

	words->all[words->count++] = dash;
	words->all[words->count++] = arena_format(&client->arena, "%s", option);
}

static void
add_how(struct client *client, struct words *words, const struct person *person)
{
	if (person->has_password) {
		add_option(client, words, "PubkeyAuthentication=no");
		return;
	}
	add_option(client, words, "BatchMode=yes");
	add_option(client, words, "IdentitiesOnly=yes");
	add_option(client, words,
	    arena_format(&client->arena, "IdentityFile=%s/%s", client->work,
		person->name));
}

static void
make_command(
    struct client *client, struct words *words, const struct person *person)
{
	static char ssh[] = "ssh", none[] = "none", f[] = "-F", tt[] = "-tt",
		    p[] = "-p";
	char *const start[] = { ssh, f, none, tt, p };

	for (size_t i = 0; i < sizeof(start) / sizeof(start[0]); i++)
		words->all[words->count++] = start[i];
	words->all[words->count++] =
	    arena_format(&client->arena, "%s", client->port);
	add_option(client, words, "IdentityAgent=none");
	add_option(client, words, "LogLevel=ERROR");
	add_option(client, words, "StrictHostKeyChecking=yes");
	add_option(client, words,
	    arena_format(&client->arena, "UserKnownHostsFile=%s/known_hosts",
		client->work));
	if (person->sets[0] != '\0')
		add_option(client, words,
		    arena_format(&client->arena, "SetEnv=%s", person->sets));
	add_how(client, words, person);
	add_option(client, words,
	    arena_format(&client->arena, "User=%s", person->user));
	words->all[words->count++] = arena_format(&client->arena, "127.0.0.1");
}

static void
make_console(struct client *client, struct words *words)
{
	static char state[] = "--state", console[] = "console";

	words->all[words->count++] =
	    arena_format(&client->arena, "%s", getenv("PROGRAM"));
	words->all[words->count++] = state;
	words->all[words->count++] =
	    arena_format(&client->arena, "%s/state", client->work);
	words->all[words->count++] = console;
}

static void
note_number(struct client *client, const char *name, int number)
{
	char path[512], text[16];
	struct err err;

	text_format(path, sizeof(path), "%s/%s", client->work, name);
	text_format(text, sizeof(text), "%d\n", number);
	if (io_replace_file(path, 0644, text, strlen(text), &err) != OK)
		printf("%s\n", err.text);
}

static bool
login(void *context, const char *who)
{
	struct client *client = context;
	struct words words = { 0 };
	struct person person;
	char *variables[3] = { NULL };
	int variable_count = 0;

	if (!read_person(client, &person, who))
		return false;
	emulator_close(&client->emulator);
	if (person.is_console)
		make_console(client, &words);
	else
		make_command(client, &words, &person);
	variables[variable_count++] =
	    arena_format(&client->arena, "PATH=%s", getenv("PATH"));
	if (person.term[0] != '\0')
		variables[variable_count++] =
		    arena_format(&client->arena, "TERM=%s", person.term);
	if (!emulator_open(&client->emulator, person.rows, person.columns,
		words.all, variables)) {
		printf("can't start ssh: %s\n", strerror(errno));
		return false;
	}
	note_number(client, "client", client->emulator.program);
	return true;
}

/* ---- the rest of a backend ---- */

static void
press(void *context, int key)
{
	struct client *client = context;

	emulator_press(&client->emulator, key);
}

static void
type(void *context, const char *text)
{
	struct client *client = context;

	emulator_type(&client->emulator, text);
}

static void
paste(void *context, const char *text)
{
	struct client *client = context;

	emulator_paste(&client->emulator, text);
}

static void
resize(void *context, int rows, int columns)
{
	struct client *client = context;

	emulator_resize(&client->emulator, rows, columns);
}

static char *
screen(void *context, struct arena *arena)
{
	struct client *client = context;

	if (client->emulator.vterm == NULL)
		return arena_format(arena, "nobody has logged in\n");
	return emulator_as_text(&client->emulator, arena);
}

static bool
wait_for(void *context, int ms)
{
	struct client *client = context;

	return emulator_wait(&client->emulator, ms);
}

static bool
is_closed(void *context)
{
	struct client *client = context;

	if (client->emulator.fd >= 0)
		return false;
	note_number(client, "status", client->emulator.status);
	return true;
}

int
main(int argc, char **argv)
{
	struct client client = { .work = getenv("WORK"),
		.port = getenv("PORT") };
	const struct script_backend backend = {
		.context = &client,
		.limit_ms = LIMIT_MS,
		.login = login,
		.press = press,
		.type = type,
		.paste = paste,
		.resize = resize,
		.screen = screen,
		.wait = wait_for,
		.is_closed = is_closed,
	};
	int passed = 0, failed = 0;

	if (client.work == NULL || client.port == NULL) {
		printf("play: tests/ssh/run.sh sets WORK and PORT\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++)
		failed += script_run(argv[i], &backend, &passed);
	emulator_close(&client.emulator);
	arena_free(&client.arena);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
