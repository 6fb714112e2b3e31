#include "tests/lib/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"
#include "tui/key.h"

#define LIMIT_MS  5000
#define STEP_MS   20
#define PASTE_MAX (64 << 10)

/* A screen is written down once its jobs have ended, or were quiet so long. */
#define QUIET_MS 2000

struct script {
	const struct script_backend *backend;
	const char *path;
	char directory[512];
	int line;
	int failed, passed;
	struct arena arena;
};

static void
fail(struct script *script, const char *what, const char *text)
{
	printf("%s:%d: %s %s\n", script->path, script->line, what, text);
	script->failed++;
}

/* ---- screens side by side ---- */

static const char *
next_line(const char *at, char *line, size_t size)
{
	size_t length = strcspn(at, "\n");

	text_format(line, size, "%.*s", (int)length, at);
	return at[length] == '\n' ? at + length + 1 : at + length;
}

static void
pad(const char *line, int columns)
{
	printf("%s%*s", line, columns - text_columns(line), "");
}

/* Wanted left, found right; rows that differ have "!!" between. */
static void
print_both(const char *wanted, const char *found)
{
	char left[2048], right[2048];
	int columns = 0;

	for (const char *at = wanted; *at != '\0';) {
		at = next_line(at, left, sizeof left);
		if (text_columns(left) > columns)
			columns = text_columns(left);
	}
	pad("  wanted", columns);
	printf("    found\n");
	while (*wanted != '\0' || *found != '\0') {
		wanted = next_line(wanted, left, sizeof left);
		found = next_line(found, right, sizeof right);
		pad(left, columns);
		printf("%s%s\n", text_is_same(left, right) ? "    " : " !! ",
		    right);
	}
}

/* ---- words ---- */

static char *
screen(struct script *script)
{
	return script->backend->screen(
	    script->backend->context, &script->arena);
}

typedef bool script_question(struct script *, const char *text);

static bool
is_seen(struct script *script, const char *text)
{
	return strstr(screen(script), text) != NULL;
}

static bool
is_missed(struct script *script, const char *text)
{
	return !is_seen(script, text);
}

static bool
is_same_screen(struct script *script, const char *wanted)
{
	return text_is_same(screen(script), wanted);
}

static bool
is_closed(struct script *script, const char *text)
{
	(void)text;
	return script->backend->is_closed(script->backend->context);
}

static bool
becomes_true(struct script *script, script_question *question, const char *text)
{
	int limit_ms = script->backend->limit_ms;
	int64_t until_ms =
	    clock_monotonic_ms() + (limit_ms > 0 ? limit_ms : LIMIT_MS);

	while (!question(script, text)) {
		if (clock_monotonic_ms() > until_ms)
			return false;
		if (!script->backend->wait(script->backend->context, STEP_MS))
			return question(script, text);
	}
	return true;
}

/* The screen that its jobs have filled in: caught in mid-run it would be a
 * golden screen by chance.  A job that only goes on watching changes nothing
 * more, and is not waited for. */
static char *
still_screen(struct script *script)
{
	char *seen = screen(script);
	int64_t since_ms = clock_monotonic_ms();

	while (clock_monotonic_ms() - since_ms < QUIET_MS) {
		const bool may_change =
		    script->backend->wait(script->backend->context, STEP_MS);
		char *now = screen(script);

		if (!may_change)
			return now;
		if (!text_is_same(now, seen)) {
			seen = now;
			since_ms = clock_monotonic_ms();
		}
	}
	return seen;
}

static void
expect(struct script *script, const char *name)
{
	const char *mode = getenv("GOLDEN");
	const char *variant = script->backend->variant;
	char path[1024], *wanted;
	size_t length;
	struct err err;

	text_format(path, sizeof path, "%s/golden/%s%s%s.screen",
	    script->directory, name, variant != NULL ? "." : "",
	    variant != NULL ? variant : "");
	if (mode != NULL && text_is_same(mode, "write")) {
		wanted = still_screen(script);
		if (io_replace_file(path, 0644, wanted, strlen(wanted), &err) !=
		    OK)
			fail(script, "expect", err.text);
		return;
	}
	if (io_read_file(&script->arena, path, 1024 * 1024, &wanted, &length,
		&err) != OK) {
		fail(script, "expect", err.text);
		return;
	}
	if (becomes_true(script, is_same_screen, wanted)) {
		script->passed++;
		return;
	}
	fail(script, "expect", name);
	print_both(wanted, screen(script));
}

