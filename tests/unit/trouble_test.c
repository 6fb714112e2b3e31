#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/trouble.h"
#include "tests/lib/house.h"

static struct trouble trouble;

/* ---- the rules ---- */

static void
begin(enum trouble_symptom symptom)
{
	trouble = (struct trouble){ .symptom = symptom };
}

static void
expect(enum mail_verdict verdict, const char *answer, const char *change)
{
	trouble_judge(&trouble);
	assert_int_equal(trouble.verdict, verdict);
	assert_non_null(strstr(trouble.answer, answer));
	assert_string_equal(trouble.change, change);
}

static void
test_the_order_of_the_symptom_decides(void **state)
{
	(void)state;
	begin(TROUBLE_SPAM);
	trouble_note(&trouble, "ptr", MAIL_FAIL, "the PTR", "no name");
	trouble_note(&trouble, "dkim", MAIL_FAIL, "the key", "no key");
	trouble_note(&trouble, "spf", MAIL_WARN, "the SPF", "soft");
	expect(MAIL_FAIL, "no key", "the key");
}

static void
test_unknown_is_no_failure_and_no_pass(void **state)
{
	(void)state;
	begin(TROUBLE_DKIM);
	trouble_note(&trouble, "signing", MAIL_PASS, NULL, "signs");
	trouble_note(&trouble, "dkim", MAIL_UNKNOWN, "ask", "not asked");
	expect(MAIL_UNKNOWN, "not asked", "ask");
	trouble_note(&trouble, "tables", MAIL_FAIL, "write", "not written");
	expect(MAIL_FAIL, "not written", "write");
}

static void
test_all_is_well_and_nothing_is_known(void **state)
{
	(void)state;
	for (int i = 0; i < TROUBLE_COUNT; i++) {
		begin((enum trouble_symptom)i);
		expect(MAIL_UNKNOWN, trouble_kinds[i].other, "");
		assert_string_equal(trouble_names[i], trouble_kinds[i].name);
	}
	begin(TROUBLE_DKIM);
	trouble_note(&trouble, "dkim", MAIL_PASS, NULL, "equal");
	expect(MAIL_PASS, trouble_kinds[TROUBLE_DKIM].other, "");
}

static void
test_facts_of_another_symptom_do_not_answer(void **state)
{
	(void)state;
	begin(TROUBLE_SIGN_IN);
	trouble_note(&trouble, "spf", MAIL_FAIL, "x", "no SPF");
	trouble_note(&trouble, "imap-hos", MAIL_FAIL, "x", "half a name");
	trouble_note(&trouble, "imap", MAIL_PASS, NULL, "answers");
	expect(MAIL_PASS, "the password is wrong", "");
}

static void
test_of_several_addresses_the_worst_counts(void **state)
{
	(void)state;
	begin(TROUBLE_SIGN_IN);
	trouble_note(&trouble, "imap", MAIL_FAIL, "port", "closed");
	trouble_note(&trouble, "imap", MAIL_PASS, NULL, "open");
	assert_int_equal(trouble.count, 1);
	expect(MAIL_FAIL, "closed", "port");
}

static void
test_a_probe_becomes_a_fact(void **state)
{
	struct probe_result result = { .endpoint = { PROBE_IMAP, true,
					   "imap.acme.example", 993 } };
	const struct health_row row = { "queue", MAIL_FAIL, "stuck", "flush" };

	(void)state;
	begin(TROUBLE_SIGN_IN);
	result.steps[PROBE_CONNECT].verdict = MAIL_PASS;
	result.steps[PROBE_NAME].verdict = MAIL_FAIL;
	text_copy(
	    result.steps[PROBE_NAME].text, PROBE_SENTENCE_SIZE, "another name");
	trouble_take(&trouble, &row, sizeof(row));
	trouble_take(&trouble, &result, sizeof(result));
	assert_int_equal(trouble.count, 1);
	assert_int_equal(trouble.verdict, MAIL_FAIL);
	assert_string_equal(trouble.answer, "imap.acme.example: another name");
	assert_non_null(strstr(trouble.change, "port 993, SSL/TLS"));
	begin(TROUBLE_NO_MAIL);
	trouble_take(&trouble, &row, sizeof(row));
	assert_string_equal(trouble.change, "flush");
}

/* ---- the facts ---- */

static void
read_as(struct house *house, enum trouble_symptom symptom, const char *about,
    enum mail_verdict verdict, const char *words)
{
	struct err err = { 0 };

	assert_int_equal(
	    trouble_read(&house->context, symptom, about, &trouble, &err), OK);
	if (trouble.verdict != verdict || strstr(trouble.answer, words) == NULL)
		fail_msg(
		    "%s: %d %s", about, (int)trouble.verdict, trouble.answer);
}

static void
test_a_host_must_be_approved(void **state)
{
	struct house *house = *state;

	read_as(house, TROUBLE_HOST, "imap.new.example", MAIL_FAIL,
	    "not in the list");
	assert_non_null(
	    strstr(trouble.change, "host request imap.new.example"));
	house_ok(house, "host request", "imap.new.example", NULL);
	read_as(house, TROUBLE_HOST, "imap.new.example", MAIL_FAIL, "waits");
	house_as(house, "console");
	house_ok(house, "host refuse", "imap.new.example", "reason", "not ours",
	    NULL);
	read_as(house, TROUBLE_HOST, "imap.new.example", MAIL_FAIL, "not ours");
	house_ok(house, "host approve", "imap.new.example", NULL);
	read_as(
	    house, TROUBLE_HOST, "imap.new.example", MAIL_PASS, "may be used");
	read_as(house, TROUBLE_HOST, "imap", MAIL_FAIL, "");
}

