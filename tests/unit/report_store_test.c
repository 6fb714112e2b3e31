/* Reports are stored once, by the operator, and seen by their tenant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/report_store.h"
#include "tests/lib/house.h"

#define NOW 1795435200 /* 2026-11-23T12:00:00Z */
#define DAY 86400

static struct house house;

static int
set_up(void **state)
{
	(void)state;
	clock_fix(NOW);
	house_open(&house);
	house_as(&house, "console");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	house_close(&house);
	return 0;
}

/* One of 7 good messages and 3 bad ones. */
static struct report *
example(const char *domain, const char *id)
{
	static struct report_row rows[2];
	static struct report report;

	memset(rows, 0, sizeof(rows));
	rows[0] = (struct report_row){ .source = "203.0.113.10",
		.result = "dkim, spf",
		.disposition = "none",
		.passed = 7,
		.dkim = 7,
		.spf = 7 };
	rows[1] = (struct report_row){ .source = "198.51.100.66",
		.result = "none",
		.disposition = "reject",
		.failed = 3,
		.spf = 3 };
	report = (struct report){ .kind = REPORT_DMARC,
		.reporter = "receiver.example",
		.begin_at = NOW - 2 * DAY,
		.end_at = NOW - DAY,
		.rows = rows,
		.row_count = 2 };
	text_copy(report.domain, sizeof(report.domain), domain);
	text_copy(report.id, sizeof(report.id), id);
	return &report;
}

static bool
stored(const struct report *report, enum err_code wanted)
{
	bool is_new = true;

	assert_int_equal(
	    report_store(&house.context, report, &is_new, &house.err), wanted);
	if (wanted != OK)
		assert_true(house.err.text[0] != '\0');
	return is_new;
}

static int64_t
sums_of(const char *domain, struct report *sums, struct arena *arena,
    enum err_code wanted)
{
	int64_t count = 0;

	*sums = (struct report){ .kind = REPORT_DMARC };
	sums->rows = arena_array(arena, REPORT_ROWS_MAX, sizeof(*sums->rows));
	assert_int_equal(
	    report_stored(&house.context, "dns reports", domain, REPORT_DMARC,
		NOW - 30 * DAY, sums, &count, &house.err),
	    wanted);
	return count;
}

static void
a_report_is_stored_once(void **state)
{
	struct arena arena = { 0 };
	struct report sums;

	(void)state;
	assert_true(stored(example("acme.example", "1"), OK));
	assert_false(stored(example("acme.example", "1"), OK));
	assert_true(stored(example("acme.example", "2"), OK));
	/* Another reporter's and another kind's ids are others. */
	text_copy(example("acme.example", "1")->reporter, 128, "other.example");
	assert_int_equal(sums_of("acme.example", &sums, &arena, OK), 2);
	assert_int_equal(sums.row_count, 2);
	assert_string_equal(sums.rows[0].source, "203.0.113.10");
	assert_int_equal(sums.rows[0].passed, 14);
	assert_string_equal(sums.rows[1].disposition, "reject");
	assert_int_equal(sums.rows[1].failed, 6);
	assert_int_equal(sums.rows[1].spf, 6);
	arena_free(&arena);
}

static void
a_report_of_a_subdomain_is_of_the_domain_above(void **state)
{
	struct arena arena = { 0 };
	struct report sums;

	(void)state;
	assert_true(stored(example("news.acme.example", "1"), OK));
	assert_int_equal(sums_of("acme.example", &sums, &arena, OK), 1);
	stored(example("elsewhere.example", "1"), ERR_NOT_FOUND);
	stored(example("", "1"), ERR_NOT_FOUND);
	stored(example("\x1b[31m..", "1"), ERR_NOT_FOUND);
	arena_free(&arena);
}

static void
reports_of_another_time_are_refused_and_old_ones_go(void **state)
{
	struct arena arena = { 0 };
	struct report *report = example("acme.example", "1");
	struct report sums;

	(void)state;
	report->begin_at = NOW + 3 * DAY;
	report->end_at = NOW + 4 * DAY;
	stored(report, ERR_INVALID);
	report->begin_at = NOW - 500 * DAY;
	stored(report, ERR_INVALID);
	report->begin_at = 0;
	stored(report, ERR_INVALID);
	stored(example("acme.example", ""), ERR_INVALID);
	report = example("acme.example", "3");
	assert_true(stored(report, OK));
	clock_fix(NOW + 399 * DAY);
	report = example("globex.example", "4");
	report->begin_at = report->end_at = NOW + 398 * DAY;
	assert_true(stored(report, OK));
	assert_int_equal(sums_of("acme.example", &sums, &arena, OK), 0);
	arena_free(&arena);
}

