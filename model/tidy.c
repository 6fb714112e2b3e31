#include "model/tidy.h"

#include "base/clock.h"
#include "base/text.h"
#include "model/effects.h"
#include "model/tenant.h"

#define HOMES_TOLD 30 /* in the log */

enum {
	TIDY_COUNT,
	TIDY_HOMES,
	/* In the order in which rows point at each other. */
	TIDY_TARGETS,
	TIDY_EMPTY_ALIASES,
	TIDY_ADDRESSES,
	TIDY_KEYS,
	TIDY_DKIM,
	TIDY_ACCOUNTS,
	TIDY_DOMAINS,
	TIDY_TENANTS,
};

#define OLD_TENANTS                                       \
	"(SELECT id FROM tenant WHERE status = 'closed' " \
	"AND closed_at <> 0 AND closed_at < :before)"
#define OLD_ACCOUNTS                                      \
	"(SELECT id FROM account WHERE (deleted_at <> 0 " \
	"AND deleted_at < :before) OR tenant_id IN " OLD_TENANTS ")"
#define OLD_ADDRESSES                                               \
	"(SELECT id FROM address WHERE account_id IN " OLD_ACCOUNTS \
	" OR tenant_id IN " OLD_TENANTS ")"

static const char *const sql[] = {
	[TIDY_COUNT] =
	    "SELECT (SELECT count(*) FROM account WHERE id IN " OLD_ACCOUNTS
	    "), (SELECT count(*) FROM tenant WHERE id IN " OLD_TENANTS ")",
	[TIDY_HOMES] =
	    "SELECT CASE WHEN home <> '' THEN home "
	    "ELSE tenant_id || '/' || id END FROM account "
	    "WHERE mailbox = 'local' AND id IN " OLD_ACCOUNTS " ORDER BY id",
	[TIDY_TARGETS] =
	    "DELETE FROM alias_target WHERE tenant_id IN " OLD_TENANTS
	    " OR target_id IN " OLD_ADDRESSES,
	[TIDY_EMPTY_ALIASES] =
	    "DELETE FROM address WHERE kind = 'alias' AND NOT EXISTS "
	    "(SELECT 1 FROM alias_target g WHERE g.alias_id = address.id) "
	    "AND NOT EXISTS (SELECT 1 FROM alias_target g "
	    "WHERE g.target_id = address.id)",
	[TIDY_ADDRESSES] = "DELETE FROM address WHERE id IN " OLD_ADDRESSES,
	[TIDY_KEYS] =
	    "DELETE FROM ssh_key WHERE only_tenant_id IN " OLD_TENANTS,
	[TIDY_DKIM] = "DELETE FROM dkim_key WHERE tenant_id IN " OLD_TENANTS,
	[TIDY_ACCOUNTS] = "DELETE FROM account WHERE id IN " OLD_ACCOUNTS,
	[TIDY_DOMAINS] = "DELETE FROM domain WHERE tenant_id IN " OLD_TENANTS,
	[TIDY_TENANTS] = "DELETE FROM tenant WHERE id IN " OLD_TENANTS,
};

const struct db_statements tidy_statements = DB_STATEMENTS("tidy", sql);

static struct db_query
query(struct db *db, size_t statement)
{
	struct db_query q = db_query(db, &tidy_statements, statement);

	db_bind_int64(
	    &q, ":before", clock_now() - INT64_C(86400) * TENANT_KEPT_DAYS);
	return q;
}

/* Mail directories that nobody owns any more: they go once this is written,
 * and the log names the first ones. */
static enum err_code
queue_homes(struct operation_run *run, struct err *err)
{
	struct db_query q = query(run->db, TIDY_HOMES);
	const size_t size = sizeof(run->audit_note);
	size_t count = 0;
	enum err_code code = OK;

	text_append(run->audit_note, size, "mail directories:");
	while (code == OK && db_step(&q)) {
		code = effect_queue(
		    run->db, EFFECT_MAIL_REMOVE, db_text(&q, 0), err);
		if (count++ >= HOMES_TOLD)
			continue;
		text_append(run->audit_note, size, " ");
		text_append(run->audit_note, size, db_text(&q, 0));
	}
	text_append(
	    run->audit_note, size, count > HOMES_TOLD ? " and more\n" : "\n");
	if (code != OK) {
		(void)!db_end(&q, NULL);
		return code;
	}
	return db_end(&q, err);
}

static enum err_code
run_tidy(struct operation_run *run, const void *input, struct err *err)
{
	struct db_query q = query(run->db, TIDY_COUNT);
	long long accounts = 0, tenants = 0;

	(void)input;
	if (db_step(&q)) {
		accounts = (long long)db_int64(&q, 0);
		tenants = (long long)db_int64(&q, 1);
	}
	if (db_end(&q, err) != OK)
		return err->code;
	text_format(run->audit_note, sizeof(run->audit_note),
	    "people: %lld\ntenants: %lld\n", accounts, tenants);
	if (queue_homes(run, err) != OK)
		return err->code;
	for (size_t i = TIDY_TARGETS; i <= TIDY_TENANTS; i++) {
		q = db_query(run->db, &tidy_statements, i);
		if (db_has_parameter(&q, ":before"))
			db_bind_int64(&q, ":before",
			    clock_now() - INT64_C(86400) * TENANT_KEPT_DAYS);
		if (db_run(&q, err) != OK)
			return err->code;
	}
	text_format(run->result->note, sizeof(run->result->note),
	    "%lld people and %lld tenants that were removed more than %d days "
	    "ago are gone for good.",
	    accounts, tenants, TENANT_KEPT_DAYS);
	return OK;
}

/* clang-format off */
const struct operation tidy_operations[] = {
	{ .name = "tidy", .help = "Deletes for good what was removed more than 30 days ago.",
	  .action = ACTION_BACKUP, .danger = DANGER_ASK, .run = run_tidy },
	{ 0 }
};
/* clang-format on */
