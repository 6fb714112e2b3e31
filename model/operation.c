#include "model/operation.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/account.h"
#include "model/audit.h"
#include "model/effects.h"

#define VALUE_MAX 600   /* bytes of one value in the audit log */
#define AUDIT_MAX 16384 /* bytes of all of them */

static const struct field no_fields[] = { { 0 } };

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

static const struct field *
fields_of(const struct operation *operation)
{
	return operation->fields != NULL ? operation->fields : no_fields;
}

/* ---- parsing ---- */

static bool
is_arg_of(const struct operation_arg *arg, const struct field *field,
    const struct field *main_field)
{
	if (arg->name == NULL || arg->name[0] == '\0')
		return field == main_field;
	return text_is_same(arg->name, field->name);
}

static const struct operation_arg *
arg_for(const struct work *work, const struct field *field)
{
	const struct field *main_field = field_main(fields_of(work->operation));

	for (size_t i = 0; i < work->arg_count; i++) {
		if (is_arg_of(&work->args[i], field, main_field))
			return &work->args[i];
	}
	return NULL;
}

static enum err_code
take_version(struct work *work, const char *text, struct err *err)
{
	if (text_to_int64(text, &work->seen_version) && work->seen_version >= 0)
		return OK;
	return err_set(err, ERR_INVALID, "version",
	    "A version is a whole number, as \"show\" prints it.");
}

/* Every arg must be for some field, and no field be given twice. */
static enum err_code
check_arg_names(struct work *work, struct err *err)
{
	const struct field *fields = fields_of(work->operation);
	const struct field *main_field = field_main(fields);

	for (size_t i = 0; i < work->arg_count; i++) {
		const struct operation_arg *arg = &work->args[i];
		const bool is_main = arg->name == NULL || arg->name[0] == '\0';
		const struct field *field =
		    is_main ? main_field : field_by_name(fields, arg->name);

		if (field != NULL && arg_for(work, field) != arg)
			return err_set(err, ERR_INVALID, field->name,
			    "\"%s\" was given twice.", field->name);
		if (field != NULL)
			continue;
		if (is_main)
			return err_set(err, ERR_INVALID, NULL,
			    "\"%s\" takes no \"%.60s\".", work->operation->name,
			    arg->text);
		if (!text_is_same(arg->name, "version"))
			return err_set(err, ERR_INVALID, arg->name,
			    "\"%s\" has no \"%.60s\": see its --help.",
			    work->operation->name, arg->name);
		if (take_version(work, arg->text, err) != OK)
			return err->code;
	}
	return OK;
}

/* An edit changes only what is given; elsewhere a field that is not given
 * has the text a new form starts with. */
static enum err_code
parse_fields(struct work *work, struct err *err)
{
	const struct field *field = fields_of(work->operation);

	for (; field->name != NULL; field++) {
		const struct operation_arg *arg = arg_for(work, field);
		const char *text = arg != NULL ? arg->text : field->initial;

		if (arg == NULL && work->operation->load != NULL &&
		    !field->is_main)
			continue;
		if (field_parse(field, work->input, text != NULL ? text : "",
			err) != OK)
			return err->code;
	}
	return OK;
}

enum err_code
operation_check_field(
    const struct field *field, const char *text, struct err *err)
{
	struct arena arena = { 0 };
	void *input = arena_alloc(&arena, field->offset + field->size);
	const enum err_code code = field_parse(field, input, text, err);

	explicit_bzero(input, field->offset + field->size);
	arena_free(&arena);
	return code;
}

/* ---- rights ---- */

bool
operation_may_ever(const struct actor *actor, const struct operation *operation,
    const char **why)
{
	return may_ever(actor, operation->action, why) ||
	    (operation->own_action != ACTION_NONE &&
		may_ever(actor, operation->own_action, NULL));
}

/* Which right is asked for the target that was found. */
static enum action
action_for(const struct work *work)
{
	const struct operation *operation = work->operation;
	const int64_t own = work->run.actor->account_id;

	return operation->own_action != ACTION_NONE && own != 0 &&
		work->run.target.account_id == own
	    ? operation->own_action
	    : operation->action;
}

