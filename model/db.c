#include "model/db.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unicase.h>
#include <unistd.h>

#include "base/text.h"
#include "model/db_handle.h"
#include "model/schema.h"

#define STATEMENT_BYTES (1 << 20)
#define BUSY_MS         5000

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
	uint8_t folded[DB_FOLD_SIZE];
	size_t length = sizeof(folded) - 1;
	const size_t bytes = strnlen(text, DB_FOLD_SIZE / 4);

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
	char folded[DB_FOLD_SIZE];
	const unsigned char *text = sqlite3_value_text(values[0]);

	(void)count;
	db_fold(folded, sizeof(folded), text != NULL ? (const char *)text : "");
	sqlite3_result_text(context, folded, -1, SQLITE_TRANSIENT);
}

/* Non-zero turns a COMMIT into a ROLLBACK: a statement that writes outside
 * db_transaction() changes nothing and fails. */
int
db_commit_hook(void *argument)
{
	const struct db *db = argument;

	return !db->may_commit;
}

/* ---- open ---- */

enum err_code
db_execute(struct db *db, const char *sql, struct err *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? OK : db_map_error(db, code, err);
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
	return code == SQLITE_OK ? OK : db_map_error(db, code, err);
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
		if (db_execute(db, schema_migrations[version], err) != OK)
			return err->code;
		text_format(sql, sizeof(sql), "PRAGMA user_version = %" PRId64,
		    version + 1);
		if (db_execute(db, sql, err) != OK)
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
	if (db_execute(db,
		"PRAGMA foreign_keys = ON;"
		"PRAGMA synchronous = FULL;"
		"PRAGMA journal_mode = WAL;",
		err) != OK)
		return err->code;
	/* Only now: the change to WAL commits by itself. */
	sqlite3_commit_hook(db->handle, db_commit_hook, db);
	return migrate(db, err);
}

struct db *
db_allocate(void)
{
	static bool is_configured;
	struct db *db;

	/* A row with its indexes changes more pages than SQLite keeps in
	 * memory for undoing one statement; they would go through a file.
	 * Before anything else of SQLite. */
	if (!is_configured)
		sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, STATEMENT_BYTES);
	is_configured = true;
	db = sqlite3_malloc64(sizeof(*db));
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
		db_map_error(db, code, err);
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
enum err_code
db_resolve_path(char to[DB_PATH_SIZE], const char *path, struct err *err)
{
	char directory[DB_PATH_SIZE];
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
	if (!text_format(to, DB_PATH_SIZE, "%s/%s", resolved,
		slash != NULL ? slash + 1 : path))
		return err_set(
		    err, ERR_SYSTEM, NULL, "%s: the path is too long.", path);
	return OK;
}

enum err_code
db_open(struct db **db, const char *path, enum db_mode mode, struct err *err)
{
	char real[DB_PATH_SIZE];
	enum err_code code;

	*db = NULL;
	code = create_file(path, mode, err);
	if (code == OK)
		code = db_resolve_path(real, path, err);
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

void
db_close(struct db **db)
{
	if (*db == NULL)
		return;
	for (size_t i = 0; i < DB_CACHE_SLOTS; i++)
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

/* ---- transactions ---- */

static enum err_code
commit(struct db *db, struct err *err)
{
	enum err_code code;

	db->may_commit = true;
	code = db_execute(db, "COMMIT", err);
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
	code = db_execute(db, begin, err);
	if (code != OK)
		return code;
	db->is_in_transaction = true;
	code = body(db, argument, err);
	if (code == OK)
		code = commit(db, err);
	if (code != OK && !sqlite3_get_autocommit(db->handle))
		(void)!db_execute(db, "ROLLBACK", &ignored);
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
