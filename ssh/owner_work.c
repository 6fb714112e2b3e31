#include "ssh/owner_work.h"

#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "model/db.h"
#include "ssh/privilege.h"

struct answer {
	struct err err;
	struct backup_facts facts;
};

typedef enum err_code work_function(struct context *, struct backup_facts *,
    const char *argument, struct err *);

static void
work(const char *state_directory, const char *database, work_function *function,
    const char *argument, struct answer *answer)
{
	struct context context = { .state_directory = state_directory };
	char path[PATH_MAX];

	privilege_become_owner(state_directory);
	umask(077);
	actor_console(&context.actor);
	if (!text_format(
		path, sizeof(path), "%s/%s", state_directory, database))
		err_set(&answer->err, ERR_SYSTEM, NULL,
		    "The state directory's path is too long.");
	else if (db_open(&context.db, path, DB_MUST_EXIST, &answer->err) == OK)
		(void)!function(
		    &context, &answer->facts, argument, &answer->err);
	db_close(&context.db);
}

/* In the process of its own: does not return. */
static void
work_and_tell(const char *state_directory, const char *database,
    work_function *function, const char *argument, int to)
{
	struct answer answer = { 0 };

	work(state_directory, database, function, argument, &answer);
	_exit(io_write_all(to, &answer, sizeof(answer)) ? 0 : 1);
}

enum err_code
owner_work(const char *state_directory, const char *database,
    work_function *function, const char *argument, struct backup_facts *facts,
    struct err *err)
{
	struct answer answer = { 0 };
	int ends[2], status;
	ssize_t n;
	pid_t child;

	if (pipe(ends) != 0 || (child = fork()) < 0)
		return err_set_errno(err, "Can't start a process");
	if (child == 0)
		work_and_tell(
		    state_directory, database, function, argument, ends[1]);
	close(ends[1]);
	n = read(ends[0], &answer, sizeof(answer));
	close(ends[0]);
	if (waitpid(child, &status, 0) != child || n != sizeof(answer))
		return err_set(err, ERR_SYSTEM, NULL,
		    "The work on the database ended early.");
	*facts = answer.facts;
	if (answer.err.code != OK)
		*err = answer.err;
	return answer.err.code;
}
