/* What people do on the go-live list: accept, tick, sign. */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/check.h"
#include "model/domain.h"
#include "model/finding.h"
#include "model/golive.h"
#include "model/golive_list.h"

#define DAY_SECONDS 86400
#define ACCEPT_DAYS 90 /* when no day is said */
#define ACCEPT_MAX  (2 * 366 * (int64_t)DAY_SECONDS)

enum {
	GOLIVE_ACCEPT,
	GOLIVE_WITHDRAW,
	GOLIVE_FINDING,
	GOLIVE_TICK,
	GOLIVE_UNTICK,
	GOLIVE_SIGN,
	GOLIVE_SET_LIVE,
};

static const char *const sql[] = {
	[GOLIVE_ACCEPT] = "UPDATE finding SET accepted_verdict = verdict, "
			  "accepted_by = :by, accepted_reason = :reason, "
			  "accepted_at = :now, accepted_until = :until, "
			  "version = version + 1 WHERE domain_id = :domain "
			  "AND check_name = :check",
	[GOLIVE_WITHDRAW] =
	    "UPDATE finding SET accepted_verdict = '', accepted_until = 0, "
	    "version = version + 1 WHERE domain_id = :domain "
	    "AND check_name = :check AND accepted_verdict <> ''",
	[GOLIVE_FINDING] = "SELECT verdict FROM finding "
			   "WHERE domain_id = :domain AND check_name = :check",
	[GOLIVE_TICK] =
	    "INSERT INTO golive_tick (domain_id, item, by, note, at) "
	    "VALUES (:domain, :item, :by, :note, :now) "
	    "ON CONFLICT (domain_id, item) DO UPDATE SET by = excluded.by, "
	    "note = excluded.note, at = excluded.at",
	[GOLIVE_UNTICK] = "DELETE FROM golive_tick "
			  "WHERE domain_id = :domain AND item = :item",
	[GOLIVE_SIGN] =
	    "INSERT INTO golive_sign (domain_id, by, note, at, findings) "
	    "VALUES (:domain, :by, :note, :now, "
	    "(SELECT coalesce(group_concat(line, char(10)), '') FROM "
	    "(SELECT check_name || ' ' || CASE WHEN accepted_verdict = "
	    "verdict AND accepted_until > :now THEN 'accepted ' ELSE '' END "
	    "|| verdict || ': ' || problem AS line FROM finding "
	    "WHERE domain_id = :domain ORDER BY check_name)))",
	[GOLIVE_SET_LIVE] = "UPDATE domain SET status = 'live', "
			    "version = version + 1 WHERE id = :domain "
			    "AND status = 'preparing'",
};

const struct db_statements golive_change_statements =
    DB_STATEMENTS("golive_change", sql);

struct golive_input {
	char domain[HOST_NAME_SIZE];
	char check[32], item[32];
	char reason[FINDING_REASON_SIZE];
	char until[16];
};

static enum err_code
find(struct operation_run *run, const void *input, struct err *err)
{
	const struct golive_input *in = input;
	const enum err_code code = domain_target(run, in->domain, NULL, err);

	run->target.version = 0;
	return code;
}

/* "2026-12-31": the end of that day, UTC; "": of the ninetieth from now. */
static enum err_code
parse_day(const char *text, int64_t *until_at, struct err *err)
{
	const int64_t now = clock_now();
	struct tm tm = { 0 };
	const char *end;

	*until_at = (now / DAY_SECONDS + ACCEPT_DAYS + 1) * DAY_SECONDS;
	if (text[0] == '\0')
		return OK;
	end = strptime(text, "%Y-%m-%d", &tm);
	if (end == NULL || *end != '\0')
		return err_set(err, ERR_INVALID, "until",
		    "Write a day, such as 2026-12-31.");
	*until_at = (int64_t)timegm(&tm) + DAY_SECONDS;
	if (*until_at <= now || *until_at > now + ACCEPT_MAX)
		return err_set(err, ERR_INVALID, "until",
		    "The day must lie ahead, two years at most.");
	return OK;
}

