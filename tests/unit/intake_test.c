#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/intake.h"
#include "tests/lib/house.h"

static void
test_a_sheet_is_filled_in_before_the_tenant_exists(void **state)
{
	struct house *house = *state;

	house_ok(house, "intake set", "Initech", "primary_domain",
	    "initech.example", NULL);
	assert_string_equal(
	    house_value(house, "intake list", "initech", "state"),
	    "no tenant yet");
	house_refused(
	    house, ERR_CONFLICT, "already", "intake add", "initech", NULL);
	/* Named by the domain, it is the same sheet; the rest stays. */
	house_ok(house, "intake set", "initech.example", "dns_provider",
	    "Example DNS", "mailboxes", "bill@initech.example", NULL);
	assert_string_equal(
	    house_value(house, "intake list", "Initech", "primary_domain"),
	    "initech.example");
	assert_string_equal(
	    house_value(house, "intake list", "Initech", "dns_provider"),
	    "Example DNS");
}

static void
test_a_domain_of_another_tenant_is_refused_early(void **state)
{
	struct house *house = *state;

	house_refused(house, ERR_CONFLICT, "Acme", "intake set", "Initech",
	    "primary_domain", "acme.example", NULL);
}

static void
test_a_new_tenant_takes_its_sheet_over(void **state)
{
	struct house *house = *state;

	house_ok(house, "intake set", "Initech Ltd", "primary_domain",
	    "initech.example", "dns_login", "Bill", "mailboxes",
	    "bill@initech.example, milton@initech.example", "wants_smime",
	    "yes", NULL);
	house_tenant(house, "Initech", "initech.example");
	assert_false(house_has(house, "intake list", "Initech Ltd"));
	assert_string_equal(
	    house_value(house, "intake list", "Initech", "dns_login"), "Bill");
	assert_string_equal(
	    house_value(house, "tenant list", "Initech", "wants_smime"), "yes");
	assert_string_equal(
	    house_value(house, "intake list", "Initech", "missing"),
	    "bill@initech.example, milton@initech.example");
	house_refused(house, ERR_CONFLICT, "is a tenant", "intake remove",
	    "Initech", NULL);
}

/* The customer got another name, and no domain was written down. */
static void
test_a_sheet_of_another_name_is_taken_over_when_named(void **state)
{
	struct house *house = *state;

	house_ok(house, "intake set", "Initech Ltd", "dns_login", "Bill", NULL);
	house_refused(house, ERR_NOT_FOUND, "no intake sheet", "tenant add",
	    "Initech", "domain", "initech.example", "mail_host",
	    "mail.postern.example", "intake", "Initrode", NULL);
	house_refused(house, ERR_CONFLICT, "customer to come", "tenant add",
	    "Initech", "domain", "initech.example", "mail_host",
	    "mail.postern.example", "intake", "Acme", NULL);
	house_ok(house, "tenant add", "Initech", "domain", "initech.example",
	    "mail_host", "mail.postern.example", "intake", "Initech Ltd", NULL);
	assert_false(house_has(house, "intake list", "Initech Ltd"));
	assert_string_equal(
	    house_value(house, "intake list", "Initech", "dns_login"), "Bill");
}

static void
test_facts_given_with_the_tenant_go_over_the_sheet(void **state)
{
	struct house *house = *state;

	house_ok(house, "intake set", "Initech", "dns_login", "Bill", NULL);
	house_ok(house, "tenant add", "Initech", "domain", "initech.example",
	    "mail_host", "mail.postern.example", "user_limit", "5",
	    "storage_limit", "5 GB", "dns_login", "Peter", NULL);
	assert_string_equal(
	    house_value(house, "intake list", "Initech", "dns_login"), "Peter");
}

static void
test_expected_mailboxes_tick_themselves_off(void **state)
{
	struct house *house = *state;

	house_ok(house, "intake set", "Acme", "mailboxes",
	    "anna@acme.example, sales@acme.example", NULL);
	house_ok(house, "user add", "anna@acme.example", NULL);
	assert_string_equal(
	    house_value(house, "intake list", "Acme", "existing"),
	    "anna@acme.example");
	assert_string_equal(
	    house_value(house, "intake list", "Acme", "missing"),
	    "sales@acme.example");
	house_ok(house, "alias add", "sales@acme.example", "targets",
	    "anna@acme.example", NULL);
	assert_string_equal(
	    house_value(house, "intake list", "Acme", "state"), "complete");
	house_ok(house, "user remove", "anna@acme.example", NULL);
	assert_string_equal(
	    house_value(house, "intake list", "Acme", "missing"),
	    "anna@acme.example");
}

static void
test_a_tenant_admin_fills_in_the_own_sheet_only(void **state)
{
	struct house *house = *state;
	struct intake sheet;

	house_ok(house, "intake set", "Initech", NULL);
	house_as(house, "lena@acme.example");
	house_ok(house, "intake set", "Acme", "dns_login", "Lena", NULL);
	house_refused(house, ERR_NOT_FOUND, "no intake", "intake set", "Globex",
	    "dns_login", "Lena", NULL);
	house_refused(house, ERR_NOT_FOUND, "no intake", "intake set",
	    "Initech", "dns_login", "Lena", NULL);
	house_refused(house, ERR_NOT_FOUND, "no intake", "intake set", "Nobody",
	    "dns_login", "Lena", NULL);
	assert_int_equal(
	    intake_read(&house->context, "Globex", &sheet, &house->err),
	    ERR_NOT_FOUND);
	assert_int_equal(
	    intake_read(&house->context, "acme.example", &sheet, &house->err),
	    OK);
	assert_string_equal(sheet.dns_login, "Lena");
}

static void
test_the_sheet_as_text_has_ticks_and_blanks(void **state)
{
	struct house *house = *state;
	struct arena arena = { 0 };
	char *text;

	house_ok(house, "user add", "anna@acme.example", NULL);
	house_ok(house, "intake set", "Acme", "mailboxes",
	    "anna@acme.example, sales@acme.example", NULL);
	assert_int_equal(
	    intake_text(&house->context, "Acme", &arena, &text, &house->err),
	    OK);
	assert_non_null(strstr(text,
	    "Mailboxes              [x] anna@acme.example\n"
	    "                       [ ] sales@acme.example\n"
	    "DNS provider           ______"));
	arena_free(&arena);
}

#define TEST(f) WITH_HOUSE(f)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_sheet_is_filled_in_before_the_tenant_exists),
		TEST(test_a_domain_of_another_tenant_is_refused_early),
		TEST(test_a_new_tenant_takes_its_sheet_over),
		TEST(test_a_sheet_of_another_name_is_taken_over_when_named),
		TEST(test_facts_given_with_the_tenant_go_over_the_sheet),
		TEST(test_expected_mailboxes_tick_themselves_off),
		TEST(test_a_tenant_admin_fills_in_the_own_sheet_only),
		TEST(test_the_sheet_as_text_has_ticks_and_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
