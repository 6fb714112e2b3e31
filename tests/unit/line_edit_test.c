#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/line_edit.h"

static char buffer[16];
static struct line_edit edit;

static int
set_up(void **state)
{
	(void)state;
	memset(buffer, 0, sizeof buffer);
	line_edit_open(&edit, buffer, sizeof buffer);
	return 0;
}

static void
put(const char *text, bool is_paste)
{
	struct msg msg = {
		.kind = MSG_TEXT, .text = text, .is_paste = is_paste
	};

	assert_true(line_edit_update(&edit, &msg));
}

static bool
press(int key)
{
	struct msg msg = { .kind = MSG_KEY, .key = key };

	return line_edit_update(&edit, &msg);
}

static void
test_text_goes_in_at_the_cursor(void **state)
{
	(void)state;
	put("ac", false);
	press(PRESS_LEFT);
	put("b", false);
	assert_string_equal(buffer, "abc");
	press(PRESS_HOME);
	put("\u00e9", false);
	press(PRESS_BACKSPACE);
	assert_string_equal(buffer, "abc");
	assert_int_equal(edit.cursor, 0);
}

static void
test_keys_cut_characters_words_and_lines(void **state)
{
	(void)state;
	put("one two", false);
	press(PRESS_CTRL('W'));
	assert_string_equal(buffer, "one ");
	press(PRESS_HOME);
	press(PRESS_DELETE);
	assert_string_equal(buffer, "ne ");
	press(PRESS_CTRL('K'));
	assert_string_equal(buffer, "");
	put("x", false);
	press(PRESS_CTRL('U'));
	assert_string_equal(buffer, "");
	assert_false(press(PRESS_TAB));
}

static void
test_what_was_cut_is_wiped_from_the_buffer(void **state)
{
	(void)state;
	put("secret", false);
	press(PRESS_CTRL('U'));
	for (size_t i = 0; i < sizeof buffer; i++)
		assert_int_equal(buffer[i], 0);
}

static void
test_pasted_control_bytes_are_left_out(void **state)
{
	(void)state;
	put("a\033[2Jb\a\x7f\u202e", true);
	assert_string_equal(buffer, "a[2Jb");
}

static void
test_pasted_line_ends_become_blanks(void **state)
{
	(void)state;
	put("a\r\nb\tc\n", true);
	assert_string_equal(buffer, "a b c");
}

static void
test_a_block_keeps_its_lines(void **state)
{
	(void)state;
	edit.is_block = true;
	put("a\r\nb\tc\n", true);
	assert_string_equal(buffer, "a\nb\tc\n");
}

static void
test_a_paste_that_does_not_fit_is_cut_and_said(void **state)
{
	(void)state;
	put("0123456789012345678\u00e9", true);
	assert_string_equal(buffer, "012345678901234");
	assert_true(edit.is_cut);
}

static void
test_a_cut_never_splits_a_character(void **state)
{
	(void)state;
	put("0123456789abcd\u00e9", true);
	assert_string_equal(buffer, "0123456789abcd");
	assert_true(edit.is_cut);
}

static void
test_stars_hide_a_secret(void **state)
{
	struct arena arena = { 0 };
	struct canvas canvas = canvas_open(&arena, 1, 8, false);

	(void)state;
	put("p\u00e4ss", false);
	line_edit_view(&edit, &canvas, 0, 0, 8, true, true);
	assert_string_equal(canvas_as_lines(&canvas, &arena), "****____\n");
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_text_goes_in_at_the_cursor, set_up),
		cmocka_unit_test_setup(
		    test_keys_cut_characters_words_and_lines, set_up),
		cmocka_unit_test_setup(
		    test_what_was_cut_is_wiped_from_the_buffer, set_up),
		cmocka_unit_test_setup(
		    test_pasted_control_bytes_are_left_out, set_up),
		cmocka_unit_test_setup(
		    test_pasted_line_ends_become_blanks, set_up),
		cmocka_unit_test_setup(test_a_block_keeps_its_lines, set_up),
		cmocka_unit_test_setup(
		    test_a_paste_that_does_not_fit_is_cut_and_said, set_up),
		cmocka_unit_test_setup(
		    test_a_cut_never_splits_a_character, set_up),
		cmocka_unit_test_setup(test_stars_hide_a_secret, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
