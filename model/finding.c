#include "model/finding.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/checklist.h"
#include "model/db.h"
#include "model/dkim.h"
#include "model/domain.h"

/* Of severity: one step is more than any moment. */
#define SEVERITY_STEP INT64_C(1000000000000)

enum {
	FINDING_OF,
	FINDING_KNOWN,
	FINDING_SAVE,
	FINDING_SILENT,
	FINDING_CHANGED,
	FINDING_NEWEST,
	FINDING_SINCE,
};

static const char *const sql[] = {
	[FINDING_OF] = "SELECT check_name, verdict, since_at FROM finding "
		       "WHERE domain_id = :domain",
	[FINDING_KNOWN] =
	    "SELECT f.check_name, f.verdict, f.since_at, f.checked_at, "
	    "f.passed_at, f.accepted_by, f.accepted_reason, "
	    "f.accepted_until, f.accepted_verdict = f.verdict "
	    "AND f.accepted_until > :now FROM finding f "
	    "JOIN domain d ON d.id = f.domain_id WHERE d.name = :domain",
	[FINDING_SAVE] =
	    "INSERT INTO finding (domain_id, check_name, verdict, problem, "
	    "found, wanted, advice, severity, since_at, checked_at, "
	    "passed_at, tried_at, stops_enforce) VALUES (:domain, :check, "
	    ":verdict, :problem, :found, :wanted, :advice, :severity, :since, "
	    ":now, :passed, :now, :stops) ON CONFLICT (domain_id, check_name) "
	    "DO UPDATE "
	    "SET verdict = excluded.verdict, problem = excluded.problem, "
	    "found = excluded.found, wanted = excluded.wanted, "
	    "advice = excluded.advice, severity = excluded.severity, "
	    "since_at = excluded.since_at, "
	    "checked_at = excluded.checked_at, "
	    "passed_at = max(finding.passed_at, excluded.passed_at), "
	    "tried_at = excluded.tried_at, silence = '', "
	    "stops_enforce = excluded.stops_enforce",
	[FINDING_SILENT] =
	    "UPDATE finding SET tried_at = :now, silence = :problem "
	    "WHERE domain_id = :domain AND check_name = :check",
	[FINDING_CHANGED] =
	    "INSERT INTO finding_change (domain_id, check_name, verdict, "
	    "before, problem, at) VALUES (:domain, :check, :verdict, "
	    ":before, :problem, :now)",
	[FINDING_NEWEST] = "SELECT coalesce(max(id), 0) FROM finding_change",
	[FINDING_SINCE] =
	    "SELECT t.name, d.name, c.check_name, c.before, c.verdict, "
	    "c.problem, c.at FROM finding_change c "
	    "JOIN domain d ON d.id = c.domain_id "
	    "JOIN tenant t ON t.id = d.tenant_id WHERE c.id > :since "
	    "AND (:tenant = 0 OR d.tenant_id = :tenant) "
	    "ORDER BY t.name_folded, d.name, c.id",
};

const struct db_statements finding_statements = DB_STATEMENTS("finding", sql);

/* ---- keeping ---- */

struct keeping {
	int64_t domain_id, now_at;
};

/* What was known of one check: verdict "" is nothing. */
struct known {
	char verdict[12];
	int64_t since_at;
};

/* By index in dns_checks[]. */
static enum err_code
read_known(struct db *db, int64_t domain_id,
    struct known known[CHECKLIST_ROWS_MAX], struct err *err)
{
	struct db_query q = db_query(db, &finding_statements, FINDING_OF);

	memset(known, 0, CHECKLIST_ROWS_MAX * sizeof(*known));
	db_bind_int64(&q, ":domain", domain_id);
	while (db_step(&q)) {
		const struct dns_check *check = check_by_name(db_text(&q, 0));
		struct known *k;

		if (check == NULL)
			continue;
		k = &known[check - dns_checks];
		db_copy(&q, 1, k->verdict, sizeof(k->verdict));
		k->since_at = db_int64(&q, 2);
	}
	return db_end(&q, err);
}

static int64_t
severity_of(enum dns_verdict verdict, int64_t since_at)
{
	static const int64_t steps[] = {
		[DNS_PASS] = 1,
		[DNS_UNKNOWN] = 2,
		[DNS_WARN] = 3,
		[DNS_FAIL] = 4,
		[DNS_SKIPPED] = 0,
	};

	return steps[verdict] * SEVERITY_STEP + since_at;
}

