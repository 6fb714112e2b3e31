#include "model/setup.h"

#include "base/text.h"
#include "model/account.h"
#include "model/audit.h"
#include "model/db.h"
#include "model/key.h"

enum setup_sql { SETUP_HAS_ADMIN };

static const char *const setup_sql[] = {
	[SETUP_HAS_ADMIN] = "SELECT 1 FROM account"
			    " WHERE role = 'super_admin' AND deleted_at = 0"
			    " LIMIT 1",
};

const struct db_statements setup_statements = DB_STATEMENTS("setup", setup_sql);

struct first_admin {
	const struct actor *actor;
	struct account account;
	struct key_line key;
};

static enum err_code
check_none(struct db *db, struct err *err)
{
	struct db_query q = db_query(db, &setup_statements, SETUP_HAS_ADMIN);
	const bool has_admin = db_step(&q);
	enum err_code code = db_end(&q, err);

	if (code == OK && has_admin)
		code = err_set(err, ERR_CONFLICT, "admin",
		    "There is a super admin already: that person appoints "
		    "others.");
	return code;
}

static enum err_code
insert(struct db *db, void *argument, struct err *err)
{
	struct first_admin *first = argument;
	struct audit_entry entry = { .operation = "init",
		.target = first->account.address,
		.before = "",
		.after = "role: super_admin" };
	int64_t key_id;
	enum err_code code = check_none(db, err);

	if (code == OK)
		code = account_insert(db, &first->account, err);
	if (code == OK)
		code = key_insert(db, first->actor, first->account.id,
		    &first->key, first->key.key.comment, &key_id, err);
	entry.account_id = first->account.id;
	if (code == OK)
		code = audit_add(db, first->actor, &entry, err);
	return code;
}

static enum err_code
parse(struct first_admin *first, const char *address, const char *public_key,
    struct err *err)
{
	struct address parsed;
	const char *field = "admin";
	enum err_code code = address_parse(&parsed, address, err);

	if (code == OK) {
		address_format(first->account.address, &parsed);
		field = "key";
		code = key_line_parse(&first->key, public_key, err);
	}
	if (code != OK && err != NULL)
		text_copy(err->field, sizeof(err->field), field);
	return code;
}

enum err_code
setup_first_admin(struct context *context, const char *address,
    const char *public_key, struct err *err)
{
	struct first_admin first = {
		.actor = &context->actor,
		.account = { .role = ROLE_SUPER_ADMIN,
		    .status = "active",
		    .mailbox = "none" },
	};
	enum err_code code = parse(&first, address, public_key, err);

	if (code == OK)
		code = db_transaction(context->db, insert, &first, err);
	return code;
}
