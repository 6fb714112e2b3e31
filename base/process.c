#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define NOT_THERE 127

static _Noreturn void
run_child(int out, const char *const *words)
{
	static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
			     "/usr/bin:/sbin:/bin";
	static char lang[] = "LANG=C";
	char *environment[] = { path, lang, NULL };
	const int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		_exit(NOT_THERE);
	close_range(3, ~0U, 0);
	/* execvpe() does not write to its words: POSIX says so. */
	execvpe(words[0], (char *const *)(uintptr_t)words, environment);
	_exit(NOT_THERE);
}

/* Until its end or the deadline; false when that came first. */
static bool
take_output(struct process_result *result, int fd, size_t max, int64_t end_ms)
{
	char waste[4096];

	for (;;) {
		const int64_t left = end_ms - clock_monotonic_ms();
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		const bool has_room = result->length < max;
		ssize_t n;

		if (left <= 0 || poll(&wait, 1, (int)left) == 0)
			return false;
		n = read(fd, has_room ? result->output + result->length : waste,
		    has_room ? max - result->length : sizeof(waste));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		if (has_room)
			result->length += (size_t)n;
	}
}

static int
reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

enum err_code
process_run(struct arena *arena, const char *const *words, size_t max,
    int timeout_ms, struct process_result *result, struct err *err)
{
	const int64_t end_ms = clock_monotonic_ms() + timeout_ms;
	bool is_ended;
	int fds[2];
	pid_t pid;

	*result =
	    (struct process_result){ .output = arena_alloc(arena, max + 1) };
	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_set_errno(err, "Can't open a pipe");
	pid = fork();
	if (pid == 0)
		run_child(fds[1], words);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return err_set_errno(err, "Can't start %s", words[0]);
	}
	is_ended = take_output(result, fds[0], max, end_ms);
	close(fds[0]);
	if (!is_ended)
		kill(-pid, SIGKILL);
	result->status = reap(pid);
	if (!is_ended)
		return err_set(err, ERR_TIMEOUT, NULL,
		    "%s did not end in time.", words[0]);
	if (result->status == NOT_THERE && result->length == 0)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no program %s here: install it.", words[0]);
	return OK;
}
