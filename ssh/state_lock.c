#include "ssh/state_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum err_code
state_lock(const char *state_directory, bool alone, int *fd, struct err *err)
{
	*fd = open(state_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return err_set_errno(err, "Can't open %s", state_directory);
	if (flock(*fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
		return OK;
	err_set_errno(err, "Can't lock %s", state_directory);
	if (errno == EWOULDBLOCK)
		err_set(err, ERR_BUSY, NULL,
		    alone ? "%s is in use: end the server, the milter and "
			    "every console of it first (systemctl stop "
			    "postern postern-milter)."
			  : "%s is being restored from a backup: wait until "
			    "that is done.",
		    state_directory);
	close(*fd);
	*fd = -1;
	return err->code;
}
