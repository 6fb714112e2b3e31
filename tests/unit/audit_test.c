#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/audit.h"
#include "model/db.h"

/* A log of three rows in a file, which a second hand then forges. */
struct fixture {
	struct context context;
	char directory[64];
	char path[96];
};

static enum err_code
add_three(struct db *db, void *argument, struct err *err)
{
	static const char *const targets[] = { "a@acme.example",
		"b@acme.example", "c@acme.example" };
	const struct actor *actor = argument;

	for (size_t i = 0; i < 3; i++) {
		if (audit_add(db, actor,
			&(struct audit_entry){ .operation = "user add",
			    .target = targets[i],
			    .tenant_id = 1,
			    .before = "",
			    .after = "quota: 2 GB\n" },
			err) != OK)
			return err->code;
	}
	return OK;
}

static int
set_up(void **state)
{
	static struct fixture f;
	struct err err;

	clock_fix(1790000000);
	memset(&f, 0, sizeof(f));
	strcpy(f.directory, "/tmp/core_audit_XXXXXX");
	assert_non_null(mkdtemp(f.directory));
	snprintf(f.path, sizeof(f.path), "%s/postern.db", f.directory);
	assert_int_equal(
	    db_open(&f.context.db, f.path, DB_MAY_CREATE, &err), OK);
	actor_console(&f.context.actor);
	assert_int_equal(
	    db_transaction(f.context.db, add_three, &f.context.actor, &err),
	    OK);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	char command[160];

	db_close(&f->context.db);
	clock_fix(0);
	snprintf(command, sizeof(command), "rm -rf %s", f->directory);
	return system(command);
}

/* As somebody with the file and the sqlite3 shell would. */
static void
forge(const struct fixture *f, const char *sql)
{
	sqlite3 *handle;

	assert_int_equal(sqlite3_open(f->path, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle,
			     "DROP TRIGGER audit_no_update;"
			     "DROP TRIGGER audit_no_delete;",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(handle);
}

static void
assert_broken(struct fixture *f, int64_t id)
{
	struct audit_report report;
	struct err err;

	assert_int_equal(audit_verify(&f->context, &report, &err), OK);
	assert_int_equal(report.broken_id, id);
}

static void
test_an_honest_log_verifies(void **state)
{
	struct fixture *f = *state;
	struct audit_report report;
	struct err err;

	assert_int_equal(audit_verify(&f->context, &report, &err), OK);
	assert_int_equal(report.broken_id, 0);
	assert_int_equal(report.count, 3);
	assert_int_equal(strlen(report.head), 64);
}

static void
test_a_changed_row_is_found(void **state)
{
	struct fixture *f = *state;

	forge(f, "UPDATE audit SET after = 'quota: 3 GB' WHERE id = 2");
	assert_broken(f, 2);
}

static void
test_text_moved_between_columns_is_found(void **state)
{
	struct fixture *f = *state;

	forge(f,
	    "UPDATE audit SET operation = 'user adda',"
	    " target = '@acme.example' WHERE id = 1");
	assert_broken(f, 1);
}

static void
test_a_row_taken_out_is_found(void **state)
{
	struct fixture *f = *state;

	forge(f, "DELETE FROM audit WHERE id = 2");
	assert_broken(f, 3);
}

static void
test_the_log_refuses_changes_by_the_program(void **state)
{
	static const char *const sql[] = { "DELETE FROM audit WHERE id = 1",
		"UPDATE audit SET actor = 'x' WHERE id = 1" };
	const struct db_statements statements = DB_STATEMENTS("test", sql);
	struct fixture *f = *state;
	struct err err;

	for (size_t i = 0; i < 2; i++) {
		struct db_query q = db_query(f->context.db, &statements, i);

		assert_int_equal(db_run(&q, &err), ERR_CONFLICT);
		assert_string_equal(
		    err.text, "The audit log is never changed.");
	}
}

static void
test_a_tenant_admin_cannot_verify_and_is_told_who_can(void **state)
{
	struct fixture *f = *state;
	struct audit_report report;
	struct err err;

	f->context.actor = (struct actor){
		.account_id = -1, .tenant_id = 1, .role = ROLE_TENANT_ADMIN
	};
	assert_int_equal(audit_verify(&f->context, &report, &err), ERR_DENIED);
	assert_non_null(strstr(err.text, "the operator or a super admin"));
}

static void
test_a_key_for_one_tenant_cannot_verify(void **state)
{
	struct fixture *f = *state;
	struct audit_report report;
	struct err err;

	f->context.actor = (struct actor){
		.account_id = -1, .role = ROLE_SUPER_ADMIN, .only_tenant_id = 1
	};
	assert_int_equal(audit_verify(&f->context, &report, &err), ERR_DENIED);
	assert_int_equal(report.count, 0);
	assert_string_equal(report.head, "");
}

static void
test_an_admin_sees_the_rows_of_the_own_tenant_only(void **state)
{
	struct fixture *f = *state;
	struct err err;
	int64_t count;

	f->context.actor = (struct actor){
		.account_id = -1, .tenant_id = 1, .role = ROLE_TENANT_ADMIN
	};
	assert_int_equal(
	    list_count(&f->context, &audit_list, NULL, &count, &err), OK);
	assert_int_equal(count, 3);
	f->context.actor.tenant_id = 2;
	assert_int_equal(
	    list_count(&f->context, &audit_list, NULL, &count, &err), OK);
	assert_int_equal(count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_honest_log_verifies),
		TEST(test_a_changed_row_is_found),
		TEST(test_text_moved_between_columns_is_found),
		TEST(test_a_row_taken_out_is_found),
		TEST(test_the_log_refuses_changes_by_the_program),
		TEST(test_a_tenant_admin_cannot_verify_and_is_told_who_can),
		TEST(test_a_key_for_one_tenant_cannot_verify),
		TEST(test_an_admin_sees_the_rows_of_the_own_tenant_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
