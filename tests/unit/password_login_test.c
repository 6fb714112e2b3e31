#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/operation.h"
#include "model/password.h"
#include "model/password_login.h"
#include "tests/lib/house.h"

#define NOW       INT64_C(1790000000)
#define TEMPORARY "kw7m-xq3d-tree"

static struct ip home, stranger;

static enum err_code
sign_in(struct house *house, const char *address, const char *password,
    const struct ip *from, struct actor *actor, const char **why)
{
	struct err err;

	return account_password_login(
	    house->db, address, password, from, actor, why, &err);
}

static int
set_up(void **state)
{
	static struct house house;

	clock_fix(NOW);
	password_make_cheap();
	house_open(&house);
	house_as(&house, "admin@postern.example");
	house_ok(&house, "user add", "anna@acme.example", "password", TEMPORARY,
	    NULL);
	assert_int_equal(ip_parse(&home, "192.0.2.1", NULL), OK);
	assert_int_equal(ip_parse(&stranger, "198.51.100.9", NULL), OK);
	*state = &house;
	return 0;
}

static int
tear_down(void **state)
{
	house_close(*state);
	clock_fix(0);
	return 0;
}

static void
test_a_user_signs_in_with_address_and_password(void **state)
{
	struct house *house = *state;
	struct actor actor;
	const char *why;

	assert_int_equal(
	    sign_in(house, "Anna@ACME.example", TEMPORARY, &home, &actor, &why),
	    OK);
	assert_null(why);
	assert_int_equal(actor.role, ROLE_USER);
	assert_string_equal(actor.address, "anna@acme.example");
	assert_string_equal(actor.from, "192.0.2.1");
	assert_true(actor.is_password_temporary);
	assert_true(actor.key_id == 0 && actor.tenant_id == house->acme_id);
}

static void
test_a_temporary_password_lets_one_thing(void **state)
{
	static const char own[] = "blue-river-94-tent";
	struct house *house = *state;
	const char *why;

	assert_int_equal(sign_in(house, "anna@acme.example", TEMPORARY, &home,
			     &house->context.actor, &why),
	    OK);
	assert_false(house_has(house, "user list", "anna@acme.example"));
	assert_non_null(strstr(house->err.text, "temporary"));
	house_refused(house, ERR_INVALID, "have now", "password change", NULL,
	    "current", TEMPORARY, "password", TEMPORARY, NULL);
	assert_true(house->context.actor.is_password_temporary);
	house_ok(house, "password change", NULL, "current", TEMPORARY,
	    "password", own, NULL);
	assert_false(house->context.actor.is_password_temporary);
	assert_true(house_has(house, "user list", "anna@acme.example"));
	assert_int_equal(sign_in(house, "anna@acme.example", own, &home,
			     &house->context.actor, &why),
	    OK);
	assert_false(house->context.actor.is_password_temporary);
}

/* The two channels of a connection each have the actor of the log-in. */
static void
test_a_password_that_is_set_ends_the_others_sessions(void **state)
{
	static const char own[] = "blue-river-94-tent";
	struct house *house = *state;
	struct actor first, second;
	struct err err;
	const char *why;

	sign_in(house, "anna@acme.example", TEMPORARY, &home, &first, &why);
	sign_in(house, "anna@acme.example", TEMPORARY, &home, &second, &why);
	assert_int_equal(account_check_still(house->db, &first, &err), OK);
	house->context.actor = first;
	house_ok(house, "password change", NULL, "current", TEMPORARY,
	    "password", own, NULL);
	/* The log-in that chose it goes on, in each channel. */
	assert_true(first.is_password_temporary);
	assert_int_equal(account_go_on(house->db, &first, &err), OK);
	assert_false(first.is_password_temporary);
	assert_int_equal(account_go_on(house->db, &second, &err), ERR_DENIED);
	assert_non_null(strstr(err.text, "password was changed"));
	/* In the same second, too. */
	house_as(house, "admin@postern.example");
	house_ok(house, "user password", "anna@acme.example", "password",
	    "lamp-oak-river-5", NULL);
	assert_int_equal(
	    account_check_still(house->db, &first, &err), ERR_DENIED);
}

static void
test_passwords_that_are_switched_off_end_sessions(void **state)
{
	struct house *house = *state;
	struct actor actor;
	struct err err;
	const char *why;

	sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why);
	house_as(house, "console");
	house_ok(house, "server set", NULL, "password_login", "no", NULL);
	assert_int_equal(
	    account_check_still(house->db, &actor, &err), ERR_DENIED);
	assert_non_null(strstr(err.text, "switched off"));
}

