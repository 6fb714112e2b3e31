/* "user list" and "user show": any list of model/ as text or JSON. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/list.h"
#include "ssh/command.h"
#include "ssh/command_table.h"

#define PAGE_ROWS 500

/* ---- what part of the list ---- */

/* The id of the row that a word names in another list: "tenant=Acme". */
static int
id_of(struct command *command, const char *list_name, const char *text,
    int64_t *id)
{
	const struct list *list = list_by_name(list_name);
	struct list_row row;
	struct err err = { 0 };

	if (list_row_by_key(command->context, list, text, &command->arena, &row,
		&err) != OK)
		return command_refuse(command, &err);
	*id = row.id;
	return 0;
}

static int
take_limit(struct command *command, const char *text, int64_t *limit)
{
	if (!text_to_int64(text, limit) || *limit < 1)
		return command_refuse_usage(command,
		    "limit=%s: write a number of rows, such as 20.", text);
	return 0;
}

static int
take_sort(struct command *command, const struct list *list, const char *text,
    struct list_query *query)
{
	int index;

	query->is_descending = text[0] == '-';
	text += query->is_descending;
	index = list_column_index(list, text);
	if (index < 0 || (list->columns[index].flags & LIST_SORTABLE) == 0)
		return command_refuse_usage(command,
		    "%s can't be sorted by \"%s\": see %s --help.", list->name,
		    text, list->name);
	query->sort = text;
	return 0;
}

static int
take_match(struct command *command, const struct list *list,
    const struct operation_arg *arg, struct list_query *query)
{
	size_t used = 0;

	if (list_column_index(list, arg->name) < 0)
		return command_refuse_usage(command,
		    "%s has no column \"%s\": see %s --help.", list->name,
		    arg->name, list->name);
	while (used < LIST_MATCH_MAX && query->match[used].column != NULL)
		used++;
	if (used == LIST_MATCH_MAX)
		return command_refuse_usage(
		    command, "At most %d columns.", LIST_MATCH_MAX);
	query->match[used].column = arg->name;
	query->match[used].text = arg->text;
	return 0;
}

static int
take_moment(
    struct command *command, const struct operation_arg *arg, int64_t *at)
{
	if (clock_parse_utc(at, arg->text))
		return 0;
	return command_refuse_usage(command,
	    "%s=%s: write a day such as 2026-11-24, or a time such as "
	    "2026-11-24T14:05:00Z, in UTC.",
	    arg->name, arg->text);
}

static int
take_list_arg(struct command *command, const struct list *list,
    const struct operation_arg *arg, struct list_query *query, int64_t *limit)
{
	const char *name = arg->name == NULL ? "filter" : arg->name;

	if (text_is_same(name, "filter"))
		query->filter = arg->text;
	else if (text_is_same(name, "sort"))
		return take_sort(command, list, arg->text, query);
	else if (text_is_same(name, "limit"))
		return take_limit(command, arg->text, limit);
	else if (list->moment != NULL && text_is_same(name, "since"))
		return take_moment(command, arg, &query->since_at);
	else if (list->moment != NULL && text_is_same(name, "until"))
		return take_moment(command, arg, &query->until_at);
	else if (text_is_same(name, "tenant") && list->of_tenant != NULL)
		return id_of(
		    command, "tenant list", arg->text, &query->tenant_id);
	else if (text_is_same(name, "domain") && list->of_domain != NULL)
		return id_of(
		    command, "domain list", arg->text, &query->domain_id);
	else if (text_is_same(name, "account") && list->of_account != NULL)
		return id_of(
		    command, "user list", arg->text, &query->account_id);
	else
		return take_match(command, list, arg, query);
	return 0;
}

/* ---- list ---- */

/* JSON is one array, but written row by row: a list may be long. */
static void
put_json_page(
    const struct list *list, const struct list_page *page, bool *has_rows)
{
	for (size_t i = 0; i < page->count; i++) {
		json_t *row = command_json_row(list, &page->rows[i]);

		fputs(*has_rows ? ",\n  " : "[\n  ", stdout);
		json_dumpf(row, stdout, 0);
		json_decref(row);
		*has_rows = true;
	}
}

/* Then an empty answer does not say that there are none. */
static bool
is_narrowed(const struct list_query *query)
{
	return (query->filter != NULL && query->filter[0] != '\0') ||
	    query->match[0].column != NULL || query->tenant_id != 0 ||
	    query->domain_id != 0 || query->account_id != 0 ||
	    query->since_at != 0 || query->until_at != 0;
}