static enum err_code
check_acceptable(struct operation_run *run, const char *check, struct err *err)
{
	struct db_query q =
	    db_query(run->db, &golive_change_statements, GOLIVE_FINDING);
	char verdict[12] = "";
	enum err_code code;

	if (check_by_name(check) == NULL)
		return err_set(err, ERR_INVALID, "check",
		    "There is no check \"%.30s\": see dns check.", check);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":check", check);
	if (db_step(&q))
		db_copy(&q, 0, verdict, sizeof(verdict));
	code = db_end(&q, err);
	if (code != OK)
		return code;
	if (verdict[0] == '\0')
		return err_set(err, ERR_CONFLICT, "check",
		    "%.30s was not checked yet: run dns check first.", check);
	if (text_is_same(verdict, "fail") || text_is_same(verdict, "warn"))
		return OK;
	return err_set(err, ERR_CONFLICT, "check",
	    "%.30s is %s: there is nothing to accept.", check, verdict);
}

static enum err_code
run_accept(struct operation_run *run, const void *input, struct err *err)
{
	const struct golive_input *in = input;
	struct db_query q;
	char day[32];
	int64_t until_at;

	if (parse_day(in->until, &until_at, err) != OK ||
	    check_acceptable(run, in->check, err) != OK)
		return err->code;
	q = db_query(run->db, &golive_change_statements, GOLIVE_ACCEPT);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_text(&q, ":reason", in->reason);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_int64(&q, ":until", until_at);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":check", in->check);
	clock_format_last_day(day, sizeof(day), until_at);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.30s of %.100s is accepted as it is until %s.", in->check,
	    run->target.name, day);
	text_format(run->audit_note, sizeof(run->audit_note),
	    "check=%.30s reason=%.200s until=%s", in->check, in->reason, day);
	return db_run(&q, err);
}

static enum err_code
run_withdraw(struct operation_run *run, const void *input, struct err *err)
{
	const struct golive_input *in = input;
	struct db_query q =
	    db_query(run->db, &golive_change_statements, GOLIVE_WITHDRAW);
	enum err_code code;

	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":check", in->check);
	code = db_run(&q, err);
	if (code == OK && db_changes(run->db) == 0)
		return err_set(err, ERR_NOT_FOUND, "check",
		    "%.30s is not accepted by anybody.", in->check);
	text_format(
	    run->audit_note, sizeof(run->audit_note), "check=%.30s", in->check);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.30s of %.100s counts again.", in->check, run->target.name);
	return code;
}

static enum err_code
check_manual(const char *item, struct err *err)
{
	bool is_manual;

	if (!golive_item_find(item, &is_manual))
		return err_set(err, ERR_INVALID, "item",
		    "There is no item \"%.30s\": see golive show.", item);
	return is_manual ? OK
			 : err_set(err, ERR_CONFLICT, "item",
			       "%s is found out by itself, not ticked.", item);
}

static enum err_code
run_tick(struct operation_run *run, const void *input, struct err *err)
{
	const struct golive_input *in = input;
	struct db_query q;

	if (check_manual(in->item, err) != OK)
		return err->code;
	q = db_query(run->db, &golive_change_statements, GOLIVE_TICK);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":item", in->item);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_text(&q, ":note", in->reason);
	db_bind_int64(&q, ":now", clock_now());
	text_format(
	    run->audit_note, sizeof(run->audit_note), "item=%.30s", in->item);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.30s of %.100s is ticked by %.80s.", in->item, run->target.name,
	    run->actor->address);
	return db_run(&q, err);
}

static enum err_code
run_untick(struct operation_run *run, const void *input, struct err *err)
{
	const struct golive_input *in = input;
	struct db_query q;

	if (check_manual(in->item, err) != OK)
		return err->code;
	q = db_query(run->db, &golive_change_statements, GOLIVE_UNTICK);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":item", in->item);
	text_format(
	    run->audit_note, sizeof(run->audit_note), "item=%.30s", in->item);
	return db_run(&q, err);
}

