#include "ssh/privilege.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/sanitizer.h"

#define TRANSPORT_FILES  48            /* poll() refuses more than these */
#define TRANSPORT_MEMORY (256UL << 20) /* bytes of address space */

static void
must(int result, const char *what)
{
	if (result == 0)
		return;
	log_warn_errno("Can't give up rights (%s)", what);
	_exit(70);
}

static void
limit(__rlimit_resource_t resource, rlim_t most)
{
	const struct rlimit both = { most, most };

	must(setrlimit(resource, &both), "setrlimit");
}

/* Also for a core file that a handler would write elsewhere. */
static void
forbid_dumps(void)
{
	limit(RLIMIT_CORE, 0);
	must(prctl(PR_SET_DUMPABLE, 0), "dumpable");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static void
become(uid_t uid, gid_t gid, bool keeps_groups)
{
	const struct passwd *user = keeps_groups ? getpwuid(uid) : NULL;

	/* The groups of the mail daemons, whose maps this user writes. */
	if (user != NULL)
		must(initgroups(user->pw_name, gid), "initgroups");
	else
		must(setgroups(0, NULL), "setgroups");
	must(setresgid(gid, gid, gid), "setresgid");
	must(setresuid(uid, uid, uid), "setresuid");
	must(uid != 0 && setuid(0) == 0 ? -1 : 0, "root came back");
}

void
privilege_become_owner(const char *state_directory)
{
	struct stat owner;

	if (geteuid() == 0) {
		must(stat(state_directory, &owner), state_directory);
		become(owner.st_uid, owner.st_gid, true);
	}
	/* After the change of user, which resets it. */
	forbid_dumps();
}

/* A directory that has no name any more and never gets an entry. */
static void
enter_empty_root(void)
{
	char path[] = "/tmp/postern-XXXXXX";
	int fd;

	must(mkdtemp(path) == NULL ? -1 : 0, "mkdtemp");
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(fd < 0 ? -1 : 0, path);
	must(rmdir(path), path);
	must(fchdir(fd), path);
	must(chroot("."), "chroot");
	close(fd);
}

static void
leave_root(void)
{
	const struct passwd *user = getpwnam("postern-ssh");

	if (user == NULL)
		user = getpwnam("nobody");
	must(user == NULL ? -1 : 0, "user postern-ssh");
	enter_empty_root();
	become(user->pw_uid, user->pw_gid, false);
}

void
privilege_lock_in(void)
{
	if (geteuid() == 0)
		leave_root();
	forbid_dumps();
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_NOFILE, TRANSPORT_FILES);
	if (!IS_SANITIZED) {
		limit(RLIMIT_FSIZE, 0);
		limit(RLIMIT_AS, TRANSPORT_MEMORY);
	}
}
