/* Steps of the go-live list: what a test shows and what a person ticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "dns/check.h"
#include "model/client.h"
#include "model/golive.h"
#include "tests/lib/house.h"

#define DAY 86400
#define NOW INT64_C(1795435200) /* 2026-11-23T12:00:00Z */

static struct golive golive;

static const struct golive_item *
item_of(struct house *house, const char *name)
{
	struct err err = { 0 };

	assert_int_equal(
	    golive_read(&house->context, "acme.example", &golive, &err), OK);
	for (size_t i = 0; i < golive.count; i++)
		if (strcmp(golive.items[i].name, name) == 0)
			return &golive.items[i];
	fail_msg("no item %s", name);
	return NULL;
}

static void
expect(struct house *house, const char *name, enum golive_state state,
    const char *words)
{
	const struct golive_item *item = item_of(house, name);

	if (item->state != state || strstr(item->detail, words) == NULL)
		fail_msg(
		    "%s: %s", golive_state_name(item->state), item->detail);
}

static void
prove(struct house *house, const char *item, bool is_good, const char *text)
{
	struct err err = { 0 };

	assert_int_equal(golive_prove(&house->context, "acme.example", item,
			     is_good, text, &err),
	    OK);
}

enum { NOTES, FOUND };

static const char *const sql[] = {
	[NOTES] = "SELECT count(*) FROM audit WHERE operation = 'golive prove'",
	[FOUND] = "INSERT INTO finding (domain_id, check_name, verdict, "
		  "severity, since_at, checked_at) SELECT id, :check, "
		  ":verdict, 0, 1, 1 FROM domain WHERE name = 'acme.example' "
		  "ON CONFLICT DO UPDATE SET verdict = excluded.verdict",
};

static const struct db_statements statements = DB_STATEMENTS("test", sql);

static int64_t
notes(struct house *house)
{
	struct db_query q = db_query(house->db, &statements, NOTES);
	struct err err = { 0 };
	const int64_t count = db_step(&q) ? db_int64(&q, 0) : -1;

	assert_int_equal(db_end(&q, &err), OK);
	return count;
}

static void
test_the_newest_of_test_and_tick_counts(void **state)
{
	struct house *house = *state;

	clock_fix(NOW);
	expect(house, "signature", GOLIVE_OPEN, "Run dkim test.");
	prove(house, "signature", true, "The signature is good.");
	expect(house, "signature", GOLIVE_DONE, "The signature is good.");
	expect(house, "client", GOLIVE_OPEN, "mail settings");
	clock_fix(NOW + 60);
	prove(house, "signature", false, "OpenDKIM does not sign.");
	expect(house, "signature", GOLIVE_OPEN, "Failed 12:01: OpenDKIM");
	clock_fix(NOW + 120);
	house_ok(
	    house, "golive tick", "acme.example", "item", "signature", NULL);
	expect(house, "signature", GOLIVE_DONE, "admin@postern.example");
	clock_fix(NOW + 180);
	prove(house, "signature", false, "OpenDKIM does not sign.");
	expect(house, "signature", GOLIVE_OPEN, "OpenDKIM does not sign.");
	clock_fix(0);
}

static void
test_a_good_test_counts_for_a_month(void **state)
{
	struct house *house = *state;

	clock_fix(NOW);
	prove(house, "client", true, "All answer.");
	assert_int_equal(notes(house), 1);
	prove(house, "client", true, "All answer.");
	assert_int_equal(notes(house), 1);
	clock_fix(NOW + 29 * DAY);
	expect(house, "client", GOLIVE_DONE, "All answer.");
	clock_fix(NOW + 30 * DAY);
	expect(house, "client", GOLIVE_OPEN, "too long ago");
	clock_fix(0);
}

static void
test_who_may_not_check_the_domain_shows_nothing(void **state)
{
	struct house *house = *state;

	house_as(house, "hank@globex.example");
	prove(house, "signature", true, "made up");
	house_as(house, "lena@acme.example");
	expect(house, "signature", GOLIVE_OPEN, "Run dkim test.");
	house->context.actor.is_read_only = true;
	prove(house, "signature", true, "by a key that reads");
	house->context.actor.is_read_only = false;
	house->context.resolvers = "192.0.2.66";
	prove(house, "signature", true, "by a resolver of one's own");
	house->context.resolvers = NULL;
	expect(house, "signature", GOLIVE_OPEN, "Run dkim test.");
	prove(house, "signature", true, "The signature is good.");
	expect(house, "signature", GOLIVE_DONE, "The signature is good.");
}

