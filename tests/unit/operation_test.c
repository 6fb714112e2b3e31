#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/audit.h"
#include "model/effects.h"
#include "model/password.h"
#include "tests/lib/house.h"

/* An operation on a made-up thing ("box") whose rows are here, so that the
 * order of the steps and the target can be chosen by a test. */
struct box {
	char name[32];
	int64_t size_bytes;
	char colour[16];
	char secret[32];
	char block[64];
};

static struct box_row {
	struct box box;
	int64_t version, tenant_id;
	enum role owner_role;
	bool exists;
} row;

static char steps[200];
static enum err_code run_outcome;

/* clang-format off */
static const struct field box_fields[] = {
	{ .name = "name", .label = "Name", .help = "Its name.", .kind = FIELD_TEXT,
	  FIELD(struct box, name), .is_required = true, .is_main = true },
	{ .name = "size", .label = "Size", .help = "Its size.", .kind = FIELD_BYTES,
	  FIELD(struct box, size_bytes), .initial = "2 GB" },
	{ .name = "colour", .label = "Colour", .help = "Its colour.", .kind = FIELD_TEXT,
	  FIELD(struct box, colour) },
	{ .name = "secret", .label = "Secret", .help = "Its lock.", .kind = FIELD_SECRET,
	  FIELD(struct box, secret) },
	{ .name = "block", .label = "Block", .help = "Several lines.", .kind = FIELD_BLOCK,
	  FIELD(struct box, block) },
	{ 0 }
};
/* clang-format on */

static void
step(const char *name)
{
	text_append(steps, sizeof(steps), name);
	text_append(steps, sizeof(steps), " ");
}

static enum err_code
box_load(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct box *box = input;

	(void)db;
	step("load");
	if (!row.exists || !text_is_same(box->name, row.box.name))
		return err_set(err, ERR_NOT_FOUND, "name", "No box.");
	*box = row.box;
	*version = row.version;
	return OK;
}

static enum err_code
box_prepare(struct context *context, void *input, struct err *err)
{
	(void)input;
	(void)err;
	assert_false(db_is_in_transaction(context->db));
	step("prepare");
	return OK;
}

static enum err_code
box_find(struct operation_run *run, const void *input, struct err *err)
{
	const struct box *box = input;

	(void)err;
	assert_true(db_is_in_transaction(run->db));
	step("find");
	run->target.is_known = row.exists;
	run->target.id = 7;
	run->target.tenant_id = row.tenant_id;
	run->target.role = row.owner_role;
	run->target.version = row.version;
	text_copy(run->target.name, sizeof(run->target.name), box->name);
	return OK;
}

static enum err_code
box_run(struct operation_run *run, const void *input, struct err *err)
{
	step("run");
	row.box = *(const struct box *)input;
	row.version++;
	text_copy(run->result->secret, sizeof(run->result->secret), "hush");
	if (run_outcome != OK)
		return err_set(err, run_outcome, NULL, "It failed.");
	return OK;
}

static const struct operation box_edit = {
	.name = "box edit",
	.help = "Changes a box.",
	.action = ACTION_USER_EDIT,
	.fields = box_fields,
	.input_size = sizeof(struct box),
	.load = box_load,
	.prepare = box_prepare,
	.find_target = box_find,
	.run = box_run,
};

static const struct operation box_add = {
	.name = "box add",
	.help = "Makes a box.",
	.action = ACTION_USER_EDIT,
	.fields = box_fields,
	.input_size = sizeof(struct box),
	.find_target = box_find,
	.run = box_run,
};

static struct house house;

static int
set_up(void **state)
{
	clock_fix(1790000000);
	password_make_cheap();
	house_open(&house);
	house_as(&house, "lena@acme.example");
	row = (struct box_row){ .box = { .name = "red",
				    .size_bytes = 1024,
				    .colour = "red",
				    .secret = "old secret" },
		.version = 3,
		.tenant_id = house.acme_id,
		.exists = true };
	steps[0] = '\0';
	run_outcome = OK;
	*state = &house.context;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	house_close(&house);
	clock_fix(0);
	return 0;
}

/* Text of a column of the newest audit row, "" without one. */
static const char *
audit_text(struct context *context, const char *column)
{
	static char text[1000];
	const struct actor actor = context->actor;
	struct arena arena = { 0 };
	struct list_page page;
	struct err err;

	actor_console(&context->actor);
	assert_int_equal(list_page(context, &audit_list, NULL, LIST_FIRST, 0,
			     NULL, 1, &arena, &page, &err),
	    OK);
	context->actor = actor;
	text[0] = '\0';
	if (page.count > 0)
		text_copy(text, sizeof(text),
		    list_value_of(&audit_list, &page.rows[0], column)->raw);
	arena_free(&arena);
	return text;
}

#define RUN(operation, ...)                                         \
	operation_run(context, (operation),                         \
	    (const struct operation_arg[]){ __VA_ARGS__ },          \
	    sizeof((const struct operation_arg[]){ __VA_ARGS__ }) / \
		sizeof(struct operation_arg),                       \
	    &result, &err)

