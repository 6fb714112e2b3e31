/*
 * operation.h - the only way to change anything.
 *
 * An operation is a constant row: its name, right, danger, fields and
 * functions.  Each file of model/ exports its rows as one array
 * (domain_operations, ends with a zero row); model/registry.c lists the
 * arrays.  Forms and the command line both hand texts to operation_run(),
 * which does in this order: parse and check the fields; is the role, and the
 * key's restriction, allowed this at all; for an edit or slow work the row as
 * it is, may(), and only then its version; prepare (slow work, no lock); BEGIN
 * IMMEDIATE; find the target's row; may(); run; audit; COMMIT; effects.  An
 * edit that gives what the row has already ends before prepare: nothing runs
 * and nothing stands in the audit log.
 */
#ifndef MODEL_OPERATION_H
#define MODEL_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/field.h"
#include "model/context.h"
#include "model/db.h"
#include "model/permission.h"

enum danger {
	DANGER_NONE,
	DANGER_ASK,  /* y/n, default no; command line: --yes */
	DANGER_NAME, /* the person types the name; command line: --yes NAME */
};

struct operation_arg {
	const char *name; /* of the field; NULL or "": the main field */
	const char *text;
};

/* What came of it; all zero before operation_run() fills it. */
struct operation_result {
	int64_t id;                  /* of the row that was made or changed */
	char name[TARGET_NAME_SIZE]; /* of that row */
	char note[240];  /* one sentence of success for row 22, or "" */
	char secret[64]; /* shown once; the caller wipes it */
};

/* What run() and find_target() work with. */
struct operation_run {
	struct context *context;
	struct db *db; /* in a transaction */
	const struct actor *actor;
	const struct operation *operation;
	struct target target; /* as find_target() left it */
	struct arena *arena;  /* freed when the operation ends */
	struct operation_result *result;
	char audit_note[512]; /* run() may add words for the audit log */
};

struct operation {
	const char *name; /* "user add": command line, palette, audit log */
	const char *help; /* one sentence */
	enum action action;
	enum action own_action; /* asked instead for the own account, or 0 */
	enum danger danger;
	const struct field *fields; /* ends with a zero row, or NULL: none */
	size_t input_size;          /* bytes of the struct the fields fill */

	/*
	 * Edits only: fills the input from the row that the main field names
	 * (or the server's one row); the given args go over it.  `version` is
	 * the row's.  ERR_NOT_FOUND.  Also gives the audit log its before and
	 * after, so an operation that has it need not tell them.
	 */
	enum err_code (*load)(
	    struct db *, void *input, int64_t *version, struct err *);

	/* Slow pure work (password hash, key making), or NULL.  Called only
	 * for a target that the actor may do it to. */
	enum err_code (*prepare)(struct context *, void *input, struct err *);

	/* Fills run->target from rows; is_known stays false for unknown.
	 * Called before prepare() as well as in the transaction. */
	enum err_code (*find_target)(
	    struct operation_run *, const void *input, struct err *);

	enum err_code (*run)(
	    struct operation_run *, const void *input, struct err *);
};

/*
 * Runs it for context->actor.  An arg named "version" is the version that the
 * person saw: when the row has another by now, ERR_CONFLICT with err.field
 * "version" and nothing is changed.  `result` may be NULL.  The args are not
 * kept; secrets in the parsed input are wiped.
 */
enum err_code operation_run(struct context *, const struct operation *,
    const struct operation_arg *, size_t count, struct operation_result *,
    struct err *) MUST_USE;

/*
 * The present values of the row that `main_text` names, for a form that edits
 * it: `input` (input_size bytes, zeroed by the caller) and the version.
 * ERR_NOT_FOUND also when the actor may not change it.
 */
enum err_code operation_load(struct context *, const struct operation *,
    const char *main_text, void *input, int64_t *version,
    struct err *) MUST_USE;

/* OK when the actor may do it to the row that `main_text` names; else what
 * operation_run() would say, before anything is typed. */
enum err_code operation_may(struct context *, const struct operation *,
    const char *main_text, struct err *) MUST_USE;

/* The row of that name ("user add"), or NULL. */
const struct operation *operation_by_name(const char *);

/* All of them, in the order of the registry: NULL at the end. */
const struct operation *operation_at(size_t index);

/* Whether the role may do this at all, to others or to itself: may_ever(). */
bool operation_may_ever(
    const struct actor *, const struct operation *, const char **why);

/* One check of one value as the form leaves a field: field_parse() without
 * keeping it. */
enum err_code operation_check_field(
    const struct field *, const char *text, struct err *) MUST_USE;

#endif
