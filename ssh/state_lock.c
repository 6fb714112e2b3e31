#include "ssh/state_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/text.h"

static enum err_code
lock(const char *path, const char *state_directory, bool alone, int *fd,
    struct err *err)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return err_set_errno(err, "Can't open %s", path);
	if (flock(*fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
		return OK;
	err_set_errno(err, "Can't lock %s", path);
	if (errno == EWOULDBLOCK)
		err_set(err, ERR_BUSY, NULL,
		    alone ? "%s is in use: end the server, its sessions, the "
			    "milter and every console first (systemctl stop "
			    "postern postern-milter)."
			  : "%s is being restored from a backup: wait until "
			    "that is done.",
		    state_directory);
	close(*fd);
	*fd = -1;
	return err->code;
}

enum err_code
state_lock(const char *state_directory, bool alone, int *fd, struct err *err)
{
	return lock(state_directory, state_directory, alone, fd, err);
}

enum err_code
state_lock_export(
    const char *state_directory, bool alone, int *fd, struct err *err)
{
	char path[PATH_MAX];

	*fd = -1;
	if (!text_format(path, sizeof(path), "%s/maps/sign", state_directory))
		return err_set(err, ERR_INVALID, NULL,
		    "The path of the state directory is too long.");
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return OK;
	return lock(path, state_directory, alone, fd, err);
}
