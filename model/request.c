#include "model/request.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/host.h"

struct request_input {
	int64_t id;
	char reason[REQUEST_REASON_SIZE];
};

enum request_sql {
	REQUEST_INSERT,
	REQUEST_CLOSE,
	REQUEST_BY_ID,
};

static const char *const request_sql[] = {
	[REQUEST_INSERT] =
	    "INSERT INTO request (kind, host_id, domain_id, subject, note,"
	    " asked_by, asked_at) VALUES (:kind, :host, :domain, :subject,"
	    " :note, :by, :now)",
	[REQUEST_CLOSE] =
	    "UPDATE request SET state = :state, reason = :reason,"
	    " decided_by = :by, decided_at = :now, version = version + 1"
	    " WHERE state = 'open' AND kind = :kind"
	    " AND COALESCE(host_id, domain_id) = :id",
	[REQUEST_BY_ID] =
	    "SELECT r.kind, r.state, r.subject, r.version,"
	    " COALESCE(r.host_id, r.domain_id), COALESCE(d.tenant_id, 0)"
	    " FROM request r LEFT JOIN domain d ON d.id = r.domain_id"
	    " WHERE r.id = :id",
};

const struct db_statements request_statements =
    DB_STATEMENTS("request", request_sql);

static const char *const kind_names[] = {
	[REQUEST_HOST] = "host",
	[REQUEST_DKIM] = "dkim",
};

enum err_code
request_open(struct operation_run *run, enum request_kind kind, int64_t id,
    const char *subject, const char *note, struct err *err)
{
	struct db_query q =
	    db_query(run->db, &request_statements, REQUEST_INSERT);
	enum err_code code;

	db_bind_text(&q, ":kind", kind_names[kind]);
	db_bind_id(&q, ":host", kind == REQUEST_HOST ? id : 0);
	db_bind_id(&q, ":domain", kind == REQUEST_DKIM ? id : 0);
	db_bind_text(&q, ":subject", subject);
	db_bind_text(&q, ":note", note);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_int64(&q, ":now", clock_now());
	code = db_run(&q, err);
	if (code != ERR_CONFLICT)
		return code;
	return err_set(err, ERR_CONFLICT, NULL,
	    "This is requested already for %.120s: the operator will decide.",
	    subject);
}