static void
a_flood_of_reports_is_stopped(void **state)
{
	char id[32];

	(void)state;
	for (int i = 0; i <= REPORT_DAY_MAX; i++) {
		text_format(id, sizeof(id), "%d", i);
		stored(example("acme.example", id),
		    i < REPORT_DAY_MAX ? OK : ERR_LIMIT);
	}
	/* Those that are there, other domains and another day are free. */
	assert_false(stored(example("acme.example", "7"), OK));
	assert_true(stored(example("globex.example", "7"), OK));
	clock_fix(NOW + DAY + 1);
	assert_true(stored(example("acme.example", "last"), OK));
}

static void
huge_counts_can_be_summed_up(void **state)
{
	struct arena arena = { 0 };
	struct report sums;
	char id[32];

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct report *report;

		text_format(id, sizeof(id), "%d", i);
		report = example("acme.example", id);
		report->rows[0].passed = INT64_MAX;
		report->rows[1].failed = INT64_MAX;
		assert_true(stored(report, OK));
	}
	assert_int_equal(sums_of("acme.example", &sums, &arena, OK), 20);
	assert_int_equal(sums.rows[0].failed, INT64_C(20000000000));
	assert_int_equal(sums.rows[1].passed, INT64_C(20000000000));
	arena_free(&arena);
}

static void
only_the_operator_stores_and_only_their_tenant_sees(void **state)
{
	struct arena arena = { 0 };
	struct report sums;

	(void)state;
	assert_true(stored(example("acme.example", "1"), OK));
	house_as(&house, "lena@acme.example");
	stored(example("acme.example", "2"), ERR_DENIED);
	assert_int_equal(sums_of("acme.example", &sums, &arena, OK), 1);
	assert_true(house_has(&house, "report list", "acme.example"));
	sums_of("globex.example", &sums, &arena, ERR_NOT_FOUND);
	house_as(&house, "hank@globex.example");
	sums_of("acme.example", &sums, &arena, ERR_NOT_FOUND);
	assert_false(house_has(&house, "report list", "acme.example"));
	arena_free(&arena);
}

static void
mailboxes_are_those_that_the_addresses_reach(void **state)
{
	struct arena arena = { 0 };
	const char **directories;
	size_t count;
	int64_t at;

	(void)state;
	house.context.state_directory = "/nowhere";
	house_as(&house, "lena@acme.example");
	house_ok(&house, "user add", "reports@acme.example", NULL);
	house_ok(&house, "alias add", "dmarc@acme.example", "targets",
	    "reports@acme.example", NULL);
	assert_int_equal(report_mailboxes(&house.context, &arena, &directories,
			     &count, &house.err),
	    ERR_DENIED);
	house_as(&house, "console");
	house_ok(&house, "server set", NULL, "dmarc_mailbox",
	    "dmarc@acme.example", "tls_report_mailbox", "reports@acme.example",
	    NULL);
	assert_int_equal(report_mailboxes(&house.context, &arena, &directories,
			     &count, &house.err),
	    OK);
	assert_int_equal(count, 1);
	assert_int_equal(strncmp(directories[0], "/var/vmail/", 11), 0);
	assert_non_null(strstr(directories[0], "/Maildir"));
	assert_int_equal(
	    report_read_until(&house.context, directories[0], &at, &house.err),
	    OK);
	assert_int_equal(at, 0);
	assert_int_equal(
	    report_note_read(&house.context, directories[0], NOW, &house.err),
	    OK);
	assert_int_equal(
	    report_read_until(&house.context, directories[0], &at, &house.err),
	    OK);
	assert_int_equal(at, NOW);
	arena_free(&arena);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_report_is_stored_once),
		TEST(a_report_of_a_subdomain_is_of_the_domain_above),
		TEST(reports_of_another_time_are_refused_and_old_ones_go),
		TEST(a_flood_of_reports_is_stopped),
		TEST(huge_counts_can_be_summed_up),
		TEST(only_the_operator_stores_and_only_their_tenant_sees),
		TEST(mailboxes_are_those_that_the_addresses_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
