#include "model/export.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/effects.h"
#include "model/export_merge.h"

#define KEYS_MAX 5000 /* beyond so many the full difference is quicker */

enum {
	EXPORT_LAST,
	EXPORT_ADDRESS_KEYS,
	EXPORT_DOMAIN_KEYS,
	EXPORT_FORGET,
	EXPORT_FILE,
	EXPORT_FILE_WRITTEN,
};

static const char *const sql[] = {
	[EXPORT_LAST] = "SELECT coalesce(max(id), 0) FROM touched",
	/* What was touched, and every alias that leads there. */
	[EXPORT_ADDRESS_KEYS] =
	    "WITH RECURSIVE seen (id) AS ("
	    "SELECT x.id FROM touched u JOIN address x "
	    "ON x.tenant_id = u.subject "
	    "WHERE u.kind = 'tenant' AND u.id <= :last "
	    "UNION SELECT x.id FROM touched u JOIN address x "
	    "ON x.domain_id = u.subject "
	    "WHERE u.kind = 'domain' AND u.id <= :last "
	    "UNION SELECT x.id FROM touched u JOIN address x "
	    "ON x.account_id = u.subject AND x.kind = 'mailbox' "
	    "WHERE u.kind = 'account' AND u.id <= :last "
	    "UNION SELECT subject FROM touched "
	    "WHERE kind = 'address' AND id <= :last "
	    "UNION SELECT g.alias_id FROM seen s "
	    "JOIN alias_target g ON g.target_id = s.id) "
	    "SELECT x.address FROM seen s JOIN address x ON x.id = s.id "
	    "UNION SELECT name FROM touched WHERE name <> '' "
	    "AND kind IN ('account', 'address') AND id <= :last "
	    "LIMIT :most",
	[EXPORT_DOMAIN_KEYS] =
	    "SELECT d.name FROM touched u JOIN domain d "
	    "ON d.tenant_id = u.subject "
	    "WHERE u.kind = 'tenant' AND u.id <= :last "
	    "UNION SELECT name FROM touched "
	    "WHERE kind = 'domain' AND id <= :last LIMIT :most",
	[EXPORT_FORGET] = "DELETE FROM touched WHERE id <= :last",
	[EXPORT_FILE] = "SELECT inode, written_at FROM export_file "
			"WHERE name = :name",
	[EXPORT_FILE_WRITTEN] =
	    "INSERT INTO export_file (name, inode, written_at) "
	    "VALUES (:name, :inode, :now) ON CONFLICT (name) DO UPDATE "
	    "SET inode = excluded.inode, written_at = excluded.written_at",
};

const struct db_statements export_statements = DB_STATEMENTS("export", sql);

/* ---- directories ---- */

bool
export_path(char *to, size_t size, const char *state_directory, int file)
{
	return text_format(to, size, "%s/maps/%s/%s", state_directory,
	    export_files[file].name, export_files[file].file);
}

/* Only a new one is given its group and mode: by descriptor, before anybody
 * else can be in it. */
