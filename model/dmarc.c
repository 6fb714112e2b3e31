#include "model/dmarc.h"

#include "base/text.h"

#define DAY_SECONDS 86400

enum { DMARC_EVIDENCE, DMARC_REPORTED };

static const char *const sql[] = {
	[DMARC_EVIDENCE] =
	    "SELECT d.dmarc_policy, "
	    "coalesce(s.verdict, '') = 'pass', coalesce(s.since_at, 0), "
	    "coalesce(s.checked_at, 0), "
	    "coalesce(k.verdict, '') = 'pass', coalesce(k.since_at, 0), "
	    "coalesce(k.checked_at, 0), "
	    "coalesce((SELECT t.at FROM golive_tick t "
	    "WHERE t.domain_id = d.id AND t.item = 'senders'), 0) "
	    "FROM domain d "
	    "LEFT JOIN finding s ON s.domain_id = d.id "
	    "AND s.check_name = 'spf' "
	    "LEFT JOIN finding k ON k.domain_id = d.id "
	    "AND k.check_name = 'dkim' WHERE d.id = :domain",
	[DMARC_REPORTED] =
	    "SELECT coalesce(sum(r.passed), 0), coalesce(sum(r.failed), 0) "
	    "FROM report_row r JOIN report p ON p.id = r.report_id "
	    "WHERE p.domain_id = :domain AND p.kind = 'dmarc' "
	    "AND p.begin_at > :since",
};

const struct db_statements dmarc_statements = DB_STATEMENTS("dmarc", sql);

/* ---- the rules ---- */

bool
dmarc_pass_holds(const struct dmarc_pass *pass, const char *name, int days,
    int64_t now, char *missing, size_t size)
{
	const long long passed = (now - pass->since_at) / DAY_SECONDS;

	if (pass->checked_at == 0)
		text_format(missing, size,
		    "The check %s was not run yet: run dns check.", name);
	else if (!pass->is_pass)
		text_format(missing, size,
		    "The check %s does not pass: mend it first.", name);
	else if (now - pass->checked_at > DMARC_STALE_DAYS * DAY_SECONDS)
		text_format(missing, size,
		    "The check %s was last run more than %d days ago: run dns "
		    "check.",
		    name, DMARC_STALE_DAYS);
	else if (passed < days)
		text_format(missing, size,
		    "The check %s has passed for %lld of %d days.", name,
		    passed, days);
	else
		return true;
	return false;
}

bool
dmarc_may_step(const struct dmarc_evidence *evidence, enum dmarc_policy wanted,
    int64_t now, char *missing, size_t size)
{
	const int64_t reported = evidence->passed + evidence->failed;

	missing[0] = '\0';
	if (wanted <= evidence->policy)
		return true;
	if (!dmarc_pass_holds(
		&evidence->spf, "spf", DMARC_DAYS, now, missing, size) ||
	    !dmarc_pass_holds(
		&evidence->dkim, "dkim", DMARC_DAYS, now, missing, size))
		return false;
	if (evidence->senders_at == 0)
		text_copy(missing, size,
		    "Nobody has ticked that all senders are known: golive "
		    "tick item=senders.");
	else if (evidence->failed * DMARC_FAILED_PART > reported)
		text_format(missing, size,
		    "Receivers reported that %lld of %lld messages fail: dns "
		    "reports shows their sources.",
		    (long long)evidence->failed, (long long)reported);
	else if (wanted - evidence->policy > 1)
		text_copy(missing, size,
		    "The next step is quarantine; reject comes after it.");
	else
		return true;
	return false;
}

/* ---- the evidence ---- */

static enum err_code
read_reports(struct db *db, int64_t domain_id, int64_t now,
    struct dmarc_evidence *evidence, struct err *err)
{
	struct db_query q = db_query(db, &dmarc_statements, DMARC_REPORTED);

	db_bind_int64(&q, ":domain", domain_id);
	db_bind_int64(&q, ":since", now - DMARC_DAYS * DAY_SECONDS);
	if (db_step(&q)) {
		evidence->passed = db_int64(&q, 0);
		evidence->failed = db_int64(&q, 1);
	}
	return db_end(&q, err);
}

enum err_code
dmarc_evidence_read(struct db *db, int64_t domain_id, int64_t now,
    struct dmarc_evidence *evidence, struct err *err)
{
	struct db_query q = db_query(db, &dmarc_statements, DMARC_EVIDENCE);
	enum err_code code;

	*evidence = (struct dmarc_evidence){ 0 };
	db_bind_int64(&q, ":domain", domain_id);
	if (db_step(&q)) {
		evidence->policy = dmarc_policy_by_name(db_text(&q, 0));
		evidence->spf = (struct dmarc_pass){ db_int64(&q, 1) != 0,
			db_int64(&q, 2), db_int64(&q, 3) };
		evidence->dkim = (struct dmarc_pass){ db_int64(&q, 4) != 0,
			db_int64(&q, 5), db_int64(&q, 6) };
		evidence->senders_at = db_int64(&q, 7);
	}
	code = db_end_found(&q, "This domain is no longer here.", err);
	return code == OK ? read_reports(db, domain_id, now, evidence, err)
			  : code;
}
