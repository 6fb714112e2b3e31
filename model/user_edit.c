/* Users made, one or a file of them, and changed. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/domain.h"
#include "model/import.h"
#include "model/ownership.h"
#include "model/tenant.h"
#include "model/user_input.h"

enum {
	USER_DEFAULT_QUOTA,
	USER_INSERT_ADDRESS,
	USER_LOAD,
	USER_EDIT,
	USER_EDIT_ADDRESS,
};

static const char *const sql[] = {
	[USER_DEFAULT_QUOTA] = "SELECT default_quota_bytes FROM server",
	[USER_INSERT_ADDRESS] =
	    "INSERT INTO address (tenant_id, domain_id, address, kind, "
	    "account_id, may_send, created_at) VALUES (:tenant, :domain, "
	    ":address, 'mailbox', :account, :may_send, :now)",
	[USER_LOAD] = "SELECT version, name, quota_bytes, may_send "
		      "FROM account WHERE address = :address "
		      "AND deleted_at = 0 AND mailbox <> 'none'",
	[USER_EDIT] = "UPDATE account SET name = :name, "
		      "name_folded = :folded, quota_bytes = :quota, "
		      "may_send = :may_send, version = version + 1 "
		      "WHERE id = :id",
	[USER_EDIT_ADDRESS] = "UPDATE address SET may_send = :may_send, "
			      "version = version + 1 WHERE account_id = :id",
};

const struct db_statements user_edit_statements =
    DB_STATEMENTS("user_edit", sql);

/* ---- adding ---- */

static enum err_code
read_default_quota(struct db *db, int64_t *quota, struct err *err)
{
	struct db_query q =
	    db_query(db, &user_edit_statements, USER_DEFAULT_QUOTA);

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
prepare_add(struct context *context, void *input, struct err *err)
{
	struct user_input *in = input;
	enum err_code code = OK;

	if (in->quota == 0)
		code = read_default_quota(context->db, &in->quota, err);
	if (code == OK)
		code = user_prepare_temporary(context, input, err);
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
	struct db_query q =
	    db_query(db, &user_edit_statements, USER_INSERT_ADDRESS);

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
		code = user_check_room(
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
		code = user_set_password(
		    run, account.id, in, is_temporary, 0, err);
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

/* ---- editing ---- */

static enum err_code
prepare_edit(struct context *context, void *input, struct err *err)
{
	struct user_input *in = input;

	return has_external(in)
	    ? user_external_prepare(context, in->address, &in->external, err)
	    : OK;
}

static enum err_code
load_edit(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct user_input *in = input;
	struct db_query q = db_query(db, &user_edit_statements, USER_LOAD);

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
		code = user_check_room(run->db, account.tenant_id, 0,
		    in->quota - account.quota_bytes, err);
	if (code != OK)
		return code;
	db_fold(folded, sizeof(folded), in->name);
	q = db_query(run->db, &user_edit_statements, USER_EDIT);
	db_bind_text(&q, ":name", in->name);
	db_bind_text(&q, ":folded", folded);
	db_bind_int64(&q, ":quota", in->quota);
	db_bind_int64(&q, ":may_send", in->may_send);
	db_bind_int64(&q, ":id", account.id);
	code = db_run(&q, err);
	if (code != OK)
		return code;
	q = db_query(run->db, &user_edit_statements, USER_EDIT_ADDRESS);
	db_bind_int64(&q, ":may_send", in->may_send);
	db_bind_int64(&q, ":id", account.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is changed.", account.address);
	code = db_run(&q, err);
	return code == OK
	    ? user_external_store(run->db, account.id, &in->external, err)
	    : code;
}

/* ---- tables ---- */

/* clang-format off */

#define NAME_FIELD \
	{ .name = "name", .label = "Full name", .help = "Shown in lists and in sent mail.", \
	  .kind = FIELD_TEXT, IN(name) }
#define SEND_FIELD \
	{ .name = "may_send", .label = "May send", .help = "No: the mailbox only receives.", \
	  .kind = FIELD_YES_NO, IN(may_send), .initial = "yes" }

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

const struct operation user_edit_operations[] = {
	{ .name = "user add", .help = "Makes a user with a mailbox and a temporary password.",
	  .action = ACTION_USER_EDIT, .fields = add_fields, .input_size = sizeof(struct user_input),
	  .prepare = prepare_add, .find_target = find_new, .run = run_add },
	{ .name = "user edit", .help = "Changes a user's name, quota and right to send.",
	  .action = ACTION_USER_EDIT, .fields = edit_fields, .input_size = sizeof(struct user_input),
	  .load = load_edit, .prepare = prepare_edit, .find_target = user_find_existing, .run = run_edit },
	{ 0 }
};

const struct operation user_import_row = {
	.name = "user import", .help = "Makes the users of a CSV file.",
	.action = ACTION_USER_EDIT, .fields = import_fields, .input_size = sizeof(struct user_input),
	.find_target = find_new, .run = run_import
};

/* clang-format on */
