#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "dns/pace.h"

static const struct ip_port here = { { 2, { 192, 0, 2, 1 } }, 53 };
static const struct ip_port there = { { 2, { 192, 0, 2, 1 } }, 5353 };

static unsigned
take_all(struct pace_table *table, const struct ip_port *at, int64_t now_ms)
{
	unsigned count = 0;

	while (count < 1000 && pace_take(table, at, now_ms))
		count++;
	return count;
}

static void
test_a_burst_and_then_so_many_a_second(void **state)
{
	struct pace_table *table;
	struct err err;
	unsigned count;

	(void)state;
	assert_int_equal(pace_open(&table, 20, &err), OK);
	count = take_all(table, &here, 5000);
	assert_in_range(count, 20, 21);
	assert_int_equal(take_all(table, &here, 5000), 0);
	assert_int_equal(take_all(table, &here, 6000), 20);
	assert_int_equal(take_all(table, &here, 6049), 0);
	assert_int_equal(take_all(table, &here, 6050), 1);
	pace_close(&table);
	assert_null(table);
}

static void
test_another_port_is_another_server(void **state)
{
	struct pace_table *table;
	struct err err;

	(void)state;
	assert_int_equal(pace_open(&table, 5, &err), OK);
	assert_in_range(take_all(table, &here, 100), 5, 6);
	assert_in_range(take_all(table, &there, 100), 5, 6);
	pace_close(&table);
}

/* Each child takes what it can; together they get no more than one would. */
static void
test_processes_share_the_count(void **state)
{
	struct pace_table *table;
	struct err err;
	unsigned total = 0;

	(void)state;
	assert_int_equal(pace_open(&table, 100, &err), OK);
	for (int i = 0; i < 4; i++) {
		const pid_t pid = fork();
		int status;

		if (pid == 0)
			_exit((int)take_all(table, &here, 1000));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		total += (unsigned)WEXITSTATUS(status);
	}
	assert_in_range(total, 100, 101);
	pace_close(&table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_burst_and_then_so_many_a_second),
		cmocka_unit_test(test_another_port_is_another_server),
		cmocka_unit_test(test_processes_share_the_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
