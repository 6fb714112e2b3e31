#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"
#include "model/key.h"
#include "screens/session.h"
#include "ssh/command.h"
#include "ssh/command_line.h"
#include "tests/lib/house.h"

/*
 * Every command of the command line, for every role and log-in, about things
 * at every distance from the person, against a golden table of exit statuses.
 * GOLDEN_WRITE=1 in the environment writes it anew: read the difference.
 */
#define COMMANDS  "tests/rights/commands.txt"
#define GOLDEN    "tests/golden/rights.txt"
#define TEXT_MAX  (1 << 20)
#define PASSWORD  "kw7m-xq3d-tree"
#define WORDS_MAX 12

/* The things that a command is about. */
static const struct distance {
	const char *title, *address, *tenant, *domain, *alias, *key, *intake;
} distances[] = {
	{ "self", NULL, "Acme", "acme.example", "sales@acme.example", NULL,
	    "Acme" },
	{ "lower", "bea@acme.example", "Acme", "acme.example",
	    "sales@acme.example", "olga@acme.example", "Acme" },
	{ "equal", "mia@acme.example", "Acme", "acme.example",
	    "sales@acme.example", "olga@acme.example", "Acme" },
	{ "higher", "root@postern.example", "Acme", "acme.example",
	    "sales@acme.example", "root@postern.example", "Initech" },
	{ "other", "carl@globex.example", "Globex", "globex.example",
	    "info@globex.example", "hank@globex.example", "Globex" },
	{ "unknown", "nobody@acme.example", "Nobody", "nobody.example",
	    "nobody@acme.example", "nobody@acme.example", "Nobody" },
};

#define DISTANCES (sizeof(distances) / sizeof(distances[0]))

/* How somebody is signed in. */
static const struct login {
	const char *title, *address, *commands;
	bool is_read_only, is_temporary;
} logins[] = {
	{ "user", "anna@acme.example", "", false, false },
	{ "user, temporary", "anna@acme.example", "", false, true },
	{ "operator", "console", "", false, false },
	{ "tenant admin", "lena@acme.example", "", false, false },
	{ "admin, one cmd", "lena@acme.example", "user list", false, false },
	{ "admin, reads", "lena@acme.example", "", true, false },
	{ "super admin", "admin@postern.example", "", false, false },
};

#define LOGINS (sizeof(logins) / sizeof(logins[0]))

struct bench {
	char directory[64], path[96], out[96], in[96];
	char *database; /* the file of the example, as bytes */
	size_t length;
	struct arena arena;
	char fingerprints[DISTANCES][PUBLIC_KEY_PRINT_SIZE];
	int real_in, real_out, real_err;
};

/* ---- the example ---- */

static void
fill(struct house *house)
{
	house_as(house, "admin@postern.example");
	house_ok(
	    house, "user add", "anna@acme.example", "password", PASSWORD, NULL);
	house_ok(house, "user add", "bea@acme.example", NULL);
	house_ok(house, "user add", "mia@acme.example", NULL);
	house_ok(house, "admin add", "mia@acme.example", NULL);
	house_ok(house, "user add", "carl@globex.example", NULL);
	house_ok(house, "alias add", "sales@acme.example", "targets",
	    "bea@acme.example", NULL);
	house_ok(house, "alias add", "info@globex.example", "targets",
	    "carl@globex.example", NULL);
	house_ok(house, "intake set", "Initech", NULL);
	house_ok(house, "host request", "imap.acme.example", NULL);
}

static void
read_fingerprints(struct bench *bench)
{
	for (size_t i = 0; i < DISTANCES; i++) {
		struct key_line line;

		if (distances[i].key == NULL)
			continue;
		assert_int_equal(key_line_parse(&line,
				     house_public_key(distances[i].key), NULL),
		    OK);
		text_copy(bench->fingerprints[i],
		    sizeof(bench->fingerprints[i]), line.key.fingerprint);
	}
}

static void
write_input(struct bench *bench)
{
	static const char text[] = PASSWORD "\nblue-river-94-tent\n";
	struct err err;

	assert_int_equal(
	    io_replace_file(bench->in, 0600, text, sizeof(text) - 1, &err), OK);
}

static int
set_up(void **state)
{
	static struct bench bench;
	struct house house;
	struct err err;

	clock_fix(1790000000);
	text_copy(bench.directory, sizeof(bench.directory),
	    "/dev/shm/postern-rights-XXXXXX");
	assert_non_null(mkdtemp(bench.directory));
	text_format(bench.path, sizeof(bench.path), "%s/db", bench.directory);
	text_format(bench.out, sizeof(bench.out), "%s/out", bench.directory);
	text_format(bench.in, sizeof(bench.in), "%s/in", bench.directory);
	write_input(&bench);
	house_open_file(&house, bench.path);
	fill(&house);
	house_close(&house);
	if (io_read_file(&bench.arena, bench.path, 1 << 24, &bench.database,
		&bench.length, &err) != OK)
		fail_msg("%s", err.text);
	read_fingerprints(&bench);
	*state = &bench;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *bench = *state;

	unlink(bench->path);
	unlink(bench->in);
	unlink(bench->out);
	rmdir(bench->directory);
	arena_free(&bench->arena);
	clock_fix(0);
	return 0;
}