static void
look_for(struct script *script, const char *word, script_question *question,
    const char *text)
{
	if (becomes_true(script, question, text)) {
		script->passed++;
		return;
	}
	fail(script, word, text);
	printf("%s", screen(script));
}

static void
unescape(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (*text != '\\' || text[1] == '\0') {
			*to++ = *text;
			continue;
		}
		text++;
		*to++ = *text == 'n' ? '\n'
		    : *text == 't'   ? '\t'
		    : *text == 'e'   ? '\033'
				     : *text;
	}
	*to = '\0';
}

static void
press(struct script *script, char *names)
{
	char *rest = names, *name;

	while ((name = strsep(&rest, " ")) != NULL) {
		int key = key_by_name(name);

		if (name[0] == '\0')
			continue;
		if (key == 0)
			fail(script, "no such key:", name);
		else
			script->backend->press(script->backend->context, key);
	}
}

static void
resize(struct script *script, const char *text)
{
	int rows, columns;

	if (sscanf(text, "%d %d", &columns, &rows) != 2)
		fail(script, "resize wants COLUMNS ROWS, not", text);
	else
		script->backend->resize(
		    script->backend->context, rows, columns);
}

static void
paste(struct script *script, char *text)
{
	const struct script_backend *backend = script->backend;
	const char *work = getenv("WORK");
	size_t length;
	struct err err;

	if (*text != '<')
		unescape(text);
	else if (io_read_file(&script->arena,
		     arena_format(&script->arena, "%s/%s",
			 work == NULL ? "." : work, text + 1),
		     PASTE_MAX, &text, &length, &err) != OK) {
		fail(script, "paste", err.text);
		return;
	}
	backend->paste(backend->context, text);
}

static void
run_command(struct script *script, const char *command)
{
	char *line = arena_format(
	    &script->arena, "cd '%s' && %s", script->directory, command);

	fflush(stdout);
	if (system(line) != 0)
		fail(script, "this command failed:", command);
}

static void
play(struct script *script, const char *word, char *rest)
{
	const struct script_backend *backend = script->backend;

	if (text_is_same(word, "press"))
		press(script, rest);
	else if (text_is_same(word, "type"))
		backend->type(backend->context, rest);
	else if (text_is_same(word, "paste"))
		paste(script, rest);
	else if (text_is_same(word, "resize"))
		resize(script, rest);
	else if (text_is_same(word, "expect"))
		expect(script, rest);
	else if (text_is_same(word, "see"))
		look_for(script, word, is_seen, rest);
	else if (text_is_same(word, "miss"))
		look_for(script, word, is_missed, rest);
	else if (text_is_same(word, "closed"))
		look_for(script, word, is_closed, rest);
	else if (text_is_same(word, "run"))
		run_command(script, rest);
	else if (text_is_same(word, "also"))
		return;
	else if (!text_is_same(word, "login"))
		fail(script, "no such word:", word);
	else if (!backend->login(backend->context, rest))
		fail(script, "login", rest);
}

static void
set_directory(struct script *script)
{
	char *slash;

	text_copy(script->directory, sizeof script->directory, script->path);
	slash = strrchr(script->directory, '/');
	text_copy(slash != NULL ? slash : script->directory, 2,
	    slash != NULL ? "" : ".");
}

int
script_run(const char *path, const struct script_backend *backend, int *passed)
{
	struct script script = { .backend = backend, .path = path };
	struct err err;
	size_t length;
	char *rest, *line;

	set_directory(&script);
	if (io_read_file(
		&script.arena, path, 1024 * 1024, &rest, &length, &err) != OK) {
		printf("%s\n", err.text);
		return 1;
	}
	/* What follows a failed log-in would only repeat that it failed. */
	while ((line = strsep(&rest, "\n")) != NULL && script.failed == 0) {
		char *word = strsep(&line, " ");

		script.line++;
		if (word[0] != '\0' && word[0] != '#')
			play(&script, word,
			    line != NULL ? line : word + strlen(word));
	}
	*passed += script.passed;
	arena_free(&script.arena);
	return script.failed;
}
