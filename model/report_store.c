#include "model/report_store.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/domain.h"
#include "model/mail_setup.h"
#include "model/permission.h"

#define DAY       INT64_C(86400)
#define COUNT_MAX INT64_C(1000000000) /* of a row: sums can't overflow */

enum {
	REPORT_OLD,
	REPORT_TODAY,
	REPORT_ADD,
	REPORT_ADD_ROW,
	REPORT_COUNT,
	REPORT_SUMS,
	REPORT_HOMES,
	REPORT_READ_UNTIL,
	REPORT_NOTE_READ,
};

static const char *const sql[] = {
	[REPORT_OLD] = "DELETE FROM report WHERE begin_at < :before",
	[REPORT_TODAY] = "SELECT count(*) FROM report "
			 "WHERE domain_id = :domain AND stored_at > :since",
	[REPORT_ADD] =
	    "INSERT INTO report (domain_id, kind, reporter, name, begin_at, "
	    "end_at, stored_at) VALUES (:domain, :kind, :reporter, :name, "
	    ":begin, :end, :now) ON CONFLICT DO NOTHING",
	[REPORT_ADD_ROW] =
	    "INSERT INTO report_row (report_id, source, result, disposition, "
	    "passed, failed, dkim, spf) VALUES (:report, :source, :result, "
	    ":disposition, :passed, :failed, :dkim, :spf)",
	[REPORT_COUNT] =
	    "SELECT count(*) FROM report WHERE domain_id = :domain "
	    "AND kind = :kind AND begin_at >= :since",
	[REPORT_SUMS] =
	    "SELECT r.source, r.result, r.disposition, sum(r.passed), "
	    "sum(r.failed), sum(r.dkim), sum(r.spf) FROM report p "
	    "JOIN report_row r ON r.report_id = p.id "
	    "WHERE p.domain_id = :domain AND p.kind = :kind "
	    "AND p.begin_at >= :since "
	    "GROUP BY r.source, r.result, r.disposition "
	    "ORDER BY sum(r.passed) + sum(r.failed) DESC, r.source, r.result",
	/* An address of its own, or the people behind an alias. */
	[REPORT_HOMES] =
	    "WITH RECURSIVE reached (id) AS (SELECT a.id FROM address a, "
	    "server s WHERE a.address IN (s.dmarc_mailbox, "
	    "s.tls_report_mailbox) UNION SELECT g.target_id "
	    "FROM alias_target g JOIN reached w ON w.id = g.alias_id "
	    "WHERE g.target_id IS NOT NULL) "
	    "SELECT DISTINCT CASE WHEN c.home <> '' THEN c.home "
	    "ELSE c.tenant_id || '/' || c.id END FROM reached r "
	    "JOIN address a ON a.id = r.id JOIN account c "
	    "ON c.id = a.account_id WHERE c.mailbox = 'local' "
	    "AND c.deleted_at = 0 ORDER BY 1",
	[REPORT_READ_UNTIL] = "SELECT read_until FROM report_mailbox "
			      "WHERE directory = :directory",
	[REPORT_NOTE_READ] =
	    "INSERT INTO report_mailbox (directory, read_until) "
	    "VALUES (:directory, :at) ON CONFLICT (directory) "
	    "DO UPDATE SET read_until = excluded.read_until",
};

const struct db_statements report_statements = DB_STATEMENTS("report", sql);

static const char *const kind_names[] = {
	[REPORT_DMARC] = "dmarc",
	[REPORT_TLS] = "tls",
};

static enum err_code
refuse_other(struct context *context, struct err *err)
{
	const char *why;

	if (may_ever(&context->actor, ACTION_MAIL_CONFIG, &why))
		return OK;
	return err_set(err, ERR_DENIED, NULL, "%s", why);
}

/* ---- storing ---- */

/* The domain itself or the nearest above it. */
static enum err_code
find_domain(
    struct db *db, const char *name, struct domain *domain, struct err *err)
{
	enum err_code code = ERR_NOT_FOUND;

	for (const char *at = name; at != NULL && code == ERR_NOT_FOUND;) {
		code = domain_find(db, at, domain, err);
		at = strchr(at, '.');
		at = at == NULL ? NULL : at + 1;
	}
	if (code == OK || code == ERR_NOT_FOUND || code == ERR_INVALID)
		return code == OK ? OK
				  : err_set(err, ERR_NOT_FOUND, NULL,
					"The report is about a domain that is "
					"not here: %.100s",
					name);
	return code;
}

static enum err_code
check_report(const struct report *report, struct err *err)
{
	const int64_t now = clock_now();

	if (report->id[0] == '\0')
		return err_set(err, ERR_INVALID, NULL, "The report has no id.");
	if (report->begin_at < now - REPORT_KEPT_DAYS * DAY ||
	    report->begin_at > now + DAY || report->end_at < report->begin_at)
		return err_set(err, ERR_INVALID, NULL,
		    "The report is about no time within the last %d days.",
		    REPORT_KEPT_DAYS);
	return OK;
}

