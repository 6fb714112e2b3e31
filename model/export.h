/*
 * export.h - what the mail servers read: small databases beside ours, one per
 * daemon, each with only what that daemon needs.
 *
 *	maps/postfix/mail.db   domains, and addresses with where they deliver
 *	                       and who may send as them
 *	maps/dovecot/auth.db   log-ins with hash, home and quota; aliases of one
 *	                       user, for the quota check
 *	maps/sign/sign.db      who may send as whom; S/MIME certificates, and
 *	                       private keys as they are sealed, for the milter
 *
 * They are tables of rows (model/export_table.c): a further table is one
 * struct export_table and its SQL, a further file one struct export_file.
 * Each is WAL, mode 0660, in a directory of mode 2770 that belongs to the
 * group of the daemon that reads it, and is updated in place: a daemon never
 * notices that a file was swapped.
 *
 * What changed is noted by triggers in the table `touched`, in the transaction
 * of the change; export_touched() brings those keys over and takes the notes
 * away.  It takes the export's write lock first and reads our rows then, so
 * of two at once the later one writes what is newest.
 */
#ifndef MODEL_EXPORT_H
#define MODEL_EXPORT_H

#include <stdint.h>

#include "model/context.h"
#include "model/db.h"

enum { EXPORT_POSTFIX, EXPORT_DOVECOT, EXPORT_SIGN, EXPORT_FILES };

#define EXPORT_TABLES_MAX 8

struct export_file {
	const char *name;   /* "postfix": the directory below maps/ */
	const char *file;   /* "mail.db" */
	const char *group;  /* who reads it; absent here: the owner's own */
	const char *schema; /* as db_open_export() wants it */
	bool is_followed;   /* its reader sees by itself that it was swapped */
};

enum export_key { EXPORT_BY_ADDRESS, EXPORT_BY_DOMAIN };

/*
 * The first column of a table is its key, unique text; the source selects the
 * columns in the order of the table.  Statements of table i: sources 2i all
 * ordered by key, 2i + 1 the one of :key; targets 4i all ordered by key,
 * 4i + 1 the one, 4i + 2 put (:c0, :c1...), 4i + 3 delete the one.
 */
struct export_table {
	int file;
	const char *name; /* "address" */
	enum export_key key;
};

extern const struct export_file export_files[EXPORT_FILES];
extern const struct export_table export_tables[]; /* name NULL ends */
extern const struct db_statements export_sources;
extern const struct db_statements export_targets; /* of the files */
extern const struct db_statements export_statements;

struct export_drift {
	int64_t wanted, missing, different, extra; /* rows */
};

/* What the full difference found (and, unless only looked at, mended). */
struct export_report {
	enum db_export found[EXPORT_FILES];
	bool is_swapped[EXPORT_FILES]; /* the daemon still reads the old one */
	int64_t written_at[EXPORT_FILES];
	struct export_drift tables[EXPORT_TABLES_MAX];
};

/* Path of a file below the state directory. */
bool export_path(char *to, size_t size, const char *state_directory, int file);

/* Makes maps/ and its directories with their groups and modes, as far as
 * this process may; harmless when they are there. */
enum err_code export_make_directories(
    const char *state_directory, struct err *) MUST_USE;

/* Exports what was touched since the last time.  Nothing to do without a
 * state directory (tests in memory). */
enum err_code export_touched(struct context *, struct err *) MUST_USE;

/* Compares every row of every export with ours; writes what differs unless
 * `is_check`. */
enum err_code export_sync(struct context *, bool is_check,
    struct export_report *, struct err *) MUST_USE;

/* Whether the exports are what they should be. */
bool export_is_whole(const struct export_report *);

#endif
