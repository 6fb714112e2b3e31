#include "ssh/backup_door.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "mail/dkim_key.h"
#include "mail/key_directory.h"
#include "model/bundle.h"
#include "smime/vault.h"
#include "smime/vault_pem.h"
#include "ssh/door.h"
#include "ssh/host_key.h"
#include "ssh/owner_work.h"
#include "ssh/state_lock.h"

#define COPY_NAME "postern.db.copy" /* in the state directory, for a moment */

/* clang-format off */
const struct backup_file backup_files[] = {
	/* name                 needed public vault */
	{ DOOR_DATABASE,        true,  false, false, NULL },
	{ HOST_KEY_FILE,        true,  false, false, host_key_is_private },
	{ HOST_KEY_FILE ".pub", false, true,  false, host_key_is_public },
	{ "host_rsa",           false, false, false, host_key_is_private },
	{ "host_rsa.pub",       false, true,  false, host_key_is_public },
	{ VAULT_CERTIFICATE,    false, true,  false, vault_pem_is_certificate },
	{ VAULT_KEY,            false, false, true,  vault_pem_is_key },
	{ 0 }
};
/* clang-format on */

struct backup {
	const char *state, *file;
	int directory; /* the state directory, with its lock */
	struct bundle *bundle;
	struct backup_facts facts;
	size_t keys;
	struct arena arena;
};

enum err_code
backup_may(const char *state_directory, struct err *err)
{
	struct stat status;

	if (stat(state_directory, &status) != 0)
		return err_set_errno(err, "Can't look at %s", state_directory);
	if (geteuid() == 0 || geteuid() == status.st_uid)
		return OK;
	return err_set(err, ERR_DENIED, NULL,
	    "Only root and the owner of %s may do this.", state_directory);
}

/* ---- what goes in ---- */

/* What restoring would refuse is told now. */
static bool
is_sound(int fd, bool (*check)(const char *bytes, size_t length))
{
	char bytes[BACKUP_KEY_MAX + 1];
	const ssize_t n = pread(fd, bytes, sizeof(bytes), 0);
	const bool is_one =
	    n >= 0 && n <= BACKUP_KEY_MAX && check(bytes, (size_t)n);

	explicit_bzero(bytes, sizeof(bytes));
	return is_one;
}

/* A file of other users' directories: no link of any kind is followed, and
 * no pipe waited for. */
