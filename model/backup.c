#include "model/backup.h"

#include <inttypes.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/db.h"
#include "model/effects.h"
#include "model/mail_setup.h"

enum {
	BACKUP_FACTS,
	BACKUP_COPY,
	BACKUP_PAGES,
	BACKUP_REFERENCES,
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
};

const struct db_statements backup_statements = DB_STATEMENTS("backup", sql);

enum err_code
backup_look(
    struct context *context, struct backup_facts *facts, struct err *err)
{
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
	return db_end(&q, err) == OK
	    ? mail_setup_dkim_directory(context, facts->dkim_directory, err)
	    : err->code;
}

struct note {
	const struct actor *actor;
	const char *operation, *file;
	bool is_restored;
};

static enum err_code
write_note(struct db *db, void *argument, struct err *err)
{
	const struct note *note = argument;
	const struct audit_entry entry = { .operation = note->operation,
		.target = note->file,
		.before = "",
		.after = "" };

	if (audit_add(db, note->actor, &entry, err) != OK)
		return err->code;
	return note->is_restored
	    ? effect_queue(db, EFFECT_DKIM_TABLES, "all", err)
	    : OK;
}

enum err_code
backup_copy(struct context *context, const char *path, const char *file,
    struct err *err)
{
	struct note note = { &context->actor, "backup", file, false };
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
backup_note_restored(struct context *context, const char *file, struct err *err)
{
	struct note note = { &context->actor, "restore", file, true };

	return db_transaction(context->db, write_note, &note, err);
}
