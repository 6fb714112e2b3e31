/* form_screen_test.c - two people change the same row; nothing typed is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "screens/form_screen.h"
#include "screens/session.h"
#include "tests/lib/house.h"

static struct house house;
static struct arena arena;
static struct app *app;

static int
set_up(void **state)
{
	struct app_options options;

	(void)state;
	house_open(&house);
	house_as(&house, "admin@postern.example");
	house_ok(&house, "user add", "bob@acme.example", "name", "Bob", "quota",
	    "1 GB", NULL);
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

static void
press(const char *names)
{
	char *copy = arena_text(&arena, names), *name;

	while ((name = strsep(&copy, " ")) != NULL)
		app_feed_key(app, key_by_name(name));
}

static void
assert_sees(const char *text)
{
	char *screen = canvas_as_text(app_canvas(app), &arena);

	if (strstr(screen, text) == NULL)
		fail_msg("\"%s\" is not on this screen:\n%s", text, screen);
}

static void
open_edit(void)
{
	press(":");
	app_feed_text(app, "user edit bob@acme.example", false);
	press("Enter");
	assert_sees("Changes a user's name");
}

static void
what_both_changed_is_shown_and_typing_is_kept(void **state)
{
	(void)state;
	open_edit();
	press("Ctrl-U");
	app_feed_text(app, "Robert", false);
	house_ok(&house, "user edit", "bob@acme.example", "name", "Bobby",
	    "quota", "2 GB", NULL);
	press("Ctrl-S");
	assert_sees("Somebody else changed this meanwhile");
	assert_sees("Robert");
	assert_sees("is \"Bobby\" now, set by somebody else; yours is kept");
	assert_sees("changed meanwhile to this, by somebody else");
	assert_string_equal(
	    house_value(&house, "user list", "bob@acme.example", "name"),
	    "Bobby");
	/* The second save is over what was seen now, and only of what was
	 * typed. */
	press("Ctrl-S");
	assert_string_equal(
	    house_value(&house, "user list", "bob@acme.example", "name"),
	    "Robert");
	assert_string_equal(
	    house_value(&house, "user list", "bob@acme.example", "quota_bytes"),
	    "2 GB");
}

static void
a_refusal_stands_below_its_field(void **state)
{
	(void)state;
	open_edit();
	press("Down Ctrl-U");
	app_feed_text(app, "900 GB", false);
	press("Ctrl-S");
	assert_sees("900 GB");
	assert_sees(" ! ");
	assert_string_equal(
	    house_value(&house, "user list", "bob@acme.example", "quota_bytes"),
	    "1 GB");
}

static void
a_row_that_is_gone_is_said(void **state)
{
	(void)state;
	open_edit();
	press("Ctrl-U");
	app_feed_text(app, "Robert", false);
	house_ok(&house, "user remove", "bob@acme.example", NULL);
	press("Ctrl-S");
	assert_sees("There is no user \"bob@acme.example\"");
	assert_sees("Robert");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_both_changed_is_shown_and_typing_is_kept, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_refusal_stands_below_its_field, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_row_that_is_gone_is_said, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
