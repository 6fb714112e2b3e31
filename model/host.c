#include "model/host.h"

#include "base/clock.h"
#include "base/host_name.h"
#include "base/text.h"
#include "model/request.h"

struct host_input {
	char name[HOST_NAME_SIZE];
	char reason[REQUEST_REASON_SIZE];
};

enum host_sql {
	HOST_BY_NAME,
	HOST_INSERT,
	HOST_DECIDE,
	HOST_ASK_AGAIN,
	HOST_IS_USED,
	HOST_REMOVE,
};

static const char *const host_sql[] = {
	[HOST_BY_NAME] = "SELECT id, state, version, reason FROM host"
			 " WHERE name = :name",
	[HOST_INSERT] = "INSERT INTO host (name, state, created_at)"
			" VALUES (:name, 'requested', :now)",
	[HOST_DECIDE] = "UPDATE host SET state = :state, reason = :reason,"
			" decided_at = :now, decided_by = :by,"
			" version = version + 1 WHERE id = :id",
	[HOST_ASK_AGAIN] = "UPDATE host SET state = 'requested', reason = '',"
			   " decided_at = 0, decided_by = '',"
			   " version = version + 1 WHERE id = :id",
	[HOST_IS_USED] = "SELECT name FROM tenant WHERE imap_host_id = :id"
			 " OR smtp_host_id = :id LIMIT 1",
	[HOST_REMOVE] = "DELETE FROM host WHERE id = :id",
};

const struct db_statements host_statements = DB_STATEMENTS("host", host_sql);

/* A row as the operations need it; id 0 when there is none. */
struct host_row {
	int64_t id, version;
	char state[16];
	char reason[REQUEST_REASON_SIZE];
};

static enum err_code
by_name(struct db *db, const char *name, struct host_row *row, struct err *err)
{
	struct db_query q = db_query(db, &host_statements, HOST_BY_NAME);

	*row = (struct host_row){ 0 };
	db_bind_text(&q, ":name", name);
	if (db_step(&q)) {
		row->id = db_int64(&q, 0);
		db_copy(&q, 1, row->state, sizeof(row->state));
		row->version = db_int64(&q, 2);
		db_copy(&q, 3, row->reason, sizeof(row->reason));
	}
	return db_end(&q, err);
}

enum err_code
host_approved_id(struct db *db, const char *name, const char *field,
    int64_t *id, struct err *err)
{
	struct host_row row;

	*id = 0;
	if (by_name(db, name, &row, err) != OK)
		return err->code;
	*id = row.id;
	if (text_is_same(row.state, "approved"))
		return OK;
	if (text_is_same(row.state, "requested"))
		return err_set(err, ERR_INVALID, field,
		    "%.80s waits for the operator's approval: choose another "
		    "host until then.",
		    name);
	if (text_is_same(row.state, "refused"))
		return err_set(err, ERR_INVALID, field,
		    "The operator refused %.80s (%.60s): choose an approved "
		    "host.",
		    name, row.reason);
	return err_set(err, ERR_INVALID, field,
	    "%.80s is not on the list of approved hosts: ask for it with "
	    "\"host request %.80s\".",
	    name, name);
}

