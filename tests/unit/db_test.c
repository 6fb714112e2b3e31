#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/db.h"
#include "model/schema.h"
#include "model/statements.h"

/* Statements of this test alone. */
enum test_sql {
	TEST_SERVER_HOST,
	TEST_SET_HOST,
	TEST_INSERT_HOST,
	TEST_INSERT_TENANT,
	TEST_INSERT_ACCOUNT,
	TEST_INSERT_DOMAIN,
	TEST_INSERT_ADDRESS,
	TEST_INSERT_TARGET,
	TEST_COUNTERS,
	TEST_DELETE_ACCOUNT,
};

static const char *const test_sql[] = {
	[TEST_SERVER_HOST] = "SELECT host_name FROM server WHERE id = :id",
	[TEST_SET_HOST] = "UPDATE server SET host_name = :name",
	[TEST_INSERT_HOST] = "INSERT INTO host (name, state, created_at)"
			     " VALUES (:name, 'approved', 1)",
	[TEST_INSERT_TENANT] =
	    "INSERT INTO tenant (name, name_folded, imap_host_id, imap_port,"
	    " smtp_host_id, smtp_port, user_limit, storage_limit_bytes,"
	    " created_at) VALUES (:name, :name, 1, 993, 1, 587, :limit, 1000,"
	    " 1)",
	[TEST_INSERT_ACCOUNT] =
	    "INSERT INTO account (tenant_id, role, address, mailbox,"
	    " quota_bytes, created_at) VALUES (:tenant, 'user', :address,"
	    " 'local', :quota, 1)",
	[TEST_INSERT_DOMAIN] =
	    "INSERT INTO domain (tenant_id, name, mail_host, created_at)"
	    " VALUES (:tenant, :name, 'mail.example.com', 1)",
	[TEST_INSERT_ADDRESS] =
	    "INSERT INTO address (tenant_id, domain_id, address, kind,"
	    " created_at) VALUES (:tenant, :domain, :address, 'alias', 1)",
	[TEST_INSERT_TARGET] =
	    "INSERT INTO alias_target (tenant_id, alias_id, target_id)"
	    " VALUES (:tenant, :alias, :target)",
	[TEST_COUNTERS] = "SELECT user_count, storage_allocated_bytes,"
			  " alias_count FROM tenant WHERE id = :id",
	[TEST_DELETE_ACCOUNT] = "UPDATE account SET deleted_at = 5"
				" WHERE id = :id",
};

static const struct db_statements statements = DB_STATEMENTS("test", test_sql);

struct fixture {
	struct db *db;
	char directory[64];
	char path[96];
};

static int
set_up(void **state)
{
	static struct fixture fixture;
	struct err err;

	memset(&fixture, 0, sizeof(fixture));
	strcpy(fixture.directory, "/tmp/core_db_XXXXXX");
	assert_non_null(mkdtemp(fixture.directory));
	snprintf(fixture.path, sizeof(fixture.path), "%s/postern.db",
	    fixture.directory);
	if (db_open(&fixture.db, fixture.path, DB_MAY_CREATE, &err) != OK)
		fail_msg("%s", err.text);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	db_close(&fixture->db);
	chmod(fixture->directory, 0700);
	unlink(fixture->path);
	snprintf(path, sizeof(path), "%s-wal", fixture->path);
	unlink(path);
	snprintf(path, sizeof(path), "%s-shm", fixture->path);
	unlink(path);
	rmdir(fixture->directory);
	return 0;
}

/* ---- small helpers ---- */

static enum err_code
set_host(struct db *db, void *name, struct err *err)
{
	struct db_query q = db_query(db, &statements, TEST_SET_HOST);

	db_bind_text(&q, ":name", name);
	return db_run(&q, err);
}

static void
assert_host(struct db *db, const char *name)
{
	struct db_query q = db_query(db, &statements, TEST_SERVER_HOST);
	struct err err;

	db_bind_int64(&q, ":id", 1);
	assert_true(db_step(&q));
	assert_string_equal(db_text(&q, 0), name);
	assert_int_equal(db_end(&q, &err), OK);
}

static enum err_code
insert_tenant(struct db *db, const char *name, int64_t limit, struct err *err)
{
	struct db_query q = db_query(db, &statements, TEST_INSERT_TENANT);

	db_bind_text(&q, ":name", name);
	db_bind_int64(&q, ":limit", limit);
	return db_run(&q, err);
}

