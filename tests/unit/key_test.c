#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/key.h"
#include "tui/style.h"

static void
check_name(int key, const char *wanted)
{
	char name[KEY_NAME_SIZE];

	key_as_name(key, name, sizeof name);
	assert_string_equal(name, wanted);
	assert_int_equal(key_by_name(wanted), key);
}

static void
test_a_key_has_a_name_that_finds_it_again(void **state)
{
	(void)state;
	check_name('n', "n");
	check_name('?', "?");
	check_name(0x00e9, "\u00e9");
	check_name(' ', "Space");
	check_name(PRESS_CTRL('S'), "Ctrl-S");
	check_name(PRESS_SHIFT_TAB, "Shift-Tab");
	check_name(PRESS_PAGE_DOWN, "PgDn");
	check_name(PRESS_ENTER, "Enter");
	check_name(PRESS_F1, "F1");
	assert_int_equal(key_by_name("Nonsense"), 0);
	assert_int_equal(key_by_name(""), 0);
}

static void
test_only_characters_are_text(void **state)
{
	(void)state;
	assert_true(key_is_text('n'));
	assert_true(key_is_text(' '));
	assert_true(key_is_text(0x1F600));
	assert_false(key_is_text(PRESS_ENTER));
	assert_false(key_is_text(PRESS_BACKSPACE));
	assert_false(key_is_text(PRESS_F1));
	assert_false(key_is_text(PRESS_CTRL('S')));
}

static void
test_every_style_has_a_letter_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < STYLE_COUNT; i++)
		for (int j = 0; j < i; j++)
			assert_int_not_equal(style_letter((enum style)i),
			    style_letter((enum style)j));
}

static void
test_a_state_word_has_its_role_in_any_case(void **state)
{
	(void)state;
	assert_int_equal(style_of_word("pass"), STYLE_PASS);
	assert_int_equal(style_of_word("FAIL"), STYLE_FAIL);
	assert_int_equal(style_of_word("Preparing"), STYLE_WARN);
	assert_int_equal(style_of_word("anything"), STYLE_NORMAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_key_has_a_name_that_finds_it_again),
		cmocka_unit_test(test_only_characters_are_text),
		cmocka_unit_test(test_every_style_has_a_letter_of_its_own),
		cmocka_unit_test(test_a_state_word_has_its_role_in_any_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
