#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/finding.h"
#include "model/sts_path.h"
#include "model/subject.h"
#include "tests/lib/dns_example.h"

#define START_AT 1795435200 /* 2026-11-23T12:00:00Z */

/* Two tenants with a domain each; the first has a DKIM key. */
enum { ADD_HOST, ADD_TENANT, ADD_DOMAIN, ADD_KEY, ACCEPT, KEY_STAGE };

static const char *const sql[] = {
	[ADD_HOST] = "INSERT INTO host (name, state, created_at) "
		     "VALUES ('mail.example.com', 'approved', 1)",
	[ADD_TENANT] =
	    "INSERT INTO tenant (name, name_folded, imap_host_id, imap_port, "
	    "smtp_host_id, smtp_port, user_limit, storage_limit_bytes, "
	    "created_at) VALUES (:name, :name, 1, 993, 1, 587, 5, 1000, 1)",
	[ADD_DOMAIN] = "INSERT INTO domain (tenant_id, name, mail_host, "
		       "created_at) VALUES (:tenant, :name, "
		       "'mail.example.com', 1)",
	[ADD_KEY] = "INSERT INTO dkim_key (tenant_id, domain_id, selector, "
		    "public_txt, made_at) VALUES (1, 1, '2026a', :key, 1)",
	[ACCEPT] = "UPDATE finding SET accepted_verdict = 'warn', "
		   "accepted_by = 'lena', accepted_until = :until "
		   "WHERE check_name = 'dmarc'",
	[KEY_STAGE] = "SELECT stage FROM dkim_key",
};

static const struct db_statements statements = DB_STATEMENTS("test", sql);

static enum err_code
fill(struct db *db, void *argument, struct err *err)
{
	struct db_query q = db_query(db, &statements, ADD_HOST);

	(void)argument;
	if (db_run(&q, err) != OK)
		return err->code;
	for (int64_t tenant = 1; tenant <= 2; tenant++) {
		q = db_query(db, &statements, ADD_TENANT);
		db_bind_text(&q, ":name", tenant == 1 ? "one" : "two");
		if (db_run(&q, err) != OK)
			return err->code;
		q = db_query(db, &statements, ADD_DOMAIN);
		db_bind_int64(&q, ":tenant", tenant);
		db_bind_text(
		    &q, ":name", tenant == 1 ? "example.com" : "other.example");
		if (db_run(&q, err) != OK)
			return err->code;
	}
	q = db_query(db, &statements, ADD_KEY);
	db_bind_text(&q, ":key", EXAMPLE_KEY);
	return db_run(&q, err);
}

static int
set_up(void **state)
{
	static struct context context;
	struct err err;

	clock_fix(START_AT);
	context = (struct context){ .actor = { .account_id = -1,
					.tenant_id = 1,
					.role = ROLE_TENANT_ADMIN } };
	if (db_open_memory(&context.db, &err) != OK ||
	    db_transaction(context.db, fill, NULL, &err) != OK)
		fail_msg("%s", err.text);
	*state = &context;
	return 0;
}

static int
tear_down(void **state)
{
	struct context *context = *state;

	db_close(&context->db);
	clock_fix(0);
	return 0;
}

static struct dns_finding
finding_of(const char *check, enum dns_verdict verdict)
{
	struct dns_finding f = {
		.check = (int)(check_by_name(check) - dns_checks),
		.verdict = verdict,
		.differs_at = -1,
		.is_everywhere = true,
	};

	text_format(f.problem, sizeof(f.problem), "%s is %s", check,
	    check_verdict_name(verdict));
	return f;
}

static enum err_code
keep(struct context *context, const char *check, enum dns_verdict verdict)
{
	const struct dns_finding f = finding_of(check, verdict);
	struct dns_subject subject;
	struct err err;

	assert_int_equal(subject_of_domain(context, "dns check", "example.com",
			     &subject, &err),
	    OK);
	return finding_keep(context, &subject, &f, 1, &err);
}

static struct finding
known(struct context *context, const char *check)
{
	struct finding all[64];
	struct err err;

	assert_int_equal(finding_read(context, "example.com", all, &err), OK);
	return all[check_by_name(check) - dns_checks];
}

static int64_t
rows_of(struct context *context, const struct list *list)
{
	int64_t count;
	struct err err;

	assert_int_equal(list_count(context, list, NULL, &count, &err), OK);
	return count;
}

