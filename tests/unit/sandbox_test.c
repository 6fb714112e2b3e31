#include "ssh/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/sanitizer.h"

static int pair[2];

/* How a process ends that locks itself in and then does `act`: its exit
 * status, or the signal that ended it below zero. */
static int
end_of(void (*act)(void))
{
	int status = 0;
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		sandbox_enter();
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(pair[0]);
	close(pair[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void
open_file(void)
{
	(void)!open("/etc/passwd", O_RDONLY);
}

static void
make_socket(void)
{
	(void)!socket(AF_INET, SOCK_STREAM, 0);
}

static void
connect_out(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	(void)!connect(pair[0], (struct sockaddr *)&to, sizeof(to));
}

static void
start_process(void)
{
	if (fork() == 0)
		_exit(0);
}

static void
run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static void
signal_parent(void)
{
	kill(getppid(), 0);
}

static void
signal_self(void)
{
	kill(getpid(), 0);
}

static void
trace(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void
push_input(void)
{
	ioctl(pair[0], TIOCSTI, "x");
}

static void
make_code(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
make_code_of_data(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static void
copy_descriptor(void)
{
	fcntl(pair[0], F_DUPFD, 3);
}

static void
remove_file(void)
{
	unlink("/tmp/postern-no-such-file");
}

static void
loosen_filter(void)
{
	prctl(PR_GET_SECCOMP);
}

static void (*const forbidden[])(void) = {
	open_file,
	make_socket,
	connect_out,
	start_process,
	run_program,
	signal_parent,
	signal_self,
	trace,
	push_input,
	make_code,
	make_code_of_data,
	copy_descriptor,
	remove_file,
	loosen_filter,
};

/* All of what serves one client. */
static void
relay(void)
{
	struct pollfd fd = { .fd = pair[1], .events = POLLIN };
	const int on = 1;
	char bytes[8] = "x";
	void *memory;

	if (write(pair[0], bytes, 1) != 1 || poll(&fd, 1, -1) != 1 ||
	    read(pair[1], bytes, 1) != 1 || send(pair[0], "y", 1, 0) != 1 ||
	    recv(pair[1], bytes, 1, 0) != 1)
		_exit(1);
	memory = malloc(8 << 20);
	if (memory == NULL)
		_exit(2);
	memset(memory, 1, 8 << 20);
	free(memory);
	if (getpid() <= 0 || time(NULL) <= 0)
		_exit(3);
	setsockopt(pair[0], IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
	if (fcntl(pair[0], F_SETFL, fcntl(pair[0], F_GETFL) | O_NONBLOCK) != 0)
		_exit(4);
	alarm(5);
	signal(SIGPIPE, SIG_IGN);
	shutdown(pair[0], SHUT_RDWR);
	close(pair[0]);
}

static void
test_what_a_transport_needs_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(end_of(relay), 0);
}

static void
test_each_forbidden_call_ends_the_process(void **state)
{
	(void)state;
	if (IS_SANITIZED)
		skip();
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		if (end_of(forbidden[i]) != -SIGSYS)
			fail_msg("call %zu was let through", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_transport_needs_is_allowed),
		cmocka_unit_test(test_each_forbidden_call_ends_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
