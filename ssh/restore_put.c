#include "ssh/restore_put.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"
#include "mail/dkim_key.h"
#include "mail/key_directory.h"
#include "ssh/door.h"
#include "ssh/sign_door.h"

#define BESIDE ".restore-" /* before the name of a key that comes */

/* One rename.  Nothing stands under the new name. */
struct put_step {
	int from, to;
	const char *old_name, *new_name;
	bool is_for_kept; /* nothing to do where nothing is */
	bool is_done;
};

#define DATABASE_STEP 3 /* comes first, behind the three that are kept */

/* ---- what comes, beside ---- */

static bool
give(const struct restore_stage *s, const struct stage_file *f, int fd)
{
	if (f->file == NULL)
		return dkim_key_give(fd);
	if (f->file->is_public && fchmod(fd, 0644) != 0)
		return false;
	if (geteuid() != 0)
		return true;
	return f->file->is_of_vault
	    ? sign_door_give_key(fd)
	    : fchown(fd, s->owner.st_uid, s->owner.st_gid) == 0;
}

static enum err_code
write_beside(const struct restore_stage *s, const struct stage_file *f,
    int directory, const char *name, struct err *err)
{
	char bytes[BACKUP_KEY_MAX];
	bool is_written;
	int fd;

	unlinkat(directory, name, 0);
	fd = openat(directory, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	is_written = fd >= 0 && stage_read(s, f, bytes) &&
	    io_write_all(fd, bytes, f->length) && give(s, f, fd) &&
	    fsync(fd) == 0;
	if (!is_written)
		err_set_errno(err, "Can't write %.200s", f->name);
	explicit_bzero(bytes, sizeof(bytes));
	close(fd);
	return is_written ? OK : ERR_SYSTEM;
}

/* ---- the steps ---- */

static void
add_step(struct restore_put *p, struct put_step step)
{
	p->steps[p->count++] = step;
}

/* With what SQLite writes beside the database. */
static void
add_keeping(struct restore_put *p, const struct backup_file *file)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	const size_t count = file->is_sound == NULL ? 3 : 1;

	for (size_t i = 0; i < count; i++) {
		const char *name =
		    arena_format(&p->stage->arena, "%s%s", file->name, ends[i]);

		add_step(p,
		    (struct put_step){ p->stage->directory, p->kept, name, name,
			.is_for_kept = true });
	}
}

static void
add_state_file(struct restore_put *p, const struct backup_file *file)
{
	add_keeping(p, file);
	add_step(p,
	    (struct put_step){
		p->stage->fd, p->stage->directory, file->name, file->name });
}