static void
test_since_moves_only_with_the_verdict(void **state)
{
	struct context *context = *state;

	assert_int_equal(keep(context, "mx", DNS_FAIL), OK);
	clock_fix(START_AT + 60);
	assert_int_equal(keep(context, "mx", DNS_FAIL), OK);
	assert_int_equal(known(context, "mx").since_at, START_AT);
	assert_int_equal(known(context, "mx").checked_at, START_AT + 60);
	clock_fix(START_AT + 120);
	assert_int_equal(keep(context, "mx", DNS_PASS), OK);
	assert_int_equal(known(context, "mx").since_at, START_AT + 120);
	assert_int_equal(known(context, "mx").passed_at, START_AT + 120);
	assert_int_equal(rows_of(context, &finding_history_list), 2);
}

static void
test_silence_changes_no_verdict(void **state)
{
	struct context *context = *state;

	assert_int_equal(keep(context, "mx", DNS_PASS), OK);
	clock_fix(START_AT + 60);
	assert_int_equal(keep(context, "mx", DNS_UNKNOWN), OK);
	assert_int_equal(known(context, "mx").verdict, DNS_PASS);
	assert_int_equal(known(context, "mx").checked_at, START_AT);
	assert_int_equal(rows_of(context, &finding_history_list), 1);
	/* Where nothing was known, it is what is known. */
	assert_int_equal(keep(context, "spf", DNS_UNKNOWN), OK);
	assert_int_equal(known(context, "spf").verdict, DNS_UNKNOWN);
}

static void
test_a_row_that_waits_is_not_kept(void **state)
{
	struct context *context = *state;

	assert_int_equal(keep(context, "mx", DNS_WAITING), OK);
	assert_int_equal(known(context, "mx").since_at, 0);
}

static bool
is_enforce_stopped(struct context *context, bool by_finding)
{
	struct dns_finding f = finding_of("mx-tls", DNS_WARN);
	struct sts_evidence evidence;
	struct dns_subject subject;
	struct err err;

	f.stops_enforce = by_finding;
	assert_int_equal(subject_of_domain(context, "dns check", "example.com",
			     &subject, &err),
	    OK);
	assert_int_equal(finding_keep(context, &subject, &f, 1, &err), OK);
	assert_int_equal(
	    sts_evidence_read(context->db, 1, START_AT, &evidence, &err), OK);
	return evidence.has_bad_certificate;
}

/* A certificate that ends soon is a warning, too. */
static void
test_enforce_is_stopped_by_what_stops_senders(void **state)
{
	struct context *context = *state;

	assert_false(is_enforce_stopped(context, false));
	assert_true(is_enforce_stopped(context, true));
	assert_false(is_enforce_stopped(context, false));
}

static void
test_worst_and_newest_stand_first(void **state)
{
	struct context *context = *state;
	struct arena arena = { 0 };
	struct list_page page;
	struct err err;

	assert_int_equal(keep(context, "spf", DNS_FAIL), OK);
	clock_fix(START_AT + 60);
	assert_int_equal(keep(context, "dmarc", DNS_WARN), OK);
	assert_int_equal(keep(context, "mx", DNS_FAIL), OK);
	assert_int_equal(keep(context, "ptr", DNS_PASS), OK);
	assert_int_equal(list_page(context, &finding_list, NULL, LIST_FIRST, 0,
			     NULL, 9, &arena, &page, &err),
	    OK);
	assert_int_equal(page.count, 4);
	assert_string_equal(page.rows[0].key, "example.com/mx");
	assert_string_equal(page.rows[1].key, "example.com/spf");
	assert_string_equal(page.rows[2].key, "example.com/dmarc");
	assert_string_equal(page.rows[3].key, "example.com/ptr");
	arena_free(&arena);
}

/* Rows that the list shows as accepted. */
static int64_t
accepted(struct context *context)
{
	const struct list_query query = { .match = {
					      { "state", "accepted" } } };
	struct err err;
	int64_t count;

	assert_int_equal(
	    list_count(context, &finding_list, &query, &count, &err), OK);
	return count;
}

static enum err_code
accept_it(struct db *db, void *argument, struct err *err)
{
	struct db_query q = db_query(db, &statements, ACCEPT);

	(void)argument;
	db_bind_int64(&q, ":until", START_AT + 3600);
	return db_run(&q, err);
}

