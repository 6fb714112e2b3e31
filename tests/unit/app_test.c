#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/tui/example.h"

static struct arena arena;
static struct example example;
static struct app *app;

static int
set_up(void **state)
{
	struct app_options options;

	(void)state;
	example = (struct example){ .people = 40 };
	example_options(&example, &options);
	app = app_open(&arena, &options);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	app_close(app);
	arena_free(&arena);
	return 0;
}

static void
press(const char *names)
{
	char *copy = arena_text(&arena, names), *name;

	while ((name = strsep(&copy, " ")) != NULL)
		app_feed_key(app, key_by_name(name));
}

static bool
sees(const char *text)
{
	return strstr(canvas_as_text(app_canvas(app), &arena), text) != NULL;
}

/* The records of jobs arrive, until none runs. */
static void
finish_jobs(void)
{
	while (app_has_jobs(app))
		app_wait_jobs(app, 1000);
}

static void
test_letters_are_text_while_a_field_has_the_focus(void **state)
{
	(void)state;
	press("1 n");
	app_feed_text(app, "qRo?", false);
	assert_true(sees("qRo?"));
	assert_true(sees("New person"));
}

static void
test_leaving_asks_only_when_typing_would_be_lost(void **state)
{
	(void)state;
	press("1 n Esc");
	assert_true(sees("All people"));
	press("n x Esc");
	assert_true(sees("lose what was typed"));
	press("n");
	assert_true(sees("New person"));
	press("Esc y");
	assert_true(sees("All people"));
}

static void
test_quitting_asks_and_enter_stays(void **state)
{
	(void)state;
	press("q");
	assert_true(sees("Quit?"));
	press("Enter");
	assert_false(app_is_done(app));
	press("q y");
	assert_true(app_is_done(app));
}

static void
test_a_key_that_is_off_says_why(void **state)
{
	(void)state;
	press("1 I");
	assert_true(sees("I is off here: only a super admin may import."));
	press("Z");
	assert_true(sees("Z does nothing here."));
}

static void
test_a_message_stays_until_the_next_act(void **state)
{
	(void)state;
	press("1 Z");
	app_feed_tick(app);
	app_resize(app, 30, 100);
	assert_true(sees("Z does nothing here."));
	press("j");
	assert_false(sees("Z does nothing here."));
}

static void
test_a_long_message_is_shown_whole(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_LIMIT, NULL, "%s",
	    "No mailbox is left: 25 of 25 are taken.  Remove a user, or ask "
	    "a super admin to raise the user limit of the tenant, whose name "
	    "is so long that this sentence takes a third row.");
	press("1");
	app_error(app, &err);
	assert_true(sees("25 of 25"));
	assert_true(sees("takes a third row."));
	press("x");
	assert_true(sees("Suspend user00001@acme.example?"));
}

static void
test_a_paste_with_keys_in_it_presses_none(void **state)
{
	(void)state;
	press("1");
	app_feed_text(app, "q\033dy", true);
	assert_true(sees("Nothing was pasted"));
	assert_true(sees("All people"));
	press("n");
	app_feed_text(app, "bob@acme.example\r\n\033[A\x13", true);
	assert_true(sees("bob@acme.example"));
	assert_int_equal(example.saved, 0);
}

static void
test_a_small_window_waits_and_forgets_nothing(void **state)
{
	(void)state;
	press("1 n x");
	app_resize(app, 10, 40);
	assert_true(sees("This window is 40x10"));
	press("y Esc y");
	app_resize(app, 24, 80);
	assert_true(sees(">Address            x"));
	assert_true(sees("New person"));
}

static void
test_a_refusal_stands_below_its_field_with_all_that_was_typed(void **state)
{
	(void)state;
	press("1 n");
	app_feed_text(app, "bob@acme.example", false);
	press("Tab");
	app_feed_text(app, "Bob", false);
	press("Ctrl-S");
	assert_true(sees("! bob@acme.example exists already"));
	assert_true(sees(" Full name          Bob"));
	assert_int_equal(example.saved, 0);
}

static void
test_the_records_of_a_job_arrive(void **state)
{
	(void)state;
	press("2");
	finish_jobs();
	assert_true(sees("records 3, ended"));
}

static void
test_a_job_that_dies_is_told_apart(void **state)
{
	(void)state;
	press("3");
	finish_jobs();
	assert_true(sees("records 0, failed"));
}

