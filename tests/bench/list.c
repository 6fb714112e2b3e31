/*
 * For tests/bench/list_bench.sh: pages of the list of users, as the screen
 * asks for them, from a database with very many.
 *
 *   list DATABASE DIRECTORY
 *
 * prints "MILLISECONDS WHAT" of each, processor time, best of 7, and leaves the SQL that it
 * ran as DIRECTORY/NUMBER.sql.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "model/context.h"
#include "model/db.h"
#include "model/list.h"
#include "model/user.h"

#define ROUNDS 7
#define ROWS   36 /* of a tall window */

static const struct act {
	const char *what;
	struct list_query query;
	enum list_from from;
	bool is_counted;
} acts[] = {
	{ "open: first page and count", { 0 }, LIST_FIRST, true },
	{ "page down", { 0 }, LIST_AFTER, false },
	{ "last page", { 0 }, LIST_LAST, false },
	{ "by name, page down", { .sort = "name" }, LIST_AFTER, false },
	{ "filter that many fit: page and count", { .filter = "user 12" },
	    LIST_FIRST, true },
	{ "filter that one fits: page and count", { .filter = "user777777@" },
	    LIST_FIRST, true },
	{ "filter that none fits: page and count", { .filter = "nobody" },
	    LIST_FIRST, true },
};

static sqlite3 *handle;
static FILE *written; /* where the SQL goes, or NULL */

static int
take_handle(sqlite3 *db, char **error, const void *functions)
{
	(void)error;
	(void)functions;
	handle = db;
	return SQLITE_OK;
}

static int
write_sql(unsigned kind, void *context, void *statement, void *text)
{
	char *sql = sqlite3_expanded_sql(statement);

	(void)kind;
	(void)context;
	(void)text;
	fprintf(written, "%s;\n", sql);
	sqlite3_free(sql);
	return 0;
}

static _Noreturn void
give_up(const struct err *err)
{
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

static double
now_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

/* What a page down starts from is read before. */
static double
run(struct context *context, const struct act *act)
{
	const bool is_after = act->from == LIST_AFTER;
	struct arena arena = { 0 };
	struct list_page before = { 0 }, page;
	struct err err = { 0 };
	int64_t count;
	double from;

	if (is_after &&
	    list_page(context, &user_list, &act->query, LIST_FIRST, 0, NULL,
		ROWS, &arena, &before, &err) != OK)
		give_up(&err);
	if (written != NULL)
		sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, write_sql, NULL);
	from = now_ms();
	if (list_page(context, &user_list, &act->query, act->from,
		is_after ? before.rows[ROWS - 1].id : 0,
		is_after ? before.rows[ROWS - 1].cursor : NULL, ROWS, &arena,
		&page, &err) != OK ||
	    (act->is_counted &&
		list_count(context, &user_list, &act->query, &count, &err) !=
		    OK))
		give_up(&err);
	from = now_ms() - from;
	sqlite3_trace_v2(handle, 0, NULL, NULL);
	arena_free(&arena);
	return from;
}

int
main(int argc, char **argv)
{
	struct context context = { .actor = { .account_id = 1,
				       .role = ROLE_SUPER_ADMIN } };
	struct err err = { 0 };
	char path[4096];

	if (argc != 3)
		return 2;
	sqlite3_auto_extension((void (*)(void))take_handle);
	if (db_open(&context.db, argv[1], DB_MUST_EXIST, &err) != OK)
		give_up(&err);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		double best = run(&context, &acts[i]), ms;

		for (int round = 1; round < ROUNDS; round++)
			if ((ms = run(&context, &acts[i])) < best)
				best = ms;
		text_format(path, sizeof(path), "%s/%zu.sql", argv[2], i);
		written = fopen(path, "w");
		if (written == NULL)
			return 1;
		run(&context, &acts[i]);
		fclose(written);
		written = NULL;
		printf("%.3f %s\n", best, acts[i].what);
	}
	db_close(&context.db);
	return 0;
}
