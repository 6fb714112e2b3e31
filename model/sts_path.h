/*
 * sts_path.h - the path of an MTA-STS policy from none over testing to
 * enforce (RFC 8461 section 5), and the evidence that enforce needs.
 *
 * Under enforce a sender that finds no right certificate keeps the mail back.
 * So the record, the policy host and the policy must have passed for STS_DAYS
 * without a break, no MX may have shown a bad certificate (where port 25 does
 * not come through, nobody knows), and what receivers reported of TLS must
 * look healthy.
 */
#ifndef MODEL_STS_PATH_H
#define MODEL_STS_PATH_H

#include "model/dmarc.h"

#define STS_DAYS        7  /* that the checks pass, and of reports */
#define STS_FAILED_PART 50 /* at most one reported session in so many */
#define STS_CHECKS      3

enum sts_mode { STS_NONE, STS_TESTING, STS_ENFORCE };
extern const char *const sts_mode_names[];       /* NULL ends */
extern const char *const sts_checks[STS_CHECKS]; /* names of dns_checks[] */

struct sts_evidence {
	enum sts_mode mode; /* as it is */
	struct dmarc_pass checks[STS_CHECKS];
	bool has_bad_certificate; /* mx-tls found a fault at last */
	int64_t passed, failed;   /* sessions of the reports of those days */
};

/* Pure: true when the step to `wanted` is no stricter, or is proven; else
 * `missing` says in one sentence what is not.  Testing harms nobody and needs
 * no proof. */
bool sts_may_step(const struct sts_evidence *, enum sts_mode wanted,
    int64_t now, char *missing, size_t size);

/* ERR_NOT_FOUND when there is no such domain.  Asks no rights. */
enum err_code sts_evidence_read(struct db *, int64_t domain_id, int64_t now,
    struct sts_evidence *, struct err *) MUST_USE;

extern const struct db_statements sts_path_statements;

#endif