static void
test_ticks_come_only_to_who_asked(void **state)
{
	(void)state;
	app_feed_tick(app);
	assert_false(sees("ticks"));
	press("t");
	app_feed_tick(app);
	app_feed_tick(app);
	assert_true(sees("ticks 2"));
}

static void
test_copying_sends_the_value_under_the_cursor_once(void **state)
{
	(void)state;
	press("1 j c");
	assert_string_equal(app_take_copy(app), "user00002@acme.example");
	assert_null(app_take_copy(app));
}

static void
test_a_deletion_needs_the_name(void **state)
{
	(void)state;
	press("1 d");
	assert_true(sees("DELETE PERSON user00001@acme.example"));
	press("Enter");
	assert_true(sees("the typed name and the name differ"));
	app_feed_text(app, "user00001@acme.example", true);
	press("Enter");
	assert_true(sees("Deleted."));
}

static void
test_the_prompt_completes_and_runs(void **state)
{
	(void)state;
	press(": s Tab");
	assert_true(sees("server show"));
	press("Enter");
	assert_true(sees("Ran: server show"));
}

static void
test_help_names_what_is_off_and_why(void **state)
{
	(void)state;
	press("1 ?");
	app_resize(app, 60, 100);
	assert_true(sees("only a super admin may import"));
	press("Esc");
	assert_true(sees("All people"));
}

#define APP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* A second set of options over the same people. */
static void
open_with(int64_t idle_seconds, int64_t ends_at)
{
	struct app_options options;

	app_close(app);
	example_options(&example, &options);
	options.idle_seconds = idle_seconds;
	options.ends_at = ends_at;
	app = app_open(&arena, &options);
}

static void
test_an_app_without_limits_never_ends_by_the_clock(void **state)
{
	(void)state;
	assert_int_equal(app_check_time(app, 1800000000, 99999), -1);
	assert_false(app_is_done(app));
}

static void
test_idle_is_warned_of_then_ended(void **state)
{
	(void)state;
	open_with(600, 0);
	assert_int_equal(app_check_time(app, 1000, 0), 540);
	assert_false(sees("session ends"));
	assert_int_equal(app_check_time(app, 1000, 540), 60);
	assert_true(sees("this session ends in 60 s"));
	press("Down");
	assert_int_equal(app_check_time(app, 1000, 0), 540);
	assert_false(sees("session ends"));
	assert_false(app_is_done(app));
	app_check_time(app, 1000, 600);
	assert_true(app_is_done(app));
	assert_non_null(strstr(app_end_text(app), "No key"));
}

static void
test_an_expiring_key_is_warned_of_then_ended(void **state)
{
	(void)state;
	open_with(0, 10000);
	assert_int_equal(app_check_time(app, 9000, 0), 700);
	assert_false(sees("session ends"));
	assert_int_equal(app_check_time(app, 9700, 0), 300);
	assert_true(sees("expires at"));
	press("Down");
	assert_int_equal(app_check_time(app, 9999, 0), 1);
	assert_false(sees("expires at"));
	app_check_time(app, 10000, 0);
	assert_true(app_is_done(app));
	assert_non_null(strstr(app_end_text(app), "expired"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		APP_TEST(test_letters_are_text_while_a_field_has_the_focus),
		APP_TEST(test_leaving_asks_only_when_typing_would_be_lost),
		APP_TEST(test_quitting_asks_and_enter_stays),
		APP_TEST(test_a_key_that_is_off_says_why),
		APP_TEST(test_a_message_stays_until_the_next_act),
		APP_TEST(test_a_long_message_is_shown_whole),
		APP_TEST(test_a_paste_with_keys_in_it_presses_none),
		APP_TEST(test_a_small_window_waits_and_forgets_nothing),
		APP_TEST(
		    test_a_refusal_stands_below_its_field_with_all_that_was_typed),
		APP_TEST(test_the_records_of_a_job_arrive),
		APP_TEST(test_a_job_that_dies_is_told_apart),
		APP_TEST(test_ticks_come_only_to_who_asked),
		APP_TEST(test_an_app_without_limits_never_ends_by_the_clock),
		APP_TEST(test_idle_is_warned_of_then_ended),
		APP_TEST(test_an_expiring_key_is_warned_of_then_ended),
		APP_TEST(test_copying_sends_the_value_under_the_cursor_once),
		APP_TEST(test_a_deletion_needs_the_name),
		APP_TEST(test_the_prompt_completes_and_runs),
		APP_TEST(test_help_names_what_is_off_and_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
