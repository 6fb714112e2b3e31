#include "screens/run.h"

#include <string.h>

#include "base/text.h"
#include "screens/danger.h"
#include "screens/secret.h"
#include "screens/session.h"
#include "tui/confirm.h"

#define RUN_TAG 7301 /* msg.id of a yes */

const char *
run_verb(const struct operation *operation)
{
	const char *blank = strchr(operation->name, ' ');

	return blank != NULL ? blank + 1 : operation->name;
}

const char *
run_title(struct arena *arena, const struct operation *operation)
{
	const char *verb = run_verb(operation);
	char *title;

	if (text_is_same(verb, "add"))
		return arena_format(arena, "New %.*s",
		    (int)strcspn(operation->name, " "), operation->name);
	title = arena_text(arena, verb);
	if (title[0] >= 'a' && title[0] <= 'z')
		title[0] = (char)(title[0] - 'a' + 'A');
	return title;
}

bool
run_needs_form(const struct operation *operation)
{
	const struct field *field = operation->fields;

	for (; field != NULL && field->name != NULL; field++)
		if (field->is_required && !field->is_main)
			return true;
	return false;
}

/* ---- forms ---- */

static void
add_arg(struct operation_arg *args, size_t *count, const char *name,
    const char *text)
{
	args[(*count)++] = (struct operation_arg){ name, text };
}

enum err_code
run_form(struct app *app, const struct form *form,
    const struct operation *operation, int64_t version,
    struct operation_result *result, struct err *err)
{
	const bool is_edit = operation->load != NULL;
	const struct field *main_field =
	    operation->fields != NULL ? field_main(operation->fields) : NULL;
	struct form_value values[FORM_FIELDS_MAX];
	struct operation_arg args[FORM_FIELDS_MAX + 2];
	size_t count = 0, value_count;
	char version_text[24];

	value_count = form_as_args(form, values, FORM_FIELDS_MAX, is_edit);
	if (is_edit && main_field != NULL)
		add_arg(args, &count, main_field->name,
		    form_text(form, main_field->name));
	for (size_t i = 0; i < value_count; i++)
		if (!is_edit || main_field == NULL ||
		    !text_is_same(values[i].name, main_field->name))
			add_arg(args, &count, values[i].name, values[i].text);
	text_format(
	    version_text, sizeof(version_text), "%lld", (long long)version);
	if (version != 0)
		add_arg(args, &count, "version", version_text);
	return operation_run(
	    session_context(app), operation, args, count, result, err);
}

void
run_refused(struct app *app, struct form *form, const struct err *err)
{
	if (err->field[0] == '\0' ||
	    !form_set_error(form, err->field, err->text))
		app_error(app, err);
}

/* The operation's own sentence, or one made of its words. */
static void
say_done(struct app *app, const struct operation *operation,
    const struct operation_result *result)
{
	if (result->note[0] != '\0')
		app_message(app, "%s", result->note);
	else
		app_message(app, "Done: %s %s.", operation->name, result->name);
}

struct next
run_done(struct app *app, const struct operation *operation,
    struct operation_result *result)
{
	struct next next = { .kind = NEXT_CLOSE, .id = result->id };

	say_done(app, operation, result);
	if (result->secret[0] != '\0') {
		next = secret_next(result);
		next.kind = NEXT_REPLACE;
	}
	explicit_bzero(result, sizeof(*result));
	return next;
}

/* ---- rows ---- */

void
run_close(struct run *run)
{
	arena_free(&run->arena);
	*run = (struct run){ 0 };
}

static enum err_code
run_one(struct run *run, struct app *app, size_t i,
    struct operation_result *result, struct err *err)
{
	const struct operation_arg arg = { NULL, run->names[i] };

	return operation_run(session_context(app), run->operation, &arg,
	    run->operation->fields != NULL ? 1 : 0, result, err);
}

/* All rows; stops at none: what was refused is said, with the first
 * reason. */
static struct next
run_all(struct run *run, struct app *app)
{
	struct operation_result result = { 0 };
	struct err err, first = { 0 };
	struct next next = NEXT_STAYS;
	size_t done = 0;

	for (size_t i = 0; i < run->count; i++) {
		explicit_bzero(&result, sizeof(result));
		if (run_one(run, app, i, &result, &err) == OK)
			done++;
		else if (first.code == OK)
			first = err;
	}
	if (run->count == 1 && done == 1) {
		say_done(app, run->operation, &result);
		if (result.secret[0] != '\0')
			next = secret_next(&result);
	} else if (done == run->count) {
		app_message(app, "%s: %zu done.", run->operation->name, done);
	} else if (run->count == 1) {
		app_error(app, &first);
	} else {
		err_set(&err, first.code, NULL, "%zu of %zu done.  %s", done,
		    run->count, first.text);
		app_error(app, &err);
	}
	explicit_bzero(&result, sizeof(result));
	run_close(run);
	return next;
}

struct next
run_rows(struct run *run, struct app *app, const struct operation *operation,
    const char *const *names, size_t count)
{
	run_close(run);
	if (count == 0)
		return NEXT_STAYS;
	run->operation = operation;
	run->names = arena_array(&run->arena, count, sizeof(*run->names));
	for (run->count = 0; run->count < count; run->count++)
		run->names[run->count] =
		    arena_text(&run->arena, names[run->count]);
	/* Several rows at once are asked for even where one is harmless. */
	if (operation->danger == DANGER_NONE && count == 1)
		return run_all(run, app);
	return danger_ask(
	    app, &run->arena, operation, run->names, count, RUN_TAG);
}

bool
run_answer(
    struct run *run, struct app *app, const struct msg *msg, struct next *next)
{
	*next = NEXT_STAYS;
	if (msg->kind != MSG_RETURN || run->operation == NULL ||
	    (msg->from != &screen_confirm_ask &&
		msg->from != &screen_confirm_name))
		return false;
	if (msg->id == RUN_TAG) {
		*next = run_all(run, app);
	} else {
		app_message(app, "Nothing was changed.");
		run_close(run);
	}
	return true;
}
