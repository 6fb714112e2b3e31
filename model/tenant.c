#include "model/tenant.h"

#include "base/text.h"

enum {
	TENANT_BY_NAME,
	TENANT_BY_ID,
};

#define TENANT_COLUMNS                                                     \
	"SELECT t.id, t.version, t.name, t.status, t.user_limit, "         \
	"t.user_count, t.storage_limit_bytes, t.storage_allocated_bytes, " \
	"t.closed_at FROM tenant t "

static const char *const sql[] = {
	[TENANT_BY_NAME] = TENANT_COLUMNS
	"WHERE t.name_folded = :name OR t.id = "
	"(SELECT tenant_id FROM domain WHERE name = :domain)",
	[TENANT_BY_ID] = TENANT_COLUMNS "WHERE t.id = :id",
};

const struct db_statements tenant_statements = DB_STATEMENTS("tenant", sql);

/* ---- finding ---- */

static void
read_row(const struct db_query *q, struct tenant *tenant)
{
	tenant->id = db_int64(q, 0);
	tenant->version = db_int64(q, 1);
	db_copy(q, 2, tenant->name, sizeof(tenant->name));
	db_copy(q, 3, tenant->status, sizeof(tenant->status));
	tenant->user_limit = db_int64(q, 4);
	tenant->user_count = db_int64(q, 5);
	tenant->storage_limit_bytes = db_int64(q, 6);
	tenant->storage_allocated_bytes = db_int64(q, 7);
	tenant->closed_at = db_int64(q, 8);
}

enum err_code
tenant_not_found(const char *name, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, NULL,
	    "There is no tenant \"%.100s\" here.", name);
}

enum err_code
tenant_find(
    struct db *db, const char *name, struct tenant *tenant, struct err *err)
{
	char folded[TENANT_NAME_SIZE * 3];
	struct host_name domain;
	struct db_query q;
	bool is_found;
	enum err_code code;

	*tenant = (struct tenant){ 0 };
	if (!db_fold(folded, sizeof(folded), name))
		return tenant_not_found(name, err);
	if (host_name_parse(&domain, name, NULL) != OK)
		domain.text[0] = '\0';
	q = db_query(db, &tenant_statements, TENANT_BY_NAME);
	db_bind_text(&q, ":name", folded);
	db_bind_text(&q, ":domain", domain.text);
	is_found = db_step(&q);
	if (is_found)
		read_row(&q, tenant);
	code = db_end(&q, err);
	return code != OK || is_found ? code : tenant_not_found(name, err);
}

enum err_code
tenant_by_id(struct db *db, int64_t id, struct tenant *tenant, struct err *err)
{
	struct db_query q = db_query(db, &tenant_statements, TENANT_BY_ID);

	*tenant = (struct tenant){ 0 };
	db_bind_int64(&q, ":id", id);
	if (db_step(&q))
		read_row(&q, tenant);
	return db_end_found(&q, "This tenant is no longer here.", err);
}

enum err_code
tenant_target(struct operation_run *run, const char *name, struct err *err)
{
	const int64_t own = actor_tenant(run->actor);
	struct tenant tenant;
	enum err_code code;

	if (name[0] == '\0' && own == 0)
		return err_set(err, ERR_INVALID, "tenant",
		    "Say which tenant: its name, or one of its domains.");
	code = name[0] == '\0' ? tenant_by_id(run->db, own, &tenant, err)
			       : tenant_find(run->db, name, &tenant, err);
	if (code == ERR_NOT_FOUND) {
		text_copy(run->target.name, sizeof(run->target.name), name);
		return OK;
	}
	if (code != OK)
		return code;
	run->target.is_known = true;
	run->target.tenant_id = tenant.id;
	text_copy(run->target.name, sizeof(run->target.name), tenant.name);
	return OK;
}

/* ---- the list ---- */

/* clang-format off */

static const struct list_column columns[] = {
	{ "name", "TENANT", "t.name", "t.name_folded", LIST_TEXT, 0, LIST_SORTABLE | LIST_FILTERABLE },
	{ "primary_domain", "PRIMARY DOMAIN", "coalesce(d.name, '')", NULL, LIST_TEXT, 22, LIST_FILTERABLE | LIST_FOLDED },
	{ "user_count", "USERS", "t.user_count", NULL, LIST_NUMBER, 6, 0 },
	{ "user_limit", "OF", "t.user_limit", NULL, LIST_NUMBER, 6, 0 },
	{ "storage_allocated_bytes", "STORAGE", "t.storage_allocated_bytes", NULL, LIST_BYTES, 9, 0 },
	{ "storage_limit_bytes", "OF", "t.storage_limit_bytes", NULL, LIST_BYTES, 9, 0 },
	{ "status", "STATUS", "t.status", NULL, LIST_TEXT, 10, 0 },
	{ "alias_count", "ALIASES", "t.alias_count", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "domains", "DOMAINS", "(SELECT coalesce(group_concat(x.name, ', '), '') FROM domain x WHERE x.tenant_id = t.id)", NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "mail_host", "MAIL HOST", "coalesce(d.mail_host, '')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "imap_host", "IMAP HOST", "h.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "imap_port", "IMAP PORT", "t.imap_port", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "smtp_host", "SMTP HOST", "s.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "smtp_port", "SMTP PORT", "t.smtp_port", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "mail_at", "MAIL IS", "coalesce(i.mail_at, 'local')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "dns_provider", "DNS PROVIDER", "coalesce(i.dns_provider, '')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "dns_login", "DNS LOGIN", "coalesce(i.dns_login, '')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "wants_smime", "S/MIME WANTED", "coalesce(i.wants_smime, 0)", NULL, LIST_YES_NO, 0, LIST_DETAIL },
	{ "smime_failure", "S/MIME FAILURE", "t.smime_failure", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "mailboxes", "EXPECTED MAILBOXES", "coalesce(i.mailboxes, '')", NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "admins", "ADMINS", "(SELECT coalesce(group_concat(a.address, ', '), '') FROM account a WHERE a.tenant_id = t.id AND a.role = 'tenant_admin' AND a.deleted_at = 0)", NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "created_at", "CREATED", "t.created_at", NULL, LIST_MOMENT, 0, LIST_DETAIL | LIST_SORTABLE },
	{ "closed_at", "CLOSED", "t.closed_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "version", "VERSION", "t.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list tenant_list = {
	.name = "tenant list", .show = "tenant show",
	.help = "Customer organisations with their limits and status.",
	.empty = "A tenant is a customer organisation with its domains, users and limits.",
	.action = ACTION_TENANT_VIEW,
	.from = "tenant t JOIN host h ON h.id = t.imap_host_id "
		"JOIN host s ON s.id = t.smtp_host_id "
		"LEFT JOIN domain d ON d.tenant_id = t.id AND d.is_primary = 1 "
		"LEFT JOIN intake i ON i.tenant_id = t.id",
	.id = "t.id", .key = "t.name", .find = "t.name_folded",
	.scope_tenant = "t.id = :tenant",
	.of_tenant = "t.id = :of_tenant",
	.columns = columns,
};
/* clang-format on */

/* clang-format on */
