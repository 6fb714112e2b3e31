/* Statements: prepared once, bound by name, stepped, ended. */
#include <sqlite3.h>
#include <string.h>

#include "base/text.h"
#include "model/db.h"
#include "model/db_handle.h"

static sqlite3_stmt *
prepare(struct db *db, const char *sql, unsigned flags, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int code =
	    sqlite3_prepare_v3(db->handle, sql, -1, flags, &statement, NULL);

	if (code != SQLITE_OK)
		db_map_error(db, code, err);
	return statement;
}

/* The prepared statement of this text, kept for the next time. */
static sqlite3_stmt *
prepared(struct db *db, const char *sql, struct err *err)
{
	size_t slot = ((uintptr_t)sql >> 3) * 2654435761u;

	for (size_t i = 0; i < DB_CACHE_SLOTS; i++, slot++) {
		slot &= DB_CACHE_SLOTS - 1;
		if (db->cache[slot].sql == sql)
			return db->cache[slot].statement;
		if (db->cache[slot].sql == NULL)
			break;
	}
	if (db->cache[slot].sql != NULL) {
		err_set(err, ERR_SYSTEM, NULL,
		    "There are more statements than DB_CACHE_SLOTS.");
		return NULL;
	}
	db->cache[slot].statement =
	    prepare(db, sql, SQLITE_PREPARE_PERSISTENT, err);
	if (db->cache[slot].statement != NULL)
		db->cache[slot].sql = sql;
	return db->cache[slot].statement;
}

struct db_query
db_query(struct db *db, const struct db_statements *statements, size_t number)
{
	struct db_query query = { .db = db };

	if (number >= statements->count || statements->sql[number] == NULL) {
		err_set(&query.err, ERR_SYSTEM, NULL,
		    "There is no statement %s %zu.", statements->name, number);
		return query;
	}
	query.statement = prepared(db, statements->sql[number], &query.err);
	/* In use further up: this one gets a statement of its own. */
	if (query.statement != NULL && sqlite3_stmt_busy(query.statement)) {
		query.is_built = true;
		query.statement =
		    prepare(db, statements->sql[number], 0, &query.err);
	}
	return query;
}

struct db_query
db_query_built(struct db *db, const char *sql)
{
	struct db_query query = { .db = db, .is_built = true };

	query.statement = prepare(db, sql, 0, &query.err);
	return query;
}

bool
db_has_parameter(const struct db_query *query, const char *name)
{
	return query->statement != NULL &&
	    sqlite3_bind_parameter_index(query->statement, name) != 0;
}

/* The parameter's number, or 0 with the error in the query. */
static int
parameter(struct db_query *query, const char *name)
{
	int number;

	if (query->err.code != OK)
		return 0;
	number = sqlite3_bind_parameter_index(query->statement, name);
	if (number == 0 || number > 64) {
		err_set(&query->err, ERR_SYSTEM, NULL,
		    "No parameter %s in: %.150s", name,
		    sqlite3_sql(query->statement));
		return 0;
	}
	query->bound |= UINT64_C(1) << (number - 1);
	return number;
}

static void
keep_error(struct db_query *query, int code)
{
	if (code != SQLITE_OK)
		db_map_error(query->db, code, &query->err);
}

void
db_bind_text(struct db_query *query, const char *name, const char *text)
{
	const int number = parameter(query, name);

	if (number != 0)
		keep_error(query,
		    sqlite3_bind_text(
			query->statement, number, text, -1, SQLITE_STATIC));
}

void
db_bind_int64(struct db_query *query, const char *name, int64_t value)
{
	const int number = parameter(query, name);

	if (number != 0)
		keep_error(
		    query, sqlite3_bind_int64(query->statement, number, value));
}

void
db_bind_null(struct db_query *query, const char *name)
{
	const int number = parameter(query, name);

	if (number != 0)
		keep_error(query, sqlite3_bind_null(query->statement, number));
}

void
db_bind_blob(
    struct db_query *query, const char *name, const void *bytes, size_t length)
{
	const int number = parameter(query, name);

	if (number != 0)
		keep_error(query,
		    sqlite3_bind_blob64(query->statement, number, bytes, length,
			SQLITE_STATIC));
}

void
db_bind_id(struct db_query *query, const char *name, int64_t id)
{
	if (id == 0)
		db_bind_null(query, name);
	else
		db_bind_int64(query, name, id);
}