static enum err_code
add(struct backup *b, int directory, const char *at, const char *name,
    bool (*check)(const char *bytes, size_t length), struct err *err)
{
	const int fd = openat(
	    directory, at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum err_code code;
	struct stat status;

	if (fd < 0)
		return err_set_errno(err, "Can't read %s", name);
	if (fstat(fd, &status) != 0 || status.st_nlink != 1)
		code = err_set(err, ERR_SYSTEM, NULL,
		    "%s has another name elsewhere: it is not taken.", name);
	else if (S_ISREG(status.st_mode) && check != NULL &&
	    !is_sound(fd, check))
		code = err_set(err, ERR_SYSTEM, NULL,
		    "%s is no key or certificate: it could not be restored.",
		    name);
	else
		code = bundle_add(b->bundle, name, fd, err);
	close(fd);
	return code;
}

static enum err_code
add_own_files(struct backup *b, struct err *err)
{
	for (const struct backup_file *f = backup_files; f->name != NULL; f++) {
		const char *at = f->is_sound == NULL ? COPY_NAME : f->name;

		if (!f->is_needed && faccessat(b->directory, at, F_OK, 0) != 0)
			continue;
		if (add(b, b->directory, at, f->name, f->is_sound, err) != OK)
			return err->code;
	}
	return OK;
}

/* A key that the database does not know is somebody else's. */
static enum err_code
add_keys_of(struct backup *b, DIR *keys, struct err *err)
{
	const struct dirent *entry;
	char name[BUNDLE_NAME_SIZE];

	while (err->code == OK && (entry = readdir(keys)) != NULL) {
		if (!backup_has_key(&b->facts, entry->d_name))
			continue;
		text_format(
		    name, sizeof(name), BACKUP_DKIM "%s", entry->d_name);
		if (add(b, dirfd(keys), entry->d_name, name,
			dkim_key_is_private, err) == OK)
			b->keys++;
	}
	return err->code;
}

/* No directory: no key was made yet. */
static enum err_code
add_dkim_keys(struct backup *b, struct err *err)
{
	const char *path = b->facts.dkim_directory;
	DIR *keys;
	int fd;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return OK;
	if (key_directory_open(path, &fd, err) != OK)
		return err->code;
	keys = fdopendir(fd);
	if (keys == NULL) {
		close(fd);
		return err_set_errno(err, "Can't read %s", path);
	}
	(void)!add_keys_of(b, keys, err);
	closedir(keys);
	return err->code;
}

/* ---- the database ---- */

static enum err_code
copy(struct context *context, struct arena *arena, struct backup_facts *facts,
    const void *file, struct err *err)
{
	char path[PATH_MAX];

	if (!text_format(
		path, sizeof(path), "%s/" COPY_NAME, context->state_directory))
		return err_set(err, ERR_SYSTEM, NULL, "The path is too long.");
	unlink(path);
	if (backup_copy(context, path, file, err) != OK)
		return err->code;
	return backup_look(context, arena, facts, err);
}

/* ---- the file ---- */

static enum err_code
write_bundle(struct backup *b, int fd, struct err *err)
{
	enum err_code code = bundle_begin(&b->bundle, fd, err);
	struct err late;

	if (code == OK)
		code = add_own_files(b, err);
	if (code == OK)
		code = add_dkim_keys(b, err);
	if (bundle_end(&b->bundle, code == OK ? err : &late) != OK &&
	    code == OK)
		code = err->code;
	if (code == OK && fsync(fd) != 0)
		code = err_set_errno(err, "Can't write %s", b->file);
	return code;
}

static enum err_code
written_over(const struct backup *b, struct err *err)
{
	return err_set(err, ERR_CONFLICT, NULL,
	    "%s is there already, and is not written over.", b->file);
}

/* Not where a file has come meanwhile. */
static enum err_code
finish(const struct backup *b, const char *part, struct err *err)
{
	if (renameat2(AT_FDCWD, part, AT_FDCWD, b->file, RENAME_NOREPLACE) == 0)
		return OK;
	/* Some file systems have no such rename; link() does the same. */
	if (errno == EINVAL && link(part, b->file) == 0) {
		unlink(part);
		return OK;
	}
	return errno == EEXIST ? written_over(b, err)
			       : err_set_errno(err, "Can't make %s", b->file);
}

/* A file is never written over, and half a one has another name. */
static enum err_code
write_file(struct backup *b, struct err *err)
{
	const char *part = arena_format(&b->arena, "%s.part", b->file);
	struct stat status;
	enum err_code code;
	int fd;

	if (lstat(b->file, &status) == 0)
		return written_over(b, err);
	/* Of a process that was killed. */
	unlink(part);
	fd = open(
	    part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set_errno(err, "Can't make %s", part);
	code = owner_work(
	    b->state, DOOR_DATABASE, copy, b->file, &b->arena, &b->facts, err);
	if (code == OK)
		code = write_bundle(b, fd, err);
	unlinkat(b->directory, COPY_NAME, 0);
	close(fd);
	if (code == OK)
		code = finish(b, part, err);
	if (code != OK)
		unlink(part);
	return code;
}

int
backup_door(const char *state_directory, int word_count, char **words)
{
	char whole[PATH_MAX];
	struct backup b = { .state = whole, .directory = -1 };
	struct err err = { 0 };

	if (word_count != 1 || words[0][0] == '-') {
		fputs("postern: backup takes one FILE to make.\n", stderr);
		return EX_USAGE;
	}
	b.file = words[0];
	if (backup_may(state_directory, &err) == OK &&
	    door_whole_path(whole, state_directory, &err) == OK &&
	    state_lock(whole, false, &b.directory, &err) == OK)
		(void)!write_file(&b, &err);
	close(b.directory);
	arena_free(&b.arena);
	if (err.code != OK) {
		fprintf(stderr, "postern: %s\n", err.text);
		return err_exit_status(err.code);
	}
	printf("%s holds %s: %" PRId64 " tenants, %" PRId64
	       " users, %zu DKIM keys, and the keys of the server.\n"
	       "Whoever reads it can be this server: keep it as safe.\n",
	    b.file, b.facts.host, b.facts.tenants, b.facts.users, b.keys);
	return EX_OK;
}
