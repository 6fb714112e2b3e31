#include "model/web.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "mail/client.h"
#include "model/client.h"
#include "model/server.h"

#define WEB_FILE_MAX (64 * 1024) /* bytes of any of these files */

enum { WEB_TOUCHED, WEB_FORGET, WEB_DOMAINS, WEB_DOMAIN };

static const char *const sql[] = {
	[WEB_TOUCHED] = "SELECT domain FROM web_touched ORDER BY domain",
	[WEB_FORGET] = "DELETE FROM web_touched WHERE domain = :domain",
	[WEB_DOMAINS] = "SELECT name FROM domain ORDER BY name",
	[WEB_DOMAIN] = ("SELECT mail_host, mta_sts_mode FROM domain "
			"WHERE name = :domain"),
};

const struct db_statements web_statements = DB_STATEMENTS("web", sql);

/* One domain, as it is now. */
struct web_domain {
	const char *name;
	bool is_here;
	char mail_host[HOST_NAME_SIZE];
	char sts_mode[12];
};

struct web {
	struct context *context;
	struct arena *arena;
	char root[PATH_MAX];
	bool is_check;
	struct web_report report;
};

/* ---- what is in the files ---- */

const char *
web_sts_policy(struct arena *arena, const char *mode, const char *mail_host)
{
	/* Without a policy there is nothing to match (RFC 8461 8.3). */
	const char *mx = text_is_same(mode, "none")
	    ? ""
	    : arena_format(arena, "mx: %s\r\n", mail_host);

	return arena_format(arena,
	    "version: STSv1\r\nmode: %s\r\n%smax_age: %d\r\n", mode, mx,
	    DNS_STS_MAX_AGE);
}

/* Once senders may have seen a policy, "none" is what tells them to forget
 * it: the file then stays. */
static enum err_code
make_policy(struct web *web, const struct web_domain *domain, bool is_there,
    const char **text, struct err *err)
{
	(void)err;
	if (is_there || !text_is_same(domain->sts_mode, "none"))
		*text = web_sts_policy(
		    web->arena, domain->sts_mode, domain->mail_host);
	return OK;
}

static enum err_code
make_autoconfig(struct web *web, const struct web_domain *domain, bool is_there,
    const char **text, struct err *err)
{
	struct client_settings settings;

	(void)is_there;
	if (client_of_domain(web->context->db, domain->name, &settings, err) !=
	    OK)
		return err->code;
	*text = client_as_autoconfig(web->arena, &settings);
	return OK;
}

/* Of the domain, for all: a file for each person would tell who is here. */
static enum err_code
make_profile(struct web *web, const struct web_domain *domain, bool is_there,
    const char **text, struct err *err)
{
	struct client_settings settings;

	(void)is_there;
	if (client_of_domain(web->context->db, domain->name, &settings, err) !=
	    OK)
		return err->code;
	*text = client_as_mobileconfig(web->arena, &settings);
	return OK;
}

static const struct web_file {
	const char *host; /* first label */
	const char *directory, *file;
	/* Sets *text; leaves it NULL when there should be no file. */
	enum err_code (*make)(struct web *, const struct web_domain *,
	    bool is_there, const char **text, struct err *);
} files[] = {
	{ "mta-sts", ".well-known", "mta-sts.txt", make_policy },
	{ "autoconfig", "mail", "config-v1.1.xml", make_autoconfig },
	{ "autoconfig", "mail", WEB_PROFILE, make_profile },
};

#define FILES (sizeof(files) / sizeof(files[0]))

/* ---- one file ---- */

static enum err_code
make_directory(const char *path, struct err *err)
{
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return OK;
	return err_set_errno(err, "%s can't be made", path);
}

/* DIRECTORY, DIRECTORY/HOST.DOMAIN, and the one below it. */
static enum err_code
make_directories(
    const struct web *web, const char *host, const char *below, struct err *err)
{
	enum err_code code = make_directory(web->root, err);

	if (code == OK)
		code = make_directory(host, err);
	return code == OK ? make_directory(below, err) : code;
}

static void
remove_file(const char *host, const char *below, const char *path)
{
	unlink(path);
	rmdir(below);
	rmdir(host);
}

static const char *
read_present(struct web *web, const char *path)
{
	char *bytes;
	size_t length;

	if (io_read_file(
		web->arena, path, WEB_FILE_MAX, &bytes, &length, NULL) != OK)
		return NULL;
	return bytes;
}

static enum err_code
write_file(struct web *web, const struct web_file *file,
    const struct web_domain *domain, struct err *err)
{
	const char *host = arena_format(
	    web->arena, "%s/%s.%s", web->root, file->host, domain->name);
	const char *below =
	    arena_format(web->arena, "%s/%s", host, file->directory);
	const char *path = arena_format(web->arena, "%s/%s", below, file->file);
	const char *there = read_present(web, path), *wanted = NULL;
	enum err_code code = OK;

	if (domain->is_here)
		code = file->make(web, domain, there != NULL, &wanted, err);
	web->report.wanted += wanted != NULL;
	web->report.missing += wanted != NULL && there == NULL;
	web->report.extra += wanted == NULL && there != NULL;
	web->report.different +=
	    wanted != NULL && there != NULL && !text_is_same(wanted, there);
	if (code != OK || web->is_check)
		return code;
	if (wanted == NULL) {
		remove_file(host, below, path);
		return OK;
	}
	if (there != NULL && text_is_same(wanted, there))
		return OK;
	code = make_directories(web, host, below, err);
	return code != OK
	    ? code
	    : io_replace_file(path, 0644, wanted, strlen(wanted), err);
}

