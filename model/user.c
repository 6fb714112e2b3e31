#include "model/user.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "model/account.h"
#include "model/domain.h"
#include "model/import.h"
#include "model/ownership.h"
#include "model/password.h"
#include "model/tenant.h"
#include "model/usage.h"
#include "model/user_external.h"

struct user_input {
	char address[ADDRESS_SIZE];
	char name[ACTOR_NAME_SIZE];
	char password[PASSWORD_SIZE];
	char current[PASSWORD_SIZE];
	int64_t quota, may_send;
	struct user_external external;
	/* Filled by prepare(): */
	char generated[RANDOM_PASSWORD_SIZE];
	char hash[PASSWORD_HASH_SIZE];
	char old_hash[PASSWORD_HASH_SIZE];
};

enum {
	USER_DEFAULT_QUOTA,
	USER_INSERT_ADDRESS,
	USER_PASSWORD,
	USER_HASH,
	USER_LOAD,
	USER_EDIT,
	USER_EDIT_ADDRESS,
	USER_STATUS,
	USER_DELETED,
	USER_DELETE_KEYS,
};

static const char *const sql[] = {
	[USER_DEFAULT_QUOTA] = "SELECT default_quota_bytes FROM server",
	[USER_INSERT_ADDRESS] =
	    "INSERT INTO address (tenant_id, domain_id, address, kind, "
	    "account_id, may_send, created_at) VALUES (:tenant, :domain, "
	    ":address, 'mailbox', :account, :may_send, :now)",
	[USER_PASSWORD] =
	    "UPDATE account SET hash = :hash, is_temporary = :temporary, "
	    "password_at = CASE WHEN password_at < :now THEN :now "
	    "ELSE password_at + 1 END, password_login = :login, "
	    "version = version + 1 WHERE id = :id",
	[USER_HASH] = "SELECT hash FROM account WHERE address = :address "
		      "AND deleted_at = 0",
	[USER_LOAD] = "SELECT version, name, quota_bytes, may_send "
		      "FROM account WHERE address = :address "
		      "AND deleted_at = 0 AND mailbox <> 'none'",
	[USER_EDIT] = "UPDATE account SET name = :name, "
		      "name_folded = :folded, quota_bytes = :quota, "
		      "may_send = :may_send, version = version + 1 "
		      "WHERE id = :id",
	[USER_EDIT_ADDRESS] = "UPDATE address SET may_send = :may_send, "
			      "version = version + 1 WHERE account_id = :id",
	[USER_STATUS] = "UPDATE account SET status = :status, "
			"version = version + 1 WHERE id = :id",
	[USER_DELETED] = "UPDATE account SET deleted_at = :at, "
			 "version = version + 1 WHERE id = :id",
	[USER_DELETE_KEYS] = "DELETE FROM ssh_key WHERE account_id = :id",
};

const struct db_statements user_statements = DB_STATEMENTS("user", sql);

/* ---- limits ---- */

/* Inside the transaction: does one more mailbox of that quota fit? */
static enum err_code
check_room(struct db *db, int64_t tenant_id, int64_t more_seats,
    int64_t more_bytes, struct err *err)
{
	struct tenant tenant;
	char left[32], limit[32];
	const enum err_code code = tenant_by_id(db, tenant_id, &tenant, err);

	if (code != OK)
		return code;
	if (more_seats > 0 && tenant.user_count >= tenant.user_limit)
		return err_set(err, ERR_LIMIT, NULL,
		    "No mailbox is left: %lld of %lld are taken.  Remove a "
		    "user, or ask a super admin to raise the user limit of "
		    "%.60s.",
		    (long long)tenant.user_count, (long long)tenant.user_limit,
		    tenant.name);
	if (more_bytes <= 0 ||
	    more_bytes <=
		tenant.storage_limit_bytes - tenant.storage_allocated_bytes)
		return OK;
	text_from_bytes(left, sizeof(left),
	    tenant.storage_limit_bytes > tenant.storage_allocated_bytes
		? tenant.storage_limit_bytes - tenant.storage_allocated_bytes
		: 0);
	text_from_bytes(limit, sizeof(limit), tenant.storage_limit_bytes);
	return err_set(err, ERR_LIMIT, "quota",
	    "Only %s of %s are left for %.60s: choose a smaller quota, or ask "
	    "a super admin to raise the storage limit.",
	    left, limit, tenant.name);
}