enum err_code
host_decide(struct operation_run *run, int64_t id, const char *state,
    const char *reason, struct err *err)
{
	struct db_query q = db_query(run->db, &host_statements, HOST_DECIDE);

	db_bind_int64(&q, ":id", id);
	db_bind_text(&q, ":state", state);
	db_bind_text(&q, ":reason", reason);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

/* ---- operations ---- */

/* A host of the server, whether it is on the list or not. */
static enum err_code
find_or_new(struct operation_run *run, const void *input, struct err *err)
{
	const struct host_input *host = input;
	struct host_row row;

	if (by_name(run->db, host->name, &row, err) != OK)
		return err->code;
	run->target.is_known = true;
	run->target.id = row.id;
	run->target.version = row.version;
	text_copy(run->target.name, sizeof(run->target.name), host->name);
	return OK;
}

static enum err_code
find_existing(struct operation_run *run, const void *input, struct err *err)
{
	if (find_or_new(run, input, err) != OK)
		return err->code;
	run->target.is_known = run->target.id != 0;
	return OK;
}

static enum err_code
insert(struct operation_run *run, const char *name, struct err *err)
{
	struct db_query q = db_query(run->db, &host_statements, HOST_INSERT);

	db_bind_text(&q, ":name", name);
	db_bind_int64(&q, ":now", clock_now());
	if (db_run(&q, err) != OK)
		return q.err.code;
	run->result->id = run->target.id = db_last_id(run->db);
	return OK;
}

static enum err_code
ask_again(struct operation_run *run, struct err *err)
{
	struct db_query q = db_query(run->db, &host_statements, HOST_ASK_AGAIN);

	db_bind_int64(&q, ":id", run->target.id);
	return db_run(&q, err);
}

static enum err_code
request_host(struct operation_run *run, const void *input, struct err *err)
{
	const struct host_input *host = input;
	struct host_row row;
	enum err_code code;

	if (by_name(run->db, host->name, &row, err) != OK)
		return err->code;
	if (text_is_same(row.state, "approved"))
		return err_set(err, ERR_CONFLICT, "name",
		    "%.120s is approved already: tenants may use it.",
		    host->name);
	code = row.id == 0 ? insert(run, host->name, err) : ask_again(run, err);
	if (code != OK)
		return code;
	text_format(run->result->note, sizeof(run->result->note),
	    "Requested %.120s; the operator decides.", host->name);
	return request_open(
	    run, REQUEST_HOST, run->target.id, host->name, host->reason, err);
}

static enum err_code
approve(struct operation_run *run, const void *input, struct err *err)
{
	const struct host_input *host = input;

	if (run->target.id == 0 && insert(run, host->name, err) != OK)
		return err->code;
	if (host_decide(run, run->target.id, "approved", "", err) != OK)
		return err->code;
	text_format(run->result->note, sizeof(run->result->note),
	    "%.120s is approved: tenants may use it.", host->name);
	return request_close(
	    run, REQUEST_HOST, run->target.id, "approved", "", err);
}

/* The tenant that uses the host, or "". */
static enum err_code
used_by(struct operation_run *run, char *to, size_t size, struct err *err)
{
	struct db_query q = db_query(run->db, &host_statements, HOST_IS_USED);

	to[0] = '\0';
	db_bind_int64(&q, ":id", run->target.id);
	if (db_step(&q))
		db_copy(&q, 0, to, size);
	return db_end(&q, err);
}

static enum err_code
check_unused(struct operation_run *run, struct err *err)
{
	char tenant[120];

	if (used_by(run, tenant, sizeof(tenant), err) != OK)
		return err->code;
	if (tenant[0] == '\0')
		return OK;
	return err_set(err, ERR_CONFLICT, "name",
	    "The tenant %.80s uses %.80s: give it another host first.", tenant,
	    run->target.name);
}

static enum err_code
refuse(struct operation_run *run, const void *input, struct err *err)
{
	const struct host_input *host = input;

	if (check_unused(run, err) != OK)
		return err->code;
	if (host_decide(run, run->target.id, "refused", host->reason, err) !=
	    OK)
		return err->code;
	text_format(run->result->note, sizeof(run->result->note),
	    "%.120s is refused.", host->name);
	return request_close(
	    run, REQUEST_HOST, run->target.id, "refused", host->reason, err);
}

static enum err_code
remove_host(struct operation_run *run, const void *input, struct err *err)
{
	struct db_query q;

	(void)input;
	if (check_unused(run, err) != OK)
		return err->code;
	q = db_query(run->db, &host_statements, HOST_REMOVE);
	db_bind_int64(&q, ":id", run->target.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.120s is off the list.", run->target.name);
	return db_run(&q, err);
}

/* clang-format off */
#define NAME_ROW \
	{ .name = "name", .label = "Host name", .help = "The host that mail clients connect to, such as mail.example.net.", \
	  .kind = FIELD_HOST, FIELD(struct host_input, name), .is_required = true, .is_main = true, .is_fixed = true }

static const struct field name_fields[] = { NAME_ROW, { 0 } };

static const struct field request_fields[] = {
	NAME_ROW,
	{ .name = "note", .label = "Note", .help = "What the operator should know: whose host, what for.",
	  .kind = FIELD_TEXT, FIELD(struct host_input, reason) },
	{ 0 }
};

static const struct field refuse_fields[] = {
	NAME_ROW,
	{ .name = "reason", .label = "Reason", .help = "Why it is refused: who asked reads it.",
	  .kind = FIELD_TEXT, FIELD(struct host_input, reason), .is_required = true },
	{ 0 }
};

#define HOST_INPUT .input_size = sizeof(struct host_input)

const struct operation host_operations[] = {
	{ .name = "host request", .help = "Asks the operator to approve an IMAP or SMTP host.",
	  .action = ACTION_HOST_REQUEST, .fields = request_fields, HOST_INPUT,
	  .find_target = find_or_new, .run = request_host },
	{ .name = "host approve", .help = "Lets tenants use a host, whether it was requested or not.",
	  .action = ACTION_HOST_APPROVE, .fields = name_fields, HOST_INPUT,
	  .find_target = find_or_new, .run = approve },
	{ .name = "host refuse", .help = "Refuses a requested host, with the reason.",
	  .action = ACTION_HOST_APPROVE, .fields = refuse_fields, HOST_INPUT,
	  .find_target = find_existing, .run = refuse },
	{ .name = "host remove", .help = "Takes a host that no tenant uses off the list.",
	  .action = ACTION_HOST_APPROVE, .danger = DANGER_ASK, .fields = name_fields, HOST_INPUT,
	  .find_target = find_existing, .run = remove_host },
	{ 0 }
};

static const struct list_column host_columns[] = {
	/* name         title       sql             sort  kind         width flags */
	{ "name",       "HOST",     "h.name",       NULL, LIST_TEXT,    0, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "state",      "STATE",    "h.state",      NULL, LIST_TEXT,   10, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "tenants",    "TENANTS",  "(SELECT count(*) FROM tenant t WHERE h.id IN (t.imap_host_id, t.smtp_host_id))",
	                                            NULL, LIST_NUMBER,  8, 0 },
	{ "since",      "SINCE",    "CASE h.decided_at WHEN 0 THEN h.created_at ELSE h.decided_at END",
	                                            NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "reason",     "REASON",   "h.reason",     NULL, LIST_TEXT,   20, LIST_FILTERABLE },
	{ "decided_by", "BY",       "h.decided_by", NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "version",    "VERSION",  "h.version",    NULL, LIST_NUMBER,  5, LIST_DETAIL },
	{ 0 }
};
/* clang-format on */

const struct list host_list = {
	.name = "host list",
	.show = "host show",
	.help = "Lists the hosts that tenants may use, and those asked for.",
	.empty = "A tenant's IMAP and SMTP host must be on this list before "
		 "the tenant can be made.",
	.action = ACTION_HOST_VIEW,
	.from = "host h",
	.id = "h.id",
	.key = "h.name",
	.columns = host_columns,
};
