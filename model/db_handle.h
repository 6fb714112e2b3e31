/*
 * db_handle.h - what the files behind db.h share: the connection, and how
 * they speak to SQLite.  For model/db*.c alone.
 */
#ifndef MODEL_DB_HANDLE_H
#define MODEL_DB_HANDLE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"

#define DB_CACHE_SLOTS 512 /* a power of two, several times the statements */
#define DB_PATH_SIZE   1024
#define DB_FOLD_SIZE   4096

struct db {
	sqlite3 *handle;
	char path[DB_PATH_SIZE]; /* ":memory:" for tests */
	struct {
		const char *sql; /* compared as a pointer: texts are constant */
		sqlite3_stmt *statement;
	} cache[DB_CACHE_SLOTS];
	bool is_in_transaction;
	bool may_commit; /* only while db_transaction() commits */
};

/* Zeroed, or NULL; db_close() frees it. */
struct db *db_allocate(void);

/* A result code of SQLite as an error that names the file. */
enum err_code db_map_error(struct db *, int code, struct err *);

/* Runs statements that give no rows and take no parameters. */
enum err_code db_execute(struct db *, const char *sql, struct err *) MUST_USE;

/* The path with the links of its directory followed, its own never. */
enum err_code db_resolve_path(
    char to[DB_PATH_SIZE], const char *path, struct err *) MUST_USE;

/* Turns a COMMIT outside db_transaction() into a ROLLBACK. */
int db_commit_hook(void *db);

#endif
