#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

bool
io_write_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		const ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		length -= (size_t)n;
	}
	return true;
}

enum err_code
io_read_fd(struct arena *arena, int fd, size_t max, char **bytes,
    size_t *length, struct err *err)
{
	struct text_builder all;
	char part[4096];

	text_builder_open(&all, arena, max);
	for (;;) {
		const ssize_t n = read(fd, part, sizeof(part));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, "Can't read");
		if (n == 0)
			break;
		text_add_n(&all, part, (size_t)n);
		explicit_bzero(part, sizeof(part));
		if (all.is_cut)
			return err_set(err, ERR_INVALID, NULL,
			    "There are more than %zu bytes, the most that is "
			    "taken here.",
			    max);
	}
	*bytes = all.data;
	*length = all.length;
	return OK;
}

enum err_code
io_read_file(struct arena *arena, const char *path, size_t max, char **bytes,
    size_t *length, struct err *err)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err_code code;

	if (fd < 0)
		return err_set_errno(err, "Can't open %s", path);
	code = io_read_fd(arena, fd, max, bytes, length, err);
	close(fd);
	return code;
}

/* Flushes the rename itself: the folder's entry. */
static void
sync_folder(const char *path)
{
	char folder[PATH_MAX];
	char *slash;
	int fd;

	if (!text_copy(folder, sizeof(folder), path))
		return;
	slash = strrchr(folder, '/');
	if (slash == NULL)
		text_copy(folder, sizeof(folder), ".");
	else
		*slash = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

enum err_code
io_replace_file(const char *path, mode_t mode, const void *bytes, size_t length,
    struct err *err)
{
	char temporary[PATH_MAX];
	int fd;

	if (!text_format(temporary, sizeof(temporary), "%s.new", path))
		return err_set(
		    err, ERR_SYSTEM, NULL, "%s: too long a path.", path);
	unlink(temporary);
	fd = open(temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return err_set_errno(err, "Can't write %s", temporary);
	if (fchmod(fd, mode) != 0 || !io_write_all(fd, bytes, length) ||
	    fsync(fd) != 0) {
		err_set_errno(err, "Can't write %s", temporary);
		close(fd);
		unlink(temporary);
		return ERR_SYSTEM;
	}
	close(fd);
	if (rename(temporary, path) != 0)
		return err_set_errno(err, "Can't replace %s", path);
	sync_folder(path);
	return OK;
}

bool
io_set_nonblocking(int fd)
{
	const int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}