static enum err_code
save(struct db *db, const struct keeping *keeping, const struct dns_finding *f,
    int64_t since_at, struct err *err)
{
	struct db_query q = db_query(db, &finding_statements, FINDING_SAVE);

	db_bind_int64(&q, ":domain", keeping->domain_id);
	db_bind_text(&q, ":check", dns_checks[f->check].name);
	db_bind_text(&q, ":verdict", check_verdict_name(f->verdict));
	db_bind_text(&q, ":problem", f->problem);
	db_bind_text(&q, ":found", f->found);
	db_bind_text(&q, ":wanted", f->wanted);
	db_bind_text(&q, ":advice", f->advice);
	db_bind_int64(&q, ":severity", severity_of(f->verdict, since_at));
	db_bind_int64(&q, ":since", since_at);
	db_bind_int64(
	    &q, ":passed", f->verdict == DNS_PASS ? keeping->now_at : 0);
	db_bind_int64(&q, ":now", keeping->now_at);
	db_bind_int64(&q, ":stops", f->stops_enforce);
	return db_run(&q, err);
}

static enum err_code
note_change(struct db *db, const struct keeping *keeping,
    const struct dns_finding *f, const char *before, struct err *err)
{
	struct db_query q = db_query(db, &finding_statements, FINDING_CHANGED);

	db_bind_int64(&q, ":domain", keeping->domain_id);
	db_bind_text(&q, ":check", dns_checks[f->check].name);
	db_bind_text(&q, ":verdict", check_verdict_name(f->verdict));
	db_bind_text(&q, ":before", before);
	db_bind_text(&q, ":problem", f->problem);
	db_bind_int64(&q, ":now", keeping->now_at);
	return db_run(&q, err);
}

static enum err_code
note_silence(struct db *db, const struct keeping *keeping,
    const struct dns_finding *f, struct err *err)
{
	struct db_query q = db_query(db, &finding_statements, FINDING_SILENT);

	db_bind_int64(&q, ":domain", keeping->domain_id);
	db_bind_text(&q, ":check", dns_checks[f->check].name);
	db_bind_text(&q, ":problem", f->problem);
	db_bind_int64(&q, ":now", keeping->now_at);
	return db_run(&q, err);
}

static enum err_code
keep_one(struct db *db, const struct keeping *keeping,
    const struct dns_finding *f, const struct known *known, struct err *err)
{
	const bool is_same =
	    text_is_same(known->verdict, check_verdict_name(f->verdict));
	enum err_code code;

	if (f->verdict == DNS_UNKNOWN && known->verdict[0] != '\0')
		return note_silence(db, keeping, f, err);
	code = save(
	    db, keeping, f, is_same ? known->since_at : keeping->now_at, err);
	return code != OK || is_same
	    ? code
	    : note_change(db, keeping, f, known->verdict, err);
}

static enum err_code
keep_run(
    struct context *context, const struct finding_run *run, struct err *err)
{
	struct keeping keeping = { .now_at = clock_now() };
	struct target target = { .is_known = true };
	struct known known[CHECKLIST_ROWS_MAX];
	struct domain domain;
	enum err_code code =
	    domain_find(context->db, run->subject->domain, &domain, err);

	if (code != OK)
		return code;
	keeping.domain_id = target.id = domain.id;
	target.tenant_id = domain.tenant_id;
	if (!may(&context->actor, ACTION_CHECK_RUN, &target))
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no domain \"%.100s\" here.",
		    run->subject->domain);
	code = read_known(context->db, keeping.domain_id, known, err);
	for (size_t i = 0; code == OK && i < run->count; i++)
		if (run->list[i].verdict != DNS_WAITING)
			code = keep_one(context->db, &keeping, &run->list[i],
			    &known[run->list[i].check], err);
	return code;
}

struct keeping_all {
	struct context *context;
	struct finding_run *runs;
	size_t count;
	bool may_be_gone;
};

static enum err_code
keep_all(struct db *db, void *argument, struct err *err)
{
	const struct keeping_all *all = argument;
	enum err_code code = OK;

	(void)db;
	for (size_t i = 0; code == OK && i < all->count; i++) {
		code = keep_run(all->context, &all->runs[i], err);
		all->runs[i].is_kept = code == OK;
		if (code == ERR_NOT_FOUND && all->may_be_gone)
			code = OK;
	}
	return code;
}