void
db_bind_column(struct db_query *query, const char *name,
    const struct db_query *from, int column)
{
	const int number = parameter(query, name);

	if (number != 0)
		keep_error(query,
		    sqlite3_bind_value(query->statement, number,
			sqlite3_column_value(from->statement, column)));
}

/* NULL where a value was meant would match nothing and hide the slip. */
static bool
is_all_bound(struct db_query *query)
{
	const int count = sqlite3_bind_parameter_count(query->statement);

	for (int i = 1; i <= count; i++) {
		if (query->bound & UINT64_C(1) << (i - 1))
			continue;
		err_set(&query->err, ERR_SYSTEM, NULL,
		    "Parameter %s is not bound in: %.150s",
		    sqlite3_bind_parameter_name(query->statement, i),
		    sqlite3_sql(query->statement));
		return false;
	}
	return true;
}

bool
db_step(struct db_query *query)
{
	const bool is_first = !query->has_row;
	int code;

	if (query->err.code != OK || (is_first && !is_all_bound(query)))
		return false;
	code = sqlite3_step(query->statement);
	if (code == SQLITE_ROW) {
		query->has_row = true;
		return true;
	}
	if (code == SQLITE_CONSTRAINT_COMMITHOOK ||
	    sqlite3_extended_errcode(query->db->handle) ==
		SQLITE_CONSTRAINT_COMMITHOOK)
		err_set(&query->err, ERR_SYSTEM, NULL,
		    "Written outside a transaction: %.150s",
		    sqlite3_sql(query->statement));
	else if (code != SQLITE_DONE)
		db_map_error(query->db, code, &query->err);
	return false;
}

int64_t
db_int64(const struct db_query *query, int column)
{
	return sqlite3_column_int64(query->statement, column);
}

const char *
db_text(const struct db_query *query, int column)
{
	const unsigned char *text =
	    sqlite3_column_text(query->statement, column);

	return text != NULL ? (const char *)text : "";
}

bool
db_copy(const struct db_query *query, int column, char *to, size_t size)
{
	return text_copy(to, size, db_text(query, column));
}

char *
db_arena_text(const struct db_query *query, int column, struct arena *arena)
{
	return arena_text(arena, db_text(query, column));
}

const void *
db_blob(const struct db_query *query, int column, size_t *length)
{
	const void *bytes = sqlite3_column_blob(query->statement, column);

	*length = (size_t)sqlite3_column_bytes(query->statement, column);
	return bytes;
}

bool
db_is_null(const struct db_query *query, int column)
{
	return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

int
db_column_count(const struct db_query *query)
{
	return sqlite3_column_count(query->statement);
}

bool
db_is_same_value(const struct db_query *a, const struct db_query *b, int column)
{
	const int type = sqlite3_column_type(a->statement, column);
	const void *x, *y;
	size_t x_length, y_length;

	if (type != sqlite3_column_type(b->statement, column))
		return false;
	if (type == SQLITE_INTEGER)
		return db_int64(a, column) == db_int64(b, column);
	/* A blob's bytes, and a text's, as they are. */
	x = db_blob(a, column, &x_length);
	y = db_blob(b, column, &y_length);
	return x_length == y_length &&
	    (x_length == 0 || memcmp(x, y, x_length) == 0);
}

enum err_code
db_end(struct db_query *query, struct err *err)
{
	if (query->is_built)
		sqlite3_finalize(query->statement);
	else if (query->statement != NULL) {
		sqlite3_reset(query->statement);
		sqlite3_clear_bindings(query->statement);
	}
	query->statement = NULL;
	if (query->err.code != OK && err != NULL)
		*err = query->err;
	return query->err.code;
}

enum err_code
db_end_found(struct db_query *query, const char *sentence, struct err *err)
{
	const bool is_found = query->has_row;
	const enum err_code code = db_end(query, err);

	if (code == OK && !is_found)
		return err_set(err, ERR_NOT_FOUND, NULL, "%s", sentence);
	return code;
}

enum err_code
db_run(struct db_query *query, struct err *err)
{
	while (db_step(query))
		;
	return db_end(query, err);
}

int64_t
db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t
db_changes(struct db *db)
{
	return sqlite3_changes64(db->handle);
}
