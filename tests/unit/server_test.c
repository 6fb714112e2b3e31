/* server_test.c - who may change what of the server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/house.h"

static const char *const paths[] = { "dkim_directory", "mta_sts_directory",
	"tls_certificate", "tls_key", "mail_directory", "mail_root" };

#define PATHS (sizeof(paths) / sizeof(paths[0]))

static struct house house;

static int
set_up(void **state)
{
	(void)state;
	house_open(&house);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	house_close(&house);
	return 0;
}

static void
only_who_is_root_says_where_root_works(void **state)
{
	(void)state;
	house_as(&house, "admin@postern.example");
	for (size_t i = 0; i < PATHS; i++) {
		house_refused(&house, ERR_DENIED, "operator on the box",
		    "server set", NULL, paths[i], "/tmp/victim", NULL);
		assert_string_equal(house.err.field, paths[i]);
	}
	house_as(&house, "console");
	for (size_t i = 0; i < PATHS; i++)
		house_ok(
		    &house, "server set", NULL, paths[i], "/srv/mail", NULL);
	house_as(&house, "admin@postern.example");
	house_refused(&house, ERR_DENIED, "operator on the box", "server set",
	    NULL, "tls_key", "", NULL);
}

/* As a form sends them: all fields, changed or not. */
static void
paths_that_stay_as_they_are_refuse_nothing(void **state)
{
	(void)state;
	house_as(&house, "console");
	house_ok(&house, "server set", NULL, "mail_directory", "/srv/mail",
	    "dkim_directory", "/etc/postern-dkim", NULL);
	house_as(&house, "admin@postern.example");
	house_ok(&house, "server set", NULL, "host", "mx9.postern.example",
	    "mail_directory", "/srv/mail", "dkim_directory",
	    "/etc/postern-dkim", "mta_sts_directory", "", "mail_root", "",
	    NULL);
	assert_string_equal(
	    house_value(&house, "server list", "mx9.postern.example", "host"),
	    "mx9.postern.example");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    only_who_is_root_says_where_root_works, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    paths_that_stay_as_they_are_refuse_nothing, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