/* ---- tests ---- */

static void
test_the_steps_come_in_their_order(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(
	    RUN(&box_edit, { NULL, "red" }, { "size", "4 GB" }), OK);
	assert_string_equal(steps, "load find prepare find load run load ");
	assert_int_equal(result.id, 7);
	assert_string_equal(result.name, "red");
	assert_string_equal(result.secret, "hush");
}

static void
test_an_edit_changes_only_what_is_given(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(
	    RUN(&box_edit, { "name", "red" }, { "size", "4 GB" }), OK);
	assert_string_equal(row.box.colour, "red");
	assert_true(row.box.size_bytes == INT64_C(4) << 30);
	assert_string_equal(audit_text(context, "before"), "size: 1 KB\n");
	assert_string_equal(audit_text(context, "after"), "size: 4 GB\n");
}

static void
test_an_edit_that_changes_nothing_does_not_run_and_is_not_told(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(RUN(&box_edit, { NULL, "red" }), OK);
	assert_int_equal(RUN(&box_edit, { NULL, "red" }, { "size", "1 KB" },
			     { "colour", "red" }),
	    OK);
	assert_string_equal(steps, "load find load find ");
	assert_int_equal(row.version, 3);
	assert_int_equal(result.id, 7);
	assert_string_equal(result.name, "red");
	assert_string_equal(
	    result.note, "Nothing was changed: it is so already.");
	assert_string_equal(audit_text(context, "operation"), "admin add");
	assert_int_equal(
	    RUN(&box_edit, { NULL, "red" }, { "secret", "new" }), OK);
	assert_string_equal(audit_text(context, "operation"), "box edit");
}

static void
test_an_edit_can_empty_a_field(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(RUN(&box_edit, { NULL, "red" }, { "colour", "" }), OK);
	assert_string_equal(row.box.colour, "");
}

static void
test_a_new_thing_starts_with_the_initial_texts(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(RUN(&box_add, { NULL, "blue" }), OK);
	assert_true(row.box.size_bytes == INT64_C(2) << 30);
}

static void
test_the_audit_row_never_holds_a_secret(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(RUN(&box_add, { NULL, "blue" }, { "secret", "s3cr3t" },
			     { "block", "PRIVATE KEY" }),
	    OK);
	assert_string_equal(audit_text(context, "after"),
	    "name: blue\nsize: 2 GB\nsecret: (given)\nblock: (given)\n");
	assert_string_equal(audit_text(context, "actor"), "lena@acme.example");
	assert_string_equal(audit_text(context, "target"), "blue");
}

static void
test_a_failed_run_leaves_no_audit_row_and_no_secret(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	run_outcome = ERR_LIMIT;
	assert_int_equal(RUN(&box_add, { NULL, "blue" }), ERR_LIMIT);
	assert_string_not_equal(audit_text(context, "target"), "blue");
	assert_string_equal(result.secret, "");
}

static void
test_a_wrong_value_names_its_field_before_anything_is_read(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(
	    RUN(&box_edit, { NULL, "red" }, { "size", "huge" }), ERR_INVALID);
	assert_string_equal(err.field, "size");
	assert_string_equal(steps, "");
}

static void
test_unknown_and_repeated_words_are_refused(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(
	    RUN(&box_edit, { NULL, "red" }, { "sise", "1 GB" }), ERR_INVALID);
	assert_string_equal(err.field, "sise");
	assert_int_equal(
	    RUN(&box_edit, { NULL, "red" }, { "name", "blue" }), ERR_INVALID);
	assert_non_null(strstr(err.text, "twice"));
	assert_int_equal(RUN(&box_add, { "size", "1 GB" }), ERR_INVALID);
	assert_string_equal(err.field, "name");
}

static void
test_a_role_that_may_never_is_stopped_before_reading(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	context->actor.role = ROLE_USER;
	assert_int_equal(RUN(&box_edit, { NULL, "red" }), ERR_DENIED);
	assert_string_equal(steps, "");
	assert_non_null(strstr(err.text, "tenant admin"));
}

static void
test_a_read_only_key_changes_nothing(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	context->actor.is_read_only = true;
	assert_int_equal(RUN(&box_edit, { NULL, "red" }), ERR_DENIED);
	assert_string_equal(steps, "");
}

static void
test_another_tenants_row_reads_like_one_that_is_not_there(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err, missing;

	row.tenant_id = 2;
	assert_int_equal(
	    RUN(&box_edit, { NULL, "red" }, { "size", "4G" }), ERR_NOT_FOUND);
	assert_null(strstr(steps, "run"));
	row.exists = false;
	assert_int_equal(
	    operation_run(context, &box_edit,
		&(struct operation_arg){ NULL, "red" }, 1, NULL, &missing),
	    ERR_NOT_FOUND);
	assert_string_equal(err.text, missing.text);
	assert_string_equal(err.field, missing.field);
}

