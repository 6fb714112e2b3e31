#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/import.h"
#include "model/password.h"
#include "tests/lib/house.h"

#define HASH                                                                   \
	"$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8" \
	"wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/"

static struct import_report report;

static int
set_up(void **state)
{
	static struct house house;

	house_open(&house);
	house_as(&house, "lena@acme.example");
	*state = &house;
	return 0;
}

static int
tear_down(void **state)
{
	house_close(*state);
	return 0;
}

static enum err_code
users(struct house *house, const char *text)
{
	char bytes[4000];

	text_copy(bytes, sizeof(bytes), text);
	return import_users(
	    &house->context, bytes, strlen(text), &report, &house->err);
}

static enum err_code
aliases(struct house *house, const char *text)
{
	char bytes[4000];

	text_copy(bytes, sizeof(bytes), text);
	return import_aliases(
	    &house->context, bytes, strlen(text), &report, &house->err);
}

static void
test_a_file_of_users_is_made(void **state)
{
	struct house *house = *state;

	if (users(house,
		"name,address,quota,hash\r\n"
		"\"Smith, Anna\",Anna@acme.example,2 GB," HASH "\r\n"
		"Bob,bob@acme.example,,{SHA512-CRYPT}" HASH "\r\n") != OK)
		fail_msg("%s / %s", house->err.text, report.problems[0].text);
	assert_int_equal(report.rows, 2);
	assert_string_equal(
	    house_value(house, "user list", "anna@acme.example", "name"),
	    "Smith, Anna");
	assert_string_equal(
	    house_value(house, "user list", "bob@acme.example", "quota_bytes"),
	    "1 GB");
	assert_string_equal(
	    house_value(house, "user list", "bob@acme.example", "is_temporary"),
	    "no");
}

static void
test_one_fault_and_nothing_is_made(void **state)
{
	struct house *house = *state;

	assert_int_equal(users(house,
			     "address,hash\n"
			     "anna@acme.example,\n"
			     "bob@globex.example,\n"
			     "carol@acme.example,$1$weak$abcdefgh\n"
			     "anna@acme.example,\n"
			     "not an address,\n"
			     "dora@acme.example\n"),
	    ERR_INVALID);
	assert_int_equal(report.problem_count, 5);
	assert_int_equal(report.problems[0].line, 3);
	assert_non_null(strstr(report.problems[0].text, "no domain of yours"));
	assert_non_null(strstr(report.problems[1].text, "hash"));
	assert_int_equal(report.problems[2].line, 5);
	assert_non_null(strstr(report.problems[2].text, "a user already"));
	assert_int_equal(report.problems[4].line, 7);
	assert_non_null(strstr(report.problems[4].text, "1 cells"));
	assert_false(house_has(house, "user list", "anna@acme.example"));
}

static void
test_the_first_line_names_the_columns(void **state)
{
	struct house *house = *state;

	assert_int_equal(users(house, "anna@acme.example\n"), ERR_INVALID);
	assert_non_null(strstr(report.problems[0].text, "no column"));
	assert_int_equal(users(house, "name\nAnna\n"), ERR_INVALID);
	assert_non_null(strstr(report.problems[0].text, "\"address\""));
	assert_int_equal(users(house, "address,address\na,b\n"), ERR_INVALID);
	assert_int_equal(users(house, "address\n\"x\n"), ERR_INVALID);
	assert_int_equal(users(house, ""), ERR_INVALID);
}

static void
test_limits_and_rights_hold_for_files(void **state)
{
	static const char many[] =
	    "address\n1@acme.example\n2@acme.example\n3@acme.example\n"
	    "4@acme.example\n5@acme.example\n6@acme.example\n7@acme.example\n"
	    "8@acme.example\n9@acme.example\n10@acme.example\n"
	    "11@acme.example\n";
	struct house *house = *state;

	assert_int_equal(users(house, many), ERR_INVALID);
	assert_int_equal(report.problems[0].line, 12);
	assert_non_null(strstr(report.problems[0].text, "No mailbox is left"));
	house->context.actor.is_read_only = true;
	assert_int_equal(users(house, "address\n1@acme.example\n"), ERR_DENIED);
	assert_int_equal(report.problem_count, 0);
	house_as(house, "console");
	assert_int_equal(users(house, "address\n1@acme.example\n"), ERR_DENIED);
}

