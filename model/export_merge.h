/*
 * export_merge.h - our rows and those of an export, side by side: counts what
 * differs, and mends it.
 */
#ifndef MODEL_EXPORT_MERGE_H
#define MODEL_EXPORT_MERGE_H

#include "model/export.h"

/* One file that is being compared or written. */
struct export_work {
	struct db *db, *target;
	bool is_check;
	int file;
	const char *const *keys[2]; /* by enum export_key; NULL: all rows */
	struct export_report *report;
};

/* Inside a transaction of the target (is_check: a snapshot); the argument is a
 * struct export_work. */
enum err_code export_merge_tables(
    struct db *target, void *work, struct err *) MUST_USE;

/* Where there is no file, every row is missing. */
enum err_code export_count_missing(struct export_work *, struct err *) MUST_USE;

#endif
