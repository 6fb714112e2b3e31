#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/address.h"
#include "base/host_name.h"

#define LABEL_63 \
	"a23456789012345678901234567890123456789012345678901234567890123"

static void
test_names_are_stored_in_one_form(void **state)
{
	static const char *const rows[][2] = {
		{ "mail.example.com", "mail.example.com" },
		{ " Mail.EXAMPLE.com. ", "mail.example.com" },
		{ "b\xC3\xBC"
		  "cher.example",
		    "xn--bcher-kva.example" },
		{ "stra\xC3\x9F"
		  "e.example",
		    "xn--strae-oqa.example" },
		{ "XN--BCHER-KVA.example", "xn--bcher-kva.example" },
		{ "1and1.example", "1and1.example" },
		{ LABEL_63 ".example", LABEL_63 ".example" },
	};
	struct host_name host;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(host_name_parse(&host, rows[i][0], NULL), OK);
		assert_string_equal(host.text, rows[i][1]);
		assert_true(host_name_is_stored_form(host.text));
	}
}

static void
test_a_refusal_says_what_is_wrong(void **state)
{
	static const char *const rows[][2] = {
		{ "", "Write a host name" },
		{ "example", "has no dot" },
		{ "mail..example.com", "Two dots in a row" },
		{ ".example.com", "begin with a dot" },
		{ "mail_1.example.com", "\"_\" can't be" },
		{ "-a.example.com", "hyphen" },
		{ "192.0.2.1", "ends in a number" },
		{ "a b.example.com", "\" \" can't be" },
		{ "a\x1b[2J.example.com", "control characters" },
		{ LABEL_63 "x.example", "longer than 63" },
		{ "exa\xE2\x80\xAEmple.com", "control characters" },
	};
	struct host_name host;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    host_name_parse(&host, rows[i][0], &err), ERR_INVALID);
		assert_string_equal(host.text, "");
		if (strstr(err.text, rows[i][1]) == NULL)
			fail_msg("%s: %s", rows[i][0], err.text);
	}
}

static void
test_a_name_of_254_characters_is_refused(void **state)
{
	const char *name = LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63;
	char longest[300];
	struct host_name host;

	(void)state;
	strcpy(longest, name);
	assert_int_equal(host_name_parse(&host, longest, NULL), ERR_INVALID);
	longest[253] = '\0';
	assert_int_equal(host_name_parse(&host, longest, NULL), OK);
}

static void
test_below_counts_whole_labels(void **state)
{
	(void)state;
	assert_true(host_name_is_below("a.example.com", "example.com"));
	assert_true(host_name_is_below("example.com", "example.com"));
	assert_false(host_name_is_below("badexample.com", "example.com"));
}

static void
test_addresses_are_stored_in_lower_case(void **state)
{
	struct address address;
	char text[ADDRESS_SIZE];

	(void)state;
	assert_int_equal(
	    address_parse(&address, " Support+X@Example.COM", NULL), OK);
	address_format(text, &address);
	assert_string_equal(text, "support+x@example.com");
}

static void
test_wrong_addresses_are_refused(void **state)
{
	static const char *const rows[][2] = {
		{ "support", "has no @" },
		{ "@example.com", "nothing before" },
		{ "a..b@example.com", "a dot stands alone" },
		{ ".a@example.com", "a dot stands alone" },
		{ "a b@example.com", "\" \" can't be" },
		{ "a'b@example.com", "\"'\" can't be" },
		{ "a@b@example.com", "\"@\" can't be" },
		{ "a@example", "has no dot" },
		{ LABEL_63 "xx@example.com", "more than 64" },
	};
	struct address address;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    address_parse(&address, rows[i][0], &err), ERR_INVALID);
		if (strstr(err.text, rows[i][1]) == NULL)
			fail_msg("%s: %s", rows[i][0], err.text);
	}
}

static void
test_a_catch_all_is_an_alias_only(void **state)
{
	struct address address;
	char text[ADDRESS_SIZE];

	(void)state;
	assert_int_equal(
	    address_parse_alias(&address, "*@example.com", NULL), OK);
	address_format(text, &address);
	assert_string_equal(text, "@example.com");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_stored_in_one_form),
		cmocka_unit_test(test_a_refusal_says_what_is_wrong),
		cmocka_unit_test(test_a_name_of_254_characters_is_refused),
		cmocka_unit_test(test_below_counts_whole_labels),
		cmocka_unit_test(test_addresses_are_stored_in_lower_case),
		cmocka_unit_test(test_wrong_addresses_are_refused),
		cmocka_unit_test(test_a_catch_all_is_an_alias_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
