#include "model/backup.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "mail/dkim_key.h"
#include "model/audit.h"
#include "model/db.h"
#include "model/dkim.h"
#include "model/effects.h"
#include "model/mail_setup.h"

#define BACKUP_KEYS_MAX (8 << 20) /* bytes of their names */

enum {
	BACKUP_FACTS,
	BACKUP_COPY,
	BACKUP_PAGES,
	BACKUP_REFERENCES,
	BACKUP_KEY_DIRECTORY,
};

static const char *const sql[] = {
	[BACKUP_FACTS] =
	    "SELECT host_name, (SELECT count(*) FROM tenant"
	    " WHERE status <> 'closed'), (SELECT count(*) FROM account"
	    " WHERE mailbox <> 'none' AND deleted_at = 0),"
	    " (SELECT coalesce(max(at), 0) FROM audit) FROM server",
	[BACKUP_COPY] = "VACUUM INTO :path",
	[BACKUP_PAGES] =
	    "SELECT integrity_check FROM pragma_integrity_check(1)",
	[BACKUP_REFERENCES] = "SELECT \"table\" FROM pragma_foreign_key_check",
	[BACKUP_KEY_DIRECTORY] = "UPDATE server SET dkim_directory = :path,"
				 " version = version + 1",
};

const struct db_statements backup_statements = DB_STATEMENTS("backup", sql);

static enum err_code
add_key(void *argument, const char *domain, const char *selector,
    bool is_signing, struct err *err)
{
	struct text_builder *keys = argument;
	char path[NAME_MAX + 3];

	(void)is_signing;
	if (dkim_key_path(path, sizeof(path), ".", domain, selector, err) != OK)
		return err->code;
	text_addf(keys, "%s\n", path + strlen("./"));
	return OK;
}

bool
backup_has_key(const struct backup_facts *facts, const char *name)
{
	const size_t length = strlen(name);

	for (const char *line = facts->keys; line != NULL && *line != '\0';) {
		const size_t n = strcspn(line, "\n");

		if (n == length && memcmp(line, name, n) == 0)
			return true;
		line += n + (line[n] == '\n');
	}
	return false;
}

enum err_code
backup_look(struct context *context, struct arena *arena,
    struct backup_facts *facts, struct err *err)
{
	struct text_builder keys;
	struct db_query q =
	    db_query(context->db, &backup_statements, BACKUP_FACTS);

	*facts = (struct backup_facts){ 0 };
	if (db_step(&q)) {
		db_copy(&q, 0, facts->host, sizeof(facts->host));
		facts->tenants = db_int64(&q, 1);
		facts->users = db_int64(&q, 2);
		facts->last_at = db_int64(&q, 3);
	}
	if (facts->host[0] == '\0')
		text_copy(facts->host, sizeof(facts->host), "server");
	if (db_end(&q, err) != OK)
		return err->code;
	text_builder_open(&keys, arena, BACKUP_KEYS_MAX);
	if (dkim_each(context->db, add_key, &keys, err) != OK)
		return err->code;
	if (keys.is_cut)
		return err_set(err, ERR_SYSTEM, NULL,
		    "The database has more DKIM keys than a backup takes.");
	facts->keys = keys.data;
	return mail_setup_dkim_directory(context, facts->dkim_directory, err);
}

struct note {
	struct context *context;
	const char *operation, *file;
	const char *dkim_directory; /* NULL: a backup, no restored one */
};

/* Root goes to the directory of this machine, not to one of the backup's. */
static enum err_code
keep_key_directory(struct context *context, const char *path, struct err *err)
{
	char now[CONFIG_PATH_SIZE];
	struct db_query q;

	if (mail_setup_dkim_directory(context, now, err) != OK ||
	    text_is_same(now, path))
		return err->code;
	q = db_query(context->db, &backup_statements, BACKUP_KEY_DIRECTORY);
	db_bind_text(&q, ":path", path);
	return db_run(&q, err);
}

static enum err_code
write_note(struct db *db, void *argument, struct err *err)
{
	const struct note *note = argument;
	const struct audit_entry entry = { .operation = note->operation,
		.target = note->file,
		.before = "",
		.after = "" };

	if (audit_add(db, &note->context->actor, &entry, err) != OK)
		return err->code;
	if (note->dkim_directory == NULL)
		return OK;
	return keep_key_directory(note->context, note->dkim_directory, err) ==
		OK
	    ? effect_queue(db, EFFECT_DKIM_TABLES, "all", err)
	    : err->code;
}

enum err_code
backup_copy(struct context *context, const char *path, const char *file,
    struct err *err)
{
	struct note note = { context, "backup", file, NULL };
	struct db_query q;

	if (db_transaction(context->db, write_note, &note, err) != OK)
		return err->code;
	q = db_query(context->db, &backup_statements, BACKUP_COPY);
	db_bind_text(&q, ":path", path);
	return db_run(&q, err);
}

enum err_code
backup_check(struct context *context, struct err *err)
{
	struct audit_report report = { 0 };
	struct db_query q =
	    db_query(context->db, &backup_statements, BACKUP_PAGES);
	const bool is_sound = db_step(&q) && text_is_same(db_text(&q, 0), "ok");
	bool has_stray;

	if (db_end(&q, err) != OK)
		return err->code;
	q = db_query(context->db, &backup_statements, BACKUP_REFERENCES);
	has_stray = db_step(&q);
	if (db_end(&q, err) != OK)
		return err->code;
	if (!is_sound || has_stray)
		return err_set(
		    err, ERR_INVALID, NULL, "The database in it is damaged.");
	if (audit_verify(context, &report, err) != OK)
		return err->code;
	return report.broken_id == 0
	    ? OK
	    : err_set(err, ERR_INVALID, NULL,
		  "The audit log in it breaks at entry %" PRId64 " of %" PRId64
		  ": somebody changed it.",
		  report.broken_id, report.count);
}

enum err_code
backup_note_restored(struct context *context, const char *file,
    const char *dkim_directory, struct err *err)
{
	struct note note = { context, "restore", file, dkim_directory };

	return db_transaction(context->db, write_note, &note, err);
}
