/*
 * operation_work.h - what the files behind operation.h share: one call of
 * operation_run(), and its steps.  For model/operation*.c alone.
 */
#ifndef MODEL_OPERATION_WORK_H
#define MODEL_OPERATION_WORK_H

#include "model/operation.h"

/* One call of operation_run(). */
struct work {
	struct operation_run run;
	const struct operation *operation;
	const struct operation_arg *args;
	size_t arg_count;
	void *input;
	void *before;         /* as the row was, for edits */
	int64_t seen_version; /* what the person saw; 0: not told */
	bool is_so_already;   /* an edit that gives what the row has */
	struct operation_result result;
};

/* ---- what was given: model/operation_input.c ---- */

/* Ends with a zero row, which may be the first. */
const struct field *operation_fields(const struct operation *);

/* Every arg must be for some field, and no field be given twice. */
enum err_code work_check_args(struct work *, struct err *) MUST_USE;

/* An edit changes only what is given; elsewhere a field that is not given
 * has the text a new form starts with. */
enum err_code work_parse_fields(struct work *, struct err *) MUST_USE;

/* ---- who may: model/operation_rights.c ---- */

/* Whether the role, and the key's restriction, allow it at all. */
enum err_code work_check_role(const struct work *, struct err *) MUST_USE;

/* Fills run.target and asks may() about it. */
enum err_code work_find_and_ask(struct work *, struct err *) MUST_USE;

/* The same words for what does not exist and what the actor may not see. */
enum err_code work_not_found(const struct work *, struct err *);

/* ---- edits, the row as it is: model/operation_row.c ---- */

/* `input` gets the main field of what was typed, then the row. */
enum err_code work_load_row(
    struct work *, void *input, int64_t *version, struct err *) MUST_USE;

/* ERR_CONFLICT when it is not the version that the person saw. */
enum err_code work_check_version(
    const struct work *, int64_t version_now, struct err *) MUST_USE;

/* The row, when the actor may change it: nothing about another, not even its
 * version, is told. */
enum err_code work_load_and_ask(
    struct work *, int64_t *version, struct err *) MUST_USE;

/* What was typed goes over the row as it is now.  Version 0: there is no row
 * yet, this makes it. */
enum err_code work_load_and_overlay(struct work *, struct err *) MUST_USE;

bool work_is_same_value(const struct field *, const void *a, const void *b);

/* ---- what changed: model/operation_audit.c ---- */

/* An edit: the fields that differ.  Anything else: all that was given, with
 * `after_row` NULL. */
enum err_code work_write_audit(
    struct work *, const void *after_row, struct err *) MUST_USE;

#endif
