#include "model/db.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unicase.h>
#include <unistd.h>

#include "base/text.h"
#include "model/schema.h"

#define CACHE_SLOTS 512 /* a power of two, several times the statements */
#define PATH_MAX_DB 1024
#define BUSY_MS     5000
#define FOLD_SIZE   4096

struct db {
	sqlite3 *handle;
	char path[PATH_MAX_DB]; /* ":memory:" for tests */
	struct {
		const char *sql; /* compared as a pointer: texts are constant */
		sqlite3_stmt *statement;
	} cache[CACHE_SLOTS];
	bool is_in_transaction;
	bool may_commit; /* only while db_transaction() commits */
};

/* ---- errors ---- */

/* "UNIQUE constraint failed: account.tenant_id, account.address" names the
 * last column best: it is the one that people type. */
static void
constraint_column(char *to, size_t size, const char *message)
{
	const char *dot = strrchr(message, '.');

	text_copy(to, size, dot != NULL ? dot + 1 : "");
	if (text_is_same(to, "name_folded"))
		text_copy(to, size, "name");
}

/* A trigger says "limit FIELD: sentence", "limit: sentence" or a sentence. */
static enum err_code
trigger_error(struct err *err, const char *message)
{
	char field[ERR_FIELD_SIZE] = "";
	const char *colon = strstr(message, ": ");

	if (!text_starts_with(message, "limit") || colon == NULL)
		return err_set(err, ERR_CONFLICT, NULL, "%s", message);
	if (text_starts_with(message, "limit "))
		text_format(field, sizeof(field), "%.*s",
		    (int)(colon - message - 6), message + 6);
	return err_set(err, ERR_LIMIT, field, "%s", colon + 2);
}

static enum err_code
constraint_error(struct err *err, int extended, const char *message)
{
	char column[ERR_FIELD_SIZE];

	constraint_column(column, sizeof(column), message);
	switch (extended) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
		return err_set(err, ERR_CONFLICT, column,
		    "This is taken already: choose another.");
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return err_set(err, ERR_CONFLICT, NULL,
		    "Something else still needs this, or it belongs to "
		    "another tenant.");
	case SQLITE_CONSTRAINT_TRIGGER:
		return trigger_error(err, message);
	default:
		return err_set(err, ERR_INVALID, NULL,
		    "The database refuses this value (%s).", message);
	}
}

static enum err_code
map_error(struct db *db, int code, struct err *err)
{
	const char *message = sqlite3_errmsg(db->handle);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_BUSY, NULL,
		    "Somebody else is changing the database just now: try "
		    "again in a moment.");
	case SQLITE_CONSTRAINT:
		return constraint_error(
		    err, sqlite3_extended_errcode(db->handle), message);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s can't be written: check its owner and mode, and "
		    "those of its directory.",
		    db->path);
	case SQLITE_CANTOPEN:
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s can't be opened: check its owner and mode, and "
		    "those of its directory.",
		    db->path);
	case SQLITE_FULL:
		return err_set(err, ERR_SYSTEM, NULL,
		    "The disk of %s is full: nothing was changed.", db->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s is damaged or no database of ours: restore a backup.",
		    db->path);
	default:
		return err_set(
		    err, ERR_SYSTEM, NULL, "%s: %s.", db->path, message);
	}
}

/* ---- SQL functions and hooks ---- */

/* Most text is ASCII, and this runs once per row of a search. */
static bool
fold_ascii(char *to, size_t size, const char *text)
{
	size_t i;

	for (i = 0; i + 1 < size && text[i] != '\0'; i++) {
		if ((unsigned char)text[i] >= 0x80)
			return false;
		to[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20
								: text[i]);
	}
	to[i] = '\0';
	return text[i] == '\0';
}

bool
db_fold(char *to, size_t size, const char *text)
{
	/* Folding makes a text at most three times as long. */
	uint8_t folded[FOLD_SIZE];
	size_t length = sizeof(folded) - 1;
	const size_t bytes = strnlen(text, FOLD_SIZE / 4);

	if (fold_ascii(to, size, text))
		return true;
	if (u8_casefold((const uint8_t *)text, bytes, NULL, NULL, folded,
		&length) == NULL)
		return text_copy(to, size, text); /* not UTF-8 */
	folded[length] = '\0';
	return text_copy(to, size, (const char *)folded) && text[bytes] == '\0';
}

