#include "model/publish.h"

#include "model/audit.h"
#include "model/db.h"
#include "model/permission.h"

struct note {
	struct context *context;
	struct audit_entry entry;
};

static enum err_code
insert(struct db *db, void *argument, struct err *err)
{
	struct note *note = argument;

	return audit_add(db, &note->context->actor, &note->entry, err);
}

enum err_code
publish_note(struct context *context, const char *domain, const char *before,
    const char *after, struct err *err)
{
	struct note note = { context,
		{ .operation = "dns publish",
		    .target = domain,
		    .before = before,
		    .after = after } };
	const char *why = "";

	if (!may_ever(&context->actor, ACTION_RECORD_PUBLISH, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	return db_transaction(context->db, insert, &note, err);
}
