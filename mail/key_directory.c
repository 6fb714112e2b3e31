#include "mail/key_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

/* One that others own, or write, is theirs to direct. */
static enum err_code
check(int fd, const char *directory, struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return err_set_errno(err, "Can't look at %s", directory);
	if (status.st_uid != geteuid())
		return err_set(err, ERR_DENIED, NULL,
		    "%s belongs to another user: name a directory that is not "
		    "there yet, or give it to the user that makes keys.",
		    directory);
	if ((status.st_mode & 022) != 0)
		return err_set(err, ERR_DENIED, NULL,
		    "%s can be written by others: chmod go-w it first.",
		    directory);
	return OK;
}

static enum err_code
check_path(const char *directory, struct err *err)
{
	return directory[0] == '/'
	    ? OK
	    : err_set(err, ERR_INVALID, NULL,
		  "Write the DKIM directory as a whole path, from /.");
}

enum err_code
key_directory_open(const char *directory, int *fd, struct err *err)
{
	*fd = -1;
	if (check_path(directory, err) != OK)
		return err->code;
	*fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0)
		return err_set_errno(err, "Can't open %s", directory);
	if (check(*fd, directory, err) == OK)
		return OK;
	close(*fd);
	*fd = -1;
	return err->code;
}

enum err_code
key_directory_make(const char *directory, int *fd, struct err *err)
{
	bool is_new;

	*fd = -1;
	if (check_path(directory, err) != OK)
		return err->code;
	is_new = mkdir(directory, 0700) == 0;
	if (!is_new && errno != EEXIST)
		return err_set_errno(err, "Can't make %s", directory);
	if (key_directory_open(directory, fd, err) != OK)
		return err->code;
	/* OpenDKIM goes through to keys and tables that it knows by name. */
	if (!is_new || geteuid() != 0 || fchmod(*fd, 0711) == 0)
		return OK;
	err_set_errno(err, "Can't set up %s", directory);
	close(*fd);
	*fd = -1;
	return err->code;
}
