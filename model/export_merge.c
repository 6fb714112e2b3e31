#include "model/export_merge.h"

#include <string.h>

#include "base/text.h"

enum { SOURCE_ALL, SOURCE_ONE, SOURCE_COUNT };
enum { TARGET_ALL, TARGET_ONE, TARGET_PUT, TARGET_DELETE, TARGET_COUNT };

/* ---- one table ---- */

static enum err_code
put(struct export_work *work, size_t table, const struct db_query *row,
    struct err *err)
{
	char name[8];
	struct db_query q;
	int count = db_column_count(row);

	if (work->is_check)
		return OK;
	q = db_query(
	    work->target, &export_targets, table * TARGET_COUNT + TARGET_PUT);
	while (count-- > 0) {
		text_format(name, sizeof(name), ":c%d", count);
		db_bind_column(&q, name, row, count);
	}
	return db_run(&q, err);
}

static enum err_code
drop(struct export_work *work, size_t table, const char *key, struct err *err)
{
	struct db_query q;

	if (work->is_check)
		return OK;
	q = db_query(work->target, &export_targets,
	    table * TARGET_COUNT + TARGET_DELETE);
	db_bind_text(&q, ":key", key);
	return db_run(&q, err);
}

static bool
is_same_row(const struct db_query *a, const struct db_query *b)
{
	for (int i = 0; i < db_column_count(a); i++)
		if (!db_is_same_value(a, b, i))
			return false;
	return true;
}

/* Both in the order of their keys: below 0, ours has no row in the export;
 * above, the export has one too many. */
static int
compare(const struct db_query *ours, bool has_ours,
    const struct db_query *theirs, bool has_theirs)
{
	if (!has_ours || !has_theirs)
		return has_ours ? -1 : 1;
	return strcmp(db_text(ours, 0), db_text(theirs, 0));
}

static enum err_code
merge(struct export_work *work, size_t table, struct db_query *ours,
    struct db_query *theirs, struct err *err)
{
	struct export_drift *drift = &work->report->tables[table];
	bool has_ours = db_step(ours), has_theirs = db_step(theirs);
	enum err_code code = OK;

	while (code == OK && (has_ours || has_theirs)) {
		const int order = compare(ours, has_ours, theirs, has_theirs);

		drift->wanted += order <= 0;
		if (order < 0) {
			drift->missing++;
			code = put(work, table, ours, err);
		} else if (order > 0) {
			drift->extra++;
			code = drop(work, table, db_text(theirs, 0), err);
		} else if (!is_same_row(ours, theirs)) {
			drift->different++;
			code = put(work, table, ours, err);
		}
		if (order <= 0)
			has_ours = db_step(ours);
		if (order >= 0)
			has_theirs = db_step(theirs);
	}
	return code;
}

/* The row of one key, or (NULL) all of them. */
static enum err_code
compare_rows(
    struct export_work *work, size_t table, const char *key, struct err *err)
{
	struct db_query ours = db_query(work->db, &export_sources,
	    table * SOURCE_COUNT + (key == NULL ? SOURCE_ALL : SOURCE_ONE));
	struct db_query theirs = db_query(work->target, &export_targets,
	    table * TARGET_COUNT + (key == NULL ? TARGET_ALL : TARGET_ONE));
	struct err ignored;
	enum err_code code;

	if (key != NULL) {
		db_bind_text(&ours, ":key", key);
		db_bind_text(&theirs, ":key", key);
	}
	code = merge(work, table, &ours, &theirs, err);
	if (db_end(&ours, code == OK ? err : &ignored) != OK && code == OK)
		code = err->code;
	if (db_end(&theirs, code == OK ? err : &ignored) != OK && code == OK)
		code = err->code;
	return code;
}

/* ---- all tables of a file ---- */

enum err_code
export_merge_tables(struct db *target, void *argument, struct err *err)
{
	struct export_work *work = argument;
	enum err_code code = OK;

	(void)target;
	for (size_t t = 0; code == OK && export_tables[t].name != NULL; t++) {
		const char *const *keys = work->keys[export_tables[t].key];

		if (export_tables[t].file != work->file)
			continue;
		if (keys == NULL)
			code = compare_rows(work, t, NULL, err);
		for (; code == OK && keys != NULL && *keys != NULL; keys++)
			code = compare_rows(work, t, *keys, err);
	}
	return code;
}

/* Where there is no file, every row is missing. */
enum err_code
export_count_missing(struct export_work *work, struct err *err)
{
	enum err_code code = OK;

	for (size_t t = 0; code == OK && export_tables[t].name != NULL; t++) {
		struct export_drift *drift = &work->report->tables[t];
		struct db_query q;

		if (export_tables[t].file != work->file)
			continue;
		q = db_query(work->db, &export_sources, t * SOURCE_COUNT);
		while (db_step(&q))
			drift->missing++;
		drift->wanted = drift->missing;
		code = db_end(&q, err);
	}
	return code;
}
