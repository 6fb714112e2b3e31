/* Those who administer: appointed, changed, removed. */
#include <string.h>

#include "base/text.h"
#include "model/account.h"
#include "model/key.h"
#include "model/tenant.h"

struct admin_input {
	char address[ADDRESS_SIZE];
	char name[ACTOR_NAME_SIZE];
	char tenant[HOST_NAME_SIZE];
	int64_t role; /* 0: tenant admin, 1: super admin */
	char key[KEY_LINE_SIZE];
};

static const char *const admin_roles[] = { "tenant_admin", "super_admin",
	NULL };

enum {
	ACCOUNT_ROLE,
	ACCOUNT_DELETE,
	ACCOUNT_DELETE_KEYS,
	ACCOUNT_EDIT,
	ACCOUNT_TENANT_NAME,
};

static const char *const sql[] = {
	[ACCOUNT_ROLE] = "UPDATE account SET role = :role, "
			 "version = version + 1 WHERE id = :id",
	[ACCOUNT_DELETE] = "DELETE FROM account WHERE id = :id",
	[ACCOUNT_DELETE_KEYS] = "DELETE FROM ssh_key WHERE account_id = :id",
	[ACCOUNT_EDIT] =
	    "UPDATE account SET name = :name, name_folded = :folded, "
	    "role = :role, tenant_id = :tenant, version = version + 1 "
	    "WHERE id = :id",
	[ACCOUNT_TENANT_NAME] = "SELECT name FROM tenant WHERE id = :id",
};

const struct db_statements account_admin_statements =
    DB_STATEMENTS("account_admin", sql);

/* ---- appointing ---- */

static enum role
role_of(const struct admin_input *in)
{
	return in->role == 0 ? ROLE_TENANT_ADMIN : ROLE_SUPER_ADMIN;
}

static enum err_code
prepare_key(struct context *context, void *input, struct err *err)
{
	const struct admin_input *in = input;
	struct key_line key;
	enum err_code code;

	(void)context;
	if (in->key[0] == '\0')
		return OK;
	code = key_line_parse(&key, in->key, err);
	if (code != OK && err != NULL)
		text_copy(err->field, sizeof(err->field), "key");
	return code;
}

static enum err_code
find_new(struct operation_run *run, const void *input, struct err *err)
{
	const struct admin_input *in = input;
	const char *at = strrchr(in->address, '@');
	enum err_code code = OK;

	if (role_of(in) == ROLE_SUPER_ADMIN)
		run->target.is_known = true;
	else
		code = tenant_target(
		    run, in->tenant[0] != '\0' ? in->tenant : at + 1, err);
	if (code == OK && !run->target.is_known)
		return err_set(err, ERR_NOT_FOUND, "tenant",
		    "Say which tenant: \"%.80s\" is none here.",
		    in->tenant[0] != '\0' ? in->tenant : at + 1);
	run->target.role = role_of(in);
	text_copy(run->target.name, sizeof(run->target.name), in->address);
	return code;
}

static enum err_code
set_role(struct db *db, int64_t id, enum role role, struct err *err)
{
	struct db_query q =
	    db_query(db, &account_admin_statements, ACCOUNT_ROLE);

	db_bind_int64(&q, ":id", id);
	db_bind_text(&q, ":role", role_names[role]);
	return db_run(&q, err);
}

/* A user of the tenant becomes its admin and keeps the mailbox; anybody else
 * gets a new account. */
static enum err_code
appoint(struct operation_run *run, const struct admin_input *in,
    int64_t *account_id, struct err *err)
{
	struct account account;
	enum err_code code = account_find(run->db, in->address, &account, err);

	if (code == OK && account.role == ROLE_USER &&
	    account.deleted_at == 0 && role_of(in) == ROLE_TENANT_ADMIN &&
	    account.tenant_id == run->target.tenant_id) {
		*account_id = account.id;
		return set_role(run->db, account.id, role_of(in), err);
	}
	code = account_check_free(run->db, run->actor, run->target.tenant_id,
	    "address", in->address, err);
	if (code != OK)
		return code;
	account = (struct account){ .tenant_id = run->target.tenant_id,
		.role = role_of(in) };
	text_copy(account.address, sizeof(account.address), in->address);
	text_copy(account.name, sizeof(account.name), in->name);
	code = account_insert(run->db, &account, err);
	*account_id = account.id;
	return code;
}