/* ---- passwords ---- */

static enum err_code
prepare_temporary(struct context *context, void *input, struct err *err)
{
	struct user_input *in = input;
	enum err_code code;

	(void)context;
	if (in->password[0] == '\0') {
		random_password(in->generated);
		return password_hash(in->hash, in->generated, err);
	}
	code = password_check(in->password, in->address, err);
	return code == OK ? password_hash(in->hash, in->password, err) : code;
}

/* `login_number` is that of the session that goes on, 0 for none: the time
 * differs from the one before, which ends those signed in with that. */
static enum err_code
set_password(struct operation_run *run, int64_t id, const struct user_input *in,
    bool is_temporary, int64_t login_number, struct err *err)
{
	struct db_query q = db_query(run->db, &user_statements, USER_PASSWORD);

	db_bind_text(&q, ":hash", in->hash);
	db_bind_int64(&q, ":temporary", is_temporary);
	db_bind_int64(&q, ":login", login_number);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_int64(&q, ":id", id);
	text_copy(
	    run->result->secret, sizeof(run->result->secret), in->generated);
	return db_run(&q, err);
}

/* The hash of a person who can sign in, "" where there is none. */
static enum err_code
read_hash(struct db *db, const char *address, char to[PASSWORD_HASH_SIZE],
    struct err *err)
{
	struct db_query q = db_query(db, &user_statements, USER_HASH);

	to[0] = '\0';
	db_bind_text(&q, ":address", address);
	if (db_step(&q))
		db_copy(&q, 0, to, PASSWORD_HASH_SIZE);
	return db_end(&q, err);
}

/* Who has no password yet (an admin with a key only) needs no old one. */
static enum err_code
prepare_own(struct context *context, void *input, struct err *err)
{
	struct user_input *in = input;
	const char *address = context->actor.address;
	enum err_code code = read_hash(context->db, address, in->old_hash, err);

	if (code == OK)
		code = password_check(in->password, address, err);
	if (code != OK)
		return code;
	if (in->old_hash[0] != '\0' &&
	    !password_is_right(in->old_hash, in->current))
		return err_set(err, ERR_INVALID, "current",
		    "This is not your present password.");
	if (in->old_hash[0] != '\0' &&
	    password_is_right(in->old_hash, in->password))
		return err_set(err, ERR_INVALID, "password",
		    "This is the password you have now: choose another.");
	return password_hash(in->hash, in->password, err);
}

static enum err_code
find_self(struct operation_run *run, const void *input, struct err *err)
{
	struct account account;

	(void)input;
	return account_target(run, "", &account, err);
}

static enum err_code
run_own_password(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;
	char hash[PASSWORD_HASH_SIZE];
	enum err_code code = read_hash(run->db, run->target.name, hash, err);

	if (code == OK && !text_is_same(hash, in->old_hash))
		return err_set(err, ERR_CONFLICT, "current",
		    "Your password was changed meanwhile: type the new one "
		    "as the present one.");
	if (code == OK)
		code = set_password(run, run->target.id, in, false,
		    run->actor->login_number, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "Your password is changed; it holds for mail programs too.");
	return code;
}

static enum err_code
find_user(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;
	struct account account;
	const enum err_code code =
	    account_target(run, in->address, &account, err);

	if (code == OK && text_is_same(account.mailbox, "none"))
		run->target.is_known = false;
	return code;
}

static enum err_code
run_password(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;

	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s has a temporary password: hand it over through a safe "
	    "channel.",
	    run->target.name);
	return set_password(run, run->target.id, in, true, 0, err);
}

/* ---- add and edit ---- */