static void
sql_fold(sqlite3_context *context, int count, sqlite3_value **values)
{
	char folded[FOLD_SIZE];
	const unsigned char *text = sqlite3_value_text(values[0]);

	(void)count;
	db_fold(folded, sizeof(folded), text != NULL ? (const char *)text : "");
	sqlite3_result_text(context, folded, -1, SQLITE_TRANSIENT);
}

/* Non-zero turns a COMMIT into a ROLLBACK: a statement that writes outside
 * db_transaction() changes nothing and fails. */
static int
commit_hook(void *argument)
{
	const struct db *db = argument;

	return !db->may_commit;
}

/* ---- open ---- */

static enum err_code
execute(struct db *db, const char *sql, struct err *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? OK : map_error(db, code, err);
}

static enum err_code
read_number(struct db *db, const char *sql, int64_t *number, struct err *err)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);

	*number = 0;
	if (code == SQLITE_OK) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW)
			*number = sqlite3_column_int64(statement, 0);
		code = sqlite3_finalize(statement);
	}
	return code == SQLITE_OK ? OK : map_error(db, code, err);
}

static int64_t
newest_version(void)
{
	int64_t count = 0;

	while (schema_migrations[count] != NULL)
		count++;
	return count;
}

static enum err_code
apply_migrations(struct db *db, void *argument, struct err *err)
{
	int64_t version;
	char sql[64];

	(void)argument;
	/* Read again under the lock: another process may have been faster. */
	if (read_number(db, "PRAGMA user_version", &version, err) != OK)
		return err->code;
	for (; version < newest_version(); version++) {
		if (execute(db, schema_migrations[version], err) != OK)
			return err->code;
		text_format(sql, sizeof(sql), "PRAGMA user_version = %" PRId64,
		    version + 1);
		if (execute(db, sql, err) != OK)
			return err->code;
	}
	return OK;
}

static enum err_code
migrate(struct db *db, struct err *err)
{
	int64_t version;

	if (read_number(db, "PRAGMA user_version", &version, err) != OK)
		return err->code;
	if (version > newest_version())
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s was made by a newer version of this program: use "
		    "that one.",
		    db->path);
	if (version == newest_version())
		return OK;
	return db_transaction(db, apply_migrations, NULL, err);
}

static enum err_code
set_up(struct db *db, struct err *err)
{
	sqlite3_extended_result_codes(db->handle, 0);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_create_function(db->handle, "fold", 1,
	    SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, sql_fold, NULL, NULL);
	if (execute(db,
		"PRAGMA foreign_keys = ON;"
		"PRAGMA synchronous = FULL;"
		"PRAGMA journal_mode = WAL;",
		err) != OK)
		return err->code;
	/* Only now: the change to WAL commits by itself. */
	sqlite3_commit_hook(db->handle, commit_hook, db);
	return migrate(db, err);
}

static struct db *
db_allocate(void)
{
	struct db *db = sqlite3_malloc64(sizeof(*db));

	if (db != NULL)
		memset(db, 0, sizeof(*db));
	return db;
}

static enum err_code
open_path(struct db **to, const char *path, int flags, struct err *err)
{
	struct db *db = db_allocate();
	struct err ignored;
	int code;

	*to = NULL;
	if (err == NULL)
		err = &ignored;
	if (db == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "Out of memory.");
	text_copy(db->path, sizeof(db->path), path);
	code = sqlite3_open_v2(path, &db->handle, flags, NULL);
	if (code != SQLITE_OK)
		map_error(db, code, err);
	else if (set_up(db, err) == OK) {
		*to = db;
		return OK;
	}
	db_close(&db);
	return err->code;
}

/* SQLite would make the file with the umask's mode. */
static enum err_code
create_file(const char *path, enum db_mode mode, struct err *err)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	int fd =
	    open(path, flags | (mode == DB_MAY_CREATE ? O_CREAT : 0), 0600);

	if (fd == -1 && errno == ENOENT && mode == DB_MUST_EXIST)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no database at %s: run \"postern init\" first, "
		    "or name another directory with --state.",
		    path);
	if (fd == -1 && errno == ELOOP)
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s is a symbolic link: the database must be a file.",
		    path);
	if (fd == -1 && (errno == EACCES || errno == EROFS || errno == EPERM))
		return err_set(err, ERR_SYSTEM, NULL,
		    "%s can't be written: check its owner and mode, and "
		    "those of its directory.",
		    path);
	if (fd == -1)
		return err_set_errno(err, "%s can't be opened", path);
	close(fd);
	return OK;
}

/* SQLite's NOFOLLOW refuses links anywhere in the path; only the file itself
 * must be none. */
