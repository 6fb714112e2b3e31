/*
 * dmarc.h - the path of a DMARC policy from none over quarantine to reject,
 * one step at a time, and the evidence that a step needs.
 *
 * A stricter policy loses the mail of every sender that was forgotten.  So
 * SPF and DKIM must have passed for DMARC_DAYS without a break, a person must
 * have ticked that all senders are known (go-live item "senders"), and what
 * receivers reported must not speak against it.
 */
#ifndef MODEL_DMARC_H
#define MODEL_DMARC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dns/dmarc_record.h"
#include "model/db.h"

#define DMARC_DAYS        14 /* that SPF and DKIM pass, and of reports */
#define DMARC_STALE_DAYS  7  /* a finding that old proves nothing */
#define DMARC_FAILED_PART 50 /* at most one reported message in so many */

struct dmarc_pass {
	bool is_pass;
	int64_t since_at, checked_at; /* 0: never */
};

struct dmarc_evidence {
	enum dmarc_policy policy; /* as it is */
	struct dmarc_pass spf, dkim;
	int64_t senders_at;     /* when they were ticked; 0: not */
	int64_t passed, failed; /* messages of the reports of those days */
};

/* Pure: true when that check passes, was run within DMARC_STALE_DAYS, and has
 * passed for `days`; else `missing` says in one sentence what it lacks. */
bool dmarc_pass_holds(const struct dmarc_pass *, const char *check, int days,
    int64_t now, char *missing, size_t size);

/* Pure: true when the step to `wanted` is no stricter, or is proven; else
 * `missing` says in one sentence what is not. */
bool dmarc_may_step(const struct dmarc_evidence *, enum dmarc_policy wanted,
    int64_t now, char *missing, size_t size);

/* ERR_NOT_FOUND when there is no such domain.  Asks no rights. */
enum err_code dmarc_evidence_read(struct db *, int64_t domain_id, int64_t now,
    struct dmarc_evidence *, struct err *) MUST_USE;

extern const struct db_statements dmarc_statements;

#endif
