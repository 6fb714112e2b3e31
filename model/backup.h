/*
 * backup.h - the database's part of a backup: one consistent copy of it, and
 * whether such a copy may take its place again.
 */
#ifndef MODEL_BACKUP_H
#define MODEL_BACKUP_H

#include "base/arena.h"
#include "base/host_name.h"
#include "mail/config.h"
#include "model/context.h"

/* What is told of a copy. */
struct backup_facts {
	char
	    host[HOST_NAME_SIZE]; /* the server's name; "server": none is set */
	char dkim_directory[CONFIG_PATH_SIZE]; /* of the private keys */
	int64_t tenants, users;
	int64_t last_at; /* when the newest entry of the audit log was made */
	/* DOMAIN.SELECTOR.private, a line each: the keys that are not retired,
	 * of checked names.  Lives in the arena. */
	const char *keys;
};

/* Of the database that is open. */
enum err_code backup_look(struct context *, struct arena *,
    struct backup_facts *, struct err *) MUST_USE;

/* Whether the facts know a key file of that name. */
bool backup_has_key(const struct backup_facts *, const char *name);

/* Copies the database that is open, as it is at one moment, to `path`, where
 * nothing may stand.  The audit log says so, in the copy too; `file` is the
 * name that it gives. */
enum err_code backup_copy(struct context *, const char *path, const char *file,
    struct err *) MUST_USE;

/* OK when every page and reference of the open database is sound, and its
 * audit log whole. */
enum err_code backup_check(struct context *, struct err *) MUST_USE;

/*
 * The open database came from that file: the audit log says so, and what
 * stands outside of the database is made anew.  `dkim_directory` is where this
 * machine has its keys, whatever the database says.
 */
enum err_code backup_note_restored(struct context *, const char *file,
    const char *dkim_directory, struct err *) MUST_USE;

#endif