static bool
is_same_key(const struct restore_put *p, const struct stage_file *f)
{
	const int fd =
	    openat(p->keys, f->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	char now[BACKUP_KEY_MAX + 1], comes[BACKUP_KEY_MAX];
	const ssize_t n = fd < 0 ? -1 : read(fd, now, sizeof(now));
	const bool is_same = n == (ssize_t)f->length &&
	    stage_read(p->stage, f, comes) &&
	    memcmp(now, comes, f->length) == 0;

	explicit_bzero(now, sizeof(now));
	explicit_bzero(comes, sizeof(comes));
	close(fd);
	return is_same;
}

/* One that is there already stays, under another name. */
static enum err_code
add_key(struct restore_put *p, const struct stage_file *f, int64_t now,
    struct err *err)
{
	struct arena *arena = &p->stage->arena;
	const char *beside = arena_format(arena, BESIDE "%s", f->name);

	if (is_same_key(p, f))
		return OK;
	if (write_beside(p->stage, f, p->keys, beside, err) != OK)
		return err->code;
	add_step(p,
	    (struct put_step){ p->keys, p->keys, f->name,
		arena_format(arena, "%s.%" PRId64, f->name, now),
		.is_for_kept = true });
	add_step(p, (struct put_step){ p->keys, p->keys, beside, f->name });
	return OK;
}

static enum err_code
make_kept(struct restore_put *p, int64_t now, struct err *err)
{
	const int directory = p->stage->directory;

	text_format(
	    p->kept_name, sizeof(p->kept_name), "before-restore-%" PRId64, now);
	if (mkdirat(directory, p->kept_name, 0700) == 0)
		p->kept = stage_open_own(directory, p->kept_name);
	if (p->kept < 0)
		return err_set_errno(err, "Can't make %s", p->kept_name);
	return OK;
}

/* Two restores may be made in one second. */
static int64_t
free_time(const struct restore_stage *s)
{
	int64_t now = clock_now();
	char name[64];

	do
		text_format(
		    name, sizeof(name), "before-restore-%" PRId64, now++);
	while (faccessat(s->directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
	return now - 1;
}

enum err_code
put_prepare(struct restore_put *p, struct err *err)
{
	struct restore_stage *s = p->stage;
	const int64_t now = free_time(s);
	size_t files = 1;

	p->keys = p->kept = -1;
	for (const struct stage_file *f = s->files; f != NULL; f = f->next)
		files++;
	p->steps = arena_array(&s->arena, files * 4, sizeof(*p->steps));
	if ((s->keys > 0 &&
		key_directory_make(p->dkim_directory, &p->keys, err) != OK) ||
	    make_kept(p, now, err) != OK)
		return err->code;
	add_state_file(p, &backup_files[0]);
	for (const struct stage_file *f = s->files; f != NULL; f = f->next) {
		if (f->file == NULL) {
			if (add_key(p, f, now, err) != OK)
				return err->code;
			continue;
		}
		if (write_beside(s, f, s->fd, f->name, err) != OK)
			return err->code;
		add_state_file(p, f->file);
	}
	return OK;
}

/* ---- there and back ---- */

static bool
is_there(int directory, const char *name)
{
	return faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
do_step(struct put_step *step)
{
	if (step->is_for_kept && !is_there(step->from, step->old_name))
		return true;
	if (is_there(step->to, step->new_name)) {
		errno = EEXIST;
		return false;
	}
	step->is_done =
	    renameat(step->from, step->old_name, step->to, step->new_name) == 0;
	return step->is_done;
}

/* The database is the service's from now on. */
static bool
settle(const struct restore_put *p)
{
	const struct restore_stage *s = p->stage;

	return (geteuid() != 0 ||
		   fchown(s->database, s->owner.st_uid, s->owner.st_gid) ==
		       0) &&
	    fsync(s->database) == 0 && fsync(s->directory) == 0 &&
	    fsync(p->kept) == 0 && (p->keys < 0 || fsync(p->keys) == 0);
}

enum err_code
put_all(struct restore_put *p, struct err *err)
{
	while (p->done < p->count && do_step(&p->steps[p->done]))
		p->done++;
	if (p->done < p->count)
		err_set_errno(err, "Can't put %.100s in place",
		    p->steps[p->done].new_name);
	else if (!settle(p))
		err_set_errno(err, "Can't write %.100s", p->stage->state);
	else
		return OK;
	put_back(p, err);
	return err->code;
}

static bool
undo_step(struct put_step *step)
{
	if (step->is_done &&
	    renameat(step->to, step->new_name, step->from, step->old_name) != 0)
		return false;
	step->is_done = false;
	return true;
}

void
put_back(struct restore_put *p, struct err *err)
{
	const struct err why = *err;
	bool is_whole = true;

	/* Of the database that came; they would be taken for the old one's. */
	if (p->done > DATABASE_STEP) {
		unlinkat(p->stage->directory, DOOR_DATABASE "-wal", 0);
		unlinkat(p->stage->directory, DOOR_DATABASE "-shm", 0);
	}
	for (; p->done > 0; p->done--)
		if (!undo_step(&p->steps[p->done - 1]))
			is_whole = false;
	fsync(p->stage->directory);
	if (is_whole)
		err_set(err, why.code, NULL, "%.180s  Nothing was changed.",
		    why.text);
	else
		err_set(err, why.code, NULL,
		    "%.100s  Some of what was here before is still in %s/%s.",
		    why.text, p->stage->state, p->kept_name);
}

void
put_close(struct restore_put *p)
{
	/* Keys that did not come to their place. */
	for (size_t i = p->done; i < p->count; i++)
		if (!p->steps[i].is_for_kept && p->steps[i].from == p->keys)
			unlinkat(p->keys, p->steps[i].old_name, 0);
	close(p->kept);
	close(p->keys);
	/* Nothing was there: nothing is kept. */
	if (p->kept_name[0] != '\0' &&
	    unlinkat(p->stage->directory, p->kept_name, AT_REMOVEDIR) == 0)
		p->kept_name[0] = '\0';
}