enum err_code
request_close(struct operation_run *run, enum request_kind kind, int64_t id,
    const char *state, const char *reason, struct err *err)
{
	struct db_query q =
	    db_query(run->db, &request_statements, REQUEST_CLOSE);

	db_bind_text(&q, ":kind", kind_names[kind]);
	db_bind_int64(&q, ":id", id);
	db_bind_text(&q, ":state", state);
	db_bind_text(&q, ":reason", reason);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

/* ---- operations ---- */

struct request_row {
	enum request_kind kind;
	int64_t subject_id, tenant_id;
	char state[16];
};

/* Fills the target, too; its is_known stays false when there is none. */
static enum err_code
read_row(struct operation_run *run, int64_t id, struct request_row *row,
    struct err *err)
{
	struct db_query q =
	    db_query(run->db, &request_statements, REQUEST_BY_ID);

	*row = (struct request_row){ 0 };
	db_bind_int64(&q, ":id", id);
	if (db_step(&q)) {
		row->kind = text_is_same(db_text(&q, 0), "host") ? REQUEST_HOST
								 : REQUEST_DKIM;
		db_copy(&q, 1, row->state, sizeof(row->state));
		db_copy(&q, 2, run->target.name, sizeof(run->target.name));
		run->target.is_known = true;
		run->target.id = id;
		run->target.version = db_int64(&q, 3);
		row->subject_id = db_int64(&q, 4);
		run->target.tenant_id = row->tenant_id = db_int64(&q, 5);
	}
	return db_end(&q, err);
}

static enum err_code
find_request(struct operation_run *run, const void *input, struct err *err)
{
	const struct request_input *request = input;
	struct request_row row;

	return read_row(run, request->id, &row, err);
}

static enum err_code
decide(struct operation_run *run, const struct request_input *request,
    const char *state, struct err *err)
{
	struct request_row row;

	if (read_row(run, request->id, &row, err) != OK)
		return err->code;
	if (!text_is_same(row.state, "open"))
		return err_set(err, ERR_CONFLICT, "id",
		    "Request %" PRId64 " was %s already.", request->id,
		    row.state);
	if (row.kind == REQUEST_HOST &&
	    host_decide(run, row.subject_id, state, request->reason, err) != OK)
		return err->code;
	text_format(run->result->note, sizeof(run->result->note),
	    "Request %" PRId64 " for %.120s is %s%s.", request->id,
	    run->target.name, state,
	    row.kind == REQUEST_DKIM && text_is_same(state, "approved")
		? ": now make the key (\"dkim make\")"
		: "");
	return request_close(
	    run, row.kind, row.subject_id, state, request->reason, err);
}

static enum err_code
approve(struct operation_run *run, const void *input, struct err *err)
{
	return decide(run, input, "approved", err);
}

static enum err_code
refuse(struct operation_run *run, const void *input, struct err *err)
{
	return decide(run, input, "refused", err);
}

/* clang-format off */
#define ID_ROW \
	{ .name = "id", .label = "Request", .help = "The number of the request, as \"request list\" shows it.", \
	  .kind = FIELD_NUMBER, FIELD(struct request_input, id), .is_required = true, .is_main = true, .is_fixed = true }

static const struct field approve_fields[] = { ID_ROW, { 0 } };

static const struct field refuse_fields[] = {
	ID_ROW,
	{ .name = "reason", .label = "Reason", .help = "Why it is refused: who asked reads it.",
	  .kind = FIELD_TEXT, FIELD(struct request_input, reason), .is_required = true },
	{ 0 }
};

const struct operation request_operations[] = {
	{ .name = "request approve", .help = "Says yes to a request; a requested host is approved at once.",
	  .action = ACTION_REQUEST_DECIDE, .danger = DANGER_ASK, .fields = approve_fields, .input_size = sizeof(struct request_input),
	  .find_target = find_request, .run = approve },
	{ .name = "request refuse", .help = "Says no to a request, with the reason.",
	  .action = ACTION_REQUEST_DECIDE, .danger = DANGER_ASK, .fields = refuse_fields, .input_size = sizeof(struct request_input),
	  .find_target = find_request, .run = refuse },
	{ 0 }
};

static const struct list_column request_columns[] = {
	/* name         title       sql             sort  kind         width flags */
	{ "id",         "NUMBER",   "r.id",         NULL, LIST_NUMBER,  7, LIST_SORTABLE },
	{ "kind",       "KIND",     "r.kind",       NULL, LIST_TEXT,    5, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "subject",    "ABOUT",    "r.subject",    NULL, LIST_TEXT,    0, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "state",      "STATE",    "r.state",      NULL, LIST_TEXT,    9, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "asked_by",   "ASKED BY", "r.asked_by",   NULL, LIST_TEXT,   20, LIST_FILTERABLE | LIST_FOLDED },
	{ "asked",      "ASKED",    "r.asked_at",   NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "note",       "NOTE",     "r.note",       NULL, LIST_TEXT,   30, LIST_DETAIL | LIST_FILTERABLE },
	{ "reason",     "REASON",   "r.reason",     NULL, LIST_TEXT,   30, LIST_DETAIL },
	{ "decided_by", "BY",       "r.decided_by", NULL, LIST_TEXT,   24, LIST_DETAIL },
	{ "decided",    "DECIDED",  "r.decided_at", NULL, LIST_MOMENT, 12, LIST_DETAIL },
	{ 0 }
};
/* clang-format on */

const struct list request_list = {
	.name = "request list",
	.show = "request show",
	.help = "Lists what super admins ask of the operator.",
	.empty = "A super admin asks here for what only the operator can do: "
		 "to approve a host, to make a DKIM key.",
	.action = ACTION_REQUEST_VIEW,
	.from = "request r LEFT JOIN domain d ON d.id = r.domain_id",
	.id = "r.id",
	.key = "r.id",
	.scope_tenant = "d.tenant_id = :tenant",
	.of_tenant = "d.tenant_id = :of_tenant",
	.of_domain = "r.domain_id = :of_domain",
	.is_newest_first = true,
	.columns = request_columns,
};
