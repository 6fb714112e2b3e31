#include "base/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/io.h"

static _Noreturn void
run_child(
    int out, int orders, job_function *function, void *argument, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGWINCH, SIG_DFL);
	/* Either may be on the other's number: move both out of the way. */
	out = fcntl(out, F_DUPFD, 5);
	orders = fcntl(orders, F_DUPFD, 5);
	if (dup2(out, 3) < 0 || dup2(orders, JOB_ORDERS_FD) < 0)
		_exit(1);
	close_range(5, ~0U, 0);
	function(3, argument);
	_exit(0);
}

enum err_code
job_open(struct job *job, struct arena *arena, job_function *function,
    void *argument, struct err *err)
{
	const pid_t parent = getpid();
	int ends[2], orders[2];

	*job = (struct job){ 0 };
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set_errno(err, "Can't start the work");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, orders) !=
	    0) {
		err_set_errno(err, "Can't start the work");
		close(ends[0]);
		close(ends[1]);
		return ERR_SYSTEM;
	}
	job->pid = fork();
	if (job->pid < 0) {
		err_set_errno(err, "Can't start the work");
		close(ends[0]);
		close(ends[1]);
		close(orders[0]);
		close(orders[1]);
		return ERR_SYSTEM;
	}
	if (job->pid == 0)
		run_child(ends[1], orders[1], function, argument, parent);
	close(ends[1]);
	close(orders[1]);
	io_set_nonblocking(ends[0]);
	job->fd = ends[0];
	job->orders_fd = orders[0];
	job->is_open = true;
	/* The size stands before the record, which is aligned for any type. */
	job->record = arena_alloc(arena, alignof(max_align_t) + JOB_RECORD_MAX);
	job->record += alignof(max_align_t) - sizeof(uint32_t);
	return OK;
}

bool
job_write(int out, const void *record, size_t length)
{
	const uint32_t size = (uint32_t)length;

	return length <= JOB_RECORD_MAX &&
	    io_write_all(out, &size, sizeof(size)) &&
	    io_write_all(out, record, length);
}

/* Reads until `want` bytes are there; JOB_RECORD when they are. */
static enum job_event
fill(struct job *job, size_t want)
{
	while (job->used < want) {
		const ssize_t n =
		    read(job->fd, job->record + job->used, want - job->used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return JOB_NOTHING;
		if (n < 0)
			return JOB_FAILED;
		if (n == 0)
			return job->used == 0 ? JOB_END : JOB_FAILED;
		job->used += (size_t)n;
	}
	return JOB_RECORD;
}

/* The pipe is at its end: did the job return, or did it crash? */
static enum job_event
end_of(struct job *job)
{
	int status;

	while (waitpid(job->pid, &status, 0) < 0)
		if (errno != EINTR)
			return JOB_FAILED;
	job->pid = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? JOB_END
							     : JOB_FAILED;
}

enum job_event
job_read(struct job *job, const void **record, size_t *length)
{
	uint32_t size;
	enum job_event event;

	if (!job->is_open)
		return JOB_END;
	event = fill(job, sizeof(size));
	if (event == JOB_END)
		return end_of(job);
	if (event != JOB_RECORD)
		return event;
	memcpy(&size, job->record, sizeof(size));
	if (size > JOB_RECORD_MAX)
		return JOB_FAILED;
	event = fill(job, sizeof(size) + size);
	if (event != JOB_RECORD)
		return event == JOB_END ? JOB_FAILED : event;
	job->used = 0;
	*record = job->record + sizeof(size);
	*length = size;
	return JOB_RECORD;
}

bool
job_tell(struct job *job, const void *order, size_t length)
{
	return job->is_open && length <= JOB_ORDER_MAX &&
	    send(job->orders_fd, order, length, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)length;
}

int
job_heard(void *order, size_t size)
{
	const ssize_t n = recv(JOB_ORDERS_FD, order, size, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return n == 0 ? -1 : (int)n;
}

void
job_close(struct job *job)
{
	if (!job->is_open)
		return;
	close(job->fd);
	close(job->orders_fd);
	if (job->pid > 0) {
		kill(job->pid, SIGKILL);
		while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	*job = (struct job){ 0 };
}
