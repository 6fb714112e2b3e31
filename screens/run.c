#include "screens/run.h"

#include <string.h>

#include "base/text.h"
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

/* "Suspend bob@acme.example?" */
static const char *
question(struct run *run, char *to, size_t size)
{
	const char *verb = run_verb(run->operation);
	char noun[32];

	text_format(noun, sizeof(noun), "%.*s",
	    (int)strcspn(run->operation->name, " "), run->operation->name);
	if (run->count == 1)
		text_format(to, size, "%s: %s %s?", noun, verb, run->names[0]);
	else
		text_format(
		    to, size, "%s: %s %zu rows?", noun, verb, run->count);
	return to;
}

/* The whole screen: what it does, to which rows, and what to type. */
static struct next
ask_name(struct run *run)
{
	const char *verb = run_verb(run->operation);
	struct confirm confirm = { .tag = RUN_TAG, .word = verb };
	char *head;
	size_t line = 0;

	head = arena_format(&run->arena, "%s", run->operation->name);
	for (char *c = head; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	confirm.head = run->count == 1
	    ? arena_format(&run->arena, "%s %s", head, run->names[0])
	    : arena_format(&run->arena, "%s: %zu", head, run->count);
	confirm.lines[line++] = run->operation->help;
	confirm.lines[line++] = "";
	for (size_t i = 0; i < run->count && line < 10; i++)
		confirm.lines[line++] =
		    arena_format(&run->arena, "  %s", run->names[i]);
	if (run->count > 8)
		confirm.lines[line++] =
		    arena_format(&run->arena, "  and %zu more", run->count - 8);
	confirm.lines[line++] = "";
	confirm.name = run->count == 1
	    ? run->names[0]
	    : arena_format(&run->arena, "%s %zu", verb, run->count);
	confirm.prompt = run->count == 1
	    ? "Type the name to go on:"
	    : arena_format(&run->arena, "Type %s to go on:", confirm.name);
	return confirm_open(memcpy(arena_alloc(&run->arena, sizeof(confirm)),
	    &confirm, sizeof(confirm)));
}

struct next
run_rows(struct run *run, struct app *app, const struct operation *operation,
    const char *const *names, size_t count)
{
	struct confirm *confirm;
	char text[ERR_TEXT_SIZE];

	run_close(run);
	if (count == 0)
		return NEXT_STAYS;
	run->operation = operation;
	run->names = arena_array(&run->arena, count, sizeof(*run->names));
	for (run->count = 0; run->count < count; run->count++)
		run->names[run->count] =
		    arena_text(&run->arena, names[run->count]);
	if (operation->danger == DANGER_NAME)
		return ask_name(run);
	/* Several rows at once are asked for even where one is harmless. */
	if (operation->danger == DANGER_NONE && count == 1)
		return run_all(run, app);
	confirm = arena_alloc(&run->arena, sizeof(*confirm));
	confirm->tag = RUN_TAG;
	confirm->question =
	    arena_text(&run->arena, question(run, text, sizeof(text)));
	return confirm_open(confirm);
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
