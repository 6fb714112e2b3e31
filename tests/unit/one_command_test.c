/* one_command_test.c - a key for one command opens nothing else in the
 * screens: neither by the prompt nor by any key of a screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "screens/home.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tests/lib/house.h"

#define ALLOWED "user list"

static struct house house;
static struct arena arena;
static struct app *app;

static int
set_up(void **state)
{
	struct app_options options;

	(void)state;
	house_open(&house);
	house_as(&house, "lena@acme.example");
	house_ok(&house, "user add", "bob@acme.example", NULL);
	text_copy(house.context.actor.commands,
	    sizeof(house.context.actor.commands), ALLOWED);
	session_options(&options, &house.context, &arena);
	app = app_open(&arena, &options);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	app_close(app);
	arena_free(&arena);
	house_close(&house);
	return 0;
}

static const char *
screen(void)
{
	return canvas_as_lines(app_canvas(app), &arena);
}

/* Still on the screen of this title, and told why. */
static void
assert_refused(const char *title, const char *what)
{
	const char *lines = screen();
	const char *at = strstr(lines, title);

	if (at == NULL || at > strchr(lines, '\n') ||
	    (strstr(lines, "The key you signed in with is not for") == NULL &&
		strstr(lines, "Only a super admin") == NULL &&
		strstr(lines, "Only the operator") == NULL))
		fail_msg("%s on %s:\n%s", what, title, lines);
}

static void
each_other_command_is_refused_at_the_prompt(void **state)
{
	const struct app_command *command = app_commands(app);
	size_t count = 0;

	(void)state;
	for (; command->name != NULL; command++) {
		if (strcmp(command->name, ALLOWED) == 0)
			continue;
		app_feed_key(app, ':');
		app_feed_text(app, command->name, false);
		app_feed_key(app, key_by_name("Enter"));
		assert_refused("> Home ", command->name);
		/* What was said goes with the next act. */
		app_feed_key(app, key_by_name("Down"));
		count++;
	}
	assert_true(count > 50);
}

/* Keys of the open screen that stand for something a person may or may not:
 * all of them but those that only move, and `allowed`. */
static void
press_each_key(const struct screen *open, const char *title, int allowed)
{
	const struct key_binding *key = open->keys;
	char what[32];
	size_t count = 0;

	for (; key->key != 0; key++) {
		if (key->command == NULL || key->key == allowed)
			continue;
		app_feed_key(app, key->key);
		text_format(what, sizeof(what), "key %c", (char)key->key);
		assert_refused(title, what);
		app_feed_key(app, key_by_name("Down"));
		count++;
	}
	assert_true(count > 4);
}

static void
no_key_of_a_screen_opens_anything_else(void **state)
{
	(void)state;
	press_each_key(home_of_role(ROLE_TENANT_ADMIN), "> Home ", '2');
	app_feed_key(app, '2');
	assert_non_null(strstr(screen(), "bob@acme.example"));
	press_each_key(&screen_users, "> Users ", 0);
	app_feed_key(app, key_by_name("Enter"));
	assert_refused("> Users ", "Enter");
}

static void
the_one_command_works_at_the_prompt(void **state)
{
	(void)state;
	app_feed_key(app, ':');
	app_feed_text(app, ALLOWED, false);
	app_feed_key(app, key_by_name("Enter"));
	assert_non_null(strstr(screen(), "> Users "));
	assert_non_null(strstr(screen(), "bob@acme.example"));
}

static void
a_check_is_opened_at_the_prompt(void **state)
{
	static const struct {
		const char *line, *shows;
	} cases[] = {
		{ "dns check acme.example", "> DNS checks " },
		{ "dns senders acme.example", "> Senders " },
		{ "golive show acme.example", "> Go live " },
		{ "dns check", "takes a domain behind it" },
		{ "dns check acme.example mx", "and nothing more" },
		{ "dns check globex.example", "globex.example" },
	};

	(void)state;
	house.context.actor.commands[0] = '\0';
	house.context.resolvers = "127.0.0.1:1"; /* nobody is there */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		app_feed_key(app, ':');
		app_feed_text(app, cases[i].line, false);
		app_feed_key(app, key_by_name("Enter"));
		if (strstr(screen(), cases[i].shows) == NULL)
			fail_msg("%s: %s", cases[i].line, screen());
		if (i >= 3)
			assert_non_null(strstr(screen(), "> Home   "));
		else
			app_feed_key(app, key_by_name("Esc"));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_other_command_is_refused_at_the_prompt),
		TEST(no_key_of_a_screen_opens_anything_else),
		TEST(the_one_command_works_at_the_prompt),
		TEST(a_check_is_opened_at_the_prompt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
