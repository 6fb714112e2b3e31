#include "model/user.h"

#include "base/log.h"
#include "base/text.h"
#include "model/account.h"
#include "model/tenant.h"
#include "model/usage.h"
#include "model/user_input.h"

enum err_code
user_find_existing(
    struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;
	struct account account;
	const enum err_code code =
	    account_target(run, in->address, &account, err);

	if (code == OK && text_is_same(account.mailbox, "none"))
		run->target.is_known = false;
	return code;
}

enum err_code
user_check_room(struct db *db, int64_t tenant_id, int64_t more_seats,
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

/* ---- the lists ---- */

/* clang-format off */

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

/* clang-format on */