/* ---- one domain ---- */

static enum err_code
load_domain(struct web *web, struct web_domain *domain, struct err *err)
{
	struct db_query q =
	    db_query(web->context->db, &web_statements, WEB_DOMAIN);

	db_bind_text(&q, ":domain", domain->name);
	domain->is_here = db_step(&q);
	if (domain->is_here) {
		db_copy(&q, 0, domain->mail_host, sizeof(domain->mail_host));
		db_copy(&q, 1, domain->sts_mode, sizeof(domain->sts_mode));
	}
	return db_end(&q, err);
}

static enum err_code
write_domain(struct web *web, const char *name, struct err *err)
{
	struct web_domain domain = { .name = name };
	enum err_code code = load_domain(web, &domain, err);

	for (size_t i = 0; i < FILES && code == OK; i++)
		code = write_file(web, &files[i], &domain, err);
	return code;
}

static enum err_code
forget(struct db *db, void *argument, struct err *err)
{
	struct db_query q = db_query(db, &web_statements, WEB_FORGET);

	db_bind_text(&q, ":domain", argument);
	return db_run(&q, err);
}

/* ---- many ---- */

static enum err_code
web_open(struct web *web, struct context *context, struct arena *arena,
    struct err *err)
{
	struct server server;
	int64_t version;
	enum err_code code = server_load(context->db, &server, &version, err);

	*web = (struct web){ .context = context, .arena = arena };
	if (code != OK)
		return code;
	if (server.mta_sts_directory[0] != '\0')
		text_copy(
		    web->root, sizeof(web->root), server.mta_sts_directory);
	else
		text_format(web->root, sizeof(web->root), "%s/mta-sts",
		    context->state_directory);
	return OK;
}

/* The names, read whole before anything is done with them; NULL ends. */
static enum err_code
read_names(struct db *db, size_t statement, struct arena *arena,
    const char *const **names, struct err *err)
{
	size_t count = 0, room = 64;
	const char **list = arena_array(arena, room, sizeof(*list));
	struct db_query q = db_query(db, &web_statements, statement);

	while (db_step(&q)) {
		if (count + 1 == room) {
			const char **more =
			    arena_array(arena, room * 2, sizeof(*more));

			memcpy(more, list, count * sizeof(*list));
			list = more;
			room *= 2;
		}
		list[count++] = db_arena_text(&q, 0, arena);
	}
	*names = list;
	return db_end(&q, err);
}

enum err_code
web_touched(struct context *context, struct err *err)
{
	struct arena arena = { 0 };
	const char *const *names = NULL;
	struct web web;
	enum err_code code = OK;

	if (context->state_directory != NULL)
		code =
		    read_names(context->db, WEB_TOUCHED, &arena, &names, err);
	if (code == OK && names != NULL && names[0] != NULL)
		code = web_open(&web, context, &arena, err);
	for (; code == OK && names != NULL && *names != NULL; names++) {
		code = write_domain(&web, *names, err);
		if (code == OK)
			code = db_transaction(context->db, forget,
			    arena_text(&arena, *names), err);
	}
	arena_free(&arena);
	return code;
}

/* The domain that a directory is named for, or NULL: not one of ours. */
static const char *
domain_of_directory(const char *entry)
{
	for (size_t i = 0; i < FILES; i++) {
		const size_t length = strlen(files[i].host);

		if (strncmp(entry, files[i].host, length) == 0 &&
		    entry[length] == '.' &&
		    host_name_is_stored_form(entry + length + 1))
			return entry + length + 1;
	}
	return NULL;
}

/* Domains that are in the directory, but no longer in our rows. */
static enum err_code
sweep(struct web *web, struct err *err)
{
	DIR *directory = opendir(web->root);
	const struct dirent *entry;
	enum err_code code = OK;

	if (directory == NULL)
		return errno == ENOENT
		    ? OK
		    : err_set_errno(err, "%s can't be read", web->root);
	while (code == OK && (entry = readdir(directory)) != NULL) {
		struct web_domain domain = { .name = domain_of_directory(
						 entry->d_name) };

		if (domain.name == NULL)
			continue;
		code = load_domain(web, &domain, err);
		if (code == OK && !domain.is_here)
			code = write_domain(
			    web, arena_text(web->arena, domain.name), err);
	}
	closedir(directory);
	return code;
}

enum err_code
web_sync(struct context *context, bool is_check, struct web_report *report,
    struct err *err)
{
	struct arena arena = { 0 };
	const char *const *names = NULL;
	struct web web;
	enum err_code code = web_open(&web, context, &arena, err);

	web.is_check = is_check;
	if (code == OK)
		code =
		    read_names(context->db, WEB_DOMAINS, &arena, &names, err);
	for (; code == OK && *names != NULL; names++)
		code = write_domain(&web, *names, err);
	if (code == OK)
		code = sweep(&web, err);
	*report = web.report;
	arena_free(&arena);
	return code;
}