static enum err_code
make_directory(
    const char *path, const char *group, mode_t mode, struct err *err)
{
	const struct group *found = group != NULL ? getgrnam(group) : NULL;
	int fd;

	if (mkdir(path, 0700) != 0)
		return errno == EEXIST
		    ? OK
		    : err_set_errno(err, "%s can't be made", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_set_errno(err, "%s can't be opened", path);
	/* Refused where we are no member: "mail config --install", as root,
	 * does it then. */
	if (found != NULL)
		(void)!fchown(fd, (uid_t)-1, found->gr_gid);
	if (fchmod(fd, mode) != 0)
		err_set_errno(err, "%s can't be set up", path);
	close(fd);
	return OK;
}

enum err_code
export_make_directories(const char *state_directory, struct err *err)
{
	char path[PATH_MAX];
	enum err_code code;

	text_format(path, sizeof(path), "%s/maps", state_directory);
	code = make_directory(path, NULL, 0711, err);
	for (int file = 0; code == OK && file < EXPORT_FILES; file++) {
		text_format(path, sizeof(path), "%s/maps/%s", state_directory,
		    export_files[file].name);
		code =
		    make_directory(path, export_files[file].group, 02770, err);
	}
	return code;
}

/* ---- one file ---- */

static enum err_code
read_file_row(struct export_work *work, int64_t *inode, struct err *err)
{
	struct db_query q = db_query(work->db, &export_statements, EXPORT_FILE);

	*inode = 0;
	db_bind_text(&q, ":name", export_files[work->file].name);
	if (db_step(&q)) {
		*inode = db_int64(&q, 0);
		work->report->written_at[work->file] = db_int64(&q, 1);
	}
	return db_end(&q, err);
}

struct written {
	const struct export_file *file;
	int64_t inode;
	bool is_swapped;
};

/* A daemon that still has the old file open must be told. */
static enum err_code
note_written(struct db *db, void *argument, struct err *err)
{
	const struct written *written = argument;
	struct db_query q =
	    db_query(db, &export_statements, EXPORT_FILE_WRITTEN);
	enum err_code code;

	db_bind_text(&q, ":name", written->file->name);
	db_bind_int64(&q, ":inode", written->inode);
	db_bind_int64(&q, ":now", clock_now());
	code = db_run(&q, err);
	if (code == OK && written->is_swapped && !written->file->is_followed)
		code = effect_queue(
		    db, EFFECT_MAIL_RELOAD, written->file->name, err);
	return code;
}

static enum err_code
write_or_compare(struct export_work *work, struct err *err)
{
	if (work->target == NULL)
		return export_count_missing(work, err);
	if (work->is_check)
		return db_snapshot(
		    work->target, export_merge_tables, work, err);
	return db_transaction(work->target, export_merge_tables, work, err);
}

/* A file that was made, emptied or swapped is filled whole. */
static enum err_code
export_one(
    struct export_work *work, const char *state_directory, struct err *err)
{
	struct export_work own = *work;
	struct written written = { .file = &export_files[work->file] };
	char path[PATH_MAX];
	int64_t old_inode;
	enum db_export found;
	enum err_code code = read_file_row(work, &old_inode, err);

	if (code != OK)
		return code;
	if (!export_path(path, sizeof(path), state_directory, work->file))
		return err_set(err, ERR_SYSTEM, NULL,
		    "The state directory's path is too long.");
	code =
	    db_open_export(&own.target, path, export_files[work->file].schema,
		!work->is_check, &found, &written.inode, err);
	/* The number of a file that is gone may be given again. */
	written.is_swapped = old_inode != 0 &&
	    (old_inode != written.inode || found == DB_EXPORT_MISSING);
	work->report->found[work->file] = found;
	work->report->is_swapped[work->file] = written.is_swapped;
	if (found != DB_EXPORT_WHOLE || written.is_swapped)
		own.keys[0] = own.keys[1] = NULL;
	if (code == OK)
		code = write_or_compare(&own, err);
	db_close(&own.target);
	if (code == OK && !work->is_check)
		code = db_transaction(work->db, note_written, &written, err);
	return code;
}

static enum err_code
export_all(
    struct export_work *work, const char *state_directory, struct err *err)
{
	enum err_code first = OK;
	struct err one;

	if (!work->is_check &&
	    export_make_directories(state_directory, err) != OK)
		return err->code;
	/* One file that is locked does not hold up the other. */
	for (work->file = 0; work->file < EXPORT_FILES; work->file++) {
		const enum err_code code =
		    export_one(work, state_directory, &one);

		if (code != OK && first == OK) {
			first = code;
			*err = one;
		}
	}
	return first;
}

/* ---- what was touched ---- */

static enum err_code
last_touched(struct db *db, int64_t *last, struct err *err)
{
	struct db_query q = db_query(db, &export_statements, EXPORT_LAST);

	*last = db_step(&q) ? db_int64(&q, 0) : 0;
	return db_end(&q, err);
}

/* NULL when there are more than KEYS_MAX. */
static enum err_code
read_keys(struct db *db, size_t statement, int64_t last, struct arena *arena,
    const char *const **keys, struct err *err)
{
	const char **all = arena_array(arena, KEYS_MAX + 2, sizeof(*all));
	struct db_query q = db_query(db, &export_statements, statement);
	size_t count = 0;

	db_bind_int64(&q, ":last", last);
	db_bind_int64(&q, ":most", KEYS_MAX + 1);
	while (db_step(&q))
		all[count++] = db_arena_text(&q, 0, arena);
	*keys = count > KEYS_MAX ? NULL : all;
	return db_end(&q, err);
}

static enum err_code
forget(struct db *db, void *argument, struct err *err)
{
	struct db_query q = db_query(db, &export_statements, EXPORT_FORGET);

	db_bind_int64(&q, ":last", *(int64_t *)argument);
	return db_run(&q, err);
}

enum err_code
export_touched(struct context *context, struct err *err)
{
	struct arena arena = { 0 };
	struct export_report report = { 0 };
	struct export_work work = { .db = context->db, .report = &report };
	int64_t last = 0;
	enum err_code code = OK;

	if (context->state_directory != NULL)
		code = last_touched(work.db, &last, err);
	if (code != OK || last == 0)
		return code;
	code = read_keys(work.db, EXPORT_ADDRESS_KEYS, last, &arena,
	    &work.keys[EXPORT_BY_ADDRESS], err);
	if (code == OK)
		code = read_keys(work.db, EXPORT_DOMAIN_KEYS, last, &arena,
		    &work.keys[EXPORT_BY_DOMAIN], err);
	if (code == OK)
		code = export_all(&work, context->state_directory, err);
	if (code == OK)
		code = db_transaction(work.db, forget, &last, err);
	arena_free(&arena);
	return code;
}

/* ---- everything ---- */

enum err_code
export_sync(struct context *context, bool is_check,
    struct export_report *report, struct err *err)
{
	struct export_work work = {
		.db = context->db, .is_check = is_check, .report = report
	};
	int64_t last = 0;
	enum err_code code = last_touched(work.db, &last, err);

	*report = (struct export_report){ 0 };
	if (code == OK)
		code = export_all(&work, context->state_directory, err);
	if (code == OK && !is_check)
		code = db_transaction(work.db, forget, &last, err);
	return code;
}

bool
export_is_whole(const struct export_report *report)
{
	for (int file = 0; file < EXPORT_FILES; file++)
		if (report->found[file] != DB_EXPORT_WHOLE ||
		    report->is_swapped[file])
			return false;
	for (size_t t = 0; export_tables[t].name != NULL; t++) {
		const struct export_drift *drift = &report->tables[t];

		if (drift->missing + drift->different + drift->extra != 0)
			return false;
	}
	return true;
}
