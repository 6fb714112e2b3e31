#include "model/usage.h"

#include "base/address.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "mail/doveadm.h"
#include "model/mail_setup.h"

enum { USAGE_OLDEST, USAGE_ONE, USAGE_OF_ID, USAGE_KEEP };

#define USAGE_COLUMNS                                     \
	"SELECT a.id, a.address FROM account a "          \
	"WHERE a.mailbox = 'local' AND a.deleted_at = 0 " \
	"AND a.used_at < :before "                        \
	"AND (:tenant = 0 OR a.tenant_id = :tenant) "

static const char *const sql[] = {
	[USAGE_OLDEST] = USAGE_COLUMNS "ORDER BY a.used_at LIMIT :most",
	[USAGE_ONE] = USAGE_COLUMNS "AND a.address = :address",
	[USAGE_OF_ID] = USAGE_COLUMNS "AND a.id = :id",
	[USAGE_KEEP] = "UPDATE account SET used_bytes = :used, "
		       "used_at = :now WHERE id = :id",
};

const struct db_statements usage_statements = DB_STATEMENTS("usage", sql);

_Static_assert(CONFIG_PATH_SIZE <= USAGE_SOCKET_SIZE, "a path fits");
_Static_assert(sizeof(struct usage_batch) <= JOB_RECORD_MAX,
    "a batch is one record of its job");

static enum err_code
read_mailboxes(struct context *context, const char *address, size_t most,
    struct usage_mailbox *to, size_t *count, struct err *err)
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
		struct usage_mailbox *mailbox = &to[(*count)++];

		mailbox->id = db_int64(&q, 0);
		db_copy(&q, 1, mailbox->address, sizeof(mailbox->address));
	}
	return db_end(&q, err);
}

/* A mailbox that nobody has used yet has no figure: it stays at 0. */
static void
ask(const char *socket, struct usage_mailbox *mailboxes, size_t count)
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

static enum err_code
keep(struct db *db, void *argument, struct err *err)
{
	const struct usage_batch *batch = argument;
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
usage_keep(
    struct context *context, const struct usage_batch *batch, struct err *err)
{
	struct usage_batch copy = *batch;

	return db_transaction(context->db, keep, &copy, err);
}

static enum err_code
read_one(struct context *context, int64_t id, struct usage_batch *batch,
    struct err *err)
{
	struct db_query q =
	    db_query(context->db, &usage_statements, USAGE_OF_ID);

	db_bind_int64(&q, ":before", clock_now() - USAGE_FRESH_SECONDS);
	db_bind_int64(&q, ":tenant", actor_tenant(&context->actor));
	db_bind_int64(&q, ":id", id);
	if (db_step(&q)) {
		struct usage_mailbox *to = &batch->mailboxes[batch->count++];

		to->id = db_int64(&q, 0);
		db_copy(&q, 1, to->address, sizeof(to->address));
	}
	return db_end(&q, err);
}

static enum err_code
find_socket(struct context *context, struct usage_batch *batch, struct err *err)
{
	char socket[CONFIG_PATH_SIZE];
	const enum err_code code =
	    mail_setup_path(context->db, MAIL_DOVEADM_SOCKET, socket, err);

	if (code == OK)
		text_copy(batch->socket, sizeof(batch->socket), socket);
	return code;
}

enum err_code
usage_prepare(struct context *context, const int64_t *ids, size_t count,
    struct usage_batch *batch, struct err *err)
{
	enum err_code code = OK;

	*batch = (struct usage_batch){ .count = 0 };
	for (size_t i = 0; code == OK && i < count && i < USAGE_BATCH; i++)
		code = read_one(context, ids[i], batch, err);
	return code == OK && batch->count > 0 ? find_socket(context, batch, err)
					      : code;
}

void
usage_job(int out, void *argument)
{
	struct usage_batch *batch = argument;

	ask(batch->socket, batch->mailboxes, batch->count);
	job_write(out, batch, sizeof(*batch));
}

enum err_code
usage_refresh(
    struct context *context, const char *address, size_t most, struct err *err)
{
	struct arena arena = { 0 };
	struct usage_batch *batch = arena_alloc(&arena, sizeof(*batch));
	enum err_code code;

	most = most < USAGE_BATCH ? most : USAGE_BATCH;
	code = read_mailboxes(
	    context, address, most, batch->mailboxes, &batch->count, err);
	if (code == OK && batch->count > 0)
		code = find_socket(context, batch, err);
	if (code == OK && batch->count > 0) {
		ask(batch->socket, batch->mailboxes, batch->count);
		code = usage_keep(context, batch, err);
	}
	arena_free(&arena);
	return code;
}
