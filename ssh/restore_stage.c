#include "ssh/restore_stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/text.h"
#include "mail/dkim_key.h"
#include "model/bundle.h"
#include "ssh/door.h"
#include "ssh/owner_work.h"

#define STAGE        "restore.d" /* in the state directory, until all is sound */
#define LOOK         "look"      /* in that: the copy that is checked */
#define DATABASE_MAX (INT64_C(64) << 30)  /* bytes */
#define MEMORY_MAX   (INT64_C(256) << 20) /* bytes of all other files */
#define COPY_AT_ONCE (1 << 30)

/* ---- made and removed ---- */

static void
remove_files(int directory, const char *name)
{
	const int fd = openat(directory, name, STAGE_DIRECTORY);
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (files != NULL && (entry = readdir(files)) != NULL)
		unlinkat(fd, entry->d_name, 0);
	if (files != NULL)
		closedir(files);
	unlinkat(directory, name, AT_REMOVEDIR);
}

static void
remove_stage(int directory)
{
	const int fd = openat(directory, STAGE, STAGE_DIRECTORY);

	if (fd >= 0)
		remove_files(fd, LOOK);
	close(fd);
	remove_files(directory, STAGE);
}

int
stage_open_own(int directory, const char *name)
{
	const int fd = openat(directory, name, STAGE_DIRECTORY);
	struct stat status;

	if (fd < 0 ||
	    (fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
		(status.st_mode & 022) == 0))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

enum err_code
stage_open(struct restore_stage *s, struct err *err)
{
	s->fd = s->database = s->memory = -1;
	remove_stage(s->directory);
	/* Passable for the owner of the state, who checks the copy in it. */
	if (mkdirat(s->directory, STAGE, 0711) == 0)
		s->fd = stage_open_own(s->directory, STAGE);
	s->memory = memfd_create("restore", MFD_CLOEXEC);
	return s->fd >= 0 && s->memory >= 0
	    ? OK
	    : err_set_errno(err, "Can't make %s/" STAGE, s->state);
}

void
stage_close(struct restore_stage *s)
{
	if (s->fd >= 0)
		remove_stage(s->directory);
	close(s->fd);
	close(s->database);
	close(s->memory);
	arena_free(&s->arena);
}

/* ---- unpacked ---- */

static const struct backup_file *
file_of(const char *name)
{
	const struct backup_file *f = backup_files;

	while (f->name != NULL && !text_is_same(f->name, name))
		f++;
	return f->name != NULL ? f : NULL;
}

static const struct stage_file *
find(const struct restore_stage *s, bool is_key, const char *name)
{
	const struct stage_file *f = s->files;

	while (f != NULL &&
	    (is_key != (f->file == NULL) || !text_is_same(f->name, name)))
		f = f->next;
	return f;
}

static int
open_database(struct restore_stage *s, struct err *err)
{
	int fd;

	if (s->database < 0)
		s->database = openat(s->fd, DOOR_DATABASE,
		    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	fd = s->database < 0 ? -1 : fcntl(s->database, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		err_set_errno(err, "Can't write %s/" STAGE, s->state);
	return fd;
}

/* Behind the ones before. */
static int
open_memory(struct restore_stage *s, const struct backup_file *file,
    const char *name, int64_t size, struct err *err)
{
	struct stage_file *f = arena_alloc(&s->arena, sizeof(*f));
	int fd;

	*f = (struct stage_file){ .file = file,
		.name = arena_text(&s->arena, name),
		.at = lseek(s->memory, 0, SEEK_END),
		.length = (size_t)size,
		.next = s->files };
	s->files = f;
	s->keys += file == NULL;
	fd = fcntl(s->memory, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		err_set_errno(err, "Can't keep %.100s", name);
	return fd;
}

static int
refuse(struct err *err, const char *name, const char *why)
{
	err_set(err, ERR_INVALID, NULL,
	    "This is no backup: \"%.100s\" in it is %s.", name, why);
	return -1;
}

/* For bundle_read(). */
static int
open_staged(void *context, const char *name, int64_t size, struct err *err)
{
	struct restore_stage *s = context;
	const struct backup_file *file = file_of(name);
	const bool is_database = file != NULL && file->is_sound == NULL;
	const char *key = text_starts_with(name, BACKUP_DKIM)
	    ? name + strlen(BACKUP_DKIM)
	    : NULL;

	if (file == NULL && (key == NULL || !dkim_key_is_name(key)))
		return refuse(err, name, "no file of ours");
	if (is_database
		? s->database >= 0
		: find(s, file == NULL, key != NULL ? key : name) != NULL) {
		err_set(err, ERR_INVALID, NULL,
		    "This is no backup: \"%.100s\" is in it twice.", name);
		return -1;
	}
	if (size > (is_database ? DATABASE_MAX : BACKUP_KEY_MAX) ||
	    (!is_database && size > MEMORY_MAX - lseek(s->memory, 0, SEEK_END)))
		return refuse(err, name, "too large");
	return is_database
	    ? open_database(s, err)
	    : open_memory(s, file, key != NULL ? key : name, size, err);
}

static enum err_code
unpack(struct restore_stage *s, const char *path, struct err *err)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err_code code;

	if (fd < 0)
		return err_set_errno(err, "Can't read %s", path);
	code = bundle_read(fd, open_staged, s, err);
	close(fd);
	if (code == OK && s->database >= 0 && fsync(s->database) != 0)
		return err_set_errno(err, "Can't write %s/" STAGE, s->state);
	for (const struct backup_file *f = backup_files;
	     code == OK && f->name != NULL; f++)
		if (f->is_needed &&
		    (f->is_sound == NULL ? s->database < 0
					 : find(s, false, f->name) == NULL))
			code = err_set(err, ERR_INVALID, NULL,
			    "This is no backup: %s is not in it.", f->name);
	return code;
}

/* ---- checked ---- */

static bool
copy_database(const struct restore_stage *s, int to)
{
	struct stat status;
	off_t at = 0;

	if (fstat(s->database, &status) != 0)
		return false;
	while (at < status.st_size)
		if (sendfile(to, s->database, &at, COPY_AT_ONCE) <= 0)
			return false;
	return geteuid() != 0 ||
	    fchown(to, s->owner.st_uid, s->owner.st_gid) == 0;
}

/* Whoever may write the copy can't change what is put in place. */
static enum err_code
make_look(const struct restore_stage *s, struct err *err)
{
	bool is_made = false;
	int directory = -1, fd = -1;

	if (mkdirat(s->fd, LOOK, 0700) == 0)
		directory = openat(s->fd, LOOK, STAGE_DIRECTORY);
	if (directory >= 0)
		fd = openat(directory, DOOR_DATABASE,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && copy_database(s, fd))
		is_made = geteuid() != 0 ||
		    fchown(directory, s->owner.st_uid, s->owner.st_gid) == 0;
	if (!is_made)
		err_set_errno(err, "Can't write %s/" STAGE, s->state);
	close(fd);
	close(directory);
	return is_made ? OK : ERR_SYSTEM;
}

static enum err_code
check(struct context *context, struct arena *arena, struct backup_facts *facts,
    const void *unused, struct err *err)
{
	(void)unused;
	return backup_check(context, err) == OK
	    ? backup_look(context, arena, facts, err)
	    : err->code;
}

bool
stage_read(const struct restore_stage *s, const struct stage_file *f,
    char to[BACKUP_KEY_MAX])
{
	return pread(s->memory, to, f->length, f->at) == (ssize_t)f->length;
}

/* Root writes it where others believe it. */
static enum err_code
check_file(
    const struct restore_stage *s, const struct stage_file *f, struct err *err)
{
	char bytes[BACKUP_KEY_MAX];
	bool is_sound = false;

	if (stage_read(s, f, bytes))
		is_sound = f->file != NULL
		    ? f->file->is_sound(bytes, f->length)
		    : dkim_key_is_private(bytes, f->length);
	explicit_bzero(bytes, sizeof(bytes));
	if (!is_sound)
		return err_set(err, ERR_INVALID, NULL,
		    "This is no backup: %.100s in it is no %s.", f->name,
		    f->file == NULL || !f->file->is_public
			? "private key"
			: "public key or certificate");
	if (f->file == NULL && !backup_has_key(&s->facts, f->name))
		return err_set(err, ERR_INVALID, NULL,
		    "This is no backup: its database does not know the DKIM "
		    "key %.100s.",
		    f->name);
	return OK;
}

enum err_code
stage_fill(struct restore_stage *s, const char *path, struct err *err)
{
	if (unpack(s, path, err) != OK || make_look(s, err) != OK ||
	    owner_work(s->state, STAGE "/" LOOK "/" DOOR_DATABASE, check, NULL,
		&s->arena, &s->facts, err) != OK)
		return err->code;
	for (const struct stage_file *f = s->files; f != NULL; f = f->next)
		if (check_file(s, f, err) != OK)
			return err->code;
	return OK;
}