static void
test_aliases_come_from_a_file_too(void **state)
{
	struct house *house = *state;

	assert_int_equal(users(house, "address\nanna@acme.example\n"), OK);
	assert_int_equal(aliases(house,
			     "address,targets,note\n"
			     "sales@acme.example,\"anna@acme.example, "
			     "me@example.net\",'=shop\n"),
	    OK);
	assert_string_equal(
	    house_value(house, "alias list", "sales@acme.example", "note"),
	    "=shop");
	assert_int_equal(aliases(house,
			     "address,targets\n"
			     "x@acme.example,nobody@acme.example\n"),
	    ERR_INVALID);
	assert_non_null(strstr(report.problems[0].text, "make the user"));
}

static void
test_a_hash_that_is_taken_can_be_checked(void **state)
{
	char hash[PASSWORD_HASH_SIZE], made[PASSWORD_HASH_SIZE];
	struct err err;

	(void)state;
	assert_int_equal(password_hash(made, "kw7m-xq3d", &err), OK);
	assert_int_equal(
	    import_hash(hash, sizeof(hash), made + strlen("{CRYPT}"), &err),
	    OK);
	assert_string_equal(hash, made);
	assert_true(password_is_right(hash, "kw7m-xq3d"));
	assert_int_equal(import_hash(hash, sizeof(hash), "{PLAIN}secret", &err),
	    ERR_INVALID);
	assert_int_equal(
	    import_hash(hash, sizeof(hash), "$6$x\n$y", &err), ERR_INVALID);
}

static void
test_a_hash_says_itself_what_it_costs(void **state)
{
	static const struct {
		const char *start;
		bool is_taken;
	} hashes[] = {
		{ "$2b$12$", true },
		{ "$2y$14$", true },
		{ "$2b$15$", false },
		{ "$2b$31$", false },
		{ "$2b$9", false },
		{ "$6$", true },
		{ "$6$rounds=5000$", true },
		{ "$5$rounds=1000000$", true },
		{ "$6$rounds=1000001$", false },
		{ "$6$rounds=999999999$", false },
		{ "$5$rounds=99999999999999999999$", false },
		{ "{SHA512-CRYPT}$6$rounds=999999999$", false },
		{ "{BLF-CRYPT}$2b$31$", false },
		{ "$y$j9T$", true },
		{ "$y$jCT$", true },
		{ "$y$jDT$", false },
		{ "$y$jFT$", false },
		{ "$y$j9U$", false },
		{ "$y$j9T5$", false },
		{ "$7$CU..../....", false },
	};
	char given[200], hash[PASSWORD_HASH_SIZE];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		snprintf(given, sizeof(given), "%s%s", hashes[i].start,
		    "saltsaltsaltsaltsaltsaltsaltsaltsaltsaltsaltsaltsalt");
		if ((import_hash(hash, sizeof(hash), given, &err) == OK) !=
		    hashes[i].is_taken)
			fail_msg("%s: %s", hashes[i].start, err.text);
	}
	/* One that is there already is not computed either: this ends. */
	assert_false(password_is_right(
	    "{CRYPT}$2b$31$saltsaltsaltsaltsaltsaltsaltsaltsaltsaltsaltsaltsal",
	    "kw7m-xq3d"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_file_of_users_is_made),
		TEST(test_one_fault_and_nothing_is_made),
		TEST(test_the_first_line_names_the_columns),
		TEST(test_limits_and_rights_hold_for_files),
		TEST(test_aliases_come_from_a_file_too),
		TEST(test_a_hash_that_is_taken_can_be_checked),
		TEST(test_a_hash_says_itself_what_it_costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
