#include "ssh/owner_work.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "model/db.h"
#include "ssh/privilege.h"

#define TELL_FD    3
#define ANSWER_MAX (16 << 20) /* bytes, with the names of all keys */

/* The names of the keys follow. */
struct answer {
	struct err err;
	struct backup_facts facts;
};

typedef enum err_code work_function(struct context *, struct arena *,
    struct backup_facts *, const void *argument, struct err *);

static void
work(const char *state_directory, const char *database, work_function *function,
    const void *argument, struct arena *arena, struct answer *answer)
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
		    &context, arena, &answer->facts, argument, &answer->err);
	db_close(&context.db);
}

/* In the process of its own: does not return. */
static _Noreturn void
work_and_tell(const char *state_directory, const char *database,
    work_function *function, const void *argument, int to)
{
	struct arena arena = { 0 };
	struct answer answer = { 0 };
	const char *keys;
	bool is_told;

	/* A database that came from elsewhere is opened here: not beside what
	 * root has open. */
	if (dup2(to, TELL_FD) < 0)
		_exit(1);
	close_range(TELL_FD + 1, ~0U, 0);
	work(state_directory, database, function, argument, &arena, &answer);
	keys = answer.facts.keys != NULL ? answer.facts.keys : "";
	is_told = io_write_all(TELL_FD, &answer, sizeof(answer)) &&
	    io_write_all(TELL_FD, keys, strlen(keys));
	_exit(is_told ? 0 : 1);
}

/* What came is believed as little as the database. */
static enum err_code
take_answer(const char *bytes, size_t length, struct backup_facts *facts,
    struct err *err)
{
	struct answer answer;

	if (length < sizeof(answer))
		return err_set(err, ERR_SYSTEM, NULL,
		    "The work on the database ended early.");
	memcpy(&answer, bytes, sizeof(answer));
	*facts = answer.facts;
	facts->host[sizeof(facts->host) - 1] = '\0';
	facts->dkim_directory[sizeof(facts->dkim_directory) - 1] = '\0';
	facts->keys = bytes + sizeof(answer);
	if (answer.err.code != OK)
		*err = answer.err;
	return answer.err.code;
}

enum err_code
owner_work(const char *state_directory, const char *database,
    work_function *function, const void *argument, struct arena *arena,
    struct backup_facts *facts, struct err *err)
{
	char *bytes = NULL;
	size_t length = 0;
	int ends[2];
	pid_t child;
	enum err_code code;

	if (pipe2(ends, O_CLOEXEC) != 0 || (child = fork()) < 0)
		return err_set_errno(err, "Can't start a process");
	if (child == 0)
		work_and_tell(
		    state_directory, database, function, argument, ends[1]);
	close(ends[1]);
	code = io_read_fd(arena, ends[0], ANSWER_MAX, &bytes, &length, err);
	close(ends[0]);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return code == OK ? take_answer(bytes, length, facts, err) : code;
}
