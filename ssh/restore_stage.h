/*
 * restore_stage.h - a backup unpacked and looked at, before any of it is in
 * place.
 *
 * The database stands in STATE/restore.d, which is root's alone where root
 * restores; its check works on a copy, as the owner of the state.  Everything
 * else is small and stays in memory, so that no key is left behind by a
 * process that is killed.
 */
#ifndef SSH_RESTORE_STAGE_H
#define SSH_RESTORE_STAGE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/backup.h"
#include "ssh/backup_door.h"

/* Of directories that are not followed elsewhere. */
#define STAGE_DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* A file of the backup; its bytes are in memory from `at` on. */
struct stage_file {
	const struct backup_file *file; /* NULL: a DKIM key */
	const char *name;               /* in its directory */
	off_t at;
	size_t length;
	struct stage_file *next;
};

struct restore_stage {
	const char *state; /* a whole path; the caller's, as the next */
	int directory;     /* of the state, open */
	struct stat owner; /* of the state */
	int fd;            /* STATE/restore.d */
	int database;      /* the one in it, open; -1: there is none */
	int memory;        /* of the files below */
	struct stage_file *files;
	size_t keys; /* among them */
	struct backup_facts facts;
	struct arena arena;
};

/* `state`, `directory` and `owner` are set, all else is zero.  Close it also
 * after an error. */
enum err_code stage_open(struct restore_stage *, struct err *) MUST_USE;
void stage_close(struct restore_stage *);

/* Unpacks the backup and checks all of it; fills the facts. */
enum err_code stage_fill(
    struct restore_stage *, const char *path, struct err *) MUST_USE;

/* The bytes go to the caller, who wipes them. */
bool stage_read(const struct restore_stage *, const struct stage_file *,
    char to[BACKUP_KEY_MAX]);

/* Opens a directory that this process has made below another's. */
int stage_open_own(int directory, const char *name);

#endif