static enum err_code
put_pages(struct command *command, const struct list *list,
    const struct list_query *query, int64_t limit, struct err *err)
{
	struct command_table table = { .list = list };
	struct arena arenas[2] = { 0 };
	struct list_page page = { .has_after = true };
	enum err_code code = OK;
	const char *cursor = NULL;
	int64_t id = 0;
	bool has_rows = false;

	/* Two arenas in turn: the cursor of a page is needed for the next. */
	for (int turn = 0; code == OK && page.has_after && limit > 0;
	     turn = !turn) {
		const size_t max =
		    limit < PAGE_ROWS ? (size_t)limit : PAGE_ROWS;

		arena_free(&arenas[turn]);
		code = list_page(command->context, list, query,
		    cursor == NULL ? LIST_FIRST : LIST_AFTER, id, cursor, max,
		    &arenas[turn], &page, err);
		if (code != OK || page.count == 0)
			break;
		if (command->is_json)
			put_json_page(list, &page, &has_rows);
		else
			command_table_put(&table, &page);
		id = page.rows[page.count - 1].id;
		cursor = page.rows[page.count - 1].cursor;
		limit -= (int64_t)page.count;
	}
	if (code == OK && command->is_json)
		puts(has_rows ? "\n]" : "[]");
	else if (code == OK && !table.has_head)
		fprintf(stderr, "Nothing to list.  %s\n",
		    is_narrowed(query)        ? "Nothing matches that."
			: list->empty == NULL ? ""
					      : list->empty);
	arena_free(&arenas[0]);
	arena_free(&arenas[1]);
	return code;
}

int
command_run_list(struct command *command, const struct list *list)
{
	struct list_query query = { 0 };
	int64_t limit = INT64_MAX;
	struct err err = { 0 };
	int status = 0;

	for (size_t i = 0; status == 0 && i < command->arg_count; i++)
		status = take_list_arg(
		    command, list, &command->args[i], &query, &limit);
	if (status != 0)
		return status;
	if (list->refresh != NULL)
		list->refresh(command->context, NULL);
	if (put_pages(command, list, &query, limit, &err) != OK)
		return command_refuse(command, &err);
	return 0;
}

/* ---- show ---- */

/* "show" with no word is for lists of one row, such as the server's. */
static enum err_code
only_row(struct command *command, const struct list *list, struct list_row *row,
    struct err *err)
{
	const struct list_query all = { 0 };
	struct list_page page;
	enum err_code code = list_page(command->context, list, &all, LIST_FIRST,
	    0, NULL, 2, &command->arena, &page, err);

	if (code != OK)
		return code;
	if (page.count != 1 || page.has_after)
		return err_set(err, ERR_INVALID, NULL,
		    "Which one?  Write its name behind %s.", list->show);
	*row = page.rows[0];
	return OK;
}

/* Names are the key, but the number that "id" shows is as good. */
static enum err_code
row_by_key(struct command *command, const struct list *list, const char *key,
    struct list_row *row, struct err *err)
{
	struct err by_id = { 0 };
	int64_t id;

	if (list_row_by_key(command->context, list, key, &command->arena, row,
		err) != ERR_NOT_FOUND ||
	    !text_to_int64(key, &id) ||
	    list_row_by_id(
		command->context, list, id, &command->arena, row, &by_id) != OK)
		return err->code;
	*err = (struct err){ 0 };
	return OK;
}

static enum err_code
find_row(struct command *command, const struct list *list, struct list_row *row,
    struct err *err)
{
	const struct operation_arg *arg = &command->args[0];
	int64_t id;

	if (command->arg_count == 0)
		return only_row(command, list, row, err);
	if (arg->name == NULL)
		return row_by_key(command, list, arg->text, row, err);
	if (!text_is_same(arg->name, "id") || !text_to_int64(arg->text, &id))
		return err_set(err, ERR_INVALID, NULL,
		    "Write the name or id=NUMBER behind %s.", list->show);
	return list_row_by_id(
	    command->context, list, id, &command->arena, row, err);
}

int
command_run_show(struct command *command, const struct list *list)
{
	struct list_row row = { 0 };
	struct err err = { 0 };

	if (command->arg_count > 1)
		return command_refuse_usage(command,
		    "%s takes one name: see %s --help.", list->show,
		    list->show);
	if (list->refresh != NULL && command->arg_count == 1 &&
	    command->args[0].name == NULL)
		list->refresh(command->context, command->args[0].text);
	if (find_row(command, list, &row, &err) != OK)
		return command_refuse(command, &err);
	if (command->is_json)
		command_print_json(command_json_row(list, &row));
	else
		command_put_row(list, &row);
	return 0;
}
