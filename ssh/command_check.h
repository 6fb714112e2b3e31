/*
 * command_check.h - what "dns check" of one domain and of all have in common.
 */
#ifndef SSH_COMMAND_CHECK_H
#define SSH_COMMAND_CHECK_H

#include "dns/checklist.h"
#include "dns/record.h"
#include "dns/sweep.h"
#include "model/finding.h"
#include "ssh/command.h"

struct check_input {
	char domain[HOST_DISPLAY_SIZE]; /* or "all" */
	int64_t only_changed, per_second, jobs;
};

#define COMMAND_CHECK_INPUT_SIZE sizeof(struct check_input)

extern const struct field command_check_fields[];
extern const char *const command_need_names[]; /* by enum dns_need */

/* "dns check": the exit status. */
int command_check(struct command *, const void *input);

/* The same for every domain that the actor may see; `only` as in struct
 * checklist_request. */
int command_sweep(struct command *, const struct check_input *, uint64_t only);

/* One domain that was checked. */
struct checked {
	struct checklist_request request;
	struct dns_finding findings[CHECKLIST_ROWS_MAX];
	struct finding known[CHECKLIST_ROWS_MAX]; /* after this run */
	char note[DNS_SENTENCE_SIZE];
	int64_t at;
	size_t count[DNS_SKIPPED + 1]; /* by verdict, accepted ones apart */
	size_t accepted;
	enum dns_verdict worst;
};

/* Keeps the findings of all, reads what is known now, counts the verdicts:
 * they are one transaction, in which a domain may be gone.  The disk takes
 * longer for its end than a sweep for one domain; each has 200 kB. */
#define CHECKED_AT_ONCE 48
enum err_code checked_keep(
    struct context *, struct checked *, size_t count, struct err *) MUST_USE;

/* Somebody takes this very verdict as it is. */
bool checked_is_accepted(const struct checked *, size_t check);
void checked_sum_up(struct checked *);

/* 0 no failure, 1 some, 75 could not tell. */
int checked_status(size_t failed, size_t unknown);

struct json_t *checked_as_json(struct arena *, const struct checked *);
struct json_t *command_json_record(struct arena *, const struct dns_record *);

#endif
