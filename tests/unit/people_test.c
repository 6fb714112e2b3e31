#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/effects.h"
#include "model/user_external.h"
#include "smime/vault.h"
#include "tests/lib/house.h"

#define NOW  INT64_C(1790000000)
#define DAYS INT64_C(86400)

static int
set_up(void **state)
{
	clock_fix(NOW);
	return house_set_up(state);
}

/* ---- admins ---- */

static void
test_an_admin_is_demoted_and_the_last_one_is_not(void **state)
{
	struct house *house = *state;

	house_ok(house, "admin edit", "root@postern.example", "role",
	    "tenant_admin", "tenant", "Globex", NULL);
	assert_string_equal(
	    house_value(house, "admin list", "root@postern.example", "tenant"),
	    "Globex");
	house_refused(house, ERR_CONFLICT, "your own rights", "admin edit",
	    "admin@postern.example", "role", "tenant_admin", "tenant", "Acme",
	    NULL);
	house_refused(house, ERR_CONFLICT, "last super admin", "admin remove",
	    "admin@postern.example", NULL);
	house_ok(house, "admin edit", "root@postern.example", "role",
	    "super_admin", NULL);
	house_ok(house, "admin remove", "root@postern.example", NULL);
}

static void
test_a_tenant_admin_touches_nobody_of_the_own_rank(void **state)
{
	static const char *const operations[] = { "user suspend", "user remove",
		"user password" };
	struct house *house = *state;

	house_ok(house, "user add", "anna@acme.example", NULL);
	house_ok(house, "user add", "bea@acme.example", NULL);
	house_ok(house, "admin add", "bea@acme.example", NULL);
	house_as(house, "lena@acme.example");
	for (size_t i = 0; i < 3; i++)
		house_refused(house, ERR_DENIED, "rank below", operations[i],
		    "bea@acme.example", NULL);
	house_ok(house, "user suspend", "anna@acme.example", NULL);
	house_refused(house, ERR_DENIED, "super admin", "admin edit",
	    "bea@acme.example", "name", "x", NULL);
}

static void
test_what_is_taken_away_is_gone_in_open_sessions(void **state)
{
	struct house *house = *state;
	struct context lena;
	struct err err;

	house_as(house, "lena@acme.example");
	lena = house->context;
	assert_int_equal(account_check_still(house->db, &lena.actor, &err), OK);
	house_as(house, "admin@postern.example");
	house_ok(house, "tenant suspend", "Acme", NULL);
	house->context = lena;
	house_refused(house, ERR_DENIED, "session has ended", "alias add",
	    "x@acme.example", "targets", "y@example.net", NULL);
	assert_false(house_has(house, "domain list", "acme.example"));
	house_as(house, "admin@postern.example");
	house_ok(house, "tenant resume", "Acme", NULL);
	house_ok(
	    house, "admin edit", "lena@acme.example", "tenant", "Globex", NULL);
	house->context = lena;
	assert_false(house_has(house, "domain list", "acme.example"));
	assert_non_null(strstr(house->err.text, "rights were changed"));
}

/* ---- reserved names ---- */

static void
test_reserved_names_wait_for_the_proof(void **state)
{
	struct house *house = *state;

	house_as(house, "lena@acme.example");
	house_ok(house, "user add", "anna@acme.example", NULL);
	house_refused(house, ERR_DENIED, "verified", "user add",
	    "Postmaster@acme.example", NULL);
	house_refused(house, ERR_DENIED, "verified", "alias add",
	    "admin@acme.example", "targets", "anna@acme.example", NULL);
	house_refused(house, ERR_DENIED, "verified", "alias add",
	    "webmaster@acme.example", "targets", "me@example.net", NULL);
	house_refused(house, ERR_DENIED, "Only a super admin", "domain verify",
	    "acme.example", "how", "override", "reason", "mine", NULL);
	house_as(house, "admin@postern.example");
	house_ok(house, "admin add", "anna@acme.example", NULL);
	house_ok(house, "alias add", "abuse@acme.example", "targets",
	    "anna@acme.example", NULL);
	house_refused(house, ERR_INVALID, "Say why", "domain verify",
	    "acme.example", "how", "override", NULL);
	house_ok(house, "domain verify", "acme.example", "how", "override",
	    "reason", "the contract names it", NULL);
	house_as(house, "lena@acme.example");
	house_ok(house, "alias add", "webmaster@acme.example", "targets",
	    "me@example.net", NULL);
}

