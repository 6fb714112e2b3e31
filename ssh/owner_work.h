/*
 * owner_work.h - work on a database by a process that has become the owner of
 * the state directory, for a caller that must stay root.
 */
#ifndef SSH_OWNER_WORK_H
#define SSH_OWNER_WORK_H

#include "model/backup.h"

/*
 * Opens STATE/`database` there and runs the function, which may fill the
 * facts, as the operator of the server.  Facts and error come back; the keys
 * of the facts live in the arena.
 */
enum err_code owner_work(const char *state_directory, const char *database,
    enum err_code (*function)(struct context *, struct arena *,
	struct backup_facts *, const void *argument, struct err *),
    const void *argument, struct arena *, struct backup_facts *,
    struct err *) MUST_USE;

#endif
