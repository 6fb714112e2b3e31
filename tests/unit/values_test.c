/* Values to copy: whole on the screen, whole in the clipboard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tui/app.h"
#include "tui/values.h"

#define LONG_SIZE 5001

static char long_value[LONG_SIZE];
static struct arena arena;
static struct app *app;

/* ---- a home screen that only leads there ---- */

static struct next
update_home(struct app *of, void *state, const struct msg *msg)
{
	struct arena texts = { 0 };
	struct values values = { .arena = &texts };
	struct next next;

	(void)of;
	(void)state;
	if (msg->kind != MSG_KEY)
		return NEXT_STAYS;
	values_add(&values, VALUE_HEADING, "THE RECORD", "");
	values_add(&values, VALUE_LINE, "Name", "default._domainkey");
	values_add(&values, VALUE_LINE, "Delete", "");
	values_add(&values, VALUE_SENTENCE, "Why", "Receivers want it.");
	values_add(&values, VALUE_ALONE, "VALUE", long_value);
	values_add(&values, VALUE_ALONE, "ZONE LINE", "last one");
	next = values_next("dkim", &values);
	arena_free(&texts);
	return next;
}

static void
view_home(const void *state, struct canvas *canvas)
{
	(void)state;
	screen_put_state(canvas, "home", NULL);
}

static const struct key_binding home_keys[] = { { 'x', 1 }, { 0 } };

static const struct screen home = {
	.title = "Home",
	.state_size = 1,
	.keys = home_keys,
	.update = update_home,
	.view = view_home,
};

static int
set_up(void **state)
{
	const struct app_options options = {
		.server = "mx",
		.person = "anna",
		.home = &home,
		.rows = 24,
		.columns = 80,
	};

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(long_value); i++)
		long_value[i] = (char)('a' + i % 26);
	app = app_open(&arena, &options);
	app_feed_key(app, 'x');
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

static const char *
screen(void)
{
	return canvas_as_text(app_canvas(app), &arena);
}

/* ---- tests ---- */

static void
test_each_value_is_copied_whole(void **state)
{
	(void)state;
	press("c");
	assert_string_equal(app_take_copy(app), "default._domainkey");
	press("Down c");
	assert_string_equal(app_take_copy(app), "Receivers want it.");
	press("Down c");
	assert_string_equal(app_take_copy(app), long_value);
	press("Down Down c");
	assert_string_equal(app_take_copy(app), "last one");
	press("g c");
	assert_string_equal(app_take_copy(app), "default._domainkey");
	press("G c");
	assert_string_equal(app_take_copy(app), "last one");
}

/* All rows of the page put together hold every character of it, in order. */
static void
test_a_value_longer_than_the_screen_is_readable_whole(void **state)
{
	char seen[LONG_SIZE + 200] = "";

	(void)state;
	assert_null(strstr(screen(), "\u2026"));
	app_resize(app, 90, 80);
	for (const char *at = strstr(screen(), "VALUE"); *at != '\0'; at++)
		if (*at >= 'a' && *at <= 'z' && strlen(seen) + 2 < sizeof(seen))
			strncat(seen, at, 1);
	assert_int_equal(strncmp(seen, long_value, strlen(long_value)), 0);
}

static void
test_more_is_hinted_until_the_end_is_in_view(void **state)
{
	(void)state;
	assert_non_null(strstr(screen(), "PgDn more"));
	assert_non_null(strstr(screen(), "lines 1-18 of "));
	for (int i = 0; i < 5; i++)
		press("PgDn");
	assert_null(strstr(screen(), "PgDn more"));
	assert_non_null(strstr(screen(), "last one"));
	app_resize(app, 100, 80);
	assert_null(strstr(screen(), "PgDn more"));
	assert_null(strstr(screen(), "lines "));
}

static void
test_a_heading_is_no_value_and_an_empty_one_is_left_out(void **state)
{
	(void)state;
	assert_non_null(strstr(screen(), ">Name"));
	press("Up");
	assert_non_null(strstr(screen(), ">Name"));
	assert_null(strstr(screen(), "Delete"));
}

static void
test_printed_lines_are_whole(void **state)
{
	const char *printed;

	(void)state;
	press("o");
	printed = app_take_print(app);
	assert_non_null(printed);
	assert_non_null(strstr(printed, long_value));
	assert_true(text_starts_with(
	    printed, "THE RECORD\nName         default._domainkey\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_value_is_copied_whole),
		TEST(test_a_value_longer_than_the_screen_is_readable_whole),
		TEST(test_more_is_hinted_until_the_end_is_in_view),
		TEST(test_a_heading_is_no_value_and_an_empty_one_is_left_out),
		TEST(test_printed_lines_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