/* One host and two tenants of `limit` mailboxes each. */
static enum err_code
insert_tenants(struct db *db, void *limit, struct err *err)
{
	struct db_query q = db_query(db, &statements, TEST_INSERT_HOST);

	db_bind_text(&q, ":name", "mail.example.com");
	if (db_run(&q, err) != OK ||
	    insert_tenant(db, "acme", *(int64_t *)limit, err) != OK)
		return err->code;
	return insert_tenant(db, "globex", *(int64_t *)limit, err);
}

static void
add_tenants(struct db *db, int64_t limit)
{
	struct err err = { 0 };

	if (db_transaction(db, insert_tenants, &limit, &err) != OK)
		fail_msg("%s", err.text);
}

struct account {
	const char *address;
	int64_t quota;
};

static enum err_code
insert_account(struct db *db, void *argument, struct err *err)
{
	const struct account *account = argument;
	struct db_query q = db_query(db, &statements, TEST_INSERT_ACCOUNT);

	db_bind_int64(&q, ":tenant", 1);
	db_bind_text(&q, ":address", account->address);
	db_bind_int64(&q, ":quota", account->quota);
	return db_run(&q, err);
}

static enum err_code
add_account(struct db *db, const char *address, int64_t quota, struct err *err)
{
	return db_transaction(
	    db, insert_account, &(struct account){ address, quota }, err);
}

/* ---- tests ---- */

static void
test_every_statement_prepares_on_the_migrated_schema(void **state)
{
	struct fixture *f = *state;
	struct err err;

	for (size_t i = 0; statements_all[i] != NULL; i++) {
		for (size_t n = 0; n < statements_all[i]->count; n++) {
			struct db_query q =
			    db_query(f->db, statements_all[i], n);

			if (db_end(&q, &err) != OK)
				fail_msg("%s %zu: %s", statements_all[i]->name,
				    n, err.text);
		}
	}
}

static void
test_the_file_is_private_and_the_version_that_of_the_program(void **state)
{
	struct fixture *f = *state;
	int64_t version, newest = 0;
	struct err err;
	struct stat st;

	while (schema_migrations[newest] != NULL)
		newest++;
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(db_schema_version(f->db, &version, &err), OK);
	assert_int_equal(version, newest);
}

static void
test_a_file_of_a_newer_program_is_refused(void **state)
{
	struct fixture *f = *state;
	char newer = 127;
	struct err err;
	int fd;

	db_close(&f->db);
	/* user_version is the last byte of offset 60 of the file's header. */
	fd = open(f->path, O_RDWR);
	assert_int_equal(pwrite(fd, &newer, 1, 63), 1);
	close(fd);
	assert_int_equal(
	    db_open(&f->db, f->path, DB_MUST_EXIST, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "newer version"));
	assert_null(f->db);
}

static void
test_an_unknown_parameter_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct db_query q = db_query(f->db, &statements, TEST_SERVER_HOST);
	struct err err;

	db_bind_int64(&q, ":id", 1);
	db_bind_text(&q, ":wrong", "x");
	assert_false(db_step(&q));
	assert_int_equal(db_end(&q, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, ":wrong"));
}

static void
test_a_parameter_that_is_not_bound_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct db_query q = db_query(f->db, &statements, TEST_SERVER_HOST);
	struct err err;

	assert_false(db_step(&q));
	assert_int_equal(db_end(&q, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, ":id"));
}

static void
test_nothing_is_written_outside_a_transaction(void **state)
{
	struct fixture *f = *state;
	struct err err;
	char name[] = "x";

	assert_int_equal(set_host(f->db, name, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "outside a transaction"));
	assert_host(f->db, "");
	assert_int_equal(db_transaction(f->db, set_host, name, &err), OK);
	assert_host(f->db, "x");
}

static enum err_code
set_host_then_fail(struct db *db, void *argument, struct err *err)
{
	if (set_host(db, argument, err) != OK)
		return err->code;
	return err_set(err, ERR_LIMIT, NULL, "No more.");
}

static void
test_a_failed_transaction_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct err err;
	char name[] = "x";

	assert_int_equal(
	    db_transaction(f->db, set_host_then_fail, name, &err), ERR_LIMIT);
	assert_host(f->db, "");
	assert_false(db_is_in_transaction(f->db));
}