enum err_code
finding_note_keys(struct context *context, const struct dns_subject *subject,
    const struct dns_finding *f, struct err *err)
{
	enum err_code code = OK;

	if (!context_is_believed(context))
		return OK;
	if (f->verdict != DNS_PASS || !f->is_everywhere ||
	    !text_is_same(dns_checks[f->check].name, "dkim"))
		return OK;
	for (size_t i = 0; code == OK && i < subject->selector_count; i++)
		if (subject->selectors[i].stage == DNS_KEY_MADE)
			code = dkim_note_seen(context->db, subject->domain,
			    subject->selectors[i].selector, err);
	return code;
}

static enum err_code
keep(struct keeping_all *all, struct err *err)
{
	enum err_code code;

	if (!context_is_believed(all->context))
		return OK;
	code = db_transaction(all->context->db, keep_all, all, err);
	for (size_t r = 0; r < all->count; r++)
		for (size_t i = 0; code == OK && all->runs[r].is_kept &&
		     i < all->runs[r].count;
		     i++)
			code = finding_note_keys(all->context,
			    all->runs[r].subject, &all->runs[r].list[i], err);
	return code;
}

enum err_code
finding_keep(struct context *context, const struct dns_subject *subject,
    const struct dns_finding *list, size_t count, struct err *err)
{
	struct finding_run run = { subject, list, count, false };

	return keep(&(struct keeping_all){ context, &run, 1, false }, err);
}

enum err_code
finding_keep_runs(struct context *context, struct finding_run *runs,
    size_t count, struct err *err)
{
	return keep(&(struct keeping_all){ context, runs, count, true }, err);
}

/* ---- reading ---- */

static enum dns_verdict
verdict_by_name(const char *name)
{
	for (int i = DNS_WAITING; i <= DNS_SKIPPED; i++) {
		const enum dns_verdict verdict = (enum dns_verdict)i;

		if (text_is_same(check_verdict_name(verdict), name))
			return verdict;
	}
	return DNS_UNKNOWN;
}

enum err_code
finding_read(struct context *context, const char *domain, struct finding *to,
    struct err *err)
{
	struct db_query q =
	    db_query(context->db, &finding_statements, FINDING_KNOWN);
	const struct dns_check *check;

	memset(to, 0, dns_check_count * sizeof(*to));
	db_bind_text(&q, ":domain", domain);
	db_bind_int64(&q, ":now", clock_now());
	while (db_step(&q)) {
		struct finding *f;

		/* One of an older release may have no row any more. */
		check = check_by_name(db_text(&q, 0));
		if (check == NULL)
			continue;
		f = &to[check - dns_checks];
		f->verdict = verdict_by_name(db_text(&q, 1));
		f->since_at = db_int64(&q, 2);
		f->checked_at = db_int64(&q, 3);
		f->passed_at = db_int64(&q, 4);
		db_copy(&q, 5, f->accepted_by, sizeof(f->accepted_by));
		db_copy(&q, 6, f->accepted_reason, sizeof(f->accepted_reason));
		f->accepted_until = db_int64(&q, 7);
		f->is_accepted = db_int64(&q, 8) != 0;
	}
	return db_end(&q, err);
}

enum err_code
finding_newest_change(struct context *context, int64_t *id, struct err *err)
{
	struct db_query q =
	    db_query(context->db, &finding_statements, FINDING_NEWEST);

	*id = 0;
	if (db_step(&q))
		*id = db_int64(&q, 0);
	return db_end(&q, err);
}

enum err_code
finding_changes_since(struct context *context, int64_t id,
    void (*take)(void *argument, const struct finding_change *), void *argument,
    struct err *err)
{
	struct db_query q =
	    db_query(context->db, &finding_statements, FINDING_SINCE);
	const char *why;

	db_bind_int64(&q, ":since", id);
	db_bind_int64(&q, ":tenant", actor_tenant(&context->actor));
	while (
	    may_ever(&context->actor, ACTION_CHECK_RUN, &why) && db_step(&q)) {
		const struct finding_change change = { db_text(&q, 0),
			db_text(&q, 1), db_text(&q, 2), db_text(&q, 3),
			db_text(&q, 4), db_text(&q, 5), db_int64(&q, 6) };

		take(argument, &change);
	}
	return db_end(&q, err);
}

/* ---- lists ---- */