/* The first required item that is open says what is to be done. */
static enum err_code
refuse_open(const struct golive *golive, struct err *err)
{
	for (size_t i = 0; i < golive->count; i++) {
		const struct golive_item *item = &golive->items[i];

		if (item->is_required && item->state == GOLIVE_OPEN)
			return err_set(err, ERR_CONFLICT, NULL,
			    "%zu items are open, first %s: %s.  %.80s",
			    golive->open_required, item->name, item->title,
			    item->detail);
	}
	return OK;
}

static enum err_code
run_sign(struct operation_run *run, const void *input, struct err *err)
{
	const struct golive_input *in = input;
	struct domain domain;
	struct golive *golive = arena_alloc(run->arena, sizeof(*golive));
	struct db_query q;

	if (domain_find(run->db, in->domain, &domain, err) != OK ||
	    golive_read_all(run->context, &domain, golive, err) != OK ||
	    refuse_open(golive, err) != OK)
		return err->code;
	q = db_query(run->db, &golive_change_statements, GOLIVE_SIGN);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_text(&q, ":note", in->reason);
	db_bind_int64(&q, ":now", clock_now());
	if (db_run(&q, err) != OK)
		return err->code;
	q = db_query(run->db, &golive_change_statements, GOLIVE_SET_LIVE);
	db_bind_int64(&q, ":domain", run->target.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is live, signed off by %.80s.", run->target.name,
	    run->actor->address);
	return db_run(&q, err);
}

/* clang-format off */
#define IN(member) FIELD(struct golive_input, member)
#define DOMAIN_FIELD \
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com.", \
	  .kind = FIELD_HOST, IN(domain), .is_required = true, .is_main = true, .is_fixed = true }
#define CHECK_FIELD \
	{ .name = "check", .label = "Check", .help = "The row of the checklist, such as dmarc.", \
	  .kind = FIELD_LABEL, IN(check), .is_required = true }
#define ITEM_FIELD \
	{ .name = "item", .label = "Item", .help = "The line of the go-live list, such as mail-in.", \
	  .kind = FIELD_LABEL, IN(item), .is_required = true }

static const struct field accept_fields[] = { DOMAIN_FIELD, CHECK_FIELD,
	{ .name = "reason", .label = "Reason", .help = "Why it may stay as it is; kept with your name.",
	  .kind = FIELD_TEXT, IN(reason), .is_required = true },
	{ .name = "until", .label = "Until", .help = "The last day, such as 2026-12-31; empty: 90 days from now.",
	  .kind = FIELD_TEXT, IN(until) },
	{ 0 } };
static const struct field withdraw_fields[] = { DOMAIN_FIELD, CHECK_FIELD, { 0 } };
static const struct field tick_fields[] = { DOMAIN_FIELD, ITEM_FIELD,
	{ .name = "note", .label = "Note", .help = "What was tried, and with what result.",
	  .kind = FIELD_TEXT, IN(reason) },
	{ 0 } };
static const struct field untick_fields[] = { DOMAIN_FIELD, ITEM_FIELD, { 0 } };
static const struct field sign_fields[] = { DOMAIN_FIELD,
	{ .name = "note", .label = "Note", .help = "What should be kept with the signature.",
	  .kind = FIELD_TEXT, IN(reason) },
	{ 0 } };

#define OF_DOMAIN .action = ACTION_FINDING_ACCEPT, .input_size = sizeof(struct golive_input), .find_target = find

const struct operation golive_operations[] = {
	{ .name = "golive accept", .help = "Accepts a finding as it is, with a reason, until a day.",
	  .fields = accept_fields, OF_DOMAIN, .run = run_accept },
	{ .name = "golive withdraw", .help = "Takes an acceptance back: the finding counts again.",
	  .fields = withdraw_fields, OF_DOMAIN, .run = run_withdraw },
	{ .name = "golive tick", .help = "Ticks a step of the go-live list that a person did.",
	  .fields = tick_fields, OF_DOMAIN, .run = run_tick },
	{ .name = "golive untick", .help = "Opens such a step again.",
	  .fields = untick_fields, OF_DOMAIN, .run = run_untick },
	{ .name = "golive sign", .help = "Signs a domain off: it is live, when every required item is done.",
	  .danger = DANGER_ASK, .fields = sign_fields, OF_DOMAIN, .run = run_sign },
	{ 0 }
};
/* clang-format on */
