#include "mail/install.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/process.h"
#include "mail/reload.h"

#define PATH_SIZE  (2 * CONFIG_PATH_SIZE + 64)
#define CHECK_MS   30000
#define OUTPUT_MAX (16 * 1024)
#define FILE_MAX   (256 * 1024)

/* One file on its way into place. */
struct step {
	const struct config_file *file;
	bool is_same, had_old;
	char fresh[PATH_SIZE], backup[PATH_SIZE];
};

struct work {
	const struct config_values *values;
	enum config_daemon daemon;
	struct text_builder *report;
	struct arena arena;
	struct config_file files[CONFIG_FILES_MAX];
	struct step steps[CONFIG_FILES_MAX];
	size_t count;
};

/* ---- directories ---- */

/* Every directory on the way to the file that is missing. */
static enum err_code
make_parents(const char *path, struct err *err)
{
	char part[PATH_SIZE];

	text_copy(part, sizeof(part), path);
	for (char *slash = strchr(part + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			return err_set_errno(err, "Can't make %s", part);
		*slash = '/';
	}
	return OK;
}

/* The directory and the one file of an export belong to the daemon's group.
 * Their owner is nobody we trust with names: all by descriptors. */
static void
give_export(const char *state, const char *daemon, const char *name)
{
	const struct group *group = getgrnam(daemon);
	char path[PATH_SIZE];
	int directory, file;

	text_format(path, sizeof(path), "%s/maps/%s", state, daemon);
	directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory < 0 || group == NULL)
		return;
	file = openat(
	    directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	(void)!fchown(directory, (uid_t)-1, group->gr_gid);
	(void)!fchmod(directory, 02770);
	if (file >= 0) {
		(void)!fchown(file, (uid_t)-1, group->gr_gid);
		close(file);
	}
	close(directory);
}

/* What this process has just made, and by its descriptor: whoever owns the
 * directory above may have put a link there meanwhile. */
static enum err_code
give_new(const char *path, const struct passwd *user, struct err *err)
{
	struct stat status;
	enum err_code code = OK;
	const int fd =
	    open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_set_errno(err, "Can't open %s", path);
	if (fstat(fd, &status) != 0 || status.st_uid != geteuid())
		code = err_set(err, ERR_DENIED, NULL,
		    "%s was replaced while it was made.", path);
	else if (fchown(fd, user->pw_uid, user->pw_gid) != 0)
		code = err_set_errno(err, "Can't give %s away", path);
	close(fd);
	return code;
}

/* Where mailboxes are made.  One that is there stays whose it is. */
static enum err_code
make_mail_directory(const struct config_values *values, struct err *err)
{
	const struct passwd *user = getpwnam(values->mail_user);
	const char *path = values->mail_directory;
	struct stat status;

	if (make_parents(path, err) != OK)
		return err->code;
	if (mkdir(path, 0755) == 0)
		return user != NULL ? give_new(path, user, err) : OK;
	if (errno != EEXIST)
		return err_set_errno(err, "Can't make %s", path);
	if (stat(path, &status) != 0)
		return err_set_errno(err, "Can't look at %s", path);
	if (user == NULL || status.st_uid == user->pw_uid)
		return OK;
	return err_set(err, ERR_DENIED, "mail_directory",
	    "%s is there and does not belong to %s: chown it by hand, or name "
	    "another mail directory.",
	    path, values->mail_user);
}

static enum err_code
make_directories(const struct work *work, struct err *err)
{
	const struct config_values *values = work->values;
	char log[PATH_SIZE];

	text_format(log, sizeof(log), "%s/var/log/postern/", values->root);
	if (make_parents(log, err) != OK)
		return err->code;
	switch (work->daemon) {
	case CONFIG_POSTFIX:
		give_export(values->state, "postfix", "mail.db");
		return OK;
	case CONFIG_DOVECOT:
		give_export(values->state, "dovecot", "auth.db");
		return make_mail_directory(values, err);
	default:
		return OK;
	}
}

/* ---- files ---- */

static bool
is_same(struct work *work, struct step *step)
{
	char *bytes;
	size_t length;

	step->had_old = access(step->file->path, F_OK) == 0;
	return io_read_file(&work->arena, step->file->path, FILE_MAX, &bytes,
		   &length, NULL) == OK &&
	    length == step->file->length &&
	    memcmp(bytes, step->file->text, length) == 0;
}

static enum err_code
show_difference(struct work *work, const struct step *step, struct err *err)
{
	const char *old = step->had_old ? step->file->path : "/dev/null";
	const char *const words[] = { "diff", "-u", "--label", old, "--label",
		step->file->path, old, step->fresh, NULL };
	struct process_result result;

	if (process_run(
		&work->arena, words, OUTPUT_MAX, CHECK_MS, &result, err) != OK)
		return err->code;
	text_add_n(work->report, result.output, result.length);
	return OK;
}

static enum err_code
prepare(
    struct work *work, struct step *step, const char *moment, struct err *err)
{
	const char *path = step->file->path;

	text_format(step->fresh, sizeof(step->fresh), "%s.fresh", path);
	text_format(
	    step->backup, sizeof(step->backup), "%s.before-%s", path, moment);
	step->is_same = is_same(work, step);
	if (step->is_same)
		return OK;
	if (make_parents(path, err) != OK ||
	    io_replace_file(step->fresh, step->file->mode, step->file->text,
		step->file->length, err) != OK)
		return err->code;
	return show_difference(work, step, err);
}

static enum err_code
put_in_place(struct step *step, struct err *err)
{
	const char *path = step->file->path;

	if (step->is_same)
		return OK;
	if (step->had_old && link(path, step->backup) != 0)
		return err_set_errno(err, "Can't keep %s", path);
	if (rename(step->fresh, path) != 0)
		return err_set_errno(err, "Can't replace %s", path);
	return OK;
}

static void
put_back(const struct step *step)
{
	if (step->is_same)
		return;
	if (step->had_old)
		(void)!rename(step->backup, step->file->path);
	else
		unlink(step->file->path);
}

static void
forget_fresh(const struct work *work)
{
	for (size_t i = 0; i < work->count; i++)
		unlink(work->steps[i].fresh);
}

/* ---- the daemon's own word ---- */

static enum err_code
check(struct work *work, struct err *err)
{
	static const struct {
		const char *words[6];
		int at; /* of the path */
		const char *path;
	} checkers[CONFIG_DAEMONS] = {
		[CONFIG_POSTFIX] = { { "postfix", "-c", "", "check" }, 2,
		    "/etc/postfix" },
		[CONFIG_DOVECOT] = { { "doveconf", "-n", "-c", "" }, 3,
		    "/etc/dovecot/dovecot.conf" },
		[CONFIG_OPENDKIM] = { { "opendkim", "-n", "-x", "" }, 3,
		    "/etc/opendkim.conf" },
		[CONFIG_NGINX] = { { "nginx", "-t", "-q", "-c", "" }, 4,
		    "/etc/nginx/nginx.conf" },
	};
	const char *words[7] = { NULL };
	char path[PATH_SIZE];
	struct process_result result;

	text_format(path, sizeof(path), "%s%s", work->values->root,
	    checkers[work->daemon].path);
	memcpy(words, checkers[work->daemon].words,
	    sizeof(checkers[work->daemon].words));
	words[checkers[work->daemon].at] = path;
	if (process_run(
		&work->arena, words, OUTPUT_MAX, CHECK_MS, &result, err) != OK)
		return err->code;
	if (result.status == 0)
		return OK;
	return err_set(err, ERR_INVALID, NULL,
	    "%s finds fault, and the files are as they were: %.150s", words[0],
	    result.output);
}

static enum err_code
replace(struct work *work, struct err *err)
{
	size_t done = 0;
	enum err_code code = OK;

	while (code == OK && done < work->count)
		code = put_in_place(&work->steps[done++], err);
	if (code == OK)
		code = check(work, err);
	if (code != OK)
		while (done-- > 0)
			put_back(&work->steps[done]);
	return code;
}

static enum err_code
finish(struct work *work, struct err *err)
{
	const char *name = config_daemon_names[work->daemon];

	for (size_t i = 0; i < work->count; i++)
		if (!work->steps[i].is_same && work->steps[i].had_old)
			text_addf(
			    work->report, "Kept %s\n", work->steps[i].backup);
	if (reload_find(work->daemon, work->values->root) == 0) {
		text_addf(work->report,
		    "%s is configured and does not run: start it.\n", name);
		return OK;
	}
	text_addf(work->report, "%s is configured and reloaded.\n", name);
	return reload_daemon(work->daemon, work->values->root, err);
}

static enum err_code
run(struct work *work, bool is_dry, struct err *err)
{
	char utc[32], moment[32], *to = moment;
	enum err_code code = config_files(work->values, work->daemon,
	    &work->arena, work->files, &work->count, err);

	clock_format_utc(utc, sizeof(utc), clock_now());
	for (const char *at = utc; *at != '\0'; at++)
		if (*at != '-' && *at != ':')
			*to++ = *at;
	*to = '\0';
	for (size_t i = 0; code == OK && i < work->count; i++) {
		work->steps[i].file = &work->files[i];
		code = prepare(work, &work->steps[i], moment, err);
	}
	if (code == OK && !is_dry)
		code = make_directories(work, err);
	if (code == OK && !is_dry)
		code = replace(work, err);
	if (code == OK && !is_dry)
		code = finish(work, err);
	return code;
}

enum err_code
install_config(const struct config_values *values, enum config_daemon daemon,
    bool is_dry, struct text_builder *report, struct err *err)
{
	struct work work = {
		.values = values, .daemon = daemon, .report = report
	};
	enum err_code code;

	if ((unsigned)daemon >= CONFIG_DAEMONS)
		return err_set(
		    err, ERR_INVALID, NULL, "There is no such mail server.");
	code = run(&work, is_dry, err);
	forget_fresh(&work);
	arena_free(&work.arena);
	return code;
}
