/*
 * import.h - users and aliases from a CSV file: all of it or nothing.
 *
 * The first line names the columns, which are the fields of "user add" and
 * "alias add"; for users also `hash`, a password hash from another server.
 * Every line is checked and the faults are reported by line; when there is
 * one, nothing is changed.  The log gets one entry for each tenant.
 */
#ifndef MODEL_IMPORT_H
#define MODEL_IMPORT_H

#include <stddef.h>

#include "model/operation.h"

#define IMPORT_MAX          (64 * 1024 * 1024) /* bytes of a file */
#define IMPORT_PROBLEMS_MAX 20                 /* told; more are counted */

struct import_problem {
	size_t line;
	char text[ERR_TEXT_SIZE];
};

struct import_report {
	size_t rows;          /* lines with a user or alias */
	size_t problem_count; /* 0: all of them were made */
	struct import_problem problems[IMPORT_PROBLEMS_MAX];
};

/*
 * bytes[length] must be there and writable; the bytes are changed and wiped.
 * A fault in the file is ERR_INVALID, with the report filled.  ERR_DENIED for
 * who may not.
 */
enum err_code import_users(struct context *, char *bytes, size_t length,
    struct import_report *, struct err *) MUST_USE;
enum err_code import_aliases(struct context *, char *bytes, size_t length,
    struct import_report *, struct err *) MUST_USE;

/* Rows like those of "user add" and "alias add" (model/user_edit.c, alias.c):
 * what each line of a file runs. */
extern const struct operation user_import_row, alias_import_row;

/* A hash of another server in the form that is stored, "{CRYPT}$6$...".
 * ERR_INVALID for one that can't be checked here, is too weak, or would cost
 * the server too much at each log-in. */
enum err_code import_hash(
    char *to, size_t size, const char *hash, struct err *) MUST_USE;

#endif
