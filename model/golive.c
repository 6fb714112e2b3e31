#include "model/golive.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/check.h"
#include "model/dmarc.h"
#include "model/domain.h"
#include "model/finding.h"

#define DAY_SECONDS    86400
#define ACCEPT_DAYS    90 /* when no day is said */
#define ACCEPT_MAX     (2 * 366 * (int64_t)DAY_SECONDS)
#define ADDRESSES_SIZE 4096

enum {
	GOLIVE_FACTS,
	GOLIVE_TICK_OF,
	GOLIVE_ADDRESS,
	GOLIVE_LAST_SIGN,
	GOLIVE_ACCEPT,
	GOLIVE_WITHDRAW,
	GOLIVE_FINDING,
	GOLIVE_TICK,
	GOLIVE_UNTICK,
	GOLIVE_SIGN,
	GOLIVE_SET_LIVE,
};

static const char *const sql[] = {
	[GOLIVE_FACTS] =
	    "SELECT d.status, d.ownership = 'verified', "
	    "EXISTS (SELECT 1 FROM dkim_key k WHERE k.domain_id = d.id "
	    "AND k.stage = 'signing'), "
	    "(SELECT max(a.login_at) FROM account a "
	    "WHERE a.tenant_id = d.tenant_id AND a.role = 'tenant_admin' "
	    "AND a.deleted_at = 0), "
	    "coalesce((SELECT i.mailboxes FROM intake i "
	    "WHERE i.tenant_id = d.tenant_id), ''), "
	    "coalesce((SELECT i.wants_smime FROM intake i "
	    "WHERE i.tenant_id = d.tenant_id), 0) "
	    "FROM domain d WHERE d.id = :domain",
	[GOLIVE_TICK_OF] = "SELECT by, note, at FROM golive_tick "
			   "WHERE domain_id = :domain AND item = :item",
	[GOLIVE_ADDRESS] = "SELECT 1 FROM address WHERE address = :address",
	[GOLIVE_LAST_SIGN] = "SELECT by, at FROM golive_sign "
			     "WHERE domain_id = :domain "
			     "ORDER BY id DESC LIMIT 1",
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

const struct db_statements golive_statements = DB_STATEMENTS("golive", sql);

/* ---- the items ---- */

struct facts {
	struct context *context;
	int64_t domain_id;
	const char *domain;
	char status[12];
	bool is_verified, has_key, wants_smime;
	int64_t admin_login_at;
	char mailboxes[ADDRESSES_SIZE];
	struct finding findings[64];
};

static void
set(struct golive_item *item, bool is_done, const char *missing)
{
	item->state = is_done ? GOLIVE_DONE : GOLIVE_OPEN;
	text_copy(item->detail, sizeof(item->detail), is_done ? "" : missing);
}

static enum err_code
read_ownership(
    const struct facts *facts, struct golive_item *item, struct err *err)
{
	(void)err;
	set(item, facts->is_verified,
	    "Publish the proof record, or have a super admin confirm it.");
	return OK;
}

/* Every check of that need passes, does not apply, or is accepted. */
static enum err_code
read_checks(const struct facts *facts, struct golive_item *item)
{
	const enum dns_need need =
	    item->is_required ? DNS_REQUIRED : DNS_RECOMMENDED;
	char text[64];

	item->state = GOLIVE_DONE;
	for (size_t i = 0; i < dns_check_count; i++) {
		const struct finding *f = &facts->findings[i];

		if (dns_checks[i].need != need || f->is_accepted ||
		    (f->since_at != 0 &&
			(f->verdict == DNS_PASS || f->verdict == DNS_WARN ||
			    f->verdict == DNS_SKIPPED)))
			continue;
		text_format(text, sizeof(text), "%s%s %s",
		    item->state == GOLIVE_OPEN ? ", " : "", dns_checks[i].name,
		    f->since_at == 0 ? "not checked"
				     : check_verdict_word(f->verdict));
		text_append(item->detail, sizeof(item->detail), text);
		item->state = GOLIVE_OPEN;
	}
	return OK;
}

static enum err_code
read_records(
    const struct facts *facts, struct golive_item *item, struct err *err)
{
	(void)err;
	return read_checks(facts, item);
}

static enum err_code
read_key(const struct facts *facts, struct golive_item *item, struct err *err)
{
	(void)err;
	set(item, facts->has_key,
	    "The operator makes a key and activates it once it is seen.");
	return OK;
}

static enum err_code
read_admin(const struct facts *facts, struct golive_item *item, struct err *err)
{
	(void)err;
	set(item, facts->admin_login_at != 0,
	    "No admin of the tenant has signed in yet.");
	return OK;
}

static enum err_code
add_missing(const struct facts *facts, const char *address,
    struct golive_item *item, struct err *err)
{
	struct db_query q =
	    db_query(facts->context->db, &golive_statements, GOLIVE_ADDRESS);

	db_bind_text(&q, ":address", address);
	if (!db_step(&q) && q.err.code == OK) {
		text_append(item->detail, sizeof(item->detail),
		    item->state == GOLIVE_OPEN ? ", " : "Missing: ");
		text_append(item->detail, sizeof(item->detail), address);
		item->state = GOLIVE_OPEN;
	}
	return db_end(&q, err);
}

/* postmaster@ and abuse@ (RFC 2142), and what the intake sheet expects. */
static enum err_code
read_addresses(
    const struct facts *facts, struct golive_item *item, struct err *err)
{
	char list[ADDRESSES_SIZE], *rest = list, *entry;
	char address[ADDRESS_SIZE];
	enum err_code code = OK;

	item->state = GOLIVE_DONE;
	text_format(address, sizeof(address), "postmaster@%s", facts->domain);
	code = add_missing(facts, address, item, err);
	text_format(address, sizeof(address), "abuse@%s", facts->domain);
	if (code == OK)
		code = add_missing(facts, address, item, err);
	text_copy(list, sizeof(list), facts->mailboxes);
	while (code == OK && (entry = strsep(&rest, ", ")) != NULL) {
		const char *at = strrchr(entry, '@');

		if (at != NULL && text_is_same(at + 1, facts->domain))
			code = add_missing(facts, entry, item, err);
	}
	return code;
}

static enum err_code
read_tick(const struct facts *facts, struct golive_item *item, struct err *err)
{
	struct db_query q =
	    db_query(facts->context->db, &golive_statements, GOLIVE_TICK_OF);
	char at[32];

	db_bind_int64(&q, ":domain", facts->domain_id);
	db_bind_text(&q, ":item", item->name);
	if (db_step(&q)) {
		item->state = GOLIVE_DONE;
		clock_format_short(at, sizeof(at), db_int64(&q, 2));
		text_format(item->detail, sizeof(item->detail), "%s, %s%s%s",
		    db_text(&q, 0), at, *db_text(&q, 1) != '\0' ? ": " : "",
		    db_text(&q, 1));
	}
	return db_end(&q, err);
}

/* Once they are known, the next step of the DMARC policy, or what it lacks. */
static enum err_code
read_senders(
    const struct facts *facts, struct golive_item *item, struct err *err)
{
	struct dmarc_evidence evidence;
	const int64_t now = clock_now();
	char missing[200];
	enum err_code code = read_tick(facts, item, err);

	if (code == OK && item->state == GOLIVE_DONE)
		code = dmarc_evidence_read(
		    facts->context->db, facts->domain_id, now, &evidence, err);
	if (code != OK || item->state != GOLIVE_DONE ||
	    evidence.policy == DMARC_REJECT)
		return code;
	text_append(item->detail, sizeof(item->detail), ".  ");
	if (!dmarc_may_step(
		&evidence, evidence.policy + 1, now, missing, sizeof(missing)))
		text_format(missing + strlen(missing),
		    sizeof(missing) - strlen(missing),
		    "  Until then DMARC "
		    "stays at %s.",
		    dmarc_policy_names[evidence.policy]);
	else
		text_format(missing, sizeof(missing),
		    "DMARC is ready for %s: domain edit dmarc_policy=%s.",
		    dmarc_policy_names[evidence.policy + 1],
		    dmarc_policy_names[evidence.policy + 1]);
	text_append(item->detail, sizeof(item->detail), missing);
	return OK;
}

static enum err_code
read_smime(const struct facts *facts, struct golive_item *item, struct err *err)
{
	item->is_required = facts->wants_smime;
	if (facts->wants_smime)
		return read_tick(facts, item, err);
	item->state = GOLIVE_SKIPPED;
	text_copy(item->detail, sizeof(item->detail),
	    "The intake sheet asks for none.");
	return OK;
}

/* name, title, manual, required, reader */
static const struct item_kind {
	const char *name, *title;
	bool is_manual, is_required;
	enum err_code (*read)(
	    const struct facts *, struct golive_item *, struct err *);
} kinds[] = {
	/* clang-format off */
	{ "ownership",   "Ownership of the domain is verified",           false, true,  read_ownership },
	{ "records",     "The required DNS records are right",            false, true,  read_records },
	{ "dkim",        "A DKIM key signs the domain's mail",            false, true,  read_key },
	{ "signature",   "A test signature verifies",                     true,  true,  read_tick },
	{ "admin",       "The tenant's admin can sign in",                false, true,  read_admin },
	{ "addresses",   "Expected mailboxes and aliases are there",      false, true,  read_addresses },
	{ "mail-in",     "A test message arrives through MX and alias",   true,  true,  read_tick },
	{ "mail-out",    "A test message out is signed and aligned",      true,  true,  read_tick },
	{ "client",      "The client settings were tried",                true,  true,  read_tick },
	{ "senders",     "All who send in its name are known",            true,  false, read_senders },
	{ "smime",       "S/MIME identities are there where wanted",      true,  false, read_smime },
	{ "recommended", "The recommended DNS records are right",         false, false, read_records },
	{ 0 }
	/* clang-format on */
};

const char *
golive_state_name(enum golive_state state)
{
	static const char *const names[] = {
		[GOLIVE_OPEN] = "open",
		[GOLIVE_DONE] = "done",
		[GOLIVE_SKIPPED] = "skipped",
	};

	return names[state];
}

static enum err_code
read_facts(struct facts *facts, struct err *err)
{
	struct db_query q =
	    db_query(facts->context->db, &golive_statements, GOLIVE_FACTS);
	enum err_code code;

	db_bind_int64(&q, ":domain", facts->domain_id);
	if (db_step(&q)) {
		db_copy(&q, 0, facts->status, sizeof(facts->status));
		facts->is_verified = db_int64(&q, 1) != 0;
		facts->has_key = db_int64(&q, 2) != 0;
		facts->admin_login_at = db_int64(&q, 3);
		db_copy(&q, 4, facts->mailboxes, sizeof(facts->mailboxes));
		facts->wants_smime = db_int64(&q, 5) != 0;
	}
	code = db_end_found(&q, "This domain is no longer here.", err);
	return code == OK
	    ? finding_read(facts->context, facts->domain, facts->findings, err)
	    : code;
}

static enum err_code
read_sign(const struct facts *facts, struct golive *golive, struct err *err)
{
	struct db_query q =
	    db_query(facts->context->db, &golive_statements, GOLIVE_LAST_SIGN);

	db_bind_int64(&q, ":domain", facts->domain_id);
	if (db_step(&q)) {
		db_copy(&q, 0, golive->signed_by, sizeof(golive->signed_by));
		golive->signed_at = db_int64(&q, 1);
	}
	return db_end(&q, err);
}

/* Asks no rights. */
static enum err_code
read_all(struct context *context, const struct domain *domain,
    struct golive *golive, struct err *err)
{
	struct facts facts = { .context = context,
		.domain_id = domain->id,
		.domain = domain->name };
	enum err_code code = read_facts(&facts, err);

	memset(golive, 0, sizeof(*golive));
	text_copy(golive->domain, sizeof(golive->domain), domain->name);
	text_copy(golive->status, sizeof(golive->status), facts.status);
	for (const struct item_kind *kind = kinds;
	     code == OK && kind->name != NULL; kind++) {
		struct golive_item *item = &golive->items[golive->count++];

		item->name = kind->name;
		item->title = kind->title;
		item->is_manual = kind->is_manual;
		item->is_required = kind->is_required;
		code = kind->read(&facts, item, err);
		golive->open_required +=
		    item->is_required && item->state == GOLIVE_OPEN;
	}
	return code == OK ? read_sign(&facts, golive, err) : code;
}

enum err_code
golive_read(struct context *context, const char *name, struct golive *golive,
    struct err *err)
{
	struct target target = { .is_known = true };
	struct domain domain;
	const char *why;
	enum err_code code;

	if (!may_ever(&context->actor, ACTION_CHECK_RUN, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	code = actor_key_allows(&context->actor, "golive show", false, err);
	if (code == OK)
		code = domain_find(context->db, name, &domain, err);
	if (code != OK)
		return code;
	target.id = domain.id;
	target.tenant_id = domain.tenant_id;
	if (!may(&context->actor, ACTION_CHECK_RUN, &target))
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no domain \"%.100s\" here.", name);
	return read_all(context, &domain, golive, err);
}

/* ---- operations ---- */

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

/* "2026-12-31": the end of that day, UTC. */
static enum err_code
parse_day(const char *text, int64_t *until_at, struct err *err)
{
	const int64_t now = clock_now();
	struct tm tm = { 0 };
	const char *end;

	*until_at = now + (int64_t)ACCEPT_DAYS * DAY_SECONDS;
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
	    db_query(run->db, &golive_statements, GOLIVE_FINDING);
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
	q = db_query(run->db, &golive_statements, GOLIVE_ACCEPT);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_text(&q, ":reason", in->reason);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_int64(&q, ":until", until_at);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":check", in->check);
	clock_format_short(day, sizeof(day), until_at);
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
	    db_query(run->db, &golive_statements, GOLIVE_WITHDRAW);
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
	for (const struct item_kind *kind = kinds; kind->name != NULL; kind++)
		if (text_is_same(kind->name, item))
			return kind->is_manual
			    ? OK
			    : err_set(err, ERR_CONFLICT, "item",
				  "%s is found out by itself, not ticked.",
				  item);
	return err_set(err, ERR_INVALID, "item",
	    "There is no item \"%.30s\": see golive show.", item);
}

static enum err_code
run_tick(struct operation_run *run, const void *input, struct err *err)
{
	const struct golive_input *in = input;
	struct db_query q;

	if (check_manual(in->item, err) != OK)
		return err->code;
	q = db_query(run->db, &golive_statements, GOLIVE_TICK);
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
	q = db_query(run->db, &golive_statements, GOLIVE_UNTICK);
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
	    read_all(run->context, &domain, golive, err) != OK ||
	    refuse_open(golive, err) != OK)
		return err->code;
	q = db_query(run->db, &golive_statements, GOLIVE_SIGN);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_text(&q, ":note", in->reason);
	db_bind_int64(&q, ":now", clock_now());
	if (db_run(&q, err) != OK)
		return err->code;
	q = db_query(run->db, &golive_statements, GOLIVE_SET_LIVE);
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
