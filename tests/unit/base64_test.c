#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/digest.h"

static void
test_the_examples_of_the_standard_go_both_ways(void **state)
{
	/* RFC 4648 section 10 */
	static const char *const rows[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	char text[16];
	uint8_t bytes[16];
	size_t length;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(base64_encode(
		    text, sizeof(text), rows[i][0], strlen(rows[i][0])));
		assert_string_equal(text, rows[i][1]);
		assert_true(
		    base64_decode(bytes, sizeof(bytes), &length, rows[i][1]));
		assert_int_equal(length, strlen(rows[i][0]));
		assert_memory_equal(bytes, rows[i][0], length);
	}
}

static void
test_what_is_not_base64_is_refused(void **state)
{
	static const char *const bad[] = { "Z", "Zg",
		"Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm 9",
		"Zg==Zg==", "Zm9v\n", "Zm-v", "=m9v", "Z=9v" };
	uint8_t bytes[16];
	size_t length;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(
		    base64_decode(bytes, sizeof(bytes), &length, bad[i]));
	assert_false(base64_decode(bytes, 2, &length, "Zm9v"));
	assert_true(base64_decode(bytes, 3, &length, "Zm9v"));
}

static void
test_a_text_that_does_not_fit_is_refused(void **state)
{
	char text[8];

	(void)state;
	assert_false(base64_encode(text, 8, "foobar", 6));
	assert_string_equal(text, "");
	assert_true(base64_encode(text, 5, "foo", 3));
}

static void
test_sha256_gives_the_known_digest(void **state)
{
	/* FIPS 180-4, "abc" */
	static const uint8_t abc[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf,
		0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0,
		0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff,
		0x61, 0xf2, 0x00, 0x15, 0xad };
	uint8_t to[DIGEST_SHA256_SIZE];

	(void)state;
	digest_sha256(to, "abc", 3);
	assert_memory_equal(to, abc, sizeof(abc));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_the_examples_of_the_standard_go_both_ways),
		cmocka_unit_test(test_what_is_not_base64_is_refused),
		cmocka_unit_test(test_a_text_that_does_not_fit_is_refused),
		cmocka_unit_test(test_sha256_gives_the_known_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
