/*
 * finding.h - what the checklist last said of each domain, and since when.
 *
 * The DNS side measures, this side remembers: the newest finding of each
 * check, when its verdict last changed ("red since 14:02"), and every change.
 * An attempt that got no answer changes no verdict.  A finding may be accepted
 * by a person until a day; it is shown as accepted, never as passed.
 */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/check.h"
#include "dns/subject.h"
#include "model/context.h"
#include "model/list.h"

#define FINDING_REASON_SIZE 200

/* What is known of one check of a domain; since_at 0: nothing. */
struct finding {
	enum dns_verdict verdict;
	int64_t since_at, checked_at, passed_at;
	bool is_accepted; /* now, for this verdict */
	char accepted_by[ADDRESS_SIZE];
	char accepted_reason[FINDING_REASON_SIZE];
	int64_t accepted_until;
};

/*
 * Keeps findings of a run for this subject (rows that wait are passed over),
 * and notes DKIM keys that every name server has as seen.  Nothing is kept
 * when the actor named resolvers of their own, unless it is the operator on
 * the box: what those say may be made up.  ERR_NOT_FOUND for a domain that
 * the actor may not check.
 */
enum err_code finding_keep(struct context *, const struct dns_subject *,
    const struct dns_finding *, size_t count, struct err *) MUST_USE;

/* One checklist that has run. */
struct finding_run {
	const struct dns_subject *subject;
	const struct dns_finding *list;
	size_t count;
	bool is_kept; /* set: false when the domain is gone */
};

/* The same for several domains in one transaction, which waits for the disk
 * once.  Domains that are gone by now are passed over. */
enum err_code finding_keep_runs(struct context *, struct finding_run *,
    size_t count, struct err *) MUST_USE;

/* The DKIM row passes at every name server: so do all keys of the subject
 * that wait; they count as seen.  Part of finding_keep(). */
enum err_code finding_note_keys(struct context *, const struct dns_subject *,
    const struct dns_finding *, struct err *) MUST_USE;

/* What is known of the domain's checks, by index in dns_checks[]; `to` has
 * dns_check_count members.  Asks no rights. */
enum err_code finding_read(struct context *, const char *domain,
    struct finding *to, struct err *) MUST_USE;

/* One change of a verdict. */
struct finding_change {
	const char *tenant, *domain, *check;
	const char *before; /* "" is the first time */
	const char *verdict, *problem;
	int64_t at;
};

/* The number of the newest change, 0 when there is none. */
enum err_code finding_newest_change(
    struct context *, int64_t *id, struct err *) MUST_USE;

/* All changes behind that number that the actor may see, tenant by tenant;
 * the texts live during the call. */
enum err_code finding_changes_since(struct context *, int64_t id,
    void (*take)(void *argument, const struct finding_change *), void *argument,
    struct err *) MUST_USE;

extern const struct list finding_list;      /* everything */
extern const struct list finding_open_list; /* fails or warns, not accepted */
extern const struct list finding_history_list; /* changes, newest first */
extern const struct db_statements finding_statements;

#endif