static enum err_code
resolve(char to[PATH_MAX_DB], const char *path, struct err *err)
{
	char directory[PATH_MAX_DB];
	char resolved[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const size_t length = slash != NULL ? (size_t)(slash - path) : 0;

	if (slash == NULL)
		text_copy(directory, sizeof(directory), ".");
	else
		text_format(
		    directory, sizeof(directory), "%.*s/", (int)length, path);
	if (realpath(directory, resolved) == NULL)
		return err_set_errno(err, "%s can't be opened", path);
	if (!text_format(to, PATH_MAX_DB, "%s/%s", resolved,
		slash != NULL ? slash + 1 : path))
		return err_set(
		    err, ERR_SYSTEM, NULL, "%s: the path is too long.", path);
	return OK;
}

enum err_code
db_open(struct db **db, const char *path, enum db_mode mode, struct err *err)
{
	char real[PATH_MAX_DB];
	enum err_code code;

	*db = NULL;
	code = create_file(path, mode, err);
	if (code == OK)
		code = resolve(real, path, err);
	if (code == OK)
		code = open_path(db, real,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, err);
	return code;
}

enum err_code
db_open_memory(struct db **db, struct err *err)
{
	return open_path(
	    db, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
}

/* ---- files for other programs ---- */

#define EXPORT_BUSY_MS 2000

/* Made by us with mode and (by the directory's set-group-ID bit) group; one
 * that is there is nobody's to change but its owner's. */
static enum err_code
find_export(const char *path, bool may_change, enum db_export *found,
    int64_t *inode, struct err *err)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	struct stat status;
	int fd = open(path, flags);

	*found = DB_EXPORT_WHOLE;
	*inode = 0;
	if (fd < 0 && errno == ENOENT) {
		*found = DB_EXPORT_MISSING;
		if (!may_change)
			return OK;
		fd = open(path, flags | O_CREAT | O_EXCL, 0660);
		if (fd >= 0)
			(void)!fchmod(fd, 0660);
	}
	if (fd < 0)
		return err_set_errno(err, "%s can't be written", path);
	if (fstat(fd, &status) == 0)
		*inode = (int64_t)status.st_ino;
	close(fd);
	if (!S_ISREG(status.st_mode))
		return err_set(
		    err, ERR_SYSTEM, NULL, "%s is no regular file.", path);
	return OK;
}

/* NULL tells every table, view and trigger apart from `schema`. */
static bool
has_schema(struct db *db, const char *schema)
{
	sqlite3_stmt *statement;
	bool is_same = false;

	if (sqlite3_prepare_v2(db->handle,
		"SELECT group_concat(sql, ';' || char(10)) FROM (SELECT sql "
		"FROM sqlite_schema ORDER BY rowid)",
		-1, &statement, NULL) != SQLITE_OK)
		return false;
	if (sqlite3_step(statement) == SQLITE_ROW &&
	    sqlite3_column_text(statement, 0) != NULL)
		is_same = text_is_same(
		    (const char *)sqlite3_column_text(statement, 0), schema);
	return sqlite3_finalize(statement) == SQLITE_OK && is_same;
}

static enum err_code
create_schema(struct db *db, void *argument, struct err *err)
{
	return execute(db, argument, err);
}

/* In place: the daemons that have the file open see an empty one. */
static enum err_code
empty_export(struct db *db, const char *schema, struct err *err)
{
	char sql[FOLD_SIZE];
	enum err_code code;

	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_RESET_DATABASE, 1, 0);
	db->may_commit = true;
	(void)!execute(db, "VACUUM", err);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_RESET_DATABASE, 0, 0);
	code = execute(db, "PRAGMA journal_mode = WAL", err);
	db->may_commit = false;
	if (code != OK)
		return code;
	if (!text_copy(sql, sizeof(sql), schema))
		return err_set(
		    err, ERR_SYSTEM, NULL, "%s: its tables.", db->path);
	return db_transaction(db, create_schema, sql, err);
}

