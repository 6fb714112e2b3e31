/*
 * check_dmarc.h - the parts of the DMARC check, which dns/check_dmarc.c puts
 * together.
 */
#ifndef DNS_CHECK_DMARC_H
#define DNS_CHECK_DMARC_H

#include "dns/dmarc_record.h"
#include "dns/dmarc_walk.h"
#include "dns/judge.h"

/* "_dmarc.example.com"; false when that is no name. */
bool check_dmarc_name(char to[DNS_NAME_SIZE], const char *domain);

/* ---- the walk: check_dmarc_above.c ---- */

/* From the domain up, as far as the answers have it. */
void check_dmarc_walk(struct dmarc_walk *, struct dmarc_walked *,
    const struct dns_subject *, const struct dns_answers *);

/* Is the name one of the domain's organization?  Also false when that can't be
 * told yet. */
bool check_dmarc_is_ours(
    const struct dns_subject *, const struct dns_answers *, const char *name);

/* True when it could turn out to be one: `missing` is the view of a record that
 * tells. */
bool check_dmarc_may_be_ours(const struct dns_subject *,
    const struct dns_answers *, const char *name, struct dns_view *missing);

/* No record of the domain's own: one above may govern.  False when there is
 * none there either. */
bool check_dmarc_above(const struct dns_subject *, const struct dns_answers *,
    struct dns_finding *, const struct dns_record *wanted);

/* ---- what the policy does: check_dmarc_policy.c ---- */

/* Our own mail by adkim and aspf; false while an answer is missing. */
bool check_dmarc_alignment(const struct dns_subject *,
    const struct dns_answers *, struct dns_finding *,
    const struct dmarc_record *);

/* The record against the step that the domain's path has reached. */
void check_dmarc_step(const struct dns_subject *, struct dns_finding *,
    const struct dmarc_record *);

/* Passes the domain's own record, with what is to be known of its policy. */
void check_dmarc_pass(const struct dns_subject *, struct dns_finding *,
    const struct dmarc_record *);

/* At reject: what that does to those who post to mailing lists. */
void check_dmarc_add_lists(struct dns_finding *, enum dmarc_policy effect);

/* ---- where reports go: check_dmarc_reports.c ---- */

void check_dmarc_ask_reports(const struct dns_subject *,
    const struct dns_answers *, struct dns_questions *,
    const struct dmarc_record *);

/* The addresses as they are written; true when one is wrong, or ours is
 * missing. */
bool check_dmarc_addresses(const struct dns_subject *, struct dns_finding *,
    const struct dmarc_record *);

/* Do those that reports go to take them?  False while answers are missing. */
bool check_dmarc_destinations(const struct dns_subject *,
    const struct dns_answers *, struct dns_finding *,
    const struct dmarc_record *);

#endif