/* ---- a domain moves ---- */

static void
add_second_domain(struct house *house)
{
	house_ok(house, "domain add", "acme.test", "tenant", "Acme", NULL);
	house_ok(house, "user add", "anna@acme.test", "quota", "2 GB", NULL);
	house_ok(house, "alias add", "sales@acme.test", "targets",
	    "anna@acme.test", NULL);
}

static void
test_a_domain_moves_with_all_that_is_in_it(void **state)
{
	struct house *house = *state;

	add_second_domain(house);
	house_ok(house, "domain move", "acme.test", "to", "Globex", NULL);
	assert_non_null(strstr(house->result.note, "1 users and 1 aliases"));
	assert_string_equal(
	    house_value(house, "user list", "anna@acme.test", "tenant"),
	    "Globex");
	assert_string_equal(
	    house_value(house, "tenant list", "Acme", "user_count"), "0");
	assert_string_equal(
	    house_value(house, "tenant list", "Globex", "user_count"), "1");
	assert_string_equal(house_value(house, "tenant list", "Globex",
				"storage_allocated_bytes"),
	    "2 GB");
	assert_string_equal(
	    house_value(house, "tenant list", "Globex", "alias_count"), "1");
	house_as(house, "lena@acme.example");
	assert_false(house_has(house, "user list", "anna@acme.test"));
	house_as(house, "hank@globex.example");
	assert_true(house_has(house, "alias list", "sales@acme.test"));
	assert_true(house_has(house, "audit list", "7") ||
	    house_has(house, "domain list", "acme.test"));
	house_ok(house, "user edit", "anna@acme.test", "name", "Anna", NULL);
}

static void
test_what_ties_a_domain_to_its_tenant_is_named(void **state)
{
	struct house *house = *state;

	add_second_domain(house);
	house_refused(house, ERR_CONFLICT, "primary", "domain move",
	    "acme.example", "to", "Globex", NULL);
	house_refused(house, ERR_CONFLICT, "already", "domain move",
	    "acme.test", "to", "acme.example", NULL);
	house_ok(house, "alias add", "info@acme.example", "targets",
	    "anna@acme.test", NULL);
	house_refused(house, ERR_CONFLICT, "info@acme.example delivers to",
	    "domain move", "acme.test", "to", "Globex", NULL);
	house_ok(house, "alias remove", "info@acme.example", NULL);
	house_ok(house, "admin add", "anna@acme.test", "tenant", "Acme", NULL);
	house_refused(house, ERR_CONFLICT, "administers", "domain move",
	    "acme.test", "to", "Globex", NULL);
	house_ok(house, "admin remove", "anna@acme.test", NULL);
	house_ok(house, "tenant edit", "Globex", "user_limit", "0", NULL);
	house_refused(house, ERR_LIMIT, "mailboxes left", "domain move",
	    "acme.test", "to", "Globex", NULL);
	assert_string_equal(
	    house_value(house, "user list", "anna@acme.test", "tenant"),
	    "Acme");
}

/* ---- tidy ---- */

static char removed_home[64];

static enum err_code
note_home(void *self, const char *subject, struct err *err)
{
	(void)self;
	(void)err;
	text_copy(removed_home, sizeof(removed_home), subject);
	return OK;
}

static const struct effects box = { .run = {
					[EFFECT_MAIL_REMOVE] = note_home } };