static enum err_code
run_add(struct operation_run *run, const void *input, struct err *err)
{
	const struct admin_input *in = input;
	struct key_line key;
	int64_t key_id;
	enum err_code code;

	if (!may_grant(run->actor, role_of(in)))
		return err_set(err, ERR_DENIED, "role",
		    "You can't give more rights than you have: a %s is "
		    "appointed by a super admin.",
		    role_titles[role_of(in)]);
	code = appoint(run, in, &run->result->id, err);
	run->target.account_id = run->result->id;
	if (code != OK)
		return code;
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is %s now%s", in->address, role_titles[role_of(in)],
	    in->key[0] != '\0'
		? "."
		: ".  Add an SSH key: without one nobody can sign in.");
	if (in->key[0] == '\0')
		return OK;
	code = key_line_parse(&key, in->key, err);
	if (code == OK)
		code = key_insert(run->db, run->actor, run->result->id, &key,
		    "", &key_id, err);
	return code;
}

/* ---- removing ---- */

static enum err_code
find_admin(struct operation_run *run, const void *input, struct err *err)
{
	const struct admin_input *in = input;
	struct account account;
	const enum err_code code =
	    account_target(run, in->address, &account, err);

	if (code == OK && account.role == ROLE_USER)
		run->target.is_known = false;
	return code;
}

static enum err_code
run_by_id(struct db *db, size_t statement, int64_t id, struct err *err)
{
	struct db_query q = db_query(db, &account_admin_statements, statement);

	db_bind_int64(&q, ":id", id);
	return db_run(&q, err);
}

/* The person's rights end; a mailbox stays. */
static enum err_code
run_remove(struct operation_run *run, const void *input, struct err *err)
{
	struct account account;
	enum err_code code =
	    account_find(run->db, run->target.name, &account, err);

	(void)input;
	if (code != OK)
		return code;
	if (account.role == ROLE_SUPER_ADMIN)
		code = account_check_not_last(run->db, account.id, err);
	if (code == OK && account.id == run->actor->account_id)
		return err_set(err, ERR_CONFLICT, NULL,
		    "You can't remove yourself: ask another super admin.");
	if (code == OK)
		code = run_by_id(run->db, ACCOUNT_DELETE_KEYS, account.id, err);
	if (code != OK)
		return code;
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is no admin any more%s.", account.address,
	    text_is_same(account.mailbox, "none") ? "" : "; the mailbox stays");
	if (!text_is_same(account.mailbox, "none"))
		return set_role(run->db, account.id, ROLE_USER, err);
	return run_by_id(run->db, ACCOUNT_DELETE, account.id, err);
}

/* ---- editing ---- */

static enum err_code
load_edit(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct admin_input *in = input;
	struct account account;
	struct db_query q;
	const enum err_code code = account_find(db, in->address, &account, err);

	if (code != OK)
		return code;
	*version = account.version;
	text_copy(in->name, sizeof(in->name), account.name);
	in->role = account.role == ROLE_SUPER_ADMIN;
	q = db_query(db, &account_admin_statements, ACCOUNT_TENANT_NAME);
	db_bind_int64(&q, ":id", account.tenant_id);
	if (db_step(&q))
		db_copy(&q, 0, in->tenant, sizeof(in->tenant));
	return db_end(&q, err);
}

/* Another role or another tenant: what stands in the way. */
static enum err_code
check_change(struct operation_run *run, const struct account *account,
    const struct account *to, struct err *err)
{
	const bool is_other_role = account->role != to->role;

	if (!is_other_role && account->tenant_id == to->tenant_id)
		return OK;
	if (account->id == run->actor->account_id)
		return err_set(err, ERR_CONFLICT, "role",
		    "You can't change your own rights: ask another super "
		    "admin.");
	if (!may_grant(run->actor, to->role))
		return err_set(err, ERR_DENIED, "role",
		    "You can't give more rights than you have.");
	if (!text_is_same(account->mailbox, "none"))
		return err_set(err, ERR_CONFLICT, "role",
		    "%.100s has a mailbox in the tenant, which can't come "
		    "along: appoint another address.",
		    account->address);
	if (account->role == ROLE_SUPER_ADMIN && is_other_role)
		return account_check_not_last(run->db, account->id, err);
	return OK;
}

