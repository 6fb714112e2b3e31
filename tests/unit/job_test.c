#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/job.h"

#define RECORDS 200

static void
write_numbers(int out, void *argument)
{
	static char large[JOB_RECORD_MAX];

	for (int i = 0; i < RECORDS; i++) {
		memset(large, *(const char *)argument + i % 7, sizeof(large));
		if (!job_write(out, large, (size_t)i * 300))
			return;
	}
}

static void
crash(int out, void *argument)
{
	(void)argument;
	job_write(out, "last", 4);
	signal(SIGABRT, SIG_DFL);
	raise(SIGKILL);
}

static enum job_event
wait_for_record(struct job *job, const void **record, size_t *length)
{
	enum job_event event;

	while ((event = job_read(job, record, length)) == JOB_NOTHING) {
		struct pollfd ready = { .fd = job->fd, .events = POLLIN };

		assert_int_equal(poll(&ready, 1, 10000), 1);
	}
	return event;
}

static void
test_records_arrive_whole_and_in_order(void **state)
{
	struct arena arena = { 0 };
	struct job job;
	const void *record;
	size_t length;

	(void)state;
	assert_int_equal(job_open(&job, &arena, write_numbers, "a", NULL), OK);
	for (int i = 0; i < RECORDS; i++) {
		assert_int_equal(
		    wait_for_record(&job, &record, &length), JOB_RECORD);
		assert_int_equal(length, i * 300);
		if (length > 0)
			assert_int_equal(
			    ((const char *)record)[length - 1], 'a' + i % 7);
	}
	assert_int_equal(wait_for_record(&job, &record, &length), JOB_END);
	job_close(&job);
	arena_free(&arena);
}

static void
test_a_crash_is_told_from_an_end(void **state)
{
	struct arena arena = { 0 };
	struct job job;
	const void *record;
	size_t length;

	(void)state;
	assert_int_equal(job_open(&job, &arena, crash, NULL, NULL), OK);
	assert_int_equal(wait_for_record(&job, &record, &length), JOB_RECORD);
	assert_int_equal(wait_for_record(&job, &record, &length), JOB_FAILED);
	job_close(&job);
	arena_free(&arena);
}

/* Says each order back, until the owner is gone. */
static void
echo(int out, void *argument)
{
	char order[JOB_ORDER_MAX];
	int n;

	(void)argument;
	while ((n = job_heard(order, sizeof(order))) >= 0) {
		struct pollfd ready = { .fd = JOB_ORDERS_FD, .events = POLLIN };

		if (n > 0 && !job_write(out, order, (size_t)n))
			return;
		poll(&ready, 1, 10000);
	}
}

static void
test_a_running_job_hears_orders_one_by_one(void **state)
{
	struct arena arena = { 0 };
	struct job job;
	const void *record;
	size_t length;

	(void)state;
	assert_int_equal(job_open(&job, &arena, echo, NULL, NULL), OK);
	assert_true(job_tell(&job, "first", 5));
	assert_true(job_tell(&job, "second", 6));
	assert_int_equal(wait_for_record(&job, &record, &length), JOB_RECORD);
	assert_int_equal(length, 5);
	assert_memory_equal(record, "first", 5);
	assert_int_equal((uintptr_t)record % 16, 0);
	assert_int_equal(wait_for_record(&job, &record, &length), JOB_RECORD);
	assert_int_equal(length, 6);
	assert_memory_equal(record, "second", 6);
	job_close(&job);
	assert_false(job_tell(&job, "third", 5));
	arena_free(&arena);
}

/* The owner's end of the orders is closed: the job notices. */
static void
test_telling_a_dead_job_is_no_accident(void **state)
{
	struct arena arena = { 0 };
	struct job job;
	const void *record;
	size_t length;

	(void)state;
	assert_int_equal(job_open(&job, &arena, crash, NULL, NULL), OK);
	assert_int_equal(wait_for_record(&job, &record, &length), JOB_RECORD);
	assert_int_equal(wait_for_record(&job, &record, &length), JOB_FAILED);
	assert_false(job_tell(&job, "order", 5));
	job_close(&job);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_arrive_whole_and_in_order),
		cmocka_unit_test(test_a_crash_is_told_from_an_end),
		cmocka_unit_test(test_a_running_job_hears_orders_one_by_one),
		cmocka_unit_test(test_telling_a_dead_job_is_no_accident),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