static enum err_code
set_up_export(struct db *db, const char *schema, bool may_change,
    enum db_export *found, struct err *err)
{
	sqlite3_busy_timeout(db->handle, EXPORT_BUSY_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* Fails on a damaged file, which is emptied below. */
	(void)!execute(db,
	    "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 1048576;"
	    "PRAGMA journal_mode = WAL;",
	    err);
	sqlite3_commit_hook(db->handle, commit_hook, db);
	if (has_schema(db, schema))
		return OK;
	if ((sqlite3_errcode(db->handle) & 0xff) == SQLITE_BUSY)
		return map_error(db, SQLITE_BUSY, err);
	if (*found == DB_EXPORT_WHOLE)
		*found = DB_EXPORT_FOREIGN;
	return may_change ? empty_export(db, schema, err) : OK;
}

enum err_code
db_open_export(struct db **to, const char *path, const char *schema,
    bool may_change, enum db_export *found, int64_t *inode, struct err *err)
{
	struct db *db;
	struct err ignored;
	char real[PATH_MAX_DB];
	enum err_code code;

	*to = NULL;
	err = err != NULL ? err : &ignored;
	code = find_export(path, may_change, found, inode, err);
	if (code != OK || (*found == DB_EXPORT_MISSING && !may_change))
		return code;
	if (resolve(real, path, err) != OK)
		return err->code;
	db = db_allocate();
	if (db == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "Out of memory.");
	text_copy(db->path, sizeof(db->path), real);
	code =
	    sqlite3_open_v2(real, &db->handle,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL) == SQLITE_OK
	    ? set_up_export(db, schema, may_change, found, err)
	    : map_error(db, sqlite3_errcode(db->handle), err);
	if (code == OK && (may_change || *found == DB_EXPORT_WHOLE))
		*to = db;
	else
		db_close(&db);
	return code;
}

void
db_close(struct db **db)
{
	if (*db == NULL)
		return;
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		sqlite3_finalize((*db)->cache[i].statement);
	sqlite3_close((*db)->handle);
	sqlite3_free(*db);
	*db = NULL;
}

void
db_set_busy_ms(struct db *db, int milliseconds)
{
	sqlite3_busy_timeout(db->handle, milliseconds);
}

enum err_code
db_schema_version(struct db *db, int64_t *version, struct err *err)
{
	return read_number(db, "PRAGMA user_version", version, err);
}

int64_t
db_data_version(struct db *db)
{
	int64_t version;
	struct err ignored;

	if (read_number(db, "PRAGMA data_version", &version, &ignored) != OK)
		return 0;
	return version;
}

/* ---- one statement ---- */

static sqlite3_stmt *
prepare(struct db *db, const char *sql, unsigned flags, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int code =
	    sqlite3_prepare_v3(db->handle, sql, -1, flags, &statement, NULL);

	if (code != SQLITE_OK)
		map_error(db, code, err);
	return statement;
}

/* The prepared statement of this text, kept for the next time. */
static sqlite3_stmt *
prepared(struct db *db, const char *sql, struct err *err)
{
	size_t slot = ((uintptr_t)sql >> 3) * 2654435761u;

	for (size_t i = 0; i < CACHE_SLOTS; i++, slot++) {
		slot &= CACHE_SLOTS - 1;
		if (db->cache[slot].sql == sql)
			return db->cache[slot].statement;
		if (db->cache[slot].sql == NULL)
			break;
	}
	if (db->cache[slot].sql != NULL) {
		err_set(err, ERR_SYSTEM, NULL,
		    "There are more statements than CACHE_SLOTS.");
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
		map_error(query->db, code, &query->err);
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
		map_error(query->db, code, &query->err);
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

/* ---- transactions ---- */

static enum err_code
commit(struct db *db, struct err *err)
{
	enum err_code code;

	db->may_commit = true;
	code = execute(db, "COMMIT", err);
	db->may_commit = false;
	return code;
}

static enum err_code
transaction(struct db *db, const char *begin,
    enum err_code (*body)(struct db *, void *, struct err *), void *argument,
    struct err *err)
{
	struct err ignored;
	enum err_code code;

	if (db->is_in_transaction)
		return err_set(err, ERR_SYSTEM, NULL,
		    "A transaction was begun inside another.");
	code = execute(db, begin, err);
	if (code != OK)
		return code;
	db->is_in_transaction = true;
	code = body(db, argument, err);
	if (code == OK)
		code = commit(db, err);
	if (code != OK && !sqlite3_get_autocommit(db->handle))
		(void)!execute(db, "ROLLBACK", &ignored);
	db->is_in_transaction = false;
	return code;
}

enum err_code
db_transaction(struct db *db,
    enum err_code (*body)(struct db *, void *argument, struct err *),
    void *argument, struct err *err)
{
	return transaction(db, "BEGIN IMMEDIATE", body, argument, err);
}

enum err_code
db_snapshot(struct db *db,
    enum err_code (*body)(struct db *, void *argument, struct err *),
    void *argument, struct err *err)
{
	return transaction(db, "BEGIN", body, argument, err);
}

bool
db_is_in_transaction(const struct db *db)
{
	return db->is_in_transaction;
}