static void
test_dkim_and_mail_ask_the_checks(void **state)
{
	struct house *house = *state;

	read_as(house, TROUBLE_DKIM, "acme.example", MAIL_FAIL, "No DKIM key");
	read_as(house, TROUBLE_SPAM, "acme.example", MAIL_FAIL, "No DKIM key");
	read_as(house, TROUBLE_NO_MAIL, "acme.example", MAIL_FAIL,
	    "no such address");
	house_ok(house, "user add", "anna@acme.example", "name", "Anna",
	    "quota", "1 GB", NULL);
	read_as(house, TROUBLE_NO_MAIL, "anna@acme.example", MAIL_UNKNOWN,
	    "mx was not run");
	house_ok(house, "tenant suspend", "Acme", NULL);
	read_as(house, TROUBLE_NO_MAIL, "anna@acme.example", MAIL_FAIL,
	    "Acme is suspended");
}

static void
test_a_person_cannot_sign_in(void **state)
{
	struct house *house = *state;

	read_as(
	    house, TROUBLE_SIGN_IN, "anna@acme.example", MAIL_FAIL, "no user");
	house_ok(house, "user add", "anna@acme.example", "name", "Anna",
	    "quota", "1 GB", NULL);
	read_as(house, TROUBLE_SIGN_IN, "anna@acme.example", MAIL_PASS,
	    "the password is wrong");
	read_as(house, TROUBLE_SMIME, "anna@acme.example", MAIL_FAIL,
	    "no S/MIME certificate");
	house_ok(house, "user suspend", "anna@acme.example", NULL);
	read_as(house, TROUBLE_SIGN_IN, "anna@acme.example", MAIL_FAIL,
	    "is suspended");
}

static const char *const sql[] = {
	"INSERT INTO finding (domain_id, check_name, verdict, severity, "
	"since_at, checked_at) SELECT d.id, c.name, 'pass', 0, 1, 1 "
	"FROM domain d JOIN (SELECT 'mx' AS name UNION SELECT 'host') c "
	"WHERE d.name = 'acme.example'",
};

static const struct db_statements statements = DB_STATEMENTS("test", sql);

static enum err_code
keep_passes(struct db *db, void *argument, struct err *err)
{
	struct db_query q = db_query(db, &statements, 0);

	(void)argument;
	return db_run(&q, err);
}

/* That the rows are well says nothing of servers that one can't look at. */
static void
test_nothing_is_open_that_was_not_looked_at(void **state)
{
	struct house *house = *state;

	house_ok(house, "user add", "anna@acme.example", "name", "Anna",
	    "quota", "1 GB", NULL);
	assert_int_equal(
	    db_transaction(house->db, keep_passes, NULL, &house->err), OK);
	house_as(house, "lena@acme.example");
	read_as(house, TROUBLE_NO_MAIL, "anna@acme.example", MAIL_UNKNOWN,
	    "whether the mail services run is the operator's to see.");
	assert_null(strstr(trouble.answer, "queue"));
	assert_null(strstr(trouble.answer, "open"));
	read_as(house, TROUBLE_SIGN_IN, "anna@acme.example", MAIL_PASS,
	    "the password is wrong");
	house_as(house, "admin@postern.example");
	read_as(house, TROUBLE_NO_MAIL, "anna@acme.example", MAIL_PASS,
	    "The way in is open");
}

static void
test_nobody_asks_about_others(void **state)
{
	struct house *house = *state;
	struct err err = { 0 };

	house_as(house, "lena@acme.example");
	assert_int_equal(trouble_read(&house->context, TROUBLE_DKIM,
			     "globex.example", &trouble, &err),
	    ERR_NOT_FOUND);
	assert_int_equal(trouble_read(&house->context, TROUBLE_HOST,
			     "imap.new.example", &trouble, &err),
	    ERR_DENIED);
	assert_int_equal(trouble_read(&house->context, TROUBLE_SMIME,
			     "acme.example", &trouble, &err),
	    ERR_INVALID);
	assert_string_equal(err.field, "about");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_order_of_the_symptom_decides),
		cmocka_unit_test(test_unknown_is_no_failure_and_no_pass),
		cmocka_unit_test(test_all_is_well_and_nothing_is_known),
		cmocka_unit_test(test_facts_of_another_symptom_do_not_answer),
		cmocka_unit_test(test_of_several_addresses_the_worst_counts),
		cmocka_unit_test(test_a_probe_becomes_a_fact),
		WITH_HOUSE(test_a_host_must_be_approved),
		WITH_HOUSE(test_dkim_and_mail_ask_the_checks),
		WITH_HOUSE(test_a_person_cannot_sign_in),
		WITH_HOUSE(test_nothing_is_open_that_was_not_looked_at),
		WITH_HOUSE(test_nobody_asks_about_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
