#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/password.h"

static void
test_only_the_right_password_fits(void **state)
{
	char hash[PASSWORD_HASH_SIZE], again[PASSWORD_HASH_SIZE];
	struct err err;

	(void)state;
	assert_int_equal(password_hash(hash, "kw7m-xq3d", &err), OK);
	assert_int_equal(password_hash(again, "kw7m-xq3d", &err), OK);
	assert_true(text_starts_with(hash, "{CRYPT}$y$"));
	assert_string_not_equal(hash, again);
	assert_true(password_is_right(hash, "kw7m-xq3d"));
	assert_false(password_is_right(hash, "kw7m-xq3D"));
	assert_false(password_is_right(hash, ""));
}

static void
test_no_hash_is_never_right_and_takes_as_long(void **state)
{
	static const char *const none[] = { "", "{CRYPT}", "{CRYPT}*",
		"{CRYPT}$", "{CRYPT}$y$", "x" };
	char hash[PASSWORD_HASH_SIZE];
	struct err err;
	int64_t started_ms, real_ms, none_ms;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_false(password_is_right(none[i], ""));
		assert_false(password_is_right(none[i], "x"));
	}
	assert_int_equal(password_hash(hash, "kw7m-xq3d", &err), OK);
	started_ms = clock_monotonic_ms();
	for (int i = 0; i < 8; i++)
		assert_false(password_is_right(hash, "x"));
	real_ms = clock_monotonic_ms() - started_ms;
	started_ms = clock_monotonic_ms();
	for (int i = 0; i < 8; i++)
		assert_false(password_is_right("", "x"));
	none_ms = clock_monotonic_ms() - started_ms;
	assert_true(none_ms * 4 >= real_ms);
}

static void
test_a_weak_password_is_refused(void **state)
{
	char long_one[PASSWORD_SIZE + 1];
	struct err err;

	(void)state;
	memset(long_one, 'x', PASSWORD_SIZE);
	long_one[PASSWORD_SIZE] = '\0';
	assert_int_equal(
	    password_check("short", "a@b.example", &err), ERR_INVALID);
	assert_string_equal(err.field, "password");
	assert_int_equal(
	    password_check("Anna@b.example", "anna@b.example", &err),
	    ERR_INVALID);
	assert_int_equal(
	    password_check(long_one, "a@b.example", &err), ERR_INVALID);
	assert_int_equal(
	    password_check("ten\nletters", "a@b.example", &err), ERR_INVALID);
	assert_int_equal(
	    password_check("ten letters", "a@b.example", &err), OK);
	assert_int_equal(password_check("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
					"\xC3\xA9",
			     "a@b.example", &err),
	    ERR_INVALID);
}

static void
test_a_common_password_is_refused_and_four_words_are_not(void **state)
{
	static const char *const common[] = { "password123", "Password2024!",
		"qwertyuiop", "1234567890", "iloveyou2024", "letmein12345",
		"aaaaaaaaaaaa", "...sunshine99", "abcdefghij", "welcome2026" };
	static const char *const good[] = { "correct horse battery staple",
		"blue-river-94-tent", "kw7m-xq3d-2prz",
		"gr\xC3\xBCne Wiesen 41" };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (password_check(common[i], "a@b.example", &err) !=
		    ERR_INVALID)
			fail_msg("%s was taken", common[i]);
	assert_non_null(strstr(err.text, "too easy to guess"));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (password_check(good[i], "a@b.example", &err) != OK)
			fail_msg("%s: %s", good[i], err.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_the_right_password_fits),
		cmocka_unit_test(test_no_hash_is_never_right_and_takes_as_long),
		cmocka_unit_test(test_a_weak_password_is_refused),
		cmocka_unit_test(
		    test_a_common_password_is_refused_and_four_words_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
