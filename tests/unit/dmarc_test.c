#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "model/dmarc.h"
#include "model/domain.h"
#include "model/golive.h"
#include "model/sts_path.h"
#include "model/subject.h"
#include "tests/lib/house.h"

#define DAY 86400
#define NOW INT64_C(1795435200) /* 2026-11-23T12:00:00Z */

/* ---- the rules ---- */

static struct dmarc_evidence
proven(void)
{
	const struct dmarc_pass pass = { true, NOW - 20 * DAY, NOW - DAY };

	return (struct dmarc_evidence){ .spf = pass,
		.dkim = pass,
		.senders_at = NOW - DAY,
		.passed = 980,
		.failed = 20 };
}

static void
expect(const struct dmarc_evidence *evidence, enum dmarc_policy wanted,
    const char *words)
{
	char missing[200];
	const bool may_step =
	    dmarc_may_step(evidence, wanted, NOW, missing, sizeof(missing));

	if (may_step != (words == NULL) ||
	    (words != NULL && strstr(missing, words) == NULL))
		fail_msg("%d: %s", (int)may_step, missing);
}

static void
test_a_step_needs_every_evidence(void **state)
{
	struct dmarc_evidence e = proven();

	(void)state;
	expect(&e, DMARC_QUARANTINE, NULL);
	e.spf.is_pass = false;
	expect(&e, DMARC_QUARANTINE, "spf does not pass");
	e = proven();
	e.dkim.since_at = NOW - 13 * DAY;
	expect(&e, DMARC_QUARANTINE, "dkim has passed for 13 of 14 days");
	e = proven();
	e.dkim.checked_at = NOW - 8 * DAY;
	expect(&e, DMARC_QUARANTINE, "more than 7 days ago");
	e = proven();
	e.spf = (struct dmarc_pass){ 0 };
	expect(&e, DMARC_QUARANTINE, "was not run yet");
	e = proven();
	e.senders_at = 0;
	expect(&e, DMARC_QUARANTINE, "item=senders");
	e = proven();
	e.failed = 21;
	expect(&e, DMARC_QUARANTINE, "21 of 1001 messages fail");
}

static void
test_one_step_at_a_time_and_back_at_any_time(void **state)
{
	struct dmarc_evidence e = proven();

	(void)state;
	expect(&e, DMARC_REJECT, "next step is quarantine");
	e.policy = DMARC_QUARANTINE;
	expect(&e, DMARC_REJECT, NULL);
	e = (struct dmarc_evidence){ .policy = DMARC_REJECT };
	expect(&e, DMARC_REJECT, NULL);
	expect(&e, DMARC_NONE, NULL);
}

/* ---- the rows ---- */

enum { ADD_FINDING };

static const char *const sql[] = {
	[ADD_FINDING] =
	    "INSERT INTO finding (domain_id, check_name, verdict, severity, "
	    "since_at, checked_at) SELECT id, :check, 'pass', 1, :since, "
	    ":checked FROM domain WHERE name = 'acme.example'",
};

static const struct db_statements statements = DB_STATEMENTS("test", sql);

static enum err_code
add_finding(struct db *db, void *check, struct err *err)
{
	struct db_query q = db_query(db, &statements, ADD_FINDING);

	db_bind_text(&q, ":check", check);
	db_bind_int64(&q, ":since", clock_now() - 15 * DAY);
	db_bind_int64(&q, ":checked", clock_now());
	return db_run(&q, err);
}

static void
add_pass(struct house *house, char *check)
{
	struct err err = { 0 };

	assert_int_equal(
	    db_transaction(house->db, add_finding, check, &err), OK);
}

static void
expect_senders(struct house *house, const char *words)
{
	struct golive golive;
	struct err err = { 0 };

	assert_int_equal(
	    golive_read(&house->context, "acme.example", &golive, &err), OK);
	for (size_t i = 0; i < golive.count; i++)
		if (strcmp(golive.items[i].name, "senders") == 0) {
			if (strstr(golive.items[i].detail, words) == NULL)
				fail_msg("%s", golive.items[i].detail);
			return;
		}
	fail_msg("no such item");
}

static void
test_an_edit_is_refused_until_it_is_proven(void **state)
{
	struct house *house = *state;

	house_refused(house, ERR_CONFLICT, "spf was not run", "domain edit",
	    "acme.example", "dmarc_policy", "quarantine", NULL);
	assert_string_equal(house->err.field, "dmarc_policy");
	house_ok(house, "golive tick", "acme.example", "item", "senders", NULL);
	expect_senders(house, "spf was not run yet");
	add_pass(house, (char[]){ "spf" });
	add_pass(house, (char[]){ "dkim" });
	expect_senders(house, "DMARC is ready for quarantine");
	house_refused(house, ERR_CONFLICT, "next step", "domain edit",
	    "acme.example", "dmarc_policy", "reject", NULL);
	house_ok(house, "domain edit", "acme.example", "dmarc_policy",
	    "quarantine", NULL);
	expect_senders(house, "DMARC is ready for reject");
	house_ok(
	    house, "golive untick", "acme.example", "item", "senders", NULL);
	house_refused(house, ERR_CONFLICT, "item=senders", "domain edit",
	    "acme.example", "dmarc_policy", "reject", NULL);
	/* What is not about the policy asks for nothing. */
	house_ok(house, "domain edit", "acme.example", "mta_sts_mode",
	    "testing", NULL);
	house_ok(
	    house, "domain edit", "acme.example", "dmarc_policy", "none", NULL);
}