#define IS_ACCEPTED \
	"(f.accepted_verdict = f.verdict AND f.accepted_until > :now)"

/* clang-format off */
static const struct list_column columns[] = {
	{ "severity", "SEVERITY", "f.severity", NULL, LIST_NUMBER, 0, LIST_SORTABLE | LIST_DETAIL | LIST_INNER },
	{ "state", "STATE", "CASE WHEN " IS_ACCEPTED " THEN 'accepted' ELSE f.verdict END", NULL, LIST_TEXT, 8, LIST_FILTERABLE | LIST_FOLDED },
	{ "domain", "DOMAIN", "d.name", NULL, LIST_TEXT, 24, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "check", "CHECK", "f.check_name", NULL, LIST_TEXT, 12, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "problem", "PROBLEM", "f.problem", NULL, LIST_TEXT, 0, LIST_FILTERABLE },
	{ "since_at", "SINCE", "f.since_at", NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "verdict", "VERDICT", "f.verdict", NULL, LIST_TEXT, 0, LIST_DETAIL | LIST_FOLDED },
	{ "found", "FOUND", "f.found", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "wanted", "WANTED", "f.wanted", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "advice", "ADVICE", "f.advice", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "checked_at", "ANSWERED", "f.checked_at", NULL, LIST_MOMENT, 0, LIST_DETAIL | LIST_SORTABLE },
	{ "passed_at", "LAST PASS", "f.passed_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "tried_at", "LAST TRIED", "f.tried_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "silence", "NO ANSWER", "f.silence", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "accepted_by", "ACCEPTED BY", "f.accepted_by", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "accepted_reason", "REASON", "f.accepted_reason", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "accepted_until", "UNTIL", "f.accepted_until", NULL, LIST_UNTIL, 0, LIST_DETAIL },
	{ "tenant", "TENANT", "t.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ 0 }
};

#define OF_FINDING \
	.action = ACTION_CHECK_RUN, \
	.from = "finding f JOIN domain d ON d.id = f.domain_id JOIN tenant t ON t.id = d.tenant_id", \
	.id = "f.id", .key = "d.name || '/' || f.check_name", \
	.scope_tenant = "d.tenant_id = :tenant", \
	.of_tenant = "d.tenant_id = :of_tenant", \
	.of_domain = "f.domain_id = :of_domain", \
	.is_newest_first = true, \
	.columns = columns

const struct list finding_list = {
	.name = "finding list", .show = "finding show",
	.help = "What the DNS checklist last said of each domain, worst first.",
	.empty = "Findings are kept when a domain is checked: dns check DOMAIN.",
	OF_FINDING,
};

const struct list finding_open_list = {
	.name = "finding open",
	.help = "Findings that fail or warn and that nobody accepted.",
	.empty = "Nothing needs attention.",
	.where = "f.severity >= 3000000000000 AND NOT " IS_ACCEPTED,
	OF_FINDING,
};

static const struct list_column history_columns[] = {
	{ "at", "AT", "c.at", NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "domain", "DOMAIN", "d.name", NULL, LIST_TEXT, 24, LIST_FILTERABLE | LIST_FOLDED },
	{ "check", "CHECK", "c.check_name", NULL, LIST_TEXT, 12, LIST_FILTERABLE | LIST_FOLDED },
	{ "before", "WAS", "c.before", NULL, LIST_TEXT, 8, LIST_FOLDED },
	{ "verdict", "IS", "c.verdict", NULL, LIST_TEXT, 8, LIST_FILTERABLE | LIST_FOLDED },
	{ "problem", "PROBLEM", "c.problem", NULL, LIST_TEXT, 0, LIST_FILTERABLE },
	{ "tenant", "TENANT", "t.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ 0 }
};

const struct list finding_history_list = {
	.name = "finding history",
	.help = "When a check of a domain changed its verdict, newest first.",
	.empty = "A line is kept each time a check changes its verdict.",
	.action = ACTION_CHECK_RUN,
	.from = "finding_change c JOIN domain d ON d.id = c.domain_id JOIN tenant t ON t.id = d.tenant_id",
	.id = "c.id", .key = "d.name",
	.scope_tenant = "d.tenant_id = :tenant",
	.of_tenant = "d.tenant_id = :of_tenant",
	.of_domain = "c.domain_id = :of_domain",
	.is_newest_first = true,
	.columns = history_columns,
};
/* clang-format on */