static void
test_every_refusal_is_the_same(void **state)
{
	static const char *const who[] = { "anna@acme.example",
		"nobody@acme.example", "lena@acme.example", "x", "" };
	struct house *house = *state;
	struct actor actor;
	struct err err;
	const char *why;

	for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++) {
		assert_int_equal(
		    account_password_login(house->db, who[i], "wrong-password",
			&home, &actor, &why, &err),
		    ERR_DENIED);
		assert_string_equal(err.text, "Permission denied.");
		assert_non_null(why);
		assert_true(actor.account_id == 0);
	}
}

static void
test_an_admin_never_gets_in_by_password(void **state)
{
	struct house *house = *state;
	struct actor actor;
	const char *why;

	house_ok(house, "admin add", "anna@acme.example", NULL);
	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    ERR_DENIED);
	assert_string_equal(why, "an admin signs in with a key");
}

static void
test_who_is_stopped_does_not_get_in(void **state)
{
	struct house *house = *state;
	struct actor actor;
	const char *why;

	house_ok(house, "user suspend", "anna@acme.example", NULL);
	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    ERR_DENIED);
	house_ok(house, "user resume", "anna@acme.example", NULL);
	house_ok(house, "tenant suspend", "Acme", NULL);
	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    ERR_DENIED);
	house_ok(house, "tenant resume", "Acme", NULL);
	house_ok(house, "server set", NULL, "password_login", "no", NULL);
	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    ERR_DENIED);
	assert_string_equal(why, "passwords are switched off");
}

static void
fail_times(struct house *house, int times, const struct ip *from)
{
	struct actor actor;
	const char *why;

	for (int i = 0; i < times; i++)
		assert_int_equal(sign_in(house, "anna@acme.example", "wrong",
				     from, &actor, &why),
		    ERR_DENIED);
}

static void
test_wrong_passwords_get_slower_and_never_lock_out(void **state)
{
	struct house *house = *state;
	struct actor actor;
	const char *why;

	fail_times(house, PASSWORD_LOGIN_FREE + 1, &stranger);
	/* Even the right one comes too soon now. */
	assert_int_equal(sign_in(house, "anna@acme.example", TEMPORARY,
			     &stranger, &actor, &why),
	    ERR_DENIED);
	assert_string_equal(why, "too soon after wrong passwords");
	for (int i = 0; i < 100; i++) {
		clock_fix(clock_now() + PASSWORD_LOGIN_MAX_S);
		fail_times(house, 1, &stranger);
	}
	clock_fix(clock_now() + PASSWORD_LOGIN_MAX_S);
	assert_int_equal(sign_in(house, "anna@acme.example", TEMPORARY,
			     &stranger, &actor, &why),
	    OK);
}

static void
test_strangers_do_not_slow_the_person_down(void **state)
{
	struct house *house = *state;
	struct actor actor;
	const char *why;

	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    OK);
	fail_times(house, 20, &stranger);
	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    OK);
	/* A stranger stays slow, and the person's own mistakes count too. */
	assert_int_equal(sign_in(house, "anna@acme.example", TEMPORARY,
			     &stranger, &actor, &why),
	    ERR_DENIED);
	fail_times(house, PASSWORD_LOGIN_FREE + 1, &home);
	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    ERR_DENIED);
}

static void
test_a_source_is_forgotten_after_a_while(void **state)
{
	struct house *house = *state;
	struct actor actor;
	const char *why;

	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    OK);
	clock_fix(NOW + INT64_C(86400) * (PASSWORD_LOGIN_DAYS + 1));
	fail_times(house, PASSWORD_LOGIN_FREE + 1, &stranger);
	assert_int_equal(
	    sign_in(house, "anna@acme.example", TEMPORARY, &home, &actor, &why),
	    ERR_DENIED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_user_signs_in_with_address_and_password),
		TEST(test_a_temporary_password_lets_one_thing),
		TEST(test_a_password_that_is_set_ends_the_others_sessions),
		TEST(test_passwords_that_are_switched_off_end_sessions),
		TEST(test_every_refusal_is_the_same),
		TEST(test_an_admin_never_gets_in_by_password),
		TEST(test_who_is_stopped_does_not_get_in),
		TEST(test_wrong_passwords_get_slower_and_never_lock_out),
		TEST(test_strangers_do_not_slow_the_person_down),
		TEST(test_a_source_is_forgotten_after_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
