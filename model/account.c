#include "model/account.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/domain.h"
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
	ACCOUNT_BY_ADDRESS,
	ACCOUNT_INSERT,
	ACCOUNT_TAKEN,
	ACCOUNT_OTHER_SUPER,
	ACCOUNT_ROLE,
	ACCOUNT_DELETE,
	ACCOUNT_DELETE_KEYS,
	ACCOUNT_STILL,
	ACCOUNT_EDIT,
	ACCOUNT_TENANT_NAME,
};

static const char *const sql[] = {
	[ACCOUNT_BY_ADDRESS] =
	    "SELECT id, tenant_id, version, role, address, name, status, "
	    "mailbox, quota_bytes, deleted_at, may_send FROM account "
	    "WHERE address = :address",
	[ACCOUNT_INSERT] =
	    "INSERT INTO account (tenant_id, role, address, name, "
	    "name_folded, mailbox, quota_bytes, may_send, created_at) "
	    "VALUES (:tenant, :role, :address, :name, :folded, :mailbox, "
	    ":quota, :may_send, :now)",
	[ACCOUNT_TAKEN] =
	    "SELECT CASE WHEN deleted_at <> 0 THEN 'removed' "
	    "WHEN role <> 'user' AND mailbox = 'none' THEN 'admin' "
	    "ELSE 'user' END, coalesce(tenant_id, 0) FROM account "
	    "WHERE address = :address UNION ALL "
	    "SELECT kind, tenant_id FROM address WHERE address = :address "
	    "AND kind = 'alias' LIMIT 1",
	[ACCOUNT_OTHER_SUPER] =
	    "SELECT 1 FROM account WHERE role = 'super_admin' "
	    "AND status = 'active' AND deleted_at = 0 AND id <> :id "
	    "AND EXISTS (SELECT 1 FROM ssh_key k WHERE k.account_id = "
	    "account.id AND (k.expires_at = 0 OR k.expires_at > :now)) "
	    "LIMIT 1",
	[ACCOUNT_ROLE] = "UPDATE account SET role = :role, "
			 "version = version + 1 WHERE id = :id",
	[ACCOUNT_DELETE] = "DELETE FROM account WHERE id = :id",
	[ACCOUNT_DELETE_KEYS] = "DELETE FROM ssh_key WHERE account_id = :id",
	[ACCOUNT_EDIT] =
	    "UPDATE account SET name = :name, name_folded = :folded, "
	    "role = :role, tenant_id = :tenant, version = version + 1 "
	    "WHERE id = :id",
	[ACCOUNT_TENANT_NAME] = "SELECT name FROM tenant WHERE id = :id",
	[ACCOUNT_STILL] =
	    "SELECT a.role, coalesce(a.tenant_id, 0), a.deleted_at = 0 "
	    "AND a.status = 'active' "
	    "AND coalesce(t.status, 'active') = 'active', "
	    ":key = 0 OR EXISTS (SELECT 1 FROM ssh_key k WHERE k.id = :key "
	    "AND k.account_id = a.id "
	    "AND (k.expires_at = 0 OR k.expires_at > :now)), "
	    ":login = 0 OR a.password_at = :password_at "
	    "OR a.password_login = :login, "
	    ":login = 0 OR (SELECT may_use_password FROM server) <> 0, "
	    "a.is_temporary "
	    "FROM account a LEFT JOIN tenant t ON t.id = a.tenant_id "
	    "WHERE a.id = :id",
};

const struct db_statements account_statements = DB_STATEMENTS("account", sql);

/* ---- finding ---- */

enum err_code
account_find(struct db *db, const char *address, struct account *account,
    struct err *err)
{
	struct db_query q =
	    db_query(db, &account_statements, ACCOUNT_BY_ADDRESS);
	bool is_found;
	enum err_code code;

	*account = (struct account){ 0 };
	db_bind_text(&q, ":address", address);
	is_found = db_step(&q);
	if (is_found) {
		account->id = db_int64(&q, 0);
		account->tenant_id = db_int64(&q, 1);
		account->version = db_int64(&q, 2);
		if (!role_by_name(&account->role, db_text(&q, 3)))
			account->role = ROLE_USER;
		db_copy(&q, 4, account->address, sizeof(account->address));
		db_copy(&q, 5, account->name, sizeof(account->name));
		db_copy(&q, 6, account->status, sizeof(account->status));
		db_copy(&q, 7, account->mailbox, sizeof(account->mailbox));
		account->quota_bytes = db_int64(&q, 8);
		account->deleted_at = db_int64(&q, 9);
		account->may_send = db_int64(&q, 10) != 0;
	}
	code = db_end(&q, err);
	if (code != OK || is_found)
		return code;
	return err_set(err, ERR_NOT_FOUND, "address",
	    "There is nobody with the address \"%.100s\" here.", address);
}

