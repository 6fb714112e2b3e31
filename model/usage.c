#include "model/usage.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/text.h"
#include "mail/doveadm.h"
#include "model/mail_setup.h"

#define BATCH 100

enum { USAGE_OLDEST, USAGE_ONE, USAGE_KEEP };

#define USAGE_COLUMNS                                     \
	"SELECT a.id, a.address FROM account a "          \
	"WHERE a.mailbox = 'local' AND a.deleted_at = 0 " \
	"AND a.used_at < :before "                        \
	"AND (:tenant = 0 OR a.tenant_id = :tenant) "

static const char *const sql[] = {
	[USAGE_OLDEST] = USAGE_COLUMNS "ORDER BY a.used_at LIMIT :most",
	[USAGE_ONE] = USAGE_COLUMNS "AND a.address = :address",
	[USAGE_KEEP] = "UPDATE account SET used_bytes = :used, "
		       "used_at = :now WHERE id = :id",
};

const struct db_statements usage_statements = DB_STATEMENTS("usage", sql);

struct mailbox {
	int64_t id, used_bytes;
	char address[ADDRESS_SIZE];
	bool is_known;
};

static enum err_code
read_mailboxes(struct context *context, const char *address, size_t most,
    struct mailbox *to, size_t *count, struct err *err)
{
	struct db_query q = db_query(context->db, &usage_statements,
	    address == NULL ? USAGE_OLDEST : USAGE_ONE);

	*count = 0;
	db_bind_int64(&q, ":before", clock_now() - USAGE_FRESH_SECONDS);
	db_bind_int64(&q, ":tenant", actor_tenant(&context->actor));
	if (address == NULL)
		db_bind_int64(&q, ":most", (int64_t)most);
	else
		db_bind_text(&q, ":address", address);
	while (*count < most && db_step(&q)) {
		struct mailbox *mailbox = &to[(*count)++];

		mailbox->id = db_int64(&q, 0);
		db_copy(&q, 1, mailbox->address, sizeof(mailbox->address));
	}
	return db_end(&q, err);
}

/* A mailbox that nobody has used yet has no figure: it stays at 0. */
static void
ask(const char *socket, struct mailbox *mailboxes, size_t count)
{
	const int64_t end_ms = clock_monotonic_ms() + USAGE_MOST_MS;
	enum err_code code = OK;

	for (size_t i = 0; i < count && clock_monotonic_ms() < end_ms &&
	     code != ERR_NOT_FOUND && code != ERR_TIMEOUT;
	     i++) {
		code = doveadm_used(socket, mailboxes[i].address,
		    &mailboxes[i].used_bytes, NULL);
		mailboxes[i].is_known = code == OK;
	}
}

struct batch {
	const struct mailbox *mailboxes;
	size_t count;
};

static enum err_code
keep(struct db *db, void *argument, struct err *err)
{
	const struct batch *batch = argument;
	enum err_code code = OK;

	for (size_t i = 0; code == OK && i < batch->count; i++) {
		struct db_query q;

		if (!batch->mailboxes[i].is_known)
			continue;
		q = db_query(db, &usage_statements, USAGE_KEEP);
		db_bind_int64(&q, ":used", batch->mailboxes[i].used_bytes);
		db_bind_int64(&q, ":now", clock_now());
		db_bind_int64(&q, ":id", batch->mailboxes[i].id);
		code = db_run(&q, err);
	}
	return code;
}

enum err_code
usage_refresh(
    struct context *context, const char *address, size_t most, struct err *err)
{
	struct arena arena = { 0 };
	struct batch batch = { 0 };
	struct mailbox *mailboxes;
	char socket[CONFIG_PATH_SIZE];
	enum err_code code;

	most = most < BATCH ? most : BATCH;
	mailboxes = arena_array(&arena, most, sizeof(*mailboxes));
	code = read_mailboxes(
	    context, address, most, mailboxes, &batch.count, err);
	if (code == OK && batch.count > 0)
		code = mail_setup_path(
		    context->db, MAIL_DOVEADM_SOCKET, socket, err);
	if (code == OK && batch.count > 0) {
		ask(socket, mailboxes, batch.count);
		batch.mailboxes = mailboxes;
		code = db_transaction(context->db, keep, &batch, err);
	}
	arena_free(&arena);
	return code;
}
