/* The door "restore"; ssh/backup_door.h says what a backup holds. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "mail/dkim_key.h"
#include "mail/key_directory.h"
#include "model/bundle.h"
#include "model/mail_setup.h"
#include "ssh/backup_door.h"
#include "ssh/door.h"
#include "ssh/owner_work.h"
#include "ssh/sign_door.h"
#include "ssh/state_lock.h"

#define STAGE     "restore.d" /* in the state directory, until all is sound */
#define KEY_MARK  "dkim-"     /* before the name of a staged key */
#define KEY_MAX   65536       /* bytes */
#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct restore {
	const char *state, *file, *sure;
	char whole[PATH_MAX]; /* the state */
	int lock, directory, stage;
	struct stat owner; /* of the state directory */
	char kept[64];     /* what stood there before goes in */
	size_t keys;
	struct backup_facts facts;             /* of the backup */
	char dkim_directory[CONFIG_PATH_SIZE]; /* of this machine */
	struct arena arena;
};

/* ---- the stage ---- */

static void
remove_stage(int directory)
{
	const int fd = openat(directory, STAGE, DIRECTORY);
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (files != NULL && (entry = readdir(files)) != NULL)
		unlinkat(fd, entry->d_name, 0);
	if (files != NULL)
		closedir(files);
	unlinkat(directory, STAGE, AT_REMOVEDIR);
}

/* The owner of the state opens the database in it. */
static enum err_code
make_stage(struct restore *r, struct err *err)
{
	remove_stage(r->directory);
	if (mkdirat(r->directory, STAGE, 0700) != 0)
		return err_set_errno(err, "Can't make %s/" STAGE, r->state);
	r->stage = openat(r->directory, STAGE, DIRECTORY);
	if (r->stage < 0 ||
	    (geteuid() == 0 &&
		fchown(r->stage, r->owner.st_uid, r->owner.st_gid) != 0))
		return err_set_errno(err, "Can't make %s/" STAGE, r->state);
	return OK;
}

static const struct backup_file *
file_of(const char *name)
{
	const struct backup_file *f = backup_files;

	while (f->name != NULL && !text_is_same(f->name, name))
		f++;
	return f->name != NULL ? f : NULL;
}

/* "dkim/acme.example.2026a.private" -> "acme.example.2026a.private" */
static const char *
key_of(const char *name)
{
	return text_starts_with(name, BACKUP_DKIM) ? name + strlen(BACKUP_DKIM)
						   : NULL;
}

static bool
give(const struct restore *r, const struct backup_file *file, int fd)
{
	if (file == NULL || geteuid() != 0)
		return true;
	return file->is_of_vault
	    ? sign_door_give_key(fd)
	    : fchown(fd, r->owner.st_uid, r->owner.st_gid) == 0;
}