static void
test_tidy_takes_only_what_is_old(void **state)
{
	struct house *house = *state;
	char home[64];

	house_ok(house, "user add", "anna@acme.example", NULL);
	text_format(home, sizeof(home), "%lld/%lld", (long long)house->acme_id,
	    (long long)house->result.id);
	house_ok(house, "user add", "bob@acme.example", NULL);
	house_ok(house, "alias add", "sales@acme.example", "targets",
	    "anna@acme.example, bob@acme.example", NULL);
	house_ok(house, "user remove", "anna@acme.example", NULL);
	house_ok(house, "tenant close", "Globex", NULL);
	clock_fix(NOW + 29 * DAYS);
	house_as(house, "console");
	house->context.effects = &box;
	house_ok(house, "tidy", NULL, NULL);
	assert_string_equal(removed_home, "");
	assert_non_null(strstr(house->result.note, "0 people and 0 tenants"));
	house_as(house, "admin@postern.example");
	house_ok(house, "tenant restore", "Globex", NULL);
	house_ok(house, "tenant close", "Globex", NULL);
	clock_fix(NOW + 60 * DAYS);
	house_as(house, "console");
	house_ok(house, "tidy", NULL, NULL);
	assert_non_null(strstr(house->result.note, "2 people and 1 tenants"));
	assert_string_equal(removed_home, home);
	house->context.effects = NULL;
	house_as(house, "admin@postern.example");
	house_refused(house, ERR_NOT_FOUND, "no tenant", "tenant restore",
	    "Globex", NULL);
	house_refused(house, ERR_NOT_FOUND, "no user", "user restore",
	    "anna@acme.example", NULL);
	assert_true(house_has(house, "alias list", "sales@acme.example"));
	assert_true(house_has(house, "user list", "bob@acme.example"));
	/* Name and address are free again. */
	house_tenant(house, "Globex", "globex.example");
	house_ok(house, "user add", "anna@acme.example", NULL);
}

/* ---- requests and tenants ---- */

static void
test_a_request_is_decided_once(void **state)
{
	struct house *house = *state;
	char id[24];

	house_ok(house, "host request", "imap.other.example", NULL);
	house_as(house, "console");
	text_format(id, sizeof(id), "%s",
	    house_value(house, "request list", "1", "id"));
	house_ok(house, "request approve", id, NULL);
	house_refused(house, ERR_CONFLICT, "", "request refuse", id, "reason",
	    "no", NULL);
	assert_string_equal(
	    house_value(house, "host list", "imap.other.example", "state"),
	    "approved");
}

static void
test_the_tenant_of_the_key_in_use_is_not_closed(void **state)
{
	struct house *house = *state;

	house->context.actor.only_tenant_id = house->acme_id;
	house_refused(house, ERR_CONFLICT, "for this tenant alone",
	    "tenant close", "Acme", NULL);
}

/* ---- mailboxes at another server ---- */

static enum err_code
store_external(struct db *db, void *address, struct err *err)
{
	struct user_external external = { .imap_port = 993,
		.smtp_port = 587,
		.imap_host = "mail.postern.example",
		.smtp_host = "mail.postern.example",
		.user = "bob at theirs",
		.sealed = "sealed",
		.sealed_length = 6 };
	struct account account;

	if (account_find(db, address, &account, err) != OK)
		return err->code;
	return user_external_store(db, account.id, &external, err);
}

static void
test_an_external_mailbox_keeps_its_password_unless_it_is_tried(void **state)
{
	struct house *house = *state;
	char address[] = "bob@acme.example";

	house_ok(house, "user add", address, NULL);
	if (db_transaction(house->db, store_external, address, &house->err) !=
	    OK)
		fail_msg("%s", house->err.text);
	house_ok(house, "user edit", "bob@acme.example", "name", "Bob", NULL);
	assert_string_equal(
	    house_value(house, "user list", "bob@acme.example", "mailbox"),
	    "external");
	house_refused(house, ERR_INVALID, "it is tried before", "user edit",
	    "bob@acme.example", "external_user", "carol", NULL);
	house_refused(house, ERR_INVALID, "not on the list", "user edit",
	    "bob@acme.example", "imap_host", "imap.their.example",
	    "external_password", "secret", NULL);
	house_ok(
	    house, "user edit", "bob@acme.example", "external_user", "", NULL);
	assert_string_equal(
	    house_value(house, "user list", "bob@acme.example", "mailbox"),
	    "local");
	house_refused(house, ERR_INVALID, "Whose password", "user edit",
	    "bob@acme.example", "external_password", "secret", NULL);
}