static enum err_code
read_default_quota(struct db *db, int64_t *quota, struct err *err)
{
	struct db_query q = db_query(db, &user_statements, USER_DEFAULT_QUOTA);

	if (db_step(&q))
		*quota = db_int64(&q, 0);
	return db_end(&q, err);
}

static bool
has_external(const struct user_input *in)
{
	return in->external.user[0] != '\0' || in->external.password[0] != '\0';
}

static enum err_code
prepare_edit(struct context *context, void *input, struct err *err)
{
	struct user_input *in = input;

	return has_external(in)
	    ? user_external_prepare(context, in->address, &in->external, err)
	    : OK;
}

static enum err_code
prepare_add(struct context *context, void *input, struct err *err)
{
	struct user_input *in = input;
	enum err_code code = OK;

	if (in->quota == 0)
		code = read_default_quota(context->db, &in->quota, err);
	if (code == OK)
		code = prepare_temporary(context, input, err);
	return code == OK && has_external(in)
	    ? user_external_prepare(context, in->address, &in->external, err)
	    : code;
}

static enum err_code
find_new(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;
	struct domain domain;

	return domain_of_new(run, in->address, &domain, err);
}

static enum err_code
insert_address(struct db *db, const struct account *account, int64_t domain_id,
    struct err *err)
{
	struct db_query q = db_query(db, &user_statements, USER_INSERT_ADDRESS);

	db_bind_int64(&q, ":tenant", account->tenant_id);
	db_bind_int64(&q, ":domain", domain_id);
	db_bind_text(&q, ":address", account->address);
	db_bind_int64(&q, ":account", account->id);
	db_bind_int64(&q, ":may_send", account->may_send);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

/* "anna@... is made.  2 of 50 mailboxes are left." */
static enum err_code
say_added(struct operation_run *run, const char *address, struct err *err)
{
	struct tenant tenant;
	const enum err_code code =
	    tenant_by_id(run->db, run->target.tenant_id, &tenant, err);

	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is made.  %lld of %lld mailboxes are left.", address,
	    (long long)(tenant.user_limit - tenant.user_count),
	    (long long)tenant.user_limit);
	return code;
}

/* The account, its address and its hash. */
static enum err_code
insert_user(struct operation_run *run, const struct user_input *in,
    bool is_temporary, struct err *err)
{
	struct account account = { .tenant_id = run->target.tenant_id,
		.role = ROLE_USER,
		.mailbox = "local",
		.quota_bytes = in->quota,
		.may_send = in->may_send != 0 };
	struct domain domain;
	enum err_code code = domain_of_new(run, in->address, &domain, err);

	if (code == OK)
		code = account_check_free(run->db, run->actor,
		    account.tenant_id, "address", in->address, err);
	if (code == OK)
		code = ownership_check_mailbox(run->db, in->address, err);
	if (code == OK)
		code = check_room(
		    run->db, account.tenant_id, 1, account.quota_bytes, err);
	if (code != OK)
		return code;
	text_copy(account.address, sizeof(account.address), in->address);
	text_copy(account.name, sizeof(account.name), in->name);
	code = account_insert(run->db, &account, err);
	run->result->id = run->target.account_id = account.id;
	if (code == OK)
		code = insert_address(run->db, &account, domain.id, err);
	if (code == OK && in->hash[0] != '\0')
		code = set_password(run, account.id, in, is_temporary, 0, err);
	if (code == OK && user_external_is(&in->external))
		code = user_external_store(
		    run->db, account.id, &in->external, err);
	return code;
}

static enum err_code
run_add(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;
	const enum err_code code = insert_user(run, in, true, err);

	return code == OK ? say_added(run, in->address, err) : code;
}

/* A line of a file: the hash comes from another server, and is kept. */
static enum err_code
run_import(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *given = input;
	struct user_input in = *given;
	enum err_code code = OK;

	if (given->hash[0] != '\0')
		code = import_hash(in.hash, sizeof(in.hash), given->hash, err);
	if (code == OK && in.quota == 0)
		code = read_default_quota(run->db, &in.quota, err);
	if (code == OK)
		code = insert_user(run, &in, false, err);
	explicit_bzero(in.hash, sizeof(in.hash));
	return code;
}