/* For bundle_read(). */
static int
open_staged(void *context, const char *name, struct err *err)
{
	const struct restore *r = context;
	const struct backup_file *file = file_of(name);
	const char *key = key_of(name);
	char staged[BUNDLE_NAME_SIZE];
	int fd;

	if (file == NULL && (key == NULL || !dkim_key_is_name(key))) {
		err_set(err, ERR_INVALID, NULL,
		    "This is no backup: \"%.100s\" in it is no file of ours.",
		    name);
		return -1;
	}
	text_format(staged, sizeof(staged), "%s%s", key != NULL ? KEY_MARK : "",
	    key != NULL ? key : name);
	fd = openat(r->stage, staged,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && give(r, file, fd) &&
	    (file == NULL || !file->is_public || fchmod(fd, 0644) == 0))
		return fd;
	if (errno == EEXIST)
		err_set(err, ERR_INVALID, NULL,
		    "This is no backup: \"%.100s\" is in it twice.", name);
	else
		err_set_errno(err, "Can't write %.100s", name);
	close(fd);
	return -1;
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

/* Root writes it where others believe it. */
static enum err_code
check_key(struct restore *r, const char *staged, struct err *err)
{
	const char *name = staged + strlen(KEY_MARK);
	const int fd = openat(r->stage, staged, O_RDONLY | O_NOFOLLOW);
	char pem[KEY_MAX];
	const ssize_t length = read(fd, pem, sizeof(pem));

	if (length < 0)
		err_set_errno(err, "Can't read the DKIM key %s", name);
	else if (!dkim_key_is_private(pem, (size_t)length))
		err_set(err, ERR_INVALID, NULL,
		    "This is no backup: %.100s in it is no private key.", name);
	else if (!backup_has_key(&r->facts, name))
		err_set(err, ERR_INVALID, NULL,
		    "This is no backup: its database does not know the DKIM "
		    "key %.100s.",
		    name);
	explicit_bzero(pem, sizeof(pem));
	close(fd);
	return err->code;
}

static enum err_code
check_keys(struct restore *r, struct err *err)
{
	DIR *files = fdopendir(dup(r->stage));
	const struct dirent *entry;

	if (files == NULL)
		return err_set_errno(err, "Can't read %s/" STAGE, r->state);
	rewinddir(files);
	while (err->code == OK && (entry = readdir(files)) != NULL)
		if (text_starts_with(entry->d_name, KEY_MARK))
			(void)!check_key(r, entry->d_name, err);
	closedir(files);
	return err->code;
}

static enum err_code
fill_stage(struct restore *r, struct err *err)
{
	const int fd = open(r->file, O_RDONLY | O_CLOEXEC);
	enum err_code code;

	if (fd < 0)
		return err_set_errno(err, "Can't read %s", r->file);
	code = bundle_read(fd, open_staged, r, err);
	close(fd);
	for (const struct backup_file *f = backup_files;
	     code == OK && f->name != NULL; f++)
		if (f->is_needed && faccessat(r->stage, f->name, F_OK, 0) != 0)
			code = err_set(err, ERR_INVALID, NULL,
			    "This is no backup: %s is not in it.", f->name);
	if (code == OK)
		code = owner_work(r->state, STAGE "/" DOOR_DATABASE, check,
		    NULL, &r->arena, &r->facts, err);
	return code == OK ? check_keys(r, err) : code;
}

static enum err_code
check_sure(const struct restore *r, struct err *err)
{
	char at[32];

	clock_format_utc(at, sizeof(at), r->facts.last_at);
	if (r->sure == NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "It is sound: %s as of %s, %" PRId64 " tenants, %" PRId64
		    " users.  Add --yes %s to put it in place of what is here.",
		    r->facts.host, at, r->facts.tenants, r->facts.users,
		    r->facts.host);
	if (!text_is_same_fold(r->sure, r->facts.host))
		return err_set(err, ERR_INVALID, NULL,
		    "--yes says \"%.80s\", but the backup is of \"%s\".",
		    r->sure, r->facts.host);
	return OK;
}

/* ---- in place ---- */

static bool
is_there(int directory, const char *name)
{
	return faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* With what SQLite writes beside the database. */
static bool
keep_old(const struct restore *r, int kept, const char *name)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char old[64];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		text_format(old, sizeof(old), "%s%s", name, ends[i]);
		if (is_there(r->directory, old) &&
		    renameat(r->directory, old, kept, old) != 0)
			return false;
	}
	return true;
}

static void
bring_back(const struct restore *r, int kept)
{
	DIR *files = fdopendir(dup(kept));
	const struct dirent *entry;

	while (files != NULL && (entry = readdir(files)) != NULL)
		if (entry->d_name[0] != '.')
			(void)!renameat(
			    kept, entry->d_name, r->directory, entry->d_name);
	if (files != NULL)
		closedir(files);
}

/* All of them, or none. */
static enum err_code
replace_files(const struct restore *r, int kept, struct err *err)
{
	for (const struct backup_file *f = backup_files; f->name != NULL; f++) {
		if (!is_there(r->stage, f->name))
			continue;
		if (keep_old(r, kept, f->name) &&
		    renameat(r->stage, f->name, r->directory, f->name) == 0)
			continue;
		err_set_errno(err, "Can't put %s in place", f->name);
		bring_back(r, kept);
		return err->code;
	}
	return OK;
}

static enum err_code
replace(struct restore *r, struct err *err)
{
	enum err_code code;
	int kept;

	text_format(
	    r->kept, sizeof(r->kept), "before-restore-%" PRId64, clock_now());
	if (mkdirat(r->directory, r->kept, 0700) != 0)
		return err_set_errno(err, "Can't make %s", r->kept);
	kept = openat(r->directory, r->kept, DIRECTORY);
	code = kept < 0 ? err_set_errno(err, "Can't open %s", r->kept)
			: replace_files(r, kept, err);
	if (kept >= 0)
		close(kept);
	if (fsync(r->directory) != 0 && code == OK)
		code = err_set_errno(err, "Can't write %s", r->state);
	/* Nothing was there: nothing is kept. */
	if (unlinkat(r->directory, r->kept, AT_REMOVEDIR) == 0)
		r->kept[0] = '\0';
	return code;
}

/* ---- DKIM keys ---- */

static enum err_code
look(struct context *context, struct arena *arena, struct backup_facts *facts,
    const void *unused, struct err *err)
{
	(void)unused;
	return backup_look(context, arena, facts, err);
}

/* The one that this machine has set, never the backup's: root writes there.
 * A present database that can't be read is no reason not to restore. */
static void
find_key_directory(struct restore *r)
{
	struct backup_facts present = { 0 };
	struct err unused = { 0 };

	if (is_there(r->directory, DOOR_DATABASE) &&
	    owner_work(r->state, DOOR_DATABASE, look, NULL, &r->arena, &present,
		&unused) == OK)
		text_copy(r->dkim_directory, sizeof(r->dkim_directory),
		    present.dkim_directory);
	else
		mail_setup_default_dkim(r->state, r->dkim_directory);
}