static void
test_nobody_tries_passwords_for_other_tenants(void **state)
{
	struct house *house = *state;

	house_ok(house, "user add", "bob@acme.example", NULL);
	house_as(house, "hank@globex.example");
	assert_int_not_equal(
	    house_run(house, "user edit", "bob@acme.example", "external_user",
		"bob", "external_password", "secret", NULL),
	    OK);
	assert_string_not_equal(house->err.field, "imap_host");
	assert_null(strstr(house->err.text, "approved"));
}

/* ---- trials for whoever can't wait ---- */

static void
edit_external(struct house *house, const char *password)
{
	house_run(house, "user edit", "bob@acme.example", "external_user",
	    "bob", "imap_host", "mail.postern.example", "smtp_host",
	    "mail.postern.example", "external_password", password, NULL);
}

static const char *
mailbox_of_bob(struct house *house)
{
	return house_value(house, "user list", "bob@acme.example", "mailbox");
}

static void
test_a_trial_elsewhere_must_have_passed_for_just_this_log_in(void **state)
{
	struct house *house = *state;
	struct user_external_trial trial = { 0 };
	char directory[] = "/tmp/postern-people-XXXXXX", path[64];

	assert_non_null(mkdtemp(directory));
	assert_int_equal(
	    vault_make(directory, (uid_t)-1, (gid_t)-1, &house->err), OK);
	house->context.state_directory = directory;
	house_ok(house, "user add", "bob@acme.example", NULL);
	house->context.external_trial = &trial;
	edit_external(house, "secret");
	assert_int_equal(house->err.code, ERR_BUSY);
	assert_int_equal(trial.state, EXTERNAL_WANTED);
	assert_string_equal(trial.login.imap_host, "mail.postern.example");
	assert_int_equal(trial.login.imap_port, 993);
	assert_string_equal(trial.login.password, "secret");
	assert_string_equal(mailbox_of_bob(house), "local");

	trial.state = EXTERNAL_PASSED;
	edit_external(house, "another");
	assert_int_equal(house->err.code, ERR_BUSY);
	assert_int_equal(trial.state, EXTERNAL_WANTED);
	assert_string_equal(mailbox_of_bob(house), "local");

	trial.state = EXTERNAL_PASSED;
	edit_external(house, "another");
	assert_int_equal(house->err.code, OK);
	assert_string_equal(mailbox_of_bob(house), "external");
	text_format(path, sizeof(path), "rm -r %s", directory);
	assert_int_equal(system(path), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, house_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		    test_an_external_mailbox_keeps_its_password_unless_it_is_tried),
		TEST(test_nobody_tries_passwords_for_other_tenants),
		TEST(
		    test_a_trial_elsewhere_must_have_passed_for_just_this_log_in),
		TEST(test_an_admin_is_demoted_and_the_last_one_is_not),
		TEST(test_a_tenant_admin_touches_nobody_of_the_own_rank),
		TEST(test_what_is_taken_away_is_gone_in_open_sessions),
		TEST(test_reserved_names_wait_for_the_proof),
		TEST(test_a_domain_moves_with_all_that_is_in_it),
		TEST(test_what_ties_a_domain_to_its_tenant_is_named),
		TEST(test_tidy_takes_only_what_is_old),
		TEST(test_a_request_is_decided_once),
		TEST(test_the_tenant_of_the_key_in_use_is_not_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