static void
test_accepted_holds_for_its_verdict_until_its_day(void **state)
{
	struct context *context = *state;
	struct err err;

	assert_int_equal(keep(context, "dmarc", DNS_WARN), OK);
	assert_int_equal(
	    db_transaction(context->db, accept_it, NULL, &err), OK);
	assert_true(known(context, "dmarc").is_accepted);
	assert_int_equal(accepted(context), 1);
	assert_int_equal(rows_of(context, &finding_open_list), 0);
	assert_int_equal(keep(context, "dmarc", DNS_FAIL), OK);
	assert_false(known(context, "dmarc").is_accepted);
	assert_int_equal(keep(context, "dmarc", DNS_WARN), OK);
	assert_true(known(context, "dmarc").is_accepted);
	clock_fix(START_AT + 3600);
	assert_false(known(context, "dmarc").is_accepted);
	assert_int_equal(accepted(context), 0);
	assert_int_equal(rows_of(context, &finding_open_list), 1);
}

static void
test_each_tenant_sees_its_own(void **state)
{
	struct context *context = *state;

	assert_int_equal(keep(context, "mx", DNS_FAIL), OK);
	context->actor.tenant_id = 2;
	assert_int_equal(rows_of(context, &finding_list), 0);
	assert_int_equal(rows_of(context, &finding_history_list), 0);
	context->actor.role = ROLE_SUPER_ADMIN;
	context->actor.tenant_id = 0;
	assert_int_equal(rows_of(context, &finding_list), 1);
}

static void
test_another_tenant_keeps_nothing(void **state)
{
	struct context *context = *state;
	const struct dns_finding f = finding_of("mx", DNS_PASS);
	struct dns_subject subject = { .domain = "other.example" };
	struct err err;

	assert_int_equal(
	    finding_keep(context, &subject, &f, 1, &err), ERR_NOT_FOUND);
}

static void
test_a_domain_that_is_gone_holds_up_no_other(void **state)
{
	struct context *context = *state;
	const struct dns_finding mx = finding_of("mx", DNS_PASS);
	const struct dns_finding spf = finding_of("spf", DNS_FAIL);
	struct dns_subject here = { .domain = "example.com" };
	struct dns_subject gone = { .domain = "other.example" };
	struct finding_run runs[] = { { &here, &mx, 1, false },
		{ &gone, &mx, 1, true }, { &here, &spf, 1, false } };
	struct err err;

	assert_int_equal(finding_keep_runs(context, runs, 3, &err), OK);
	assert_true(runs[0].is_kept);
	assert_false(runs[1].is_kept);
	assert_true(runs[2].is_kept);
	assert_int_equal(known(context, "mx").verdict, DNS_PASS);
	assert_int_equal(known(context, "spf").verdict, DNS_FAIL);
}

static void
test_what_own_resolvers_say_is_not_kept(void **state)
{
	struct context *context = *state;

	context->resolvers = "192.0.2.66";
	assert_int_equal(keep(context, "mx", DNS_PASS), OK);
	assert_int_equal(known(context, "mx").since_at, 0);
	context->actor =
	    (struct actor){ .is_console = true, .role = ROLE_OPERATOR };
	assert_int_equal(keep(context, "mx", DNS_PASS), OK);
	assert_int_equal(known(context, "mx").since_at, START_AT);
}

static const char *
key_stage(struct context *context)
{
	static char stage[16];
	struct db_query q = db_query(context->db, &statements, KEY_STAGE);
	struct err err;

	if (db_step(&q))
		db_copy(&q, 0, stage, sizeof(stage));
	assert_int_equal(db_end(&q, &err), OK);
	return stage;
}

static void
test_a_key_is_seen_when_every_server_has_it(void **state)
{
	struct context *context = *state;
	struct dns_finding f = finding_of("dkim", DNS_PASS);
	struct dns_subject subject;
	struct err err;

	assert_int_equal(subject_of_domain(context, "dns check", "example.com",
			     &subject, &err),
	    OK);
	f.is_everywhere = false;
	assert_int_equal(finding_keep(context, &subject, &f, 1, &err), OK);
	assert_string_equal(key_stage(context), "made");
	assert_int_equal(keep(context, "spf", DNS_PASS), OK);
	assert_string_equal(key_stage(context), "made");
	assert_int_equal(keep(context, "dkim", DNS_PASS), OK);
	assert_string_equal(key_stage(context), "seen");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_since_moves_only_with_the_verdict),
		TEST(test_silence_changes_no_verdict),
		TEST(test_a_row_that_waits_is_not_kept),
		TEST(test_enforce_is_stopped_by_what_stops_senders),
		TEST(test_worst_and_newest_stand_first),
		TEST(test_accepted_holds_for_its_verdict_until_its_day),
		TEST(test_each_tenant_sees_its_own),
		TEST(test_another_tenant_keeps_nothing),
		TEST(test_a_domain_that_is_gone_holds_up_no_other),
		TEST(test_what_own_resolvers_say_is_not_kept),
		TEST(test_a_key_is_seen_when_every_server_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