static void
test_a_reason_takes_it_all_the_same(void **state)
{
	struct house *house = *state;

	house_ok(house, "domain edit", "acme.example", "dmarc_policy", "reject",
	    "reason", "a parked domain", NULL);
	assert_string_equal(
	    house_value(house, "domain list", "acme.example", "dmarc_policy"),
	    "reject");
}

/* ---- MTA-STS ---- */

static void
expect_sts(const struct sts_evidence *evidence, enum sts_mode wanted,
    const char *words)
{
	char missing[200];
	const bool may_step =
	    sts_may_step(evidence, wanted, NOW, missing, sizeof(missing));

	if (may_step != (words == NULL) ||
	    (words != NULL && strstr(missing, words) == NULL))
		fail_msg("%d: %s", (int)may_step, missing);
}

static void
test_enforce_comes_after_testing_and_its_evidence(void **state)
{
	const struct dmarc_pass pass = { true, NOW - 8 * DAY, NOW - DAY };
	struct sts_evidence e = { .mode = STS_TESTING,
		.checks = { pass, pass, pass },
		.passed = 98,
		.failed = 2 };

	(void)state;
	expect_sts(&e, STS_ENFORCE, NULL);
	expect_sts(&e, STS_NONE, NULL);
	e.failed = 3;
	expect_sts(&e, STS_ENFORCE, "3 of 101 TLS sessions fail");
	e.failed = 0;
	e.has_bad_certificate = true;
	expect_sts(&e, STS_ENFORCE, "mx-tls is not content");
	e.has_bad_certificate = false;
	e.checks[2].since_at = NOW - 6 * DAY;
	expect_sts(&e, STS_ENFORCE, "sts-policy has passed for 6 of 7 days");
	e.checks[1].is_pass = false;
	expect_sts(&e, STS_ENFORCE, "mta-sts-host does not pass");
	e.mode = STS_NONE;
	expect_sts(&e, STS_ENFORCE, "The next step is testing");
	expect_sts(&e, STS_TESTING, NULL);
}

static void
test_a_domain_enforces_with_evidence_or_a_reason(void **state)
{
	struct house *house = *state;

	house_refused(house, ERR_CONFLICT, "The next step is testing",
	    "domain edit", "acme.example", "mta_sts_mode", "enforce", NULL);
	assert_string_equal(house->err.field, "mta_sts_mode");
	house_ok(house, "domain edit", "acme.example", "mta_sts_mode",
	    "testing", NULL);
	house_refused(house, ERR_CONFLICT, "mta-sts was not run yet",
	    "domain edit", "acme.example", "mta_sts_mode", "enforce", NULL);
	add_pass(house, (char[]){ "mta-sts" });
	add_pass(house, (char[]){ "mta-sts-host" });
	add_pass(house, (char[]){ "sts-policy" });
	house_ok(house, "domain edit", "acme.example", "mta_sts_mode",
	    "enforce", NULL);
	house_ok(
	    house, "domain edit", "acme.example", "mta_sts_mode", "none", NULL);
	house_ok(house, "domain edit", "acme.example", "mta_sts_mode",
	    "enforce", "reason", "looked by hand", NULL);
}

/* Senders look again only when the id has changed (RFC 8461 section 3.1). */
static void
test_the_id_changes_with_all_that_the_policy_says(void **state)
{
	struct house *house = *state;
	struct dns_subject before, after;
	struct err err = { 0 };

#define SUBJECT(to)                                                      \
	assert_int_equal(subject_of_domain(&house->context, "dns check", \
			     "acme.example", to, &err),                  \
	    OK)
	clock_fix(NOW);
	house_ok(house, "domain edit", "acme.example", "mta_sts_mode",
	    "testing", NULL);
	SUBJECT(&before);
	assert_int_equal(before.sts_since, NOW);
	clock_fix(NOW + 60);
	house_ok(house, "domain edit", "acme.example", "dmarc_mailbox",
	    "dmarc@acme.example", NULL);
	SUBJECT(&after);
	assert_string_equal(after.sts_id, before.sts_id);
	house_ok(house, "domain edit", "acme.example", "mail_host",
	    "mx2.acme.example", NULL);
	SUBJECT(&after);
	assert_string_not_equal(after.sts_id, before.sts_id);
	assert_int_equal(after.sts_since, NOW);
	clock_fix(NOW + 120);
	house_ok(
	    house, "domain edit", "acme.example", "mta_sts_mode", "none", NULL);
	SUBJECT(&before);
	assert_string_not_equal(after.sts_id, before.sts_id);
	before.now_at = NOW + DNS_STS_MAX_AGE;
	assert_true(subject_has_sts(&before));
	before.now_at = NOW + 120 + DNS_STS_MAX_AGE;
	assert_false(subject_has_sts(&before));
	clock_fix(0);
#undef SUBJECT
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_step_needs_every_evidence),
		cmocka_unit_test(test_one_step_at_a_time_and_back_at_any_time),
		WITH_HOUSE(test_an_edit_is_refused_until_it_is_proven),
		WITH_HOUSE(test_a_reason_takes_it_all_the_same),
		cmocka_unit_test(
		    test_enforce_comes_after_testing_and_its_evidence),
		WITH_HOUSE(test_a_domain_enforces_with_evidence_or_a_reason),
		WITH_HOUSE(test_the_id_changes_with_all_that_the_policy_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
