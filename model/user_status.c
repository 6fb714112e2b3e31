/* Users suspended and resumed, removed and brought back. */
#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/tenant.h"
#include "model/user_input.h"

enum {
	USER_STATUS,
	USER_DELETED,
	USER_DELETE_KEYS,
};

static const char *const sql[] = {
	[USER_STATUS] = "UPDATE account SET status = :status, "
			"version = version + 1 WHERE id = :id",
	[USER_DELETED] = "UPDATE account SET deleted_at = :at, "
			 "version = version + 1 WHERE id = :id",
	[USER_DELETE_KEYS] = "DELETE FROM ssh_key WHERE account_id = :id",
};

const struct db_statements user_status_statements =
    DB_STATEMENTS("user_status", sql);

/* What stops a person from signing in must leave a super admin who can. */
static enum err_code
check_stop(struct operation_run *run, struct err *err)
{
	if (run->target.account_id == run->actor->account_id)
		return err_set(err, ERR_CONFLICT, NULL,
		    "You can't do this to yourself: ask another admin.");
	if (run->target.role != ROLE_SUPER_ADMIN)
		return OK;
	return account_check_not_last(run->db, run->target.account_id, err);
}

static enum err_code
set_status(struct operation_run *run, const char *from, const char *to,
    const char *note, struct err *err)
{
	struct account account;
	struct db_query q;
	const enum err_code code =
	    account_find(run->db, run->target.name, &account, err);

	if (code != OK)
		return code;
	if (!text_is_same(account.status, from))
		return err_set(err, ERR_CONFLICT, NULL, "%.100s is %s already.",
		    account.address, account.status);
	q = db_query(run->db, &user_status_statements, USER_STATUS);
	db_bind_text(&q, ":status", to);
	db_bind_int64(&q, ":id", account.id);
	text_format(run->result->note, sizeof(run->result->note), "%.100s %s",
	    account.address, note);
	return db_run(&q, err);
}

static enum err_code
run_suspend(struct operation_run *run, const void *input, struct err *err)
{
	const enum err_code code = check_stop(run, err);

	(void)input;
	if (code != OK)
		return code;
	return set_status(run, "active", "suspended",
	    "is suspended: no log-in and no mail until resumed.", err);
}

static enum err_code
run_resume(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	return set_status(run, "suspended", "active", "is active again.", err);
}

/* ---- removed and back ---- */

static enum err_code
set_deleted(struct operation_run *run, int64_t at, struct err *err)
{
	struct db_query q =
	    db_query(run->db, &user_status_statements, USER_DELETED);

	db_bind_int64(&q, ":at", at);
	db_bind_int64(&q, ":id", run->target.id);
	return db_run(&q, err);
}

static enum err_code
run_remove(struct operation_run *run, const void *input, struct err *err)
{
	struct db_query q;
	enum err_code code = check_stop(run, err);

	(void)input;
	if (code != OK)
		return code;
	code = set_deleted(run, clock_now(), err);
	if (code != OK)
		return code;
	q = db_query(run->db, &user_status_statements, USER_DELETE_KEYS);
	db_bind_int64(&q, ":id", run->target.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is removed.  \"user restore\" brings it back for %d days.",
	    run->target.name, TENANT_KEPT_DAYS);
	return db_run(&q, err);
}

/* Only one that was removed is known here. */
static enum err_code
find_removed(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;
	struct account account;
	const enum err_code code =
	    account_target(run, in->address, &account, err);

	run->target.is_known = code == OK && account.deleted_at != 0;
	return code;
}

static enum err_code
run_restore(struct operation_run *run, const void *input, struct err *err)
{
	struct account account;
	enum err_code code =
	    account_find(run->db, run->target.name, &account, err);

	(void)input;
	if (code == OK)
		code = user_check_room(
		    run->db, account.tenant_id, 1, account.quota_bytes, err);
	if (code == OK)
		code = set_deleted(run, 0, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is back, with mail and password as before.",
	    run->target.name);
	return code;
}

/* ---- tables ---- */

/* clang-format off */

static const struct field which_fields[] = { ADDRESS_FIELD, { 0 } };

#define WHICH .action = ACTION_USER_EDIT, .fields = which_fields, \
	.input_size = sizeof(struct user_input)

const struct operation user_status_operations[] = {
	{ .name = "user suspend", .help = "Stops a user's mail and log-in at once; resume undoes it.",
	  .danger = DANGER_ASK, WHICH, .find_target = user_find_existing, .run = run_suspend },
	{ .name = "user resume", .help = "Lets a suspended user work again.",
	  WHICH, .find_target = user_find_existing, .run = run_resume },
	{ .name = "user remove", .help = "Removes a user; mail and address are kept 30 days.",
	  .danger = DANGER_NAME, WHICH, .find_target = user_find_existing, .run = run_remove },
	{ .name = "user restore", .help = "Brings a removed user back within 30 days.",
	  WHICH, .find_target = find_removed, .run = run_restore },
	{ 0 }
};

/* clang-format on */
