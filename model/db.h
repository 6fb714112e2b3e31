/*
 * db.h - SQLite behind a thin wall: statements by number, named parameters,
 * one transaction wrapper.
 *
 * A file that speaks SQL has one enum and one array of statements, and one
 * struct db_statements that names them; the list of those is in
 * model/statements.c, and a unit test prepares each against the migrated
 * schema.  Use:
 *
 *	struct db_query q = db_query(db, &tenant_statements, TENANT_BY_NAME);
 *	db_bind_text(&q, ":name", name);
 *	if (db_step(&q))
 *		tenant->id = db_int64(&q, 0);
 *	return db_end(&q, err);
 *
 * An error stays in the query: db_step() then says false and db_end() gives
 * the code, so a function is a straight line with one test at the end.
 * Every db_query() is followed by exactly one db_end().  A parameter of a
 * name that is not in the statement, or one that is not bound, is an error.
 */
#ifndef MODEL_DB_H
#define MODEL_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct db;

struct db_statements {
	const char *name;       /* "tenant": for messages */
	const char *const *sql; /* by number */
	size_t count;
};

/* `sql` is an array: DB_STATEMENTS("tenant", tenant_sql) */
#define DB_STATEMENTS(name, sql)                              \
	{                                                     \
		(name), (sql), sizeof(sql) / sizeof((sql)[0]) \
	}

struct db_query {
	struct db *db;
	void *statement; /* sqlite3_stmt, or NULL after an error */
	bool has_row, is_built;
	uint64_t bound; /* bit per parameter */
	struct err err;
};

/* ---- open and close ---- */

enum db_mode {
	DB_MUST_EXIST, /* ERR_NOT_FOUND when there is no such file */
	DB_MAY_CREATE,
};

/*
 * Opens the file (WAL, synchronous FULL, foreign keys on, mode 0600, never
 * through a symbolic link) and brings its schema up to date.  ERR_SYSTEM
 * when the file can't be read or written, or is newer than the program.
 */
enum err_code db_open(
    struct db **, const char *path, enum db_mode, struct err *) MUST_USE;

/* An empty one in memory, with the schema: for tests. */
enum err_code db_open_memory(struct db **, struct err *) MUST_USE;

/* How db_open_export() found the file. */
enum db_export {
	DB_EXPORT_WHOLE,   /* as it was left */
	DB_EXPORT_MISSING, /* there is none */
	DB_EXPORT_FOREIGN, /* empty, damaged, or with tables of other people */
};

/*
 * A file that another program reads, and may write: its tables are exactly
 * `schema` (CREATE statements with ";\n" between them, none at the end).  When
 * `may_change`, a file that is missing is made (mode 0660) and one that is
 * foreign is emptied in place and gets the tables; *found tells how it was.
 * Else such a file is left as it is, and *db is NULL.  *inode is the file's.
 */
enum err_code db_open_export(struct db **, const char *path, const char *schema,
    bool may_change, enum db_export *found, int64_t *inode,
    struct err *) MUST_USE;

void db_close(struct db **);

/* Longest wait for another writer; 5 s unless told otherwise. */
void db_set_busy_ms(struct db *, int milliseconds);

/* Number of the newest migration that is applied. */
enum err_code db_schema_version(struct db *, int64_t *, struct err *) MUST_USE;

/* ---- one statement ---- */

struct db_query db_query(
    struct db *, const struct db_statements *, size_t number);

/* For model/list.c only: SQL put together from constant table texts. */
struct db_query db_query_built(struct db *, const char *sql);

/* Text and bytes must live until db_end().  NULL binds SQL NULL. */
void db_bind_text(struct db_query *, const char *name, const char *);
void db_bind_int64(struct db_query *, const char *name, int64_t);
void db_bind_null(struct db_query *, const char *name);
void db_bind_blob(
    struct db_query *, const char *name, const void *, size_t length);

/* NULL where 0: for optional references. */
void db_bind_id(struct db_query *, const char *name, int64_t);

/* The value in the row of another query, whose row must stay. */
void db_bind_column(struct db_query *, const char *name,
    const struct db_query *from, int column);

/* True when the (built) statement has a parameter of this name. */
bool db_has_parameter(const struct db_query *, const char *name);

/* The next row.  False at the end and on an error: db_end() tells which. */
bool db_step(struct db_query *);

/* Columns of the row, from 0; NULL reads as 0, "" and false. */
int64_t db_int64(const struct db_query *, int column);
const char *db_text(const struct db_query *, int column); /* until db_step() */
bool db_copy(const struct db_query *, int column, char *to, size_t size);
char *db_arena_text(const struct db_query *, int column, struct arena *);
const void *db_blob(const struct db_query *, int column, size_t *length);
bool db_is_null(const struct db_query *, int column);
int db_column_count(const struct db_query *);

/* Whether the column holds the same value of the same type in both rows. */
bool db_is_same_value(
    const struct db_query *, const struct db_query *, int column);

/*
 * Ends the statement.  A unique rule that was hit is ERR_CONFLICT with the
 * column as err.field; a limit ERR_LIMIT; another writer ERR_BUSY; a file
 * that can't be written ERR_SYSTEM, with its path.
 */
enum err_code db_end(struct db_query *, struct err *) MUST_USE;

/* The same, and ERR_NOT_FOUND with `sentence` when no step gave a row. */
enum err_code db_end_found(
    struct db_query *, const char *sentence, struct err *) MUST_USE;

/* Runs to the end, for statements that give no row. */
enum err_code db_run(struct db_query *, struct err *) MUST_USE;

int64_t db_last_id(struct db *);
int64_t db_changes(struct db *); /* rows changed by the last statement */

/* ---- transactions ---- */

/*
 * BEGIN IMMEDIATE, `body`, then COMMIT when it says OK, else ROLLBACK.
 * Nothing can be written outside: such a statement fails.  No nesting.
 */
enum err_code db_transaction(struct db *,
    enum err_code (*body)(struct db *, void *argument, struct err *),
    void *argument, struct err *) MUST_USE;

/* The same for reading: all statements in `body` see one moment. */
enum err_code db_snapshot(struct db *,
    enum err_code (*body)(struct db *, void *argument, struct err *),
    void *argument, struct err *) MUST_USE;

bool db_is_in_transaction(const struct db *);

/* A number that grows whenever another connection has written: a screen that
 * sees it change reads its rows again. */
int64_t db_data_version(struct db *);

/* Bytes of the whole database folded for comparing and searching: Unicode
 * case folding, the same as fold() in SQL.  False when cut. */
bool db_fold(char *to, size_t size, const char *text);

#endif
