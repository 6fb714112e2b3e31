/* Files with tables for other programs: the maps of Postfix and Dovecot. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "model/db.h"
#include "model/db_handle.h"

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
	return db_execute(db, argument, err);
}

/* In place: the daemons that have the file open see an empty one. */
static enum err_code
empty_export(struct db *db, const char *schema, struct err *err)
{
	char sql[DB_FOLD_SIZE];
	enum err_code code;

	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_RESET_DATABASE, 1, 0);
	db->may_commit = true;
	(void)!db_execute(db, "VACUUM", err);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_RESET_DATABASE, 0, 0);
	code = db_execute(db, "PRAGMA journal_mode = WAL", err);
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
	(void)!db_execute(db,
	    "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 1048576;"
	    "PRAGMA journal_mode = WAL;",
	    err);
	sqlite3_commit_hook(db->handle, db_commit_hook, db);
	if (has_schema(db, schema))
		return OK;
	if ((sqlite3_errcode(db->handle) & 0xff) == SQLITE_BUSY)
		return db_map_error(db, SQLITE_BUSY, err);
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
	char real[DB_PATH_SIZE];
	enum err_code code;

	*to = NULL;
	err = err != NULL ? err : &ignored;
	code = find_export(path, may_change, found, inode, err);
	if (code != OK || (*found == DB_EXPORT_MISSING && !may_change))
		return code;
	if (db_resolve_path(real, path, err) != OK)
		return err->code;
	db = db_allocate();
	if (db == NULL)
		return err_set(err, ERR_SYSTEM, NULL, "Out of memory.");
	text_copy(db->path, sizeof(db->path), real);
	code =
	    sqlite3_open_v2(real, &db->handle,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL) == SQLITE_OK
	    ? set_up_export(db, schema, may_change, found, err)
	    : db_map_error(db, sqlite3_errcode(db->handle), err);
	if (code == OK && (may_change || *found == DB_EXPORT_WHOLE))
		*to = db;
	else
		db_close(&db);
	return code;
}