static enum err_code
check_role(const struct work *work, struct err *err)
{
	const struct actor *actor = work->run.actor;
	const char *why;

	if (!operation_may_ever(actor, work->operation, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	return actor_key_allows(actor, work->operation->name, true, err);
}

/* The same words for what does not exist and what the actor may not see. */
static enum err_code
not_found(const struct work *work, struct err *err)
{
	const struct field *main_field = field_main(fields_of(work->operation));
	char value[TARGET_NAME_SIZE] = "";

	if (main_field != NULL)
		field_format(main_field, work->input, value, sizeof(value));
	return err_set(err, ERR_NOT_FOUND,
	    main_field != NULL ? main_field->name : NULL,
	    "There is no %.*s \"%.120s\" that you can change.",
	    (int)strcspn(work->operation->name, " "), work->operation->name,
	    value);
}

static enum err_code
refuse(const struct work *work, struct err *err)
{
	const struct actor *actor = work->run.actor;
	const struct target *target = &work->run.target;
	const int64_t tenant_id = actor_tenant(actor);

	if (!target->is_known ||
	    (tenant_id != 0 && target->tenant_id != tenant_id))
		return not_found(work, err);
	if (permission_reach(actor->role, work->operation->action) ==
	    REACH_BELOW)
		return err_set(err, ERR_DENIED, NULL,
		    "You can %s of a rank below your own only, and %s is a "
		    "%s: ask a super admin.",
		    action_title(work->operation->action), target->name,
		    role_titles[target->role]);
	return err_set(err, ERR_DENIED, NULL,
	    "You can do this for yourself only, not for %s.", target->name);
}

static enum err_code
find_and_ask(struct work *work, struct err *err)
{
	const struct operation *operation = work->operation;
	struct operation_run *run = &work->run;
	enum err_code code = OK;

	memset(&run->target, 0, sizeof(run->target));
	if (account_check_still(run->db, run->actor, err) != OK)
		return err->code;
	if (operation->find_target == NULL) {
		/* About the server itself. */
		run->target.is_known = true;
		text_copy(run->target.name, sizeof(run->target.name), "server");
	} else {
		code = operation->find_target(run, work->input, err);
	}
	if (code == ERR_NOT_FOUND && operation->load != NULL)
		return not_found(work, err);
	if (code != OK)
		return code;
	if (!may(run->actor, action_for(work), &run->target))
		return refuse(work, err);
	return OK;
}

/* ---- edits: the row as it is ---- */

/* `input` gets the main field of what was typed, then the row. */
static enum err_code
load_row(struct work *work, void *input, int64_t *version, struct err *err)
{
	const struct field *main_field = field_main(fields_of(work->operation));
	enum err_code code;

	if (main_field != NULL)
		memcpy((char *)input + main_field->offset,
		    (const char *)work->input + main_field->offset,
		    main_field->size);
	code = work->operation->load(work->run.db, input, version, err);
	return code == ERR_NOT_FOUND ? not_found(work, err) : code;
}

static enum err_code
check_version(const struct work *work, int64_t version_now, struct err *err)
{
	if (work->seen_version == 0 || version_now == 0 ||
	    work->seen_version == version_now)
		return OK;
	return err_set(err, ERR_CONFLICT, "version",
	    "Somebody else changed this meanwhile: look at the new values, "
	    "then save again.");
}

/* The row, when the actor may change it: nothing about another, not even its
 * version, is told. */
static enum err_code
load_and_ask(struct work *work, int64_t *version, struct err *err)
{
	const size_t size = work->operation->input_size;
	void *loaded = arena_alloc(work->run.arena, size);

	if (load_row(work, loaded, version, err) != OK)
		return err->code;
	memcpy(work->input, loaded, size);
	return find_and_ask(work, err);
}

static bool
is_same_value(const struct field *field, const void *a, const void *b)
{
	return memcmp((const char *)a + field->offset,
		   (const char *)b + field->offset, field->size) == 0;
}

/* The main field only says which row it is. */
static bool
is_same_input(const struct work *work, const void *row)
{
	const struct field *field = fields_of(work->operation);

	while (field->name != NULL &&
	    (field->is_main || is_same_value(field, row, work->input)))
		field++;
	return field->name == NULL;
}

/* What was typed goes over the row as it is now.  Version 0: there is no row
 * yet, this makes it. */
static enum err_code
load_and_overlay(struct work *work, struct err *err)
{
	const size_t size = work->operation->input_size;
	void *row = arena_alloc(work->run.arena, size);
	int64_t version = 0;

	if (load_and_ask(work, &version, err) != OK)
		return err->code;
	if (check_version(work, version, err) != OK)
		return err->code;
	if (work->seen_version == 0)
		work->seen_version = version;
	memcpy(row, work->input, size);
	if (parse_fields(work, err) != OK)
		return err->code;
	work->is_so_already = version != 0 && is_same_input(work, row);
	return OK;
}

/* ---- audit ---- */

static void
audit_value(
    struct text_builder *to, const struct field *field, const void *input)
{
	char value[FIELD_TEXT_SIZE], shown[VALUE_MAX];

	/* A block may be anything, a private key too: never its text. */
	if (field->kind == FIELD_SECRET || field->kind == FIELD_BLOCK) {
		text_addf(to, "%s: (given)\n", field->name);
		return;
	}
	field_format(field, input, value, sizeof(value));
	text_visible(shown, sizeof(shown), value, strlen(value));
	text_addf(to, "%s: %s\n", field->name, shown);
}

/* An edit: the fields that differ.  Anything else: all that was given. */
static enum err_code
write_audit(struct work *work, const void *after_row, struct err *err)
{
	const struct operation_run *run = &work->run;
	const struct field *field = fields_of(work->operation);
	const void *after = after_row != NULL ? after_row : work->input;
	struct text_builder before_text, after_text;
	const void *empty =
	    arena_alloc(run->arena, work->operation->input_size + 1);

	text_builder_open(&before_text, run->arena, AUDIT_MAX);
	text_builder_open(&after_text, run->arena, AUDIT_MAX);
	for (; field->name != NULL; field++) {
		const void *old = work->before != NULL ? work->before : empty;

		if (is_same_value(field, old, after))
			continue;
		if (work->before != NULL)
			audit_value(&before_text, field, work->before);
		audit_value(&after_text, field, after);
	}
	text_add(&after_text, run->audit_note);
	return audit_add(run->db, run->actor,
	    &(struct audit_entry){
		.operation = work->operation->name,
		.target = run->target.name,
		.tenant_id = run->target.tenant_id,
		.account_id = run->target.account_id,
		.before = before_text.data,
		.after = after_text.data,
	    },
	    err);
}

/* ---- the transaction ---- */

static enum err_code
load_before(struct work *work, struct err *err)
{
	int64_t version = 0;

	work->before =
	    arena_alloc(work->run.arena, work->operation->input_size);
	if (load_row(work, work->before, &version, err) != OK)
		return err->code;
	return check_version(work, version, err);
}

static enum err_code
load_after(struct work *work, void **after, struct err *err)
{
	int64_t version;

	*after = arena_alloc(work->run.arena, work->operation->input_size);
	return load_row(work, *after, &version, err);
}

static enum err_code
run_in_transaction(struct db *db, void *argument, struct err *err)
{
	struct work *work = argument;
	const struct operation *operation = work->operation;
	void *after = NULL;

	(void)db;
	if (find_and_ask(work, err) != OK)
		return err->code;
	if (operation->load != NULL && load_before(work, err) != OK)
		return err->code;
	if (operation->load == NULL &&
	    check_version(work, work->run.target.version, err) != OK)
		return err->code;
	work->result.id = work->run.target.id;
	if (operation->run(&work->run, work->input, err) != OK)
		return err->code;
	if (operation->load != NULL && load_after(work, &after, err) != OK)
		return err->code;
	return write_audit(work, after, err);
}

/* Before anything slow, which may ask other servers, is done for it. */
static enum err_code
ask_first(struct db *db, void *argument, struct err *err)
{
	struct work *work = argument;

	(void)db;
	return work->operation->load != NULL ? load_and_overlay(work, err)
					     : find_and_ask(work, err);
}

static enum err_code
run_steps(struct work *work, struct err *err)
{
	const struct operation *operation = work->operation;
	enum err_code code;

	if (check_arg_names(work, err) != OK || parse_fields(work, err) != OK)
		return err->code;
	if (check_role(work, err) != OK)
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

static enum err_code
load_in_snapshot(struct db *db, void *argument, struct err *err)
{
	struct work *work = argument;

	(void)db;
	return load_and_ask(work, &work->seen_version, err);
}

static enum err_code
ask_in_snapshot(struct db *db, void *argument, struct err *err)
{
	(void)db;
	return find_and_ask(argument, err);
}

/* What `look` does, for the row that the text names. */
static enum err_code
look_at_row(struct work *work, const char *main_text,
    enum err_code (*look)(struct db *, void *, struct err *), struct err *err)
{
	const struct field *main_field = field_main(fields_of(work->operation));

	if (check_role(work, err) != OK)
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