struct storing {
	struct context *context;
	const struct report *report;
	struct domain domain;
	bool is_new;
};

static int64_t
at_most(int64_t count)
{
	return count > COUNT_MAX ? COUNT_MAX : count;
}

static enum err_code
add_row(
    struct db *db, int64_t id, const struct report_row *row, struct err *err)
{
	struct db_query q = db_query(db, &report_statements, REPORT_ADD_ROW);

	db_bind_int64(&q, ":report", id);
	db_bind_text(&q, ":source", row->source);
	db_bind_text(&q, ":result", row->result);
	db_bind_text(&q, ":disposition", row->disposition);
	db_bind_int64(&q, ":passed", at_most(row->passed));
	db_bind_int64(&q, ":failed", at_most(row->failed));
	db_bind_int64(&q, ":dkim", at_most(row->dkim));
	db_bind_int64(&q, ":spf", at_most(row->spf));
	return db_run(&q, err);
}

static enum err_code
add_report(struct db *db, struct storing *s, struct err *err)
{
	const struct report *report = s->report;
	struct db_query q = db_query(db, &report_statements, REPORT_ADD);
	enum err_code code;
	int64_t id;

	db_bind_int64(&q, ":domain", s->domain.id);
	db_bind_text(&q, ":kind", kind_names[report->kind]);
	db_bind_text(&q, ":reporter", report->reporter);
	db_bind_text(&q, ":name", report->id);
	db_bind_int64(&q, ":begin", report->begin_at);
	db_bind_int64(&q, ":end", report->end_at);
	db_bind_int64(&q, ":now", clock_now());
	code = db_run(&q, err);
	s->is_new = code == OK && db_changes(db) == 1;
	id = db_last_id(db);
	for (size_t i = 0; s->is_new && code == OK && i < report->row_count;
	     i++)
		code = add_row(db, id, &report->rows[i], err);
	return code;
}

static enum err_code
check_today(struct db *db, int64_t domain_id, struct err *err)
{
	struct db_query q = db_query(db, &report_statements, REPORT_TODAY);
	int64_t count = 0;

	db_bind_int64(&q, ":domain", domain_id);
	db_bind_int64(&q, ":since", clock_now() - DAY);
	if (db_step(&q))
		count = db_int64(&q, 0);
	if (db_end(&q, err) != OK)
		return err->code;
	if (count > REPORT_DAY_MAX)
		return err_set(err, ERR_LIMIT, NULL,
		    "The domain has had %d reports within a day: more are "
		    "not stored.",
		    REPORT_DAY_MAX);
	return OK;
}

static enum err_code
store(struct db *db, void *argument, struct err *err)
{
	struct storing *s = argument;
	struct db_query q = db_query(db, &report_statements, REPORT_OLD);

	db_bind_int64(&q, ":before", clock_now() - REPORT_KEPT_DAYS * DAY);
	if (db_run(&q, err) != OK ||
	    find_domain(db, s->report->domain, &s->domain, err) != OK ||
	    add_report(db, s, err) != OK)
		return err->code;
	/* What is there already costs nothing: only a new one is refused. */
	return s->is_new ? check_today(db, s->domain.id, err) : OK;
}

enum err_code
report_store(struct context *context, const struct report *report, bool *is_new,
    struct err *err)
{
	struct storing s = { .context = context, .report = report };
	enum err_code code = refuse_other(context, err);

	*is_new = false;
	if (code == OK)
		code = check_report(report, err);
	if (code == OK)
		code = db_transaction(context->db, store, &s, err);
	*is_new = code == OK && s.is_new;
	return code;
}

/* ---- reading ---- */

static enum err_code
visible_domain(struct context *context, const char *name, struct domain *domain,
    struct err *err)
{
	struct target target = { .is_known = true };
	const enum err_code code = domain_find(context->db, name, domain, err);

	if (code != OK && code != ERR_NOT_FOUND)
		return code;
	target.id = domain->id;
	target.tenant_id = domain->tenant_id;
	if (code == OK && may(&context->actor, ACTION_CHECK_RUN, &target))
		return OK;
	return err_set(err, ERR_NOT_FOUND, NULL,
	    "There is no domain \"%.100s\" here.", name);
}

static struct db_query
query_of(struct db *db, size_t number, int64_t domain_id, enum report_kind kind,
    int64_t since_at)
{
	struct db_query q = db_query(db, &report_statements, number);

	db_bind_int64(&q, ":domain", domain_id);
	db_bind_text(&q, ":kind", kind_names[kind]);
	db_bind_int64(&q, ":since", since_at);
	return q;
}

static void
add_sum(struct report *sums, const struct db_query *q)
{
	struct report_row row = {
		.passed = db_int64(q, 3),
		.failed = db_int64(q, 4),
		.dkim = db_int64(q, 5),
		.spf = db_int64(q, 6),
	};

	db_copy(q, 0, row.source, sizeof(row.source));
	db_copy(q, 1, row.result, sizeof(row.result));
	db_copy(q, 2, row.disposition, sizeof(row.disposition));
	report_add(sums, &row);
}

