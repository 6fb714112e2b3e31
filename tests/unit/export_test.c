/* export_test.c - the mail servers' tables, and the web server's files, say
 * what the rows say. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/effects.h"
#include "model/export.h"
#include "model/operation.h"
#include "model/password.h"
#include "model/web.h"

/* A tenant with a verified domain, two users, made by operations; the exports
 * are real files in a directory of the test's own. */
struct fixture {
	struct context context;
	char directory[64];
};

static enum err_code
run_as(struct context *context, const char *name, const char *const *words)
{
	struct operation_arg args[16];
	struct err err = { 0 };
	size_t count = 0;
	enum err_code code;

	for (; *words != NULL; words += 2)
		args[count++] = (struct operation_arg){ words[0], words[1] };
	code = operation_run(
	    context, operation_by_name(name), args, count, NULL, &err);
	if (code != OK)
		print_message("%s: %s: %s\n", name, err.field, err.text);
	return code;
}

#define RUN(f, name, ...)                                                 \
	assert_int_equal(run_as(&(f)->context, (name),                    \
			     (const char *const[]){ __VA_ARGS__, NULL }), \
	    OK)

enum { PEEK_ADDRESS, PEEK_DOMAIN, PEEK_USER, PEEK_LOGIN, PEEK_EFFECTS };

static const char *const peek_sql[] = {
	[PEEK_ADDRESS] = "SELECT kind || ' ' || status || ' ' || destinations "
			 "|| ' ' || senders FROM address WHERE address = :key",
	[PEEK_DOMAIN] = "SELECT status FROM domain WHERE domain = :key",
	[PEEK_USER] = "SELECT status || ' ' || home || ' ' || quota_bytes "
		      "FROM user WHERE username = :key",
	[PEEK_LOGIN] = "SELECT username FROM address WHERE address = :key",
	[PEEK_EFFECTS] =
	    "SELECT group_concat(subject, ' ') FROM effect WHERE kind = :key",
};

static const struct db_statements peek_statements =
    DB_STATEMENTS("peek", peek_sql);

static void
check_row(struct db *db, size_t statement, const char *key, const char *wanted)
{
	struct db_query q = db_query(db, &peek_statements, statement);
	struct err err = { 0 };

	db_bind_text(&q, ":key", key);
	if (wanted == NULL) {
		assert_false(db_step(&q));
	} else {
		assert_true(db_step(&q));
		assert_string_equal(db_text(&q, 0), wanted);
	}
	assert_int_equal(db_end(&q, &err), OK);
}

/* NULL: there is no such row. */
static void
check(struct fixture *f, size_t statement, const char *key, const char *wanted)
{
	const int file = statement == PEEK_ADDRESS || statement == PEEK_DOMAIN
	    ? EXPORT_POSTFIX
	    : EXPORT_DOVECOT;
	char path[128];
	struct db *db;
	enum db_export found;
	int64_t inode;
	struct err err = { 0 };

	assert_true(export_path(path, sizeof(path), f->directory, file));
	assert_int_equal(db_open_export(&db, path, export_files[file].schema,
			     false, &found, &inode, &err),
	    OK);
	assert_int_equal(found, DB_EXPORT_WHOLE);
	check_row(db, statement, key, wanted);
	db_close(&db);
}

static void
check_whole(struct fixture *f, bool wanted)
{
	struct export_report report;
	struct err err = { 0 };

	assert_int_equal(export_sync(&f->context, true, &report, &err), OK);
	assert_int_equal(export_is_whole(&report), wanted);
}

