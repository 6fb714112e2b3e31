/* print_test.c - what o prints: a list with its heads, tabs kept, foreign
 * text sieved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "screens/session.h"
#include "tests/lib/house.h"
#include "tui/terminal.h"

static const char *
lines_of(struct arena *arena, const char *text)
{
	struct text_builder to;

	text_builder_open(&to, arena, 65536);
	terminal_lines(&to, text);
	return to.data;
}

static void
tabs_stay_and_controls_are_signs(void **state)
{
	static const struct {
		const char *text, *lines;
	} cases[] = {
		{ "_dmarc\t3600\tIN\tTXT\t\"v=DMARC1\"\n",
		    "_dmarc\t3600\tIN\tTXT\t\"v=DMARC1\"\r\n" },
		{ "a\n\nb", "a\r\n\r\nb\r\n" },
		{ "\x1b[31m\tb\r\x07\n", "?[31m\tb??\r\n" },
		{ "\t\n", "\t\r\n" },
		{ "a\xE2\x80\xAE\xFF", "a??\r\n" },
		{ "", "" },
	};
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    lines_of(&arena, cases[i].text), cases[i].lines);
	arena_free(&arena);
}

static void
a_line_is_printed_whole_at_any_length(void **state)
{
	char text[20001];
	struct arena arena = { 0 };
	const char *lines;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	lines = lines_of(&arena, text);
	assert_int_equal(strcspn(lines, "\r\n"), sizeof(text) - 1);
	arena_free(&arena);
}

static void
a_list_has_its_heads(void **state)
{
	struct arena arena = { 0 };
	struct app_options options;
	struct house house;
	struct app *app;
	const char *text;

	(void)state;
	house_open(&house);
	house_as(&house, "lena@acme.example");
	house_ok(&house, "user add", "bob@acme.example", NULL);
	session_options(&options, &house.context, &arena);
	app = app_open(&arena, &options);
	app_feed_key(app, '2');
	app_feed_key(app, 'o');
	text = app_take_print(app);
	assert_non_null(text);
	text = lines_of(&arena, text);
	assert_int_equal(strncmp(text, "ADDRESS\tNAME\t", 13), 0);
	assert_non_null(strstr(text, "\r\nbob@acme.example\t"));
	app_close(app);
	arena_free(&arena);
	house_close(&house);
}

static void
no_report_is_no_pass(void **state)
{
	struct arena arena = { 0 };
	struct app_options options;
	struct house house;
	struct app *app;
	const char *text;

	(void)state;
	house_open(&house);
	house_as(&house, "lena@acme.example");
	session_options(&options, &house.context, &arena);
	app = app_open(&arena, &options);
	app_feed_key(app, ':');
	app_feed_text(app, "domain list", false);
	app_feed_key(app, key_by_name("Enter"));
	app_feed_key(app, key_by_name("Enter"));
	app_feed_key(app, 'p');
	app_feed_key(app, 'o');
	text = app_take_print(app);
	assert_non_null(text);
	assert_non_null(
	    strstr(text, "reports        none   No report came in 14 days."));
	assert_non_null(
	    strstr(text, "reports        none   No report came in 7 days."));
	app_close(app);
	arena_free(&arena);
	house_close(&house);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tabs_stay_and_controls_are_signs),
		cmocka_unit_test(a_line_is_printed_whole_at_any_length),
		cmocka_unit_test(a_list_has_its_heads),
		cmocka_unit_test(no_report_is_no_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