enum err_code
report_stored(struct context *context, const char *command, const char *name,
    enum report_kind kind, int64_t since_at, struct report *sums,
    int64_t *count, struct err *err)
{
	struct domain domain = { .id = 0 };
	struct db_query q;

	*count = 0;
	if (actor_key_allows(&context->actor, command, false, err) != OK ||
	    visible_domain(context, name, &domain, err) != OK)
		return err->code;
	q = query_of(context->db, REPORT_COUNT, domain.id, kind, since_at);
	if (db_step(&q))
		*count = db_int64(&q, 0);
	if (db_end(&q, err) != OK)
		return err->code;
	q = query_of(context->db, REPORT_SUMS, domain.id, kind, since_at);
	while (db_step(&q))
		add_sum(sums, &q);
	return db_end(&q, err);
}

/* ---- the mailboxes they arrive in ---- */

#define MAILBOXES_MAX 16

enum err_code
report_mailboxes(struct context *context, struct arena *arena,
    const char ***directories, size_t *count, struct err *err)
{
	struct config_values values;
	struct db_query q;

	*count = 0;
	*directories = arena_array(arena, MAILBOXES_MAX, sizeof(**directories));
	if (refuse_other(context, err) != OK ||
	    mail_setup_load(context, &values, err) != OK)
		return err->code;
	q = db_query(context->db, &report_statements, REPORT_HOMES);
	while (*count < MAILBOXES_MAX && db_step(&q)) {
		const size_t size =
		    strlen(values.mail_directory) + 64 + CONFIG_PATH_SIZE;
		char *path = arena_alloc(arena, size);

		text_format(path, size, "%s/%s/Maildir", values.mail_directory,
		    db_text(&q, 0));
		(*directories)[(*count)++] = path;
	}
	return db_end(&q, err);
}

enum err_code
report_read_until(struct context *context, const char *directory, int64_t *at,
    struct err *err)
{
	struct db_query q =
	    db_query(context->db, &report_statements, REPORT_READ_UNTIL);

	*at = 0;
	db_bind_text(&q, ":directory", directory);
	if (db_step(&q))
		*at = db_int64(&q, 0);
	return db_end(&q, err);
}

struct note {
	const char *directory;
	int64_t at;
};

static enum err_code
note_read(struct db *db, void *argument, struct err *err)
{
	const struct note *note = argument;
	struct db_query q = db_query(db, &report_statements, REPORT_NOTE_READ);

	db_bind_text(&q, ":directory", note->directory);
	db_bind_int64(&q, ":at", note->at);
	return db_run(&q, err);
}

enum err_code
report_note_read(
    struct context *context, const char *directory, int64_t at, struct err *err)
{
	struct note note = { directory, at };
	const enum err_code code = refuse_other(context, err);

	return code == OK ? db_transaction(context->db, note_read, &note, err)
			  : code;
}

/* ---- the list ---- */

/* clang-format off */
static const struct list_column columns[] = {
	{ "at", "DAY", "p.begin_at", NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "domain", "DOMAIN", "d.name", NULL, LIST_TEXT, 10, LIST_FILTERABLE | LIST_FOLDED },
	{ "kind", "KIND", "p.kind", NULL, LIST_TEXT, 5, LIST_FILTERABLE | LIST_FOLDED },
	{ "source", "SOURCE", "r.source", NULL, LIST_TEXT, 12, LIST_FILTERABLE },
	{ "result", "RESULT", "r.result", NULL, LIST_TEXT, 10, LIST_FILTERABLE },
	{ "passed", "PASSED", "r.passed", NULL, LIST_NUMBER, 6, 0 },
	{ "failed", "FAILED", "r.failed", NULL, LIST_NUMBER, 6, 0 },
	{ "disposition", "DONE", "r.disposition", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "dkim", "DKIM PASSES", "r.dkim", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "spf", "SPF PASSES", "r.spf", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "reporter", "REPORTER", "p.reporter", NULL, LIST_TEXT, 0, LIST_DETAIL | LIST_FILTERABLE },
	{ "report", "REPORT", "p.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ 0 }
};

const struct list report_list = {
	.name = "report list",
	.help = "What receivers reported of each domain, row by row, newest first.",
	.empty = "Reports are stored by the operator: dns reports-read.",
	.action = ACTION_CHECK_RUN,
	.from = "report_row r JOIN report p ON p.id = r.report_id JOIN domain d ON d.id = p.domain_id",
	.id = "r.id", .key = "d.name",
	.scope_tenant = "d.tenant_id = :tenant",
	.of_tenant = "d.tenant_id = :of_tenant",
	.of_domain = "p.domain_id = :of_domain",
	.is_newest_first = true,
	.columns = columns,
};
/* clang-format on */
