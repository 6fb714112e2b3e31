#include "mail/mail_home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define DEEPEST   64 /* folders below a home; Dovecot's are far fewer */
#define PART_SIZE 24

static int
open_directory(int at, const char *name)
{
	return openat(
	    at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool
is_dot(const char *name)
{
	return text_is_same(name, ".") || text_is_same(name, "..");
}

static bool remove_tree(int at, const char *name, dev_t device, int depth);

/* False with errno; `fd` is closed. */
static bool
empty_directory(int fd, dev_t device, int depth)
{
	DIR *list = fdopendir(fd);
	struct dirent *entry;
	bool is_done = true;

	if (list == NULL) {
		close(fd);
		return false;
	}
	while (is_done && (entry = readdir(list)) != NULL)
		if (!is_dot(entry->d_name))
			is_done = remove_tree(
			    dirfd(list), entry->d_name, device, depth);
	closedir(list);
	return is_done;
}

/* A name that is no directory goes as it is: a link, not what it names. */
static bool
remove_tree(int at, const char *name, dev_t device, int depth)
{
	struct stat status;
	int fd;

	if (fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT;
	if (!S_ISDIR(status.st_mode))
		return unlinkat(at, name, 0) == 0 || errno == ENOENT;
	if (depth == 0 || status.st_dev != device) {
		errno = depth == 0 ? ELOOP : EXDEV;
		return false;
	}
	fd = open_directory(at, name);
	if (fd < 0 || !empty_directory(fd, device, depth - 1))
		return fd < 0 && errno == ENOENT;
	return unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/* "12/345": digits, one slash. */
static bool
split_home(const char *home, char tenant[PART_SIZE], char user[PART_SIZE])
{
	const size_t first = strspn(home, "0123456789");
	const char *rest = home + first + 1;

	return first > 0 && home[first] == '/' && rest[0] != '\0' &&
	    rest[strspn(rest, "0123456789")] == '\0' &&
	    text_format(tenant, PART_SIZE, "%.*s", (int)first, home) &&
	    text_copy(user, PART_SIZE, rest);
}

static enum err_code
remove_below(int root, const char *directory, const char *home,
    const char *tenant, const char *user, struct err *err)
{
	const int fd = open_directory(root, tenant);
	struct stat status;
	bool is_done;

	if (fd < 0)
		return errno == ENOENT
		    ? OK
		    : err_set_errno(err, "Can't open %s/%s", directory, tenant);
	is_done = fstat(fd, &status) == 0 &&
	    remove_tree(fd, user, status.st_dev, DEEPEST);
	if (!is_done)
		err_set_errno(
		    err, "Can't remove all of %s/%s", directory, home);
	close(fd);
	if (!is_done)
		return ERR_SYSTEM;
	/* Others of the tenant may be there: then it stays. */
	(void)!unlinkat(root, tenant, AT_REMOVEDIR);
	return OK;
}

enum err_code
mail_home_remove(const char *directory, const char *home, struct err *err)
{
	char tenant[PART_SIZE], user[PART_SIZE];
	enum err_code code;
	int root;

	if (directory[0] != '/' || !split_home(home, tenant, user))
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.80s\" in \"%.80s\" is no mail directory of a user.",
		    home, directory);
	/* Where it is was chosen by who set up the box: a link may be. */
	root = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return errno == ENOENT
		    ? OK
		    : err_set_errno(err, "Can't open %s", directory);
	code = remove_below(root, directory, home, tenant, user, err);
	close(root);
	return code;
}
