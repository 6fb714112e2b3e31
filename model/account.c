#include "model/account.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/domain.h"

enum {
	ACCOUNT_BY_ADDRESS,
	ACCOUNT_INSERT,
	ACCOUNT_TAKEN,
	ACCOUNT_OTHER_SUPER,
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

/* ---- may it be so ---- */

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

/* ---- making ---- */

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

/* ---- the list of those who administer ---- */

/* clang-format off */
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
