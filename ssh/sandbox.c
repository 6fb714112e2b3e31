#include "ssh/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/sanitizer.h"

/* Names, because some machines lack some of them. */
static const char *const calls[] = {
	"poll", "ppoll", "recvfrom", "recvmsg", "sendto", "sendmsg", "read",
	"write", "close", "shutdown",                            /* bytes */
	"brk", "munmap", "mremap", "futex",                      /* memory */
	"getrandom", "getpid", "clock_gettime", "gettimeofday",  /* facts */
	"alarm", "setitimer", "rt_sigaction", "rt_sigprocmask",  /* signals */
	"rt_sigreturn", "restart_syscall", "exit", "exit_group", /* the end */
};

/* Calls that are let through with these values of one argument, or of two. */
/* clang-format off */
static const struct {
	const char *call;
	unsigned count;
	struct scmp_arg_cmp arguments[2];
} narrowed[] = {
	/* The window of a client's terminal. */
	{ "ioctl", 1, { { 1, SCMP_CMP_EQ, TIOCSWINSZ, 0 } } },
	{ "setsockopt", 2, { { 1, SCMP_CMP_EQ, IPPROTO_TCP, 0 },
			     { 2, SCMP_CMP_EQ, TCP_QUICKACK, 0 } } },
	{ "fcntl", 1, { { 1, SCMP_CMP_EQ, F_GETFL, 0 } } },
	{ "fcntl", 1, { { 1, SCMP_CMP_EQ, F_SETFL, 0 } } },
	/* Memory, but none to be run. */
	{ "mmap", 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } } },
	{ "mprotect", 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } } },
};
/* clang-format on */

static void
must(int result, const char *what)
{
	if (result == 0)
		return;
	errno = -result;
	log_warn_errno("Can't lock the transport in (%s)", what);
	_exit(70);
}

static void
allow(scmp_filter_ctx filter, const char *call, unsigned count,
    const struct scmp_arg_cmp *arguments)
{
	const int number = seccomp_syscall_resolve_name(call);

	if (number != __NR_SCMP_ERROR)
		must(seccomp_rule_add_array(
			 filter, SCMP_ACT_ALLOW, number, count, arguments),
		    call);
}

void
sandbox_enter(void)
{
	scmp_filter_ctx filter;

	/* The sanitizers need calls of their own. */
	if (IS_SANITIZED)
		return;
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	must(filter == NULL ? -ENOMEM : 0, "seccomp");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		allow(filter, calls[i], 0, NULL);
	for (size_t i = 0; i < sizeof(narrowed) / sizeof(narrowed[0]); i++)
		allow(filter, narrowed[i].call, narrowed[i].count,
		    narrowed[i].arguments);
	must(seccomp_load(filter), "seccomp_load");
	seccomp_release(filter);
}