/* ---- one command ---- */

/* The text for "%u" and the like at this distance. */
static const char *
text_for(const struct bench *bench, char sign, size_t distance,
    const struct login *login)
{
	const struct distance *d = &distances[distance];

	switch (sign) {
	case 'u':
		return d->address == NULL ? login->address : d->address;
	case 't':
		return d->tenant;
	case 'd':
		return d->domain;
	case 'a':
		return d->alias;
	case 'i':
		return d->intake;
	case 'r':
		return strcmp(d->title, "unknown") == 0 ? "99" : "1";
	case 'n':
		return house_public_key("new");
	default:
		break;
	}
	if (d->key == NULL)
		return strcmp(login->address, "lena@acme.example") == 0
		    ? "SHA256:own"
		    : "SHA256:none";
	return bench->fingerprints[distance];
}

static void
expand(const struct bench *bench, char *to, size_t size, const char *word,
    size_t distance, const struct login *login)
{
	to[0] = '\0';
	for (; *word != '\0'; word++) {
		const char one[2] = { *word, '\0' };

		if (*word != '%') {
			text_append(to, size, one);
			continue;
		}
		word++;
		text_append(to, size, text_for(bench, *word, distance, login));
	}
}

/* Standard streams are files while the command runs. */
static void
redirect(struct bench *bench)
{
	const int in = open(bench->in, O_RDONLY);
	const int out = open(bench->out, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(in >= 0 && out >= 0);
	fflush(stdout);
	fflush(stderr);
	bench->real_in = dup(0);
	bench->real_out = dup(1);
	bench->real_err = dup(2);
	dup2(in, 0);
	dup2(out, 1);
	dup2(out, 2);
	close(in);
	close(out);
}

static void
restore(struct bench *bench)
{
	fflush(stdout);
	fflush(stderr);
	dup2(bench->real_in, 0);
	dup2(bench->real_out, 1);
	dup2(bench->real_err, 2);
	close(bench->real_in);
	close(bench->real_out);
	close(bench->real_err);
}

/* Somebody of Acme never reads of Globex, but what they typed. */
static void
check_leak(struct bench *bench, const struct login *login, const char *name,
    size_t distance)
{
	struct arena arena = { 0 };
	struct err err;
	char *text;
	size_t length;

	if (strstr(login->address, "acme") == NULL ||
	    strcmp(distances[distance].title, "other") == 0)
		return;
	if (io_read_file(&arena, bench->out, TEXT_MAX, &text, &length, &err) !=
	    OK)
		fail_msg("%s", err.text);
	if (strcmp(name, "domain move") != 0 &&
	    (strstr(text, "lobex") != NULL || strstr(text, "hank@") != NULL))
		fail_msg("%s as %s shows: %s", name, login->title, text);
	arena_free(&arena);
}

static int
run_words(
    struct bench *bench, const struct login *login, int count, char **words)
{
	struct house house = { 0 };
	struct err err;
	int status;

	assert_int_equal(io_replace_file(bench->path, 0600, bench->database,
			     bench->length, &err),
	    OK);
	if (db_open(&house.db, bench->path, DB_MUST_EXIST, &err) != OK)
		fail_msg("%s", err.text);
	house.context.db = house.db;
	house.context.state_directory = bench->directory;
	house_as(&house, login->address);
	text_copy(house.context.actor.commands,
	    sizeof(house.context.actor.commands), login->commands);
	house.context.actor.is_read_only = login->is_read_only;
	house.context.actor.is_password_temporary = login->is_temporary;
	redirect(bench);
	status = command_line_run(&house.context, count, words);
	restore(bench);
	db_close(&house.db);
	return status;
}

static int
run_command(struct bench *bench, const struct login *login, const char *name,
    const char *rest, size_t distance)
{
	char storage[WORDS_MAX][600], line[600];
	char *words[WORDS_MAX], *at = line, *word;
	const char *key;
	int count = 0;

	text_format(line, sizeof(line), "%s %s", name, rest);
	while (count < WORDS_MAX && (word = strsep(&at, " ")) != NULL) {
		if (word[0] == '\0')
			continue;
		/* A key has blanks of its own. */
		key = strstr(word, "%n");
		if (key != NULL)
			text_format(storage[count], sizeof(storage[0]),
			    "key=%s", house_public_key("new"));
		else
			expand(bench, storage[count], sizeof(storage[0]), word,
			    distance, login);
		words[count] = storage[count];
		count++;
	}
	words[count < WORDS_MAX ? count : WORDS_MAX - 1] = NULL;
	return run_words(bench, login, count, words);
}

/* ---- the table ---- */

/* The words behind the name in the file of commands, or NULL. */
static const char *
rest_of(char *commands, const char *name, char *to, size_t size)
{
	const size_t length = strlen(name);
	const char *line = commands;

	for (; *line != '\0'; line += strcspn(line, "\n"), line += *line != 0) {
		const char *bar = line + strcspn(line, "|\n");

		if (strncmp(line, name, length) != 0 || *bar != '|' ||
		    strspn(line + length, " ") != (size_t)(bar - line) - length)
			continue;
		text_format(
		    to, size, "%.*s", (int)strcspn(bar + 1, "\n"), bar + 1);
		text_trim(to);
		return to;
	}
	return NULL;
}

/* Only the rights of a command that would ask the network. */
static int
rights_only(const struct login *login, const struct command_entry *entry)
{
	struct actor actor = { .account_id = -1 };
	struct err err;

	if (strcmp(login->address, "console") == 0)
		actor_console(&actor);
	else
		actor.role = strncmp(login->title, "user", 4) == 0 ? ROLE_USER
		    : strcmp(login->title, "super admin") == 0
		    ? ROLE_SUPER_ADMIN
		    : ROLE_TENANT_ADMIN;
	text_copy(actor.commands, sizeof(actor.commands), login->commands);
	actor.is_read_only = login->is_read_only;
	actor.is_password_temporary = login->is_temporary;
	if (actor_key_allows(&actor, entry->name, false, &err) != OK)
		return err_exit_status(ERR_DENIED);
	if (entry->special->action != ACTION_NONE &&
	    !may_ever(&actor, entry->special->action, NULL))
		return err_exit_status(ERR_DENIED);
	return 0;
}

static void
add_line(struct bench *bench, struct text_builder *to,
    const struct command_entry *entry, const char *rest,
    const struct login *login)
{
	int status = 0;

	text_addf(to, "%-16s %-15s", entry->name, login->title);

	for (size_t i = 0; i < DISTANCES; i++) {
		if (strcmp(rest, "-") == 0) {
			status = rights_only(login, entry);
		} else if (i == 0 || strchr(rest, '%') != NULL) {
			status =
			    run_command(bench, login, entry->name, rest, i);
			check_leak(bench, login, entry->name, i);
		}
		text_addf(to, i + 1 < DISTANCES ? " %-7d" : " %d\n", status);
	}
}

static void
add_table(struct bench *bench, struct text_builder *to, char *commands)
{
	char rest[200];
	struct arena arena = { 0 };
	size_t count;
	const struct command_entry *entries = command_entries(&arena, &count);

	text_addf(to, "%-16s %-15s", "command", "signed in as");
	for (size_t i = 0; i < DISTANCES; i++)
		text_addf(to, i + 1 < DISTANCES ? " %-7s" : " %s\n",
		    distances[i].title);
	for (size_t i = 0; i < count; i++) {
		if (rest_of(commands, entries[i].name, rest, sizeof(rest)) ==
		    NULL)
			fail_msg("\"%s\" is new: add a line for it to %s, run "
				 "this with GOLDEN_WRITE=1 and read what "
				 "changed in %s.",
			    entries[i].name, COMMANDS, GOLDEN);
		for (size_t k = 0; k < LOGINS; k++)
			add_line(bench, to, &entries[i], rest, &logins[k]);
	}
	arena_free(&arena);
}

/* The first line that differs, so that a person needn't search. */
static void
compare(const char *is, const char *golden)
{
	while (*is != '\0' || *golden != '\0') {
		const size_t a = strcspn(is, "\n"), b = strcspn(golden, "\n");

		if (a != b || memcmp(is, golden, a) != 0)
			fail_msg("%s differs:\nwanted %.*s\nis     %.*s",
			    GOLDEN, (int)b, golden, (int)a, is);
		is += a + (is[a] == '\n');
		golden += b + (golden[b] == '\n');
	}
}

static void
test_every_command_for_every_role_at_every_distance(void **state)
{
	struct bench *bench = *state;
	struct text_builder now;
	struct err err;
	char *commands, *golden;
	size_t length;

	if (io_read_file(&bench->arena, COMMANDS, TEXT_MAX, &commands, &length,
		&err) != OK)
		fail_msg("%s", err.text);
	text_builder_open(&now, &bench->arena, TEXT_MAX);
	add_table(bench, &now, commands);
	if (getenv("GOLDEN_WRITE") != NULL)
		assert_int_equal(
		    io_replace_file(GOLDEN, 0644, now.data, now.length, &err),
		    OK);
	if (io_read_file(
		&bench->arena, GOLDEN, TEXT_MAX, &golden, &length, &err) != OK)
		fail_msg("%s", err.text);
	compare(now.data, golden);
}

/* The screens know the rights of these from a table of their own. */
static void
test_screens_have_the_rights_of_the_command_line(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; session_readers[i].command != NULL; i++) {
		const struct command_entry *entry =
		    command_entry_by_name(&arena, session_readers[i].command);

		assert_non_null(entry);
		assert_non_null(entry->special);
		assert_int_equal(
		    entry->special->action, session_readers[i].action);
	}
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_every_command_for_every_role_at_every_distance, set_up,
		    tear_down),
		cmocka_unit_test(
		    test_screens_have_the_rights_of_the_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