/* What the rows say of a session now. */
struct standing {
	bool is_same, is_active, has_key, has_password, takes_passwords;
	bool is_temporary;
};

static enum err_code
read_standing(struct db *db, const struct actor *actor, struct standing *now,
    struct err *err)
{
	struct db_query q = db_query(db, &account_statements, ACCOUNT_STILL);

	*now = (struct standing){ 0 };
	db_bind_int64(&q, ":id", actor->account_id);
	db_bind_int64(&q, ":key", actor->key_id);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_int64(&q, ":login", actor->login_number);
	db_bind_int64(&q, ":password_at", actor->password_at);
	if (db_step(&q)) {
		now->is_same =
		    text_is_same(db_text(&q, 0), role_names[actor->role]) &&
		    db_int64(&q, 1) == actor->tenant_id;
		now->is_active = db_int64(&q, 2) != 0;
		now->has_key = db_int64(&q, 3) != 0;
		now->has_password = db_int64(&q, 4) != 0;
		now->takes_passwords = db_int64(&q, 5) != 0;
		now->is_temporary = db_int64(&q, 6) != 0;
	}
	return db_end(&q, err);
}

static const char *
why_ended(const struct standing *now)
{
	if (!now->is_same)
		return "your rights were changed; sign in again";
	if (!now->has_key)
		return "the key you signed in with is gone or expired";
	if (!now->is_active)
		return "your account or your tenant is stopped";
	if (!now->takes_passwords)
		return "passwords are switched off";
	if (!now->has_password)
		return "your password was changed; sign in again";
	return NULL;
}

static enum err_code
check_standing(struct db *db, const struct actor *actor, struct standing *now,
    struct err *err)
{
	const char *why;

	if (read_standing(db, actor, now, err) != OK)
		return err->code;
	why = why_ended(now);
	return why == NULL ? OK
			   : err_set(err, ERR_DENIED, NULL,
				 "This session has ended: %s.", why);
}

enum err_code
account_check_still(struct db *db, const struct actor *actor, struct err *err)
{
	struct standing now;

	if (actor->account_id <= 0)
		return OK; /* no row: the console, or nobody, as may() knows */
	return check_standing(db, actor, &now, err);
}

enum err_code
account_go_on(struct db *db, struct actor *actor, struct err *err)
{
	struct standing now;

	if (actor->account_id <= 0)
		return OK;
	if (check_standing(db, actor, &now, err) != OK)
		return err->code;
	if (actor->login_number != 0)
		actor->is_password_temporary = now.is_temporary;
	return OK;
}

enum err_code
account_target(struct operation_run *run, const char *address,
    struct account *account, struct err *err)
{
	const char *whose = address[0] == '\0' ? run->actor->address : address;
	const enum err_code code = account_find(run->db, whose, account, err);

	text_copy(run->target.name, sizeof(run->target.name), whose);
	if (code != OK)
		return code == ERR_NOT_FOUND ? OK : code;
	run->target.is_known = account->deleted_at == 0;
	run->target.id = run->target.account_id = account->id;
	run->target.tenant_id = account->tenant_id;
	run->target.role = account->role;
	run->target.version = account->version;
	return OK;
}

/* Words for what has the address already. */
static enum err_code
refuse_taken(
    const char *what, const char *field, const char *address, struct err *err)
{
	if (text_is_same(what, "removed"))
		return err_set(err, ERR_CONFLICT, field,
		    "%.100s is a user who was removed lately: bring it back "
		    "with: user restore %.80s",
		    address, address);
	return err_set(err, ERR_CONFLICT, field, "%.100s is %s already.",
	    address,
	    text_is_same(what, "alias")      ? "an alias"
		: text_is_same(what, "user") ? "a user"
					     : "an admin");
}

/* An address in somebody else's domain would take it from them. */
static enum err_code
check_domain(struct db *db, int64_t tenant_id, const char *field,
    const char *address, struct err *err)
{
	const char *at = strrchr(address, '@');
	struct domain domain;
	const enum err_code code =
	    domain_find(db, at == NULL ? "" : at + 1, &domain, err);

	if (code == ERR_NOT_FOUND ||
	    (code == OK && (domain.tenant_id == tenant_id || tenant_id == 0)))
		return OK;
	if (code != OK)
		return code;
	return err_set(err, ERR_CONFLICT, field,
	    "%.100s lies in a domain of another tenant.", address);
}

