/*
 * report_store.h - what receivers reported about our domains, kept for
 * REPORT_KEPT_DAYS as evidence: DMARC by source and alignment, TLS by result.
 *
 * A report is stored once, by domain, reporter and its id.  Reports come from
 * anybody, so a domain takes REPORT_DAY_MAX a day and none from the future.
 */
#ifndef MODEL_REPORT_STORE_H
#define MODEL_REPORT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/report.h"
#include "model/context.h"
#include "model/db.h"
#include "model/list.h"

#define REPORT_KEPT_DAYS 400
#define REPORT_DAY_MAX   500

/* *is_new: it was not there before.  The domain is the report's own, or the
 * nearest above it that is here.  ERR_NOT_FOUND for a domain that is not
 * here, ERR_INVALID for a report without an id or of another time, ERR_LIMIT
 * for one too many.  Needs ACTION_MAIL_CONFIG. */
enum err_code report_store(struct context *, const struct report *,
    bool *is_new, struct err *) MUST_USE;

/* Adds what is stored of `kind` since that moment to `sums`, of the domain;
 * *count is the number of reports.  ERR_NOT_FOUND in the same words for a
 * domain that is not here and for one that the actor may not see. */
enum err_code report_stored(struct context *, const char *command,
    const char *domain, enum report_kind kind, int64_t since_at,
    struct report *sums, int64_t *count, struct err *) MUST_USE;

/* The mail directories that the server's report addresses deliver to, below
 * the server's mail directory, each once. */
enum err_code report_mailboxes(struct context *, struct arena *,
    const char ***directories, size_t *count, struct err *) MUST_USE;

/* How far a mailbox was read (0: never), and a note of it. */
enum err_code report_read_until(struct context *, const char *directory,
    int64_t *at, struct err *) MUST_USE;
enum err_code report_note_read(
    struct context *, const char *directory, int64_t at, struct err *) MUST_USE;

extern const struct list report_list;
extern const struct db_statements report_statements;

#endif