static int
set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;
	struct err err;

	clock_fix(1790000000);
	password_make_cheap();
	*f = (struct fixture){ .directory = "/tmp/postern-export-XXXXXX" };
	if (mkdtemp(f->directory) == NULL ||
	    db_open_memory(&f->context.db, &err) != OK)
		return 1;
	f->context.state_directory = f->directory;
	f->context.actor = (struct actor){ .account_id = -1,
		.role = ROLE_OPERATOR,
		.address = "root@postern.example" };
	RUN(f, "host approve", "name", "mail.acme.example");
	f->context.actor.role = ROLE_SUPER_ADMIN;
	RUN(f, "tenant add", "name", "Acme", "domain", "acme.example",
	    "mail_host", "mail.acme.example", "imap_host", "mail.acme.example");
	RUN(f, "user add", "address", "anna@acme.example", "quota", "1 GB");
	RUN(f, "user add", "address", "bob@acme.example", "quota", "1 GB");
	RUN(f, "domain verify", "name", "acme.example", "how", "override",
	    "reason", "a test");
	*state = f;
	return 0;
}

static void
remove_file(const struct fixture *f, const char *name)
{
	char path[128];

	text_format(path, sizeof(path), "%s/%s", f->directory, name);
	(void)!remove(path);
}

static int
remove_entry(
    const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	db_close(&f->context.db);
	clock_fix(0);
	return nftw(f->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

#define ANNA "anna@acme.example"
#define BOB  "bob@acme.example"

static void
test_users_and_their_domain_are_exported_after_each_change(void **state)
{
	struct fixture *f = *state;

	check(f, PEEK_DOMAIN, "acme.example", "active");
	check(f, PEEK_ADDRESS, ANNA, "mailbox active " ANNA " " ANNA);
	check(f, PEEK_USER, ANNA, "active 1/1 1073741824");
	check(f, PEEK_LOGIN, ANNA, ANNA);
	RUN(f, "user edit", "address", ANNA, "quota", "2 GB", "may_send", "no");
	check(f, PEEK_USER, ANNA, "active 1/1 2147483648");
	check(f, PEEK_ADDRESS, ANNA, "mailbox active " ANNA " ");
	check_whole(f, true);
}

static void
test_a_domain_that_nobody_proved_is_not_served(void **state)
{
	struct fixture *f = *state;

	RUN(f, "domain add", "name", "bank.example", "tenant", "Acme");
	RUN(f, "user add", "address", "x@bank.example", "quota", "1 GB");
	check(f, PEEK_DOMAIN, "bank.example", NULL);
	check(f, PEEK_ADDRESS, "x@bank.example", NULL);
	RUN(f, "domain verify", "name", "bank.example", "how", "override",
	    "reason", "a test");
	check(f, PEEK_DOMAIN, "bank.example", "active");
	check(f, PEEK_ADDRESS, "x@bank.example",
	    "mailbox active x@bank.example x@bank.example");
	check_whole(f, true);
}

static void
test_a_suspended_user_stays_known_and_is_kicked(void **state)
{
	struct fixture *f = *state;

	RUN(f, "alias add", "address", "sales@acme.example", "targets", BOB);
	check(
	    f, PEEK_ADDRESS, "sales@acme.example", "alias active " BOB " " BOB);
	check(f, PEEK_LOGIN, "sales@acme.example", BOB);
	RUN(f, "user suspend", "address", BOB);
	check(f, PEEK_ADDRESS, BOB, "mailbox suspended " BOB " ");
	check(
	    f, PEEK_ADDRESS, "sales@acme.example", "alias suspended " BOB " ");
	check(f, PEEK_USER, BOB, "suspended 1/2 1073741824");
	check_row(f->context.db, PEEK_EFFECTS, "mail_kick", BOB);
	RUN(f, "user resume", "address", BOB);
	check(
	    f, PEEK_ADDRESS, "sales@acme.example", "alias active " BOB " " BOB);
	check_whole(f, true);
}

static void
test_a_removed_user_is_known_to_postfix_only_and_comes_back(void **state)
{
	struct fixture *f = *state;

	RUN(f, "alias add", "address", "both@acme.example", "targets",
	    ANNA ", " BOB);
	RUN(f, "alias add", "address", "@acme.example", "targets", BOB);
	check(f, PEEK_LOGIN, "both@acme.example", NULL);
	RUN(f, "user remove", "address", BOB);
	check(f, PEEK_USER, BOB, NULL);
	check(f, PEEK_ADDRESS, BOB, "mailbox removed " BOB " ");
	check(f, PEEK_ADDRESS, "both@acme.example",
	    "alias active " ANNA " " ANNA);
	check(f, PEEK_ADDRESS, "@acme.example", NULL);
	RUN(f, "user restore", "address", BOB);
	check(f, PEEK_ADDRESS, "@acme.example", "alias active " BOB " " BOB);
	check(f, PEEK_USER, BOB, "active 1/2 1073741824");
	check_whole(f, true);
}

static void
test_a_suspended_tenant_stops_and_a_closed_one_goes(void **state)
{
	struct fixture *f = *state;

	RUN(f, "tenant suspend", "tenant", "Acme");
	check(f, PEEK_DOMAIN, "acme.example", "suspended");
	check(f, PEEK_ADDRESS, ANNA, "mailbox suspended " ANNA " ");
	check(f, PEEK_USER, ANNA, "suspended 1/1 1073741824");
	check_row(f->context.db, PEEK_EFFECTS, "mail_kick", "*@acme.example");
	RUN(f, "tenant close", "tenant", "Acme");
	check(f, PEEK_DOMAIN, "acme.example", NULL);
	check(f, PEEK_ADDRESS, ANNA, NULL);
	check(f, PEEK_USER, ANNA, NULL);
	RUN(f, "tenant restore", "tenant", "Acme");
	check(f, PEEK_ADDRESS, ANNA, "mailbox active " ANNA " " ANNA);
	check_whole(f, true);
}

static void
test_aliases_of_aliases_follow_their_ends(void **state)
{
	struct fixture *f = *state;

	RUN(f, "alias add", "address", "inner@acme.example", "targets", ANNA);
	RUN(f, "alias add", "address", "outer@acme.example", "targets",
	    "inner@acme.example");
	check(f, PEEK_ADDRESS, "outer@acme.example",
	    "alias active inner@acme.example " ANNA);
	RUN(f, "alias edit", "address", "inner@acme.example", "targets",
	    BOB ", out@side.example");
	check(f, PEEK_ADDRESS, "outer@acme.example",
	    "alias active inner@acme.example " BOB);
	check(f, PEEK_LOGIN, "outer@acme.example", NULL);
	RUN(f, "alias remove", "address", "outer@acme.example");
	check(f, PEEK_ADDRESS, "outer@acme.example", NULL);
	check_whole(f, true);
}

/* ---- the files ---- */

static void
test_the_files_are_for_a_group_and_hold_no_secret_of_ours(void **state)
{
	struct fixture *f = *state;
	struct stat status;
	char path[128];

	for (int file = 0; file < EXPORT_FILES; file++) {
		export_path(path, sizeof(path), f->directory, file);
		assert_int_equal(lstat(path, &status), 0);
		assert_int_equal(status.st_mode & 07777, 0660);
		*strrchr(path, '/') = '\0';
		assert_int_equal(lstat(path, &status), 0);
		assert_int_equal(status.st_mode & 07777, 02770);
	}
	assert_null(strstr(export_files[EXPORT_POSTFIX].schema, "hash"));
}

/* What is written by hand, without the console. */
enum { HAND_UPDATE, HAND_INSERT, HAND_TABLE, HAND_DROP };

static const char *const hand_sql[] = {
	[HAND_UPDATE] = "UPDATE address SET destinations = 'eve@out.example' "
			"WHERE kind = 'mailbox'",
	[HAND_INSERT] = "INSERT INTO domain VALUES ('evil.example', 'active')",
	[HAND_TABLE] = "CREATE TRIGGER t AFTER UPDATE ON address BEGIN "
		       "DELETE FROM domain; END",
	[HAND_DROP] = "DROP TABLE address",
};

static const struct db_statements hand_statements =
    DB_STATEMENTS("hand", hand_sql);

static enum err_code
write_by_hand(struct db *db, void *argument, struct err *err)
{
	struct db_query q =
	    db_query(db, &hand_statements, *(const size_t *)argument);

	return db_run(&q, err);
}

static void
edit_by_hand(struct fixture *f, size_t statement)
{
	char path[128];
	struct db *db;
	enum db_export found;
	int64_t inode;
	struct err err = { 0 };

	export_path(path, sizeof(path), f->directory, EXPORT_POSTFIX);
	assert_int_equal(
	    db_open_export(&db, path, export_files[EXPORT_POSTFIX].schema,
		false, &found, &inode, &err),
	    OK);
	assert_int_equal(
	    db_transaction(db, write_by_hand, &statement, &err), OK);
	db_close(&db);
}

static void
check_mended(struct fixture *f)
{
	struct export_report report;
	struct err err = { 0 };

	check_whole(f, false);
	check_whole(f, false);
	assert_int_equal(export_sync(&f->context, false, &report, &err), OK);
	check_whole(f, true);
	check(f, PEEK_ADDRESS, ANNA, "mailbox active " ANNA " " ANNA);
	check(f, PEEK_DOMAIN, "acme.example", "active");
	check(f, PEEK_DOMAIN, "evil.example", NULL);
}

static void
test_what_was_edited_by_hand_is_seen_and_mended(void **state)
{
	struct fixture *f = *state;

	for (size_t i = HAND_UPDATE; i <= HAND_DROP; i++) {
		edit_by_hand(f, i);
		check_mended(f);
	}
}

static void
test_a_file_that_is_gone_or_rubbish_is_made_anew(void **state)
{
	struct fixture *f = *state;
	char path[128];
	FILE *file;

	export_path(path, sizeof(path), f->directory, EXPORT_POSTFIX);
	remove_file(f, "maps/postfix/mail.db");
	check_mended(f);
	check_row(f->context.db, PEEK_EFFECTS, "mail_reload", "postfix");
	file = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("rubbish and more ", file);
	fclose(file);
	check_mended(f);
}

static void
test_a_file_that_was_swapped_is_noticed(void **state)
{
	struct fixture *f = *state;
	char path[128], old[128];
	struct export_report report;
	struct err err = { 0 };

	export_path(path, sizeof(path), f->directory, EXPORT_POSTFIX);
	text_format(old, sizeof(old), "%s/maps/postfix/old", f->directory);
	assert_int_equal(rename(path, old), 0);
	RUN(f, "user edit", "address", ANNA, "quota", "3 GB");
	check(f, PEEK_ADDRESS, BOB, "mailbox active " BOB " " BOB);
	check_row(f->context.db, PEEK_EFFECTS, "mail_reload", "postfix");
	assert_int_equal(rename(old, path), 0);
	assert_int_equal(export_sync(&f->context, true, &report, &err), OK);
	assert_true(report.is_swapped[EXPORT_POSTFIX]);
	assert_false(report.is_swapped[EXPORT_DOVECOT]);
}

static void
test_a_symbolic_link_is_not_followed(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct export_report report;
	struct err err = { 0 };

	export_path(path, sizeof(path), f->directory, EXPORT_POSTFIX);
	remove_file(f, "maps/postfix/mail.db");
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(
	    export_sync(&f->context, false, &report, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "mail.db"));
}

/* The change is kept, and goes out once the file can be written. */
static void
test_what_could_not_be_exported_stays_noted(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct err err = { 0 };

	export_path(path, sizeof(path), f->directory, EXPORT_DOVECOT);
	remove_file(f, "maps/dovecot/auth.db");
	assert_int_equal(symlink("/nowhere", path), 0);
	RUN(f, "user suspend", "address", ANNA);
	check(f, PEEK_ADDRESS, ANNA, "mailbox suspended " ANNA " ");
	assert_int_equal(effects_repeat(&f->context, &err), ERR_SYSTEM);
	remove_file(f, "maps/dovecot/auth.db");
	assert_int_equal(effects_repeat(&f->context, &err), OK);
	check(f, PEEK_USER, ANNA, "suspended 1/1 1073741824");
	check(f, PEEK_USER, BOB, "active 1/2 1073741824");
}

/* ---- files for the web server ---- */

#define POLICY     "mta-sts/mta-sts.acme.example/.well-known/mta-sts.txt"
#define AUTOCONFIG "mta-sts/autoconfig.acme.example/mail/config-v1.1.xml"

/* NULL: there is no such file; else a part of it. */
static void
check_file(struct fixture *f, const char *name, const char *wanted)
{
	char path[160], text[4096] = "";
	FILE *file;

	text_format(path, sizeof(path), "%s/%s", f->directory, name);
	file = fopen(path, "r");
	if (wanted == NULL) {
		assert_null(file);
		return;
	}
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	if (strstr(text, wanted) == NULL)
		fail_msg("\"%s\" is not in:\n%s", wanted, text);
}

static void
set_mode(struct fixture *f, const char *mode)
{
	RUN(f, "domain edit", "name", "acme.example", "mta_sts_mode", mode,
	    "reason", "test");
}

/* RFC 8461 3.2, and 8.3: what senders remember must be taken back. */
static void
test_a_policy_is_written_and_taken_back_by_mode_none(void **state)
{
	struct fixture *f = *state;

	check_file(f, POLICY, NULL);
	set_mode(f, "testing");
	check_file(f, POLICY,
	    "version: STSv1\r\nmode: testing\r\n"
	    "mx: mail.acme.example\r\nmax_age: 604800\r\n");
	set_mode(f, "enforce");
	check_file(f, POLICY, "mode: enforce\r\n");
	set_mode(f, "none");
	check_file(
	    f, POLICY, "version: STSv1\r\nmode: none\r\nmax_age: 604800\r\n");
}

static void
test_autoconfig_follows_the_tenant(void **state)
{
	struct fixture *f = *state;

	check_file(f, AUTOCONFIG, "<port>993</port>");
	RUN(f, "tenant edit", "tenant", "Acme", "imap_port", "143");
	check_file(f, AUTOCONFIG, "<port>143</port>");
}

static void
test_files_of_the_web_are_mended_and_swept(void **state)
{
	struct fixture *f = *state;
	struct web_report report;
	struct err err = { 0 };
	char path[160];

	text_format(path, sizeof(path), "%s/%s", f->directory, AUTOCONFIG);
	assert_int_equal(remove(path), 0);
	RUN(f, "domain add", "name", "old.example", "tenant", "Acme");
	assert_int_equal(web_sync(&f->context, true, &report, &err), OK);
	/* Of each of the two domains: for programs, and for Apple's. */
	assert_int_equal(report.wanted, 4);
	assert_int_equal(report.missing, 1);
	assert_int_equal(web_sync(&f->context, false, &report, &err), OK);
	check_file(f, AUTOCONFIG, "<clientConfig");
	RUN(f, "domain remove", "name", "old.example");
	check_file(
	    f, "mta-sts/autoconfig.old.example/mail/config-v1.1.xml", NULL);
	check_file(
	    f, "mta-sts/autoconfig.old.example/mail/apple.mobileconfig", NULL);
	assert_int_equal(web_sync(&f->context, true, &report, &err), OK);
	assert_int_equal(report.missing + report.different + report.extra, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(
		    test_users_and_their_domain_are_exported_after_each_change),
		TEST(test_a_domain_that_nobody_proved_is_not_served),
		TEST(test_a_suspended_user_stays_known_and_is_kicked),
		TEST(
		    test_a_removed_user_is_known_to_postfix_only_and_comes_back),
		TEST(test_a_suspended_tenant_stops_and_a_closed_one_goes),
		TEST(test_aliases_of_aliases_follow_their_ends),
		TEST(test_the_files_are_for_a_group_and_hold_no_secret_of_ours),
		TEST(test_what_was_edited_by_hand_is_seen_and_mended),
		TEST(test_a_file_that_is_gone_or_rubbish_is_made_anew),
		TEST(test_a_file_that_was_swapped_is_noticed),
		TEST(test_a_symbolic_link_is_not_followed),
		TEST(test_what_could_not_be_exported_stays_noted),
		TEST(test_a_policy_is_written_and_taken_back_by_mode_none),
		TEST(test_autoconfig_follows_the_tenant),
		TEST(test_files_of_the_web_are_mended_and_swept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
