#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void
test_a_cut_never_splits_a_character(void **state)
{
	char to[4];

	(void)state;
	assert_false(text_copy(to, sizeof(to), "ab\xC3\xA9"));
	assert_string_equal(to, "ab");
	assert_false(text_format(to, sizeof(to), "%s", "ab\xC3\xA9"));
	assert_string_equal(to, "ab");
	assert_true(text_copy(to, sizeof(to), "a\xC3\xA9"));
	assert_string_equal(to, "a\xC3\xA9");
}

static void
test_a_number_is_written_in_groups_of_three(void **state)
{
	static const struct {
		int64_t number;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 3540, "3,540" },
		{ -123456, "-123,456" },
		{ 1000000, "1,000,000" },
		{ INT64_MIN, "-9,223,372,036,854,775,808" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_from_number(text, sizeof(text), cases[i].number);
		assert_string_equal(text, cases[i].text);
	}
}

static void
test_control_bytes_are_shown(void **state)
{
	const char hostile[] = "a\x1b[31m\0b\xFF\xE2\x80\xAE";
	char to[64];

	(void)state;
	assert_true(text_visible(to, sizeof(to), hostile, sizeof(hostile) - 1));
	assert_string_equal(to, "a?[31m?b??");
	assert_true(text_escape(to, sizeof(to), hostile, sizeof(hostile) - 1));
	assert_string_equal(to, "a\\x1B[31m\\x00b\\xFF\\u{202E}");
}

static void
test_sizes_read_back_as_they_were_written(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
		const char *back;
	} rows[] = {
		{ "500", 500, "500 B" },
		{ "20G", 20LL << 30, "20 GB" },
		{ "20 GB", 20LL << 30, "20 GB" },
		{ "1.5 TB", 3LL << 39, "1.5 TB" },
		{ "1GiB", 1LL << 30, "1 GB" },
	};
	static const char *const bad[] = { "", "-1", "G", "1X", "1GX", "0x10",
		"nan", "99999999999999999999" };
	int64_t bytes;
	char back[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(text_to_bytes(rows[i].text, &bytes));
		assert_int_equal(bytes, rows[i].bytes);
		text_from_bytes(back, sizeof(back), bytes);
		assert_string_equal(back, rows[i].back);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_to_bytes(bad[i], &bytes));
}

static void
test_the_nearest_word_is_suggested(void **state)
{
	static const char *const words[] = { "user", "tenant", "alias", NULL };

	(void)state;
	assert_string_equal(text_nearest("usre", words), "user");
	assert_string_equal(text_nearest("tennant", words), "tenant");
	assert_null(text_nearest("frobnicate", words));
}

static void
test_wide_characters_take_two_columns(void **state)
{
	(void)state;
	assert_int_equal(text_columns("a\xE6\x97\xA5"
				      "e\xCC\x81"),
	    4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_number_is_written_in_groups_of_three),
		cmocka_unit_test(test_a_cut_never_splits_a_character),
		cmocka_unit_test(test_control_bytes_are_shown),
		cmocka_unit_test(test_sizes_read_back_as_they_were_written),
		cmocka_unit_test(test_the_nearest_word_is_suggested),
		cmocka_unit_test(test_wide_characters_take_two_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