/* Nor is its version told, and nothing slow is done for it. */
static void
test_another_tenants_version_is_not_told(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err, missing;

	row.tenant_id = 2;
	assert_int_equal(
	    RUN(&box_edit, { NULL, "red" }, { "version", "2" }), ERR_NOT_FOUND);
	assert_null(strstr(steps, "prepare"));
	row.exists = false;
	assert_int_equal(
	    operation_run(context, &box_edit,
		&(struct operation_arg){ NULL, "red" }, 1, NULL, &missing),
	    ERR_NOT_FOUND);
	assert_string_equal(err.text, missing.text);
}

static void
test_a_rank_that_is_not_below_is_refused(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	row.owner_role = ROLE_TENANT_ADMIN;
	assert_int_equal(
	    RUN(&box_edit, { NULL, "red" }, { "size", "4G" }), ERR_DENIED);
	assert_null(strstr(steps, "run"));
	assert_non_null(strstr(err.text, "super admin"));
}

static void
test_an_older_version_is_a_conflict_and_changes_nothing(void **state)
{
	struct context *context = *state;
	struct operation_result result;
	struct err err;

	assert_int_equal(RUN(&box_edit, { NULL, "red" }, { "size", "4G" },
			     { "version", "2" }),
	    ERR_CONFLICT);
	assert_string_equal(err.field, "version");
	assert_int_equal(row.version, 3);
	assert_int_equal(RUN(&box_edit, { NULL, "red" }, { "size", "4G" },
			     { "version", "3" }),
	    OK);
	/* Also where the operation has no form. */
	assert_int_equal(
	    RUN(&box_add, { NULL, "red" }, { "version", "1" }), ERR_CONFLICT);
}

static void
test_a_form_gets_the_row_only_when_it_may_be_changed(void **state)
{
	struct context *context = *state;
	struct box box = { 0 };
	int64_t version;
	struct err err;

	assert_int_equal(
	    operation_load(context, &box_edit, "red", &box, &version, &err),
	    OK);
	assert_string_equal(box.colour, "red");
	assert_int_equal(version, 3);
	row.tenant_id = 2;
	box = (struct box){ 0 };
	assert_int_equal(
	    operation_load(context, &box_edit, "red", &box, &version, &err),
	    ERR_NOT_FOUND);
	assert_string_equal(box.colour, "");
}

/* ---- effects ---- */

static int effect_runs;
static enum err_code effect_outcome;

static enum err_code
remove_key(void *self, const char *subject, struct err *err)
{
	(void)self;
	assert_string_equal(subject, "acme.example 2026a");
	effect_runs++;
	if (effect_outcome != OK)
		return err_set(err, effect_outcome, NULL, "Disk gone.");
	return OK;
}

static enum err_code
queue_one(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	return effect_queue(
	    run->db, EFFECT_DKIM_REMOVE, "acme.example 2026a", err);
}

static void
test_an_effect_is_repeated_until_it_is_done(void **state)
{
	struct context *context = *state;
	const struct effects effects = { .run = { [EFFECT_DKIM_REMOVE] =
						      remove_key } };
	struct operation queue = box_add;
	struct operation_result result;
	struct err err;

	queue.run = queue_one;
	effect_runs = 0;
	effect_outcome = ERR_SYSTEM;
	assert_int_equal(RUN(&queue, { NULL, "x" }), OK); /* can't, here */
	assert_int_equal(effect_runs, 0);
	context->effects = &effects;
	assert_int_equal(RUN(&queue, { NULL, "x" }), OK);
	assert_int_equal(effect_runs, 1);
	assert_non_null(strstr(result.note, "repeated"));
	effect_outcome = OK;
	assert_int_equal(effects_repeat(context, &err), OK);
	assert_int_equal(effect_runs, 2);
	assert_int_equal(effects_repeat(context, &err), OK);
	assert_int_equal(effect_runs, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_steps_come_in_their_order),
		TEST(test_an_edit_changes_only_what_is_given),
		TEST(
		    test_an_edit_that_changes_nothing_does_not_run_and_is_not_told),
		TEST(test_an_edit_can_empty_a_field),
		TEST(test_a_new_thing_starts_with_the_initial_texts),
		TEST(test_the_audit_row_never_holds_a_secret),
		TEST(test_a_failed_run_leaves_no_audit_row_and_no_secret),
		TEST(
		    test_a_wrong_value_names_its_field_before_anything_is_read),
		TEST(test_unknown_and_repeated_words_are_refused),
		TEST(test_a_role_that_may_never_is_stopped_before_reading),
		TEST(test_a_read_only_key_changes_nothing),
		TEST(test_another_tenants_row_reads_like_one_that_is_not_there),
		TEST(test_another_tenants_version_is_not_told),
		TEST(test_a_rank_that_is_not_below_is_refused),
		TEST(test_an_older_version_is_a_conflict_and_changes_nothing),
		TEST(test_a_form_gets_the_row_only_when_it_may_be_changed),
		TEST(test_an_effect_is_repeated_until_it_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
