/* "user import", "user export" and the same for aliases: CSV on standard
 * input and output. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/io.h"
#include "model/alias.h"
#include "model/import.h"
#include "model/user.h"
#include "ssh/command.h"

#define PAGE_ROWS      500
#define LINE_MAX_BYTES 65536

/* ---- import ---- */

typedef enum err_code import_function(struct context *, char *bytes,
    size_t length, struct import_report *, struct err *);

static void
print_report(struct command *command, const struct import_report *report,
    const struct err *err)
{
	const size_t told = report->problem_count < IMPORT_PROBLEMS_MAX
	    ? report->problem_count
	    : IMPORT_PROBLEMS_MAX;
	json_t *problems = json_array();

	for (size_t i = 0; i < told; i++) {
		const struct import_problem *problem = &report->problems[i];

		json_array_append_new(problems,
		    json_pack("{s:I, s:o}", "line", (json_int_t)problem->line,
			"text", command_json_text(problem->text)));
		if (command->is_json)
			continue;
		printf("line %zu: ", problem->line);
		command_put(problem->text);
		putchar('\n');
	}
	if (command->is_json)
		command_print_json(json_pack("{s:I, s:I, s:O, s:o*}", "rows",
		    (json_int_t)report->rows, "faults",
		    (json_int_t)report->problem_count, "problems", problems,
		    "error", err->code == OK ? NULL : command_json_error(err)));
	else if (report->problem_count > told)
		printf("and %zu more.\n", report->problem_count - told);
	json_decref(problems);
}

static int
run_import(struct command *command, import_function *import, const char *what)
{
	struct import_report report = { 0 };
	struct err err = { 0 };
	char *bytes;
	size_t length;
	enum err_code code = io_read_fd(
	    &command->arena, STDIN_FILENO, IMPORT_MAX, &bytes, &length, &err);

	if (code == OK)
		code = import(command->context, bytes, length, &report, &err);
	if (code == OK || report.problem_count > 0)
		print_report(command, &report, &err);
	if (code == OK) {
		if (!command->is_json)
			printf("%zu %s are made.\n", report.rows, what);
		return 0;
	}
	if (report.problem_count == 0)
		return command_refuse(command, &err);
	fflush(stdout);
	fprintf(stderr, "postern: %s\n", err.text);
	return err_exit_status(err.code);
}

static int
run_user_import(struct command *command, const void *input)
{
	(void)input;
	return run_import(command, import_users, "users");
}

static int
run_alias_import(struct command *command, const void *input)
{
	(void)input;
	return run_import(command, import_aliases, "aliases");
}

/* ---- export ---- */

/* CSV has a name of its own where a list says it otherwise. */
struct csv_column {
	const char *csv, *list;
};

/* Rows of one array, written as they come: an export may be long. */
static void
put_object(const struct list *list, const struct csv_column *columns,
    const struct list_row *row)
{
	json_t *object = json_object();

	for (size_t i = 0; columns[i].csv != NULL; i++) {
		const struct list_value *value =
		    list_value_of(list, row, columns[i].list);

		json_object_set_new(
		    object, columns[i].csv, command_json_value(value));
	}
	json_dumpf(object, stdout, 0);
	json_decref(object);
}

static void
put_line(struct command *command, const struct list *list,
    const struct csv_column *columns, const struct list_row *row)
{
	struct text_builder line;

	text_builder_open(&line, &command->arena, LINE_MAX_BYTES);
	for (size_t i = 0; columns[i].csv != NULL; i++) {
		const struct list_value *value = row == NULL
		    ? NULL
		    : list_value_of(list, row, columns[i].list);

		csv_put(&line,
		    value == NULL                    ? columns[i].csv
			: value->kind == LIST_YES_NO ? value->text
						     : value->raw,
		    i == 0);
	}
	text_add(&line, "\r\n");
	fwrite(line.data, 1, line.length, stdout);
}

static void
put_page(struct command *command, const struct list *list,
    const struct csv_column *columns, const struct list_page *page,
    bool *has_rows)
{
	for (size_t i = 0; i < page->count; i++) {
		if (command->is_json) {
			fputs(*has_rows ? ",\n  " : "[\n  ", stdout);
			put_object(list, columns, &page->rows[i]);
		} else
			put_line(command, list, columns, &page->rows[i]);
		*has_rows = true;
	}
}

static int
run_export(struct command *command, const struct list *list,
    const struct csv_column *columns)
{
	struct list_page page = { .has_after = true };
	struct err err = { 0 };
	char cursor[1024] = "";
	bool has_rows = false;
	int64_t id = 0;

	if (!command->is_json)
		put_line(command, list, columns, NULL);
	while (page.has_after) {
		if (list_page(command->context, list, NULL,
			id == 0 ? LIST_FIRST : LIST_AFTER, id, cursor,
			PAGE_ROWS, &command->arena, &page, &err) != OK)
			return command_refuse(command, &err);
		put_page(command, list, columns, &page, &has_rows);
		if (page.count == 0)
			break;
		id = page.rows[page.count - 1].id;
		text_copy(
		    cursor, sizeof(cursor), page.rows[page.count - 1].cursor);
		arena_free(&command->arena);
	}
	if (command->is_json)
		puts(has_rows ? "\n]" : "[]");
	return 0;
}

static int
run_user_export(struct command *command, const void *input)
{
	static const struct csv_column columns[] = { { "address", "address" },
		{ "name", "name" }, { "quota", "quota_bytes" },
		{ "may_send", "may_send" }, { NULL, NULL } };

	(void)input;
	return run_export(command, &user_list, columns);
}

static int
run_alias_export(struct command *command, const void *input)
{
	static const struct csv_column columns[] = { { "address", "address" },
		{ "targets", "targets" }, { "may_send", "may_send" },
		{ "note", "note" }, { NULL, NULL } };

	(void)input;
	return run_export(command, &alias_list, columns);
}

/* clang-format off */
const struct command_special command_csv[] = {
	{ "user import", "Makes the users of a CSV file on standard input, all or none.",
	  ACTION_USER_EDIT, NULL, 0, run_user_import, NULL },
	{ "user export", "Writes the users as CSV; with --json as an array.",
	  ACTION_USER_VIEW, NULL, 0, run_user_export, NULL },
	{ "alias import", "Makes the aliases of a CSV file on standard input, all or none.",
	  ACTION_ALIAS_EDIT, NULL, 0, run_alias_import, NULL },
	{ "alias export", "Writes the aliases as CSV; with --json as an array.",
	  ACTION_ALIAS_VIEW, NULL, 0, run_alias_export, NULL },
	{ 0 }
};
/* clang-format on */
