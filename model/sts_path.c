#include "model/sts_path.h"

#include "base/text.h"

#define DAY_SECONDS 86400

const char *const sts_mode_names[] = {
	[STS_NONE] = "none",
	[STS_TESTING] = "testing",
	[STS_ENFORCE] = "enforce",
	NULL,
};

const char *const sts_checks[STS_CHECKS] = { "mta-sts", "mta-sts-host",
	"sts-policy" };

enum { STS_MODE, STS_FINDING, STS_CERTIFICATE, STS_REPORTED };

static const char *const sql[] = {
	[STS_MODE] = "SELECT mta_sts_mode FROM domain WHERE id = :domain",
	[STS_FINDING] = "SELECT verdict = 'pass', since_at, checked_at "
			"FROM finding WHERE domain_id = :domain "
			"AND check_name = :check",
	[STS_CERTIFICATE] = "SELECT 1 FROM finding WHERE domain_id = :domain "
			    "AND check_name = 'mx-tls' AND stops_enforce = 1",
	[STS_REPORTED] =
	    "SELECT coalesce(sum(r.passed), 0), coalesce(sum(r.failed), 0) "
	    "FROM report_row r JOIN report p ON p.id = r.report_id "
	    "WHERE p.domain_id = :domain AND p.kind = 'tls' "
	    "AND p.begin_at > :since",
};

const struct db_statements sts_path_statements = DB_STATEMENTS("sts_path", sql);

bool
sts_may_step(const struct sts_evidence *evidence, enum sts_mode wanted,
    int64_t now, char *missing, size_t size)
{
	missing[0] = '\0';
	if (wanted <= evidence->mode || wanted == STS_TESTING)
		return true;
	if (evidence->mode == STS_NONE) {
		text_copy(missing, size,
		    "The next step is testing; enforce comes after it.");
		return false;
	}
	for (size_t i = 0; i < STS_CHECKS; i++)
		if (!dmarc_pass_holds(&evidence->checks[i], sts_checks[i],
			STS_DAYS, now, missing, size))
			return false;
	if (evidence->has_bad_certificate) {
		text_copy(missing, size,
		    "The check mx-tls is not content with the certificate of a "
		    "mail host: senders would not deliver there.");
		return false;
	}
	if (evidence->failed * STS_FAILED_PART <=
	    evidence->passed + evidence->failed)
		return true;
	text_format(missing, size,
	    "Senders reported that %lld of %lld TLS sessions fail: dns "
	    "reports shows why.",
	    (long long)evidence->failed,
	    (long long)(evidence->passed + evidence->failed));
	return false;
}

/* ---- the evidence ---- */

static enum err_code
read_mode(struct db *db, int64_t domain_id, struct sts_evidence *evidence,
    struct err *err)
{
	struct db_query q = db_query(db, &sts_path_statements, STS_MODE);

	db_bind_int64(&q, ":domain", domain_id);
	if (db_step(&q))
		for (int i = 0; sts_mode_names[i] != NULL; i++)
			if (text_is_same(sts_mode_names[i], db_text(&q, 0)))
				evidence->mode = (enum sts_mode)i;
	return db_end_found(&q, "This domain is no longer here.", err);
}

static enum err_code
read_check(struct db *db, int64_t domain_id, const char *check,
    struct dmarc_pass *pass, struct err *err)
{
	struct db_query q = db_query(db, &sts_path_statements, STS_FINDING);

	db_bind_int64(&q, ":domain", domain_id);
	db_bind_text(&q, ":check", check);
	if (db_step(&q))
		*pass = (struct dmarc_pass){ db_int64(&q, 0) != 0,
			db_int64(&q, 1), db_int64(&q, 2) };
	return db_end(&q, err);
}

static enum err_code
read_certificate(struct db *db, int64_t domain_id,
    struct sts_evidence *evidence, struct err *err)
{
	struct db_query q = db_query(db, &sts_path_statements, STS_CERTIFICATE);

	db_bind_int64(&q, ":domain", domain_id);
	evidence->has_bad_certificate = db_step(&q);
	return db_end(&q, err);
}

static enum err_code
read_reports(struct db *db, int64_t domain_id, int64_t now,
    struct sts_evidence *evidence, struct err *err)
{
	struct db_query q = db_query(db, &sts_path_statements, STS_REPORTED);

	db_bind_int64(&q, ":domain", domain_id);
	db_bind_int64(&q, ":since", now - STS_DAYS * DAY_SECONDS);
	if (db_step(&q)) {
		evidence->passed = db_int64(&q, 0);
		evidence->failed = db_int64(&q, 1);
	}
	return db_end(&q, err);
}

enum err_code
sts_evidence_read(struct db *db, int64_t domain_id, int64_t now,
    struct sts_evidence *evidence, struct err *err)
{
	enum err_code code;

	*evidence = (struct sts_evidence){ .mode = STS_NONE };
	code = read_mode(db, domain_id, evidence, err);
	for (size_t i = 0; code == OK && i < STS_CHECKS; i++)
		code = read_check(
		    db, domain_id, sts_checks[i], &evidence->checks[i], err);
	if (code == OK)
		code = read_certificate(db, domain_id, evidence, err);
	return code == OK ? read_reports(db, domain_id, now, evidence, err)
			  : code;
}