/* ---- the look at the client settings ---- */

static void
look(struct house *house, const struct client_settings *settings,
    enum mail_verdict verdict)
{
	const struct probe_result results[] = {
		{ .steps = { [PROBE_TLS] = { MAIL_PASS, "TLS 1.3" } } },
		{ .steps = { [PROBE_TLS] = { verdict, "what was seen" } } },
	};
	struct err err = { 0 };

	assert_int_equal(
	    client_probe_keep(&house->context, settings, results, 2, &err), OK);
}

static void
test_a_look_at_the_settings_is_the_step(void **state)
{
	struct house *house = *state;
	struct client_settings settings;
	struct err err = { 0 };

	assert_int_equal(
	    client_of_domain(house->db, "acme.example", &settings, &err), OK);
	look(house, &settings, MAIL_UNKNOWN);
	expect(house, "client", GOLIVE_OPEN, "mail settings");
	look(house, &settings, MAIL_FAIL);
	expect(house, "client", GOLIVE_OPEN, "what was seen");
	look(house, &settings, MAIL_WARN);
	expect(house, "client", GOLIVE_DONE, "what was seen");
	look(house, &settings, MAIL_PASS);
	expect(house, "client", GOLIVE_DONE, "The servers answer");
	/* Somebody's mailbox elsewhere says nothing of the domain. */
	settings.incoming.port++;
	look(house, &settings, MAIL_FAIL);
	expect(house, "client", GOLIVE_DONE, "The servers answer");
}

/* ---- the DNS records ---- */

static enum err_code
keep(struct db *db, void *argument, struct err *err)
{
	const char *const *found = argument; /* check, verdict */
	struct db_query q = db_query(db, &statements, FOUND);

	db_bind_text(&q, ":check", found[0]);
	db_bind_text(&q, ":verdict", found[1]);
	return db_run(&q, err);
}

static void
found(struct house *house, const char *check, const char *verdict)
{
	const char *row[] = { check, verdict };
	struct err err = { 0 };

	assert_int_equal(db_transaction(house->db, keep, row, &err), OK);
}

static void
test_a_warning_holds_up_what_is_recommended_alone(void **state)
{
	struct house *house = *state;

	for (size_t i = 0; i < dns_check_count; i++)
		found(house, dns_checks[i].name, "pass");
	expect(house, "recommended", GOLIVE_DONE, "");
	found(house, "srv", "warn");
	found(house, "dmarc", "warn");
	expect(house, "recommended", GOLIVE_OPEN, "srv WARN");
	expect(house, "records", GOLIVE_DONE, "");
	house_ok(house, "golive accept", "acme.example", "check", "srv",
	    "reason", "as it is", NULL);
	expect(house, "recommended", GOLIVE_DONE, "");
}

static void
test_accepted_until_the_last_day_that_was_typed(void **state)
{
	struct house *house = *state;

	clock_fix(NOW);
	found(house, "srv", "warn");
	house_ok(house, "golive accept", "acme.example", "check", "srv",
	    "reason", "as it is", "until", "2026-12-24", NULL);
	assert_string_equal(house->result.note,
	    "srv of acme.example is accepted as it is until 2026-12-24.");
	assert_string_equal(house_value(house, "finding list",
				"acme.example/srv", "accepted_until"),
	    "2026-12-24");
	clock_fix(NOW + 31 * DAY + DAY / 2 - 1);
	expect(house, "recommended", GOLIVE_OPEN, "not checked");
	assert_null(strstr(golive.items[golive.count - 1].detail, "srv"));
	clock_fix(NOW + 31 * DAY + DAY / 2);
	expect(house, "recommended", GOLIVE_OPEN, "srv WARN");
	house_ok(house, "golive accept", "acme.example", "check", "srv",
	    "reason", "as it is", NULL);
	assert_non_null(strstr(house->result.note, "until 2027-03-25."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HOUSE(test_the_newest_of_test_and_tick_counts),
		WITH_HOUSE(test_a_good_test_counts_for_a_month),
		WITH_HOUSE(test_who_may_not_check_the_domain_shows_nothing),
		WITH_HOUSE(test_a_look_at_the_settings_is_the_step),
		WITH_HOUSE(test_a_warning_holds_up_what_is_recommended_alone),
		WITH_HOUSE(test_accepted_until_the_last_day_that_was_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