static enum err_code
load_edit(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct user_input *in = input;
	struct db_query q = db_query(db, &user_statements, USER_LOAD);

	db_bind_text(&q, ":address", in->address);
	if (db_step(&q)) {
		*version = db_int64(&q, 0);
		db_copy(&q, 1, in->name, sizeof(in->name));
		in->quota = db_int64(&q, 2);
		in->may_send = db_int64(&q, 3);
	}
	if (db_end_found(&q, "There is no such user here.", err) != OK)
		return err->code;
	return user_external_load(db, in->address, &in->external, err);
}

static enum err_code
run_edit(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;
	char folded[ACTOR_NAME_SIZE * 3];
	struct account account;
	struct db_query q;
	enum err_code code =
	    account_find(run->db, run->target.name, &account, err);

	if (code == OK)
		code = check_room(run->db, account.tenant_id, 0,
		    in->quota - account.quota_bytes, err);
	if (code != OK)
		return code;
	db_fold(folded, sizeof(folded), in->name);
	q = db_query(run->db, &user_statements, USER_EDIT);
	db_bind_text(&q, ":name", in->name);
	db_bind_text(&q, ":folded", folded);
	db_bind_int64(&q, ":quota", in->quota);
	db_bind_int64(&q, ":may_send", in->may_send);
	db_bind_int64(&q, ":id", account.id);
	code = db_run(&q, err);
	if (code != OK)
		return code;
	q = db_query(run->db, &user_statements, USER_EDIT_ADDRESS);
	db_bind_int64(&q, ":may_send", in->may_send);
	db_bind_int64(&q, ":id", account.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is changed.", account.address);
	code = db_run(&q, err);
	return code == OK
	    ? user_external_store(run->db, account.id, &in->external, err)
	    : code;
}

/* ---- suspend, remove and back ---- */

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
	q = db_query(run->db, &user_statements, USER_STATUS);
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

static enum err_code
set_deleted(struct operation_run *run, int64_t at, struct err *err)
{
	struct db_query q = db_query(run->db, &user_statements, USER_DELETED);

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
	q = db_query(run->db, &user_statements, USER_DELETE_KEYS);
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
		code = check_room(
		    run->db, account.tenant_id, 1, account.quota_bytes, err);
	if (code == OK)
		code = set_deleted(run, 0, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is back, with mail and password as before.",
	    run->target.name);
	return code;
}

/* ---- tables ---- */

#define IN(member) FIELD(struct user_input, member)

/* clang-format off */
#define ADDRESS_FIELD \
	{ .name = "address", .label = "Address", .help = "The mailbox address, such as support@example.com.", \
	  .kind = FIELD_ADDRESS, IN(address), .is_required = true, .is_main = true, .is_fixed = true }
#define NAME_FIELD \
	{ .name = "name", .label = "Full name", .help = "Shown in lists and in sent mail.", \
	  .kind = FIELD_TEXT, IN(name) }
#define SEND_FIELD \
	{ .name = "may_send", .label = "May send", .help = "No: the mailbox only receives.", \
	  .kind = FIELD_YES_NO, IN(may_send), .initial = "yes" }
#define PASSWORD_FIELD \
	{ .name = "password", .label = "Password", .help = "Empty: a temporary one is made and shown once.", \
	  .kind = FIELD_SECRET, IN(password) }

#define EXTERNAL_FIELDS \
	{ .name = "external_user", .label = "External user", .help = "User name at another IMAP server; empty: the mailbox is on this server.", \
	  .kind = FIELD_TEXT, IN(external.user) }, \
	{ .name = "external_password", .label = "Its password", .help = "Tried there by IMAP and SMTP, then sealed for good; empty: as it is stored.", \
	  .kind = FIELD_SECRET, IN(external.password) }, \
	{ .name = "imap_host", .label = "IMAP host", .help = "An approved host; empty: the tenant's.  For external mailboxes only.", \
	  .kind = FIELD_HOST, IN(external.imap_host) }, \
	{ .name = "imap_port", .label = "IMAP port", .help = "993, or another; empty: the tenant's.", \
	  .kind = FIELD_PORT, IN(external.imap_port) }, \
	{ .name = "smtp_host", .label = "SMTP host", .help = "An approved host; empty: the tenant's.  For external mailboxes only.", \
	  .kind = FIELD_HOST, IN(external.smtp_host) }, \
	{ .name = "smtp_port", .label = "SMTP port", .help = "587, 465 or another; empty: the tenant's.", \
	  .kind = FIELD_PORT, IN(external.smtp_port) }

static const struct field add_fields[] = {
	ADDRESS_FIELD,
	NAME_FIELD,
	PASSWORD_FIELD,
	{ .name = "quota", .label = "Quota", .help = "Most this mailbox may hold, such as 2 GB; empty: the server's default.",
	  .kind = FIELD_BYTES, IN(quota) },
	SEND_FIELD,
	EXTERNAL_FIELDS,
	{ 0 }
};

static const struct field import_fields[] = {
	ADDRESS_FIELD,
	NAME_FIELD,
	{ .name = "quota", .label = "Quota", .help = "Most this mailbox may hold, such as 2 GB; empty: the server's default.",
	  .kind = FIELD_BYTES, IN(quota) },
	SEND_FIELD,
	{ .name = "hash", .label = "Password hash", .help = "From the other server, such as $6$...; empty: no password yet.",
	  .kind = FIELD_TEXT, IN(hash) },
	{ 0 }
};

static const struct field edit_fields[] = {
	ADDRESS_FIELD,
	NAME_FIELD,
	{ .name = "quota", .label = "Quota", .help = "Most this mailbox may hold, such as 2 GB.",
	  .kind = FIELD_BYTES, IN(quota), .is_required = true },
	SEND_FIELD,
	EXTERNAL_FIELDS,
	{ 0 }
};

static const struct field password_fields[] = { ADDRESS_FIELD, PASSWORD_FIELD, { 0 } };
static const struct field which_fields[] = { ADDRESS_FIELD, { 0 } };

static const struct field own_fields[] = {
	{ .name = "current", .label = "Present password", .help = "The one you have now; empty where you have none yet.",
	  .kind = FIELD_SECRET, IN(current) },
	{ .name = "password", .label = "New password", .help = "At least 10 characters; it holds for mail programs too.",
	  .kind = FIELD_SECRET, IN(password), .is_required = true },
	{ 0 }
};

#define WHICH .action = ACTION_USER_EDIT, .fields = which_fields, \
	.input_size = sizeof(struct user_input)

const struct operation user_operations[] = {
	{ .name = "user add", .help = "Makes a user with a mailbox and a temporary password.",
	  .action = ACTION_USER_EDIT, .fields = add_fields, .input_size = sizeof(struct user_input),
	  .prepare = prepare_add, .find_target = find_new, .run = run_add },
	{ .name = "user edit", .help = "Changes a user's name, quota and right to send.",
	  .action = ACTION_USER_EDIT, .fields = edit_fields, .input_size = sizeof(struct user_input),
	  .load = load_edit, .prepare = prepare_edit, .find_target = find_user, .run = run_edit },
	{ .name = "user password", .help = "Gives a user a temporary password, shown once.",
	  .action = ACTION_PASSWORD_RESET, .danger = DANGER_ASK, .fields = password_fields,
	  .input_size = sizeof(struct user_input),
	  .prepare = prepare_temporary, .find_target = find_user, .run = run_password },
	{ .name = "user suspend", .help = "Stops a user's mail and log-in at once; resume undoes it.",
	  .danger = DANGER_ASK, WHICH, .find_target = find_user, .run = run_suspend },
	{ .name = "user resume", .help = "Lets a suspended user work again.",
	  WHICH, .find_target = find_user, .run = run_resume },
	{ .name = "user remove", .help = "Removes a user; mail and address are kept 30 days.",
	  .danger = DANGER_NAME, WHICH, .find_target = find_user, .run = run_remove },
	{ .name = "user restore", .help = "Brings a removed user back within 30 days.",
	  WHICH, .find_target = find_removed, .run = run_restore },
	{ .name = ACTOR_PASSWORD_CHANGE, .help = "Changes your own password.",
	  .action = ACTION_PASSWORD_OWN, .fields = own_fields, .input_size = sizeof(struct user_input),
	  .prepare = prepare_own, .find_target = find_self, .run = run_own_password },
	{ 0 }
};

const struct operation user_import_row = {
	.name = "user import", .help = "Makes the users of a CSV file.",
	.action = ACTION_USER_EDIT, .fields = import_fields, .input_size = sizeof(struct user_input),
	.find_target = find_new, .run = run_import
};

#define USER_COLUMNS \
	{ "address", "ADDRESS", "a.address", NULL, LIST_TEXT, 0, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED }, \
	{ "name", "NAME", "a.name", "a.name_folded", LIST_TEXT, 20, LIST_SORTABLE | LIST_FILTERABLE }, \
	{ "quota_bytes", "QUOTA", "a.quota_bytes", NULL, LIST_BYTES, 9, LIST_SORTABLE }

static const struct list_column columns[] = {
	USER_COLUMNS,
	{ "used_bytes", "USED", "CASE WHEN a.used_at > 0 THEN a.used_bytes END", NULL, LIST_BYTES, 9, 0 },
	{ "login_at", "LOGIN", "a.login_at", NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "status", "STATUS", "CASE t.status WHEN 'active' THEN a.status ELSE t.status END", NULL, LIST_TEXT, 10, 0 },
	{ "tenant", "TENANT", "t.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "role", "ROLE", "a.role", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "mailbox", "MAILBOX", "a.mailbox", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "may_send", "MAY SEND", "a.may_send", NULL, LIST_YES_NO, 0, LIST_DETAIL },
	{ "is_temporary", "PASSWORD IS TEMPORARY", "a.is_temporary", NULL, LIST_YES_NO, 0, LIST_DETAIL },
	{ "password_at", "PASSWORD SET", "a.password_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "used_at", "USE COUNTED", "a.used_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "created_at", "CREATED", "a.created_at", NULL, LIST_MOMENT, 0, LIST_DETAIL | LIST_SORTABLE },
	{ "version", "VERSION", "a.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

/* A page or two at most: the command line waits for it. */
static void
refresh_usage(struct context *context, const char *address)
{
	struct err err;

	if (usage_refresh(context, address, 50, &err) != OK)
		log_warn("%s", err.text);
}

const struct list user_list = {
	.name = "user list", .show = "user show",
	.help = "Users with a mailbox.",
	.empty = "A user has an address, a mailbox and a password for mail programs.",
	.action = ACTION_USER_VIEW,
	.from = "account a JOIN tenant t ON t.id = a.tenant_id",
	.where = "a.mailbox <> 'none' AND a.deleted_at = 0",
	.id = "a.id", .key = "a.address",
	.scope_tenant = "a.tenant_id = :tenant",
	.scope_self = "a.id = :account",
	.of_tenant = "a.tenant_id = :of_tenant",
	.of_domain = "a.id IN (SELECT account_id FROM address WHERE domain_id = :of_domain AND kind = 'mailbox')",
	.of_account = "a.id = :of_account",
	.refresh = refresh_usage,
	.columns = columns,
};

static const struct list_column removed_columns[] = {
	USER_COLUMNS,
	{ "deleted_at", "REMOVED", "a.deleted_at", NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "tenant", "TENANT", "t.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ 0 }
};

const struct list user_removed_list = {
	.name = "removed list", .show = "removed show",
	.help = "Users removed in the last 30 days; user restore brings them back.",
	.empty = "Users who are removed stay here for 30 days.",
	.action = ACTION_USER_VIEW,
	.from = "account a JOIN tenant t ON t.id = a.tenant_id",
	.where = "a.deleted_at <> 0",
	.id = "a.id", .key = "a.address",
	.scope_tenant = "a.tenant_id = :tenant",
	.of_tenant = "a.tenant_id = :of_tenant",
	.columns = removed_columns,
};
/* clang-format on */