static enum err_code
write_through_another(struct db *db, void *argument, struct err *err)
{
	struct db *other = argument;
	char name[] = "other";
	enum err_code code = db_transaction(other, set_host, name, err);

	(void)db;
	assert_int_equal(code, ERR_BUSY);
	assert_non_null(strstr(err->text, "try again"));
	return OK;
}

static void
test_another_writer_is_busy_and_says_so(void **state)
{
	struct fixture *f = *state;
	struct db *other;
	struct err err;

	assert_int_equal(db_open(&other, f->path, DB_MUST_EXIST, &err), OK);
	db_set_busy_ms(other, 20);
	assert_int_equal(
	    db_transaction(f->db, write_through_another, other, &err), OK);
	assert_host(f->db, "");
	db_close(&other);
}

/* The child becomes somebody who may read the file and nothing else. */
static void
write_as_nobody(const char *path)
{
	struct db *db;
	struct err err;

	if (setresuid(65534, 65534, 65534) != 0)
		_exit(3);
	if (db_open(&db, path, DB_MUST_EXIST, &err) != ERR_SYSTEM)
		_exit(1);
	_exit(strstr(err.text, "can't be written") != NULL &&
		    strstr(err.text, path) != NULL
		? 0
		: 2);
}

static void
test_a_file_that_is_not_writable_is_named(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	db_close(&f->db);
	chmod(f->directory, 0755);
	chmod(f->path, 0644);
	pid = fork();
	if (pid == 0)
		write_as_nobody(f->path);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
test_a_symbolic_link_is_refused(void **state)
{
	struct fixture *f = *state;
	char link[128];
	struct db *db;
	struct err err;

	snprintf(link, sizeof(link), "%s/link.db", f->directory);
	assert_int_equal(symlink(f->path, link), 0);
	assert_int_equal(db_open(&db, link, DB_MAY_CREATE, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "symbolic link"));
	unlink(link);
}

static void
test_a_missing_database_tells_how_to_make_one(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct db *db;
	struct err err;

	snprintf(path, sizeof(path), "%s/none.db", f->directory);
	assert_int_equal(
	    db_open(&db, path, DB_MUST_EXIST, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "postern init"));
}

static void
test_a_taken_name_is_a_conflict_of_its_field(void **state)
{
	struct fixture *f = *state;
	struct err err;

	add_tenants(f->db, 5);
	assert_int_equal(add_account(f->db, "a@acme.example", 1, &err), OK);
	assert_int_equal(
	    add_account(f->db, "a@acme.example", 1, &err), ERR_CONFLICT);
	assert_string_equal(err.field, "address");
}

static void
test_the_user_limit_holds_and_counts(void **state)
{
	struct fixture *f = *state;
	struct err err;
	struct db_query q;

	add_tenants(f->db, 1);
	assert_int_equal(add_account(f->db, "a@acme.example", 10, &err), OK);
	assert_int_equal(
	    add_account(f->db, "b@acme.example", 10, &err), ERR_LIMIT);
	assert_non_null(strstr(err.text, "user limit"));
	q = db_query(f->db, &statements, TEST_COUNTERS);
	db_bind_int64(&q, ":id", 1);
	assert_true(db_step(&q));
	assert_int_equal(db_int64(&q, 0), 1);
	assert_int_equal(db_int64(&q, 1), 10);
	assert_int_equal(db_end(&q, &err), OK);
}

static void
test_the_storage_limit_names_the_quota(void **state)
{
	struct fixture *f = *state;
	struct err err;

	add_tenants(f->db, 5);
	assert_int_equal(
	    add_account(f->db, "a@acme.example", 1001, &err), ERR_LIMIT);
	assert_string_equal(err.field, "quota");
}

static enum err_code
delete_first(struct db *db, void *argument, struct err *err)
{
	struct db_query q = db_query(db, &statements, TEST_DELETE_ACCOUNT);

	(void)argument;
	db_bind_int64(&q, ":id", 1);
	return db_run(&q, err);
}

static void
test_a_deleted_account_gives_its_seat_back(void **state)
{
	struct fixture *f = *state;
	struct err err;

	add_tenants(f->db, 1);
	assert_int_equal(add_account(f->db, "a@acme.example", 900, &err), OK);
	assert_int_equal(db_transaction(f->db, delete_first, NULL, &err), OK);
	assert_int_equal(add_account(f->db, "b@acme.example", 900, &err), OK);
}

/* A process of its own, as two sessions are. */
static void
take_a_seat(const char *path, const char *address, int go)
{
	struct db *db;
	struct err err;
	char byte;

	if (db_open(&db, path, DB_MUST_EXIST, &err) != OK ||
	    read(go, &byte, 1) != 0)
		_exit(100);
	_exit((int)add_account(db, address, 1, &err));
}

static void
test_two_processes_cannot_take_the_last_seat(void **state)
{
	static const char *const addresses[] = { "a@acme.example",
		"b@acme.example" };
	struct fixture *f = *state;
	int status, go[2], taken = 0, refused = 0;
	pid_t pids[2];

	add_tenants(f->db, 1);
	db_close(&f->db);
	assert_int_equal(pipe(go), 0);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(go[1]);
			take_a_seat(f->path, addresses[i], go[0]);
		}
	}
	close(go[1]); /* both start */
	close(go[0]);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		taken += WEXITSTATUS(status) == OK;
		refused += WEXITSTATUS(status) == ERR_LIMIT;
	}
	assert_int_equal(taken, 1);
	assert_int_equal(refused, 1);
}