/* One that is there already stays, under another name. */
static enum err_code
put_key(struct restore *r, int to, const char *staged, struct err *err)
{
	const char *name = staged + strlen(KEY_MARK);
	const int in = openat(r->stage, staged, O_RDONLY | O_NOFOLLOW);
	char old[BUNDLE_NAME_SIZE];
	bool is_done = false;
	struct stat status;
	int out;

	text_format(old, sizeof(old), "%s.%" PRId64, name, clock_now());
	(void)!renameat(to, name, to, old);
	out = openat(to, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (in >= 0 && out >= 0 && fstat(in, &status) == 0)
		is_done = sendfile(out, in, NULL, KEY_MAX) == status.st_size &&
		    dkim_key_give(out) && fsync(out) == 0;
	if (!is_done)
		err_set_errno(err, "Can't write the DKIM key %s", name);
	r->keys += is_done ? 1 : 0;
	close(in);
	close(out);
	return err->code;
}

static enum err_code
put_keys(struct restore *r, int to, struct err *err)
{
	DIR *files = fdopendir(dup(r->stage));
	const struct dirent *entry;

	if (files == NULL)
		return err_set_errno(err, "Can't read %s/" STAGE, r->state);
	rewinddir(files);
	while (err->code == OK && (entry = readdir(files)) != NULL)
		if (text_starts_with(entry->d_name, KEY_MARK))
			(void)!put_key(r, to, entry->d_name, err);
	closedir(files);
	return err->code;
}

/* ---- all of it ---- */

static enum err_code
note(struct context *context, struct arena *arena, struct backup_facts *facts,
    const void *argument, struct err *err)
{
	const struct restore *r = argument;

	(void)arena;
	(void)facts;
	return backup_note_restored(context, r->file, r->dkim_directory, err);
}

static enum err_code
note_restored(struct restore *r, struct err *err)
{
	struct backup_facts unused;

	return owner_work(
	    r->state, DOOR_DATABASE, note, r, &r->arena, &unused, err);
}

static enum err_code
restore(struct restore *r, struct err *err)
{
	int keys = -1;

	if (fill_stage(r, err) != OK || check_sure(r, err) != OK)
		return err->code;
	find_key_directory(r);
	if (key_directory_make(r->dkim_directory, &keys, err) == OK &&
	    replace(r, err) == OK && put_keys(r, keys, err) == OK)
		(void)!note_restored(r, err);
	close(keys);
	return err->code;
}

static enum err_code
open_state(struct restore *r, struct err *err)
{
	if (door_make_state(r->state, err) != OK ||
	    door_whole_path(r->whole, r->state, err) != OK)
		return err->code;
	r->state = r->whole;
	if (backup_may(r->state, err) != OK ||
	    state_lock(r->state, true, &r->lock, err) != OK)
		return err->code;
	r->directory = open(r->state, DIRECTORY & ~O_NOFOLLOW);
	if (r->directory < 0 || fstat(r->directory, &r->owner) != 0)
		return err_set_errno(err, "Can't open %s", r->state);
	return make_stage(r, err);
}

static bool
parse(struct restore *r, int count, char **words)
{
	for (int i = 0; i < count; i++) {
		if (text_starts_with(words[i], "--yes="))
			r->sure = words[i] + strlen("--yes=");
		else if (text_is_same(words[i], "--yes") && i + 1 < count)
			r->sure = words[++i];
		else if (words[i][0] == '-' || r->file != NULL)
			return false;
		else
			r->file = words[i];
	}
	return r->file != NULL;
}

static void
say_done(const struct restore *r)
{
	printf("%s is restored: %" PRId64 " tenants, %" PRId64
	       " users, %zu DKIM keys.\n",
	    r->facts.host, r->facts.tenants, r->facts.users, r->keys);
	if (r->kept[0] != '\0')
		printf(
		    "What was here before is in %s/%s.\n", r->state, r->kept);
	fflush(stdout);
}

int
restore_door(const char *state_directory, int word_count, char **words)
{
	struct restore r = { .state = state_directory,
		.lock = -1,
		.directory = -1,
		.stage = -1 };
	char *sync[] = { "mail", "sync" };
	struct err err = { 0 };

	if (!parse(&r, word_count, words)) {
		fputs("postern: restore takes one FILE and --yes NAME.\n",
		    stderr);
		return EX_USAGE;
	}
	if (open_state(&r, &err) == OK)
		(void)!restore(&r, &err);
	if (r.stage >= 0)
		remove_stage(r.directory);
	close(r.stage);
	close(r.directory);
	close(r.lock);
	if (err.code != OK) {
		fprintf(stderr, "postern: %s\n", err.text);
		arena_free(&r.arena);
		return r.sure == NULL && r.facts.host[0] != '\0'
		    ? EX_USAGE
		    : err_exit_status(err.code);
	}
	say_done(&r);
	arena_free(&r.arena);
	return door_box_command(state_directory, 2, sync);
}