/* The tenant of a tenant admin; none for a super admin. */
static enum err_code
find_new_tenant(struct operation_run *run, const struct admin_input *in,
    int64_t *id, struct err *err)
{
	struct tenant tenant;
	enum err_code code;

	*id = 0;
	if (role_of(in) == ROLE_SUPER_ADMIN)
		return OK;
	if (in->tenant[0] == '\0')
		return err_set(err, ERR_INVALID, "tenant",
		    "Say which tenant a tenant admin is for.");
	code = tenant_find(run->db, in->tenant, &tenant, err);
	if (code == OK && run->actor->only_tenant_id != 0 &&
	    run->actor->only_tenant_id != tenant.id)
		code = tenant_not_found(in->tenant, err);
	*id = tenant.id;
	return code;
}

static enum err_code
run_edit(struct operation_run *run, const void *input, struct err *err)
{
	const struct admin_input *in = input;
	struct account account, to;
	char folded[ACTOR_NAME_SIZE * 3];
	struct db_query q;
	enum err_code code =
	    account_find(run->db, run->target.name, &account, err);

	to = account;
	to.role = role_of(in);
	if (code == OK)
		code = find_new_tenant(run, in, &to.tenant_id, err);
	if (code == OK)
		code = check_change(run, &account, &to, err);
	if (code != OK)
		return code;
	db_fold(folded, sizeof(folded), in->name);
	q = db_query(run->db, &account_admin_statements, ACCOUNT_EDIT);
	db_bind_text(&q, ":name", in->name);
	db_bind_text(&q, ":folded", folded);
	db_bind_text(&q, ":role", role_names[to.role]);
	db_bind_id(&q, ":tenant", to.tenant_id);
	db_bind_int64(&q, ":id", account.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is %s.", account.address, role_titles[to.role]);
	return db_run(&q, err);
}

/* ---- tables ---- */

#define IN(member) FIELD(struct admin_input, member)

/* clang-format off */
#define ADDRESS_FIELD \
	{ .name = "address", .label = "Address", .help = "The person's mail address; it may be outside this server.", \
	  .kind = FIELD_ADDRESS, IN(address), .is_required = true, .is_main = true, .is_fixed = true }

static const struct field add_fields[] = {
	ADDRESS_FIELD,
	{ .name = "name", .label = "Full name", .help = "Shown in the title bar and in the audit log.",
	  .kind = FIELD_TEXT, IN(name) },
	{ .name = "role", .label = "Role", .help = "tenant_admin: one tenant; super_admin: everything but the machine.",
	  .kind = FIELD_CHOICE, IN(role), .choices = admin_roles, .initial = "tenant_admin" },
	{ .name = "tenant", .label = "Tenant", .help = "Of a tenant admin; empty: the tenant that has the address's domain.",
	  .kind = FIELD_TEXT, IN(tenant) },
	{ .name = "key", .label = "SSH key", .help = "The one line of the person's .pub file: type, key, comment.",
	  .kind = FIELD_BLOCK, IN(key) },
	{ 0 }
};

static const struct field edit_fields[] = {
	ADDRESS_FIELD,
	{ .name = "name", .label = "Full name", .help = "Shown in the title bar and in the audit log.",
	  .kind = FIELD_TEXT, IN(name) },
	{ .name = "role", .label = "Role", .help = "tenant_admin: one tenant; super_admin: everything but the machine.",
	  .kind = FIELD_CHOICE, IN(role), .choices = admin_roles },
	{ .name = "tenant", .label = "Tenant", .help = "Of a tenant admin: its name, or one of its domains.",
	  .kind = FIELD_TEXT, IN(tenant) },
	{ 0 }
};

static const struct field remove_fields[] = { ADDRESS_FIELD, { 0 } };

const struct operation account_operations[] = {
	{ .name = "admin add", .help = "Appoints a tenant admin or a super admin.",
	  .action = ACTION_ADMIN_EDIT, .fields = add_fields, .input_size = sizeof(struct admin_input),
	  .prepare = prepare_key, .find_target = find_new, .run = run_add },
	{ .name = "admin edit", .help = "Changes an admin's name, role or tenant.",
	  .action = ACTION_ADMIN_EDIT, .fields = edit_fields, .input_size = sizeof(struct admin_input),
	  .load = load_edit, .find_target = find_admin, .run = run_edit },
	{ .name = "admin remove", .help = "Takes an admin's rights and SSH keys away; a mailbox stays.",
	  .action = ACTION_ADMIN_EDIT, .danger = DANGER_NAME, .fields = remove_fields,
	  .input_size = sizeof(struct admin_input), .find_target = find_admin, .run = run_remove },
	{ 0 }
};
/* clang-format on */
