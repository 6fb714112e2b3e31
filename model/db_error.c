/* What SQLite says, as an error of ours with a sentence. */
#include <sqlite3.h>
#include <string.h>

#include "base/text.h"
#include "model/db_handle.h"

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

enum err_code
db_map_error(struct db *db, int code, struct err *err)
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