enum err_code
account_check_free(struct db *db, const struct actor *actor, int64_t tenant_id,
    const char *field, const char *address, struct err *err)
{
	struct db_query q = db_query(db, &account_statements, ACCOUNT_TAKEN);
	const int64_t own = actor_tenant(actor);
	char what[12] = "";
	bool is_shown = false;
	enum err_code code;

	db_bind_text(&q, ":address", address);
	if (db_step(&q)) {
		db_copy(&q, 0, what, sizeof(what));
		is_shown = own == 0 || own == db_int64(&q, 1);
	}
	code = db_end(&q, err);
	if (code != OK)
		return code;
	if (what[0] == '\0')
		return check_domain(db, tenant_id, field, address, err);
	if (is_shown)
		return refuse_taken(what, field, address, err);
	return err_set(err, ERR_CONFLICT, field,
	    "%.100s is in use on this server already.", address);
}

enum err_code
account_check_not_last(struct db *db, int64_t account_id, struct err *err)
{
	struct db_query q =
	    db_query(db, &account_statements, ACCOUNT_OTHER_SUPER);
	bool has_other;
	enum err_code code;

	db_bind_int64(&q, ":id", account_id);
	db_bind_int64(&q, ":now", clock_now());
	has_other = db_step(&q);
	code = db_end(&q, err);
	if (code == OK && !has_other)
		return err_set(err, ERR_CONFLICT, NULL,
		    "This is the last super admin who can sign in: appoint "
		    "another one with a key first.");
	return code;
}

/* ---- changing ---- */

enum err_code
account_insert(struct db *db, struct account *account, struct err *err)
{
	struct db_query q = db_query(db, &account_statements, ACCOUNT_INSERT);
	char folded[ACTOR_NAME_SIZE * 3];
	enum err_code code;

	if (account->mailbox[0] == '\0')
		text_copy(account->mailbox, sizeof(account->mailbox), "none");
	db_fold(folded, sizeof(folded), account->name);
	db_bind_id(&q, ":tenant", account->tenant_id);
	db_bind_text(&q, ":role", role_names[account->role]);
	db_bind_text(&q, ":address", account->address);
	db_bind_text(&q, ":name", account->name);
	db_bind_text(&q, ":folded", folded);
	db_bind_text(&q, ":mailbox", account->mailbox);
	db_bind_int64(&q, ":quota", account->quota_bytes);
	db_bind_int64(&q, ":may_send", account->may_send);
	db_bind_int64(&q, ":now", clock_now());
	code = db_run(&q, err);
	account->id = code == OK ? db_last_id(db) : 0;
	return code;
}

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
	struct db_query q = db_query(db, &account_statements, ACCOUNT_ROLE);

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
	struct db_query q = db_query(db, &account_statements, statement);

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
	q = db_query(db, &account_statements, ACCOUNT_TENANT_NAME);
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
	q = db_query(run->db, &account_statements, ACCOUNT_EDIT);
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

static const struct list_column columns[] = {
	{ "address", "ADDRESS", "a.address", NULL, LIST_TEXT, 0, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "name", "NAME", "a.name", "a.name_folded", LIST_TEXT, 20, LIST_SORTABLE | LIST_FILTERABLE },
	{ "role", "ROLE", "a.role", NULL, LIST_TEXT, 12, LIST_FILTERABLE | LIST_FOLDED },
	{ "tenant", "TENANT", "coalesce(t.name, '')", NULL, LIST_TEXT, 16, LIST_FILTERABLE },
	{ "keys", "KEYS", "(SELECT count(*) FROM ssh_key k WHERE k.account_id = a.id)", NULL, LIST_NUMBER, 5, 0 },
	{ "login_at", "LOGIN", "a.login_at", NULL, LIST_MOMENT, 12, 0 },
	{ "login_from", "FROM", "a.login_from", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "status", "STATUS", "a.status", NULL, LIST_TEXT, 10, LIST_DETAIL },
	{ "mailbox", "MAILBOX", "a.mailbox", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "created_at", "CREATED", "a.created_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "version", "VERSION", "a.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list account_list = {
	.name = "admin list", .show = "admin show",
	.help = "People who administer, their role and tenant.",
	.empty = "An admin signs in with an SSH key and administers one tenant, or all.",
	.action = ACTION_KEY_VIEW,
	.from = "account a LEFT JOIN tenant t ON t.id = a.tenant_id",
	.where = "a.role <> 'user' AND a.deleted_at = 0",
	.id = "a.id", .key = "a.address",
	.scope_tenant = "a.tenant_id = :tenant",
	.scope_self = "a.id = :account",
	.of_tenant = "a.tenant_id = :of_tenant",
	.of_account = "a.id = :of_account",
	.columns = columns,
};
/* clang-format on */