/* Statement by number with two or three whole numbers and a text. */
static enum err_code
insert_cross_tenant_alias(struct db *db, void *argument, struct err *err)
{
	struct db_query q;

	(void)argument;
	for (int64_t tenant = 1; tenant <= 2; tenant++) {
		const char *name =
		    tenant == 1 ? "acme.example" : "globex.example";

		q = db_query(db, &statements, TEST_INSERT_DOMAIN);
		db_bind_int64(&q, ":tenant", tenant);
		db_bind_text(&q, ":name", name);
		if (db_run(&q, err) != OK)
			return err->code;
		q = db_query(db, &statements, TEST_INSERT_ADDRESS);
		db_bind_int64(&q, ":tenant", tenant);
		db_bind_int64(&q, ":domain", tenant);
		db_bind_text(&q, ":address", name);
		if (db_run(&q, err) != OK)
			return err->code;
	}
	q = db_query(db, &statements, TEST_INSERT_TARGET);
	db_bind_int64(&q, ":tenant", 1);
	db_bind_int64(&q, ":alias", 1);
	db_bind_int64(&q, ":target", 2);
	return db_run(&q, err);
}

static void
test_the_database_refuses_an_alias_into_another_tenant(void **state)
{
	struct fixture *f = *state;
	struct err err;

	add_tenants(f->db, 5);
	assert_int_equal(
	    db_transaction(f->db, insert_cross_tenant_alias, NULL, &err),
	    ERR_CONFLICT);
	assert_non_null(strstr(err.text, "another tenant"));
}

static void
test_text_is_folded_for_searching(void **state)
{
	char to[32];

	(void)state;
	assert_true(db_fold(to, sizeof(to), "ACME gmbh"));
	assert_string_equal(to, "acme gmbh");
	assert_true(db_fold(to, sizeof(to),
	    "M\xC3\x9CLLER Stra\xC3\x9F"
	    "e"));
	assert_string_equal(to, "m\xC3\xBCller strasse");
	assert_false(db_fold(to, 4, "ACME"));
	assert_string_equal(to, "acm");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_statement_prepares_on_the_migrated_schema),
		TEST(
		    test_the_file_is_private_and_the_version_that_of_the_program),
		TEST(test_a_file_of_a_newer_program_is_refused),
		TEST(test_an_unknown_parameter_is_an_error),
		TEST(test_a_parameter_that_is_not_bound_is_an_error),
		TEST(test_nothing_is_written_outside_a_transaction),
		TEST(test_a_failed_transaction_changes_nothing),
		TEST(test_another_writer_is_busy_and_says_so),
		TEST(test_a_file_that_is_not_writable_is_named),
		TEST(test_a_symbolic_link_is_refused),
		TEST(test_a_missing_database_tells_how_to_make_one),
		TEST(test_a_taken_name_is_a_conflict_of_its_field),
		TEST(test_the_user_limit_holds_and_counts),
		TEST(test_the_storage_limit_names_the_quota),
		TEST(test_a_deleted_account_gives_its_seat_back),
		TEST(test_two_processes_cannot_take_the_last_seat),
		TEST(test_the_database_refuses_an_alias_into_another_tenant),
		TEST(test_text_is_folded_for_searching),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
