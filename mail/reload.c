#include "mail/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const struct {
	const char *pid_file;
	const char *name; /* as the kernel knows the process */
	int signal;
} daemons[CONFIG_DAEMONS] = {
	[CONFIG_POSTFIX] = { "/var/spool/postfix/pid/master.pid", "master",
	    SIGHUP },
	[CONFIG_DOVECOT] = { "/run/dovecot/master.pid", "dovecot", SIGHUP },
	[CONFIG_OPENDKIM] = { "/run/opendkim/opendkim.pid", "opendkim",
	    SIGUSR1 },
	[CONFIG_NGINX] = { "/run/nginx.pid", "nginx", SIGHUP },
};

static bool
read_short(const char *path, char *to, size_t size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, to, size - 1);
	close(fd);
	to[n > 0 ? n : 0] = '\0';
	text_trim(to);
	return n > 0;
}

/* The number of a process that has gone may be another's by now. */
int
reload_find(enum config_daemon daemon, const char *root)
{
	char path[PATH_MAX], text[64];
	int64_t pid;

	if ((unsigned)daemon >= CONFIG_DAEMONS)
		return 0;
	text_format(path, sizeof(path), "%s%s", root, daemons[daemon].pid_file);
	if (!read_short(path, text, sizeof(text)) ||
	    !text_to_int64(text, &pid) || pid <= 1 || pid > INT_MAX)
		return 0;
	text_format(path, sizeof(path), "/proc/%lld/comm", (long long)pid);
	if (!read_short(path, text, sizeof(text)) ||
	    !text_is_same(text, daemons[daemon].name))
		return 0;
	return (int)pid;
}

enum err_code
reload_daemon(enum config_daemon daemon, const char *root, struct err *err)
{
	const int pid = reload_find(daemon, root);

	if (pid == 0 || kill(pid, daemons[daemon].signal) == 0 ||
	    errno == ESRCH)
		return OK;
	return err_set_errno(err, "%s can't be told to read its files again",
	    config_daemon_names[daemon]);
}
