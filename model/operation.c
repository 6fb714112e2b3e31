#include "model/operation.h"

#include <string.h>

#include "base/text.h"
#include "model/effects.h"
#include "model/operation_work.h"

/* ---- the transaction ---- */

static enum err_code
load_before(struct work *work, struct err *err)
{
	int64_t version = 0;

	work->before =
	    arena_alloc(work->run.arena, work->operation->input_size);
	if (work_load_row(work, work->before, &version, err) != OK)
		return err->code;
	return work_check_version(work, version, err);
}

static enum err_code
load_after(struct work *work, void **after, struct err *err)
{
	int64_t version;

	*after = arena_alloc(work->run.arena, work->operation->input_size);
	return work_load_row(work, *after, &version, err);
}

static enum err_code
run_in_transaction(struct db *db, void *argument, struct err *err)
{
	struct work *work = argument;
	const struct operation *operation = work->operation;
	void *after = NULL;

	(void)db;
	if (work_find_and_ask(work, err) != OK)
		return err->code;
	if (operation->load != NULL && load_before(work, err) != OK)
		return err->code;
	if (operation->load == NULL &&
	    work_check_version(work, work->run.target.version, err) != OK)
		return err->code;
	work->result.id = work->run.target.id;
	if (operation->run(&work->run, work->input, err) != OK)
		return err->code;
	if (operation->load != NULL && load_after(work, &after, err) != OK)
		return err->code;
	return work_write_audit(work, after, err);
}

/* ---- the steps before and after ---- */

/* Before anything slow, which may ask other servers, is done for it. */
static enum err_code
ask_first(struct db *db, void *argument, struct err *err)
{
	struct work *work = argument;

	(void)db;
	return work->operation->load != NULL ? work_load_and_overlay(work, err)
					     : work_find_and_ask(work, err);
}

static enum err_code
run_steps(struct work *work, struct err *err)
{
	const struct operation *operation = work->operation;
	enum err_code code;

	if (work_check_args(work, err) != OK ||
	    work_parse_fields(work, err) != OK)
		return err->code;
	if (work_check_role(work, err) != OK)
		return err->code;
	if ((operation->load != NULL || operation->prepare != NULL) &&
	    db_snapshot(work->run.db, ask_first, work, err) != OK)
		return err->code;
	if (work->is_so_already) {
		work->result.id = work->run.target.id;
		text_copy(work->result.note, sizeof(work->result.note),
		    "Nothing was changed: it is so already.");
		return OK;
	}
	if (operation->prepare != NULL) {
		code = operation->prepare(work->run.context, work->input, err);
		if (code != OK)
			return code;
	}
	return db_transaction(work->run.db, run_in_transaction, work, err);
}

/* The change is done; an effect that failed is repeated later. */
static void
run_effects(struct work *work)
{
	struct err err;
	struct operation_result *result = &work->result;

	if (effects_repeat(work->run.context, &err) == OK)
		return;
	text_format(result->note, sizeof(result->note),
	    "Done, but work outside the database failed and will be repeated: "
	    "%s",
	    err.text);
}

static void
open_work(struct work *work, struct context *context,
    const struct operation *operation, struct arena *arena)
{
	*work = (struct work){
		.operation = operation,
		.run = {
			.context = context,
			.db = context->db,
			.actor = &context->actor,
			.operation = operation,
			.arena = arena,
			.result = &work->result,
		},
		.input = arena_alloc(arena, operation->input_size + 1),
	};
}

enum err_code
operation_run(struct context *context, const struct operation *operation,
    const struct operation_arg *args, size_t count,
    struct operation_result *result, struct err *err)
{
	struct arena arena = { 0 };
	struct err local = { 0 };
	struct work work;
	enum err_code code;

	err = err != NULL ? err : &local;
	*err = (struct err){ 0 };
	open_work(&work, context, operation, &arena);
	work.args = args;
	work.arg_count = count;
	code = run_steps(&work, err);
	if (code == OK) {
		if (text_is_same(operation->name, ACTOR_PASSWORD_CHANGE))
			context->actor.is_password_temporary = false;
		run_effects(&work);
		if (work.result.name[0] == '\0')
			text_copy(work.result.name, sizeof(work.result.name),
			    work.run.target.name);
	}
	if (result != NULL)
		*result =
		    code == OK ? work.result : (struct operation_result){ 0 };
	explicit_bzero(work.input, operation->input_size + 1);
	explicit_bzero(work.result.secret, sizeof(work.result.secret));
	arena_free(&arena);
	return code;
}

/* ---- looking only ---- */

static enum err_code
load_in_snapshot(struct db *db, void *argument, struct err *err)
{
	struct work *work = argument;

	(void)db;
	return work_load_and_ask(work, &work->seen_version, err);
}

static enum err_code
ask_in_snapshot(struct db *db, void *argument, struct err *err)
{
	(void)db;
	return work_find_and_ask(argument, err);
}

/* What `look` does, for the row that the text names. */
static enum err_code
look_at_row(struct work *work, const char *main_text,
    enum err_code (*look)(struct db *, void *, struct err *), struct err *err)
{
	const struct field *main_field =
	    field_main(operation_fields(work->operation));

	if (work_check_role(work, err) != OK)
		return err->code;
	if (main_field != NULL &&
	    field_parse(main_field, work->input, main_text, err) != OK)
		return err->code;
	return db_snapshot(work->run.db, look, work, err);
}

enum err_code
operation_may(struct context *context, const struct operation *operation,
    const char *main_text, struct err *err)
{
	struct arena arena = { 0 };
	struct work work;
	enum err_code code;

	open_work(&work, context, operation, &arena);
	code = look_at_row(&work, main_text, ask_in_snapshot, err);
	arena_free(&arena);
	return code;
}

enum err_code
operation_load(struct context *context, const struct operation *operation,
    const char *main_text, void *input, int64_t *version, struct err *err)
{
	struct arena arena = { 0 };
	struct err local = { 0 };
	struct work work;
	enum err_code code;

	err = err != NULL ? err : &local;
	*version = 0;
	if (operation->load == NULL)
		return err_set(err, ERR_SYSTEM, NULL,
		    "\"%s\" has no row to load.", operation->name);
	open_work(&work, context, operation, &arena);
	code = look_at_row(&work, main_text, load_in_snapshot, err);
	if (code == OK) {
		memcpy(input, work.input, operation->input_size);
		*version = work.seen_version;
	}
	explicit_bzero(work.input, operation->input_size + 1);
	arena_free(&arena);
	return code;
}
