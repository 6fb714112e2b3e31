#include "ssh/penalty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct penalties penalties;

static struct ip
address(const char *text)
{
	struct ip ip;
	struct err err;

	assert_int_equal(ip_parse(&ip, text, &err), OK);
	return ip;
}

static int
set_up(void **state)
{
	(void)state;
	penalties.count = 0;
	return 0;
}

static void
test_one_mistake_is_forgiven(void **state)
{
	const struct ip a = address("192.0.2.1");

	(void)state;
	penalty_add(&penalties, &a, BROKER_REFUSED, 1000);
	penalty_add(&penalties, &a, BROKER_DONE, 1000);
	assert_int_equal(penalty_left(&penalties, &a, 1000), 0);
}

static void
test_mistakes_add_up_and_pass(void **state)
{
	const struct ip a = address("192.0.2.1"), b = address("192.0.2.2");

	(void)state;
	for (int i = 0; i < 3; i++)
		penalty_add(&penalties, &a, BROKER_REFUSED, 1000);
	assert_int_equal(penalty_left(&penalties, &a, 1000), 15);
	assert_int_equal(penalty_left(&penalties, &b, 1000), 0);
	assert_int_equal(penalty_left(&penalties, &a, 15500), 1);
	assert_int_equal(penalty_left(&penalties, &a, 16000), 0);
	/* And then all is as new. */
	penalty_add(&penalties, &a, BROKER_REFUSED, 17000);
	assert_int_equal(penalty_left(&penalties, &a, 17000), 0);
}

static void
test_nobody_is_locked_out_for_ever(void **state)
{
	const struct ip a = address("2001:db8::");

	(void)state;
	for (int i = 0; i < 1000; i++)
		penalty_add(&penalties, &a, BROKER_BROKEN, 1000);
	assert_int_equal(penalty_left(&penalties, &a, 1000), PENALTY_MAX_S);
}

static void
test_a_full_table_forgets_who_is_free_soonest(void **state)
{
	const struct ip worst = address("192.0.2.1");

	(void)state;
	penalty_add(&penalties, &worst, BROKER_BROKEN, 1000);
	for (unsigned i = 0; i < 2 * PENALTY_SOURCES; i++) {
		struct ip other = address("10.0.0.0");

		other.bytes[2] = (uint8_t)(i >> 8);
		other.bytes[3] = (uint8_t)i;
		penalty_add(&penalties, &other, BROKER_NO_LOGIN, 1000 + i);
	}
	assert_int_equal(penalties.count, PENALTY_SOURCES);
	assert_int_equal(penalty_left(&penalties, &worst, 1000), 90);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_mistake_is_forgiven, set_up),
		cmocka_unit_test_setup(test_mistakes_add_up_and_pass, set_up),
		cmocka_unit_test_setup(
		    test_nobody_is_locked_out_for_ever, set_up),
		cmocka_unit_test_setup(
		    test_a_full_table_forgets_who_is_free_soonest, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
