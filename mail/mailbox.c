#include "mail/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

static const char *const folders[] = { "new", "cur", NULL };

enum err_code
mailbox_open(struct mailbox *mailbox, const char *directory, int64_t since_at,
    struct err *err)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS,
	};

	*mailbox = (struct mailbox){ .fd = -1, .since_at = since_at };
	if (directory[0] != '/')
		return err_set(err, ERR_INVALID, NULL,
		    "Write the mailbox as a whole path, from /.");
	mailbox->fd =
	    (int)syscall(SYS_openat2, AT_FDCWD, directory, &how, sizeof(how));
	if (mailbox->fd >= 0)
		return OK;
	if (errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no mailbox %s: no mail has come yet.", directory);
	if (errno == ELOOP)
		return err_set(err, ERR_DENIED, NULL,
		    "%s has a symbolic link in it: write the path without.",
		    directory);
	return err_set_errno(err, "Can't open %s", directory);
}

static bool
open_folder(struct mailbox *mailbox)
{
	while (mailbox->folder == NULL) {
		const char *name = folders[mailbox->next_folder];
		int fd;

		if (name == NULL)
			return false;
		mailbox->next_folder++;
		fd = openat(mailbox->fd, name, OPEN_FLAGS | O_DIRECTORY);
		mailbox->folder = fd < 0 ? NULL : fdopendir(fd);
		if (mailbox->folder == NULL && fd >= 0)
			close(fd);
	}
	return true;
}

/* A plain file of the mailbox's owner alone: no way to another's. */
static bool
is_message(const struct mailbox *mailbox, int fd)
{
	struct stat status, owner;

	return fstat(fd, &status) == 0 && fstat(mailbox->fd, &owner) == 0 &&
	    S_ISREG(status.st_mode) && status.st_uid == owner.st_uid &&
	    status.st_nlink == 1 && status.st_size <= MAILBOX_MESSAGE_MAX &&
	    status.st_mtime >= mailbox->since_at;
}

int
mailbox_next(struct mailbox *mailbox)
{
	const struct dirent *entry;
	int fd;

	while (mailbox->count < MAILBOX_MESSAGES_MAX && open_folder(mailbox)) {
		entry = readdir(mailbox->folder);
		if (entry == NULL) {
			closedir(mailbox->folder);
			mailbox->folder = NULL;
			continue;
		}
		if (entry->d_name[0] == '.')
			continue;
		fd = openat(dirfd(mailbox->folder), entry->d_name, OPEN_FLAGS);
		if (fd >= 0 && is_message(mailbox, fd)) {
			mailbox->count++;
			return fd;
		}
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

void
mailbox_close(struct mailbox *mailbox)
{
	if (mailbox->folder != NULL)
		closedir(mailbox->folder);
	if (mailbox->fd >= 0)
		close(mailbox->fd);
	*mailbox = (struct mailbox){ .fd = -1 };
}
