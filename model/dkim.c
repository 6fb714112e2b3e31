#include "model/dkim.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/domain.h"
#include "model/effects.h"
#include "model/request.h"

#define DAY_SECONDS   (24 * 60 * 60)
#define SELECTOR_SIZE 64

struct dkim_input {
	char domain[HOST_NAME_SIZE];
	char selector[SELECTOR_SIZE];
	char note[200];
	int64_t is_early;
	char public_txt[DKIM_TXT_SIZE]; /* filled by prepare() */
};

struct key {
	int64_t id, retiring_at;
	char selector[SELECTOR_SIZE];
	char stage[12];
};

enum {
	DKIM_FREE_SELECTOR,
	DKIM_ONE,
	DKIM_ANY,
	DKIM_INSERT,
	DKIM_SEEN,
	DKIM_STOP_OTHERS,
	DKIM_SIGN,
	DKIM_RETIRE,
	DKIM_DELETE,
	DKIM_EACH,
};

static const char *const sql[] = {
	/* The server's own word first, then this year's a, b, c... */
	[DKIM_FREE_SELECTOR] =
	    "WITH RECURSIVE letter (n) AS (SELECT -1 UNION ALL "
	    "SELECT n + 1 FROM letter WHERE n < 25), word (n, selector) AS ("
	    "SELECT n, CASE WHEN n < 0 THEN (SELECT dkim_selector "
	    "FROM server) ELSE :year || char(97 + n) END FROM letter) "
	    "SELECT selector FROM word WHERE selector <> '' AND NOT EXISTS "
	    "(SELECT 1 FROM dkim_key k WHERE k.domain_id = :domain "
	    "AND k.selector = word.selector) ORDER BY n LIMIT 1",
	[DKIM_ONE] = "SELECT id, retiring_at, selector, stage FROM dkim_key "
		     "WHERE domain_id = :domain AND selector = :selector",
	/* When no selector is given: the newest that is not retired. */
	[DKIM_ANY] = "SELECT id, retiring_at, selector, stage FROM dkim_key "
		     "WHERE domain_id = :domain "
		     "ORDER BY stage = 'retired', made_at DESC, id DESC "
		     "LIMIT 1",
	[DKIM_INSERT] =
	    "INSERT INTO dkim_key (tenant_id, domain_id, selector, "
	    "public_txt, made_at) VALUES (:tenant, :domain, :selector, "
	    ":public_txt, :now)",
	[DKIM_SEEN] = "UPDATE dkim_key SET stage = 'seen', seen_at = :now, "
		      "version = version + 1 WHERE stage = 'made' "
		      "AND selector = :selector AND domain_id = "
		      "(SELECT id FROM domain WHERE name = :domain)",
	[DKIM_STOP_OTHERS] =
	    "UPDATE dkim_key SET stage = 'retiring', retiring_at = :now, "
	    "version = version + 1 WHERE domain_id = :domain "
	    "AND stage = 'signing'",
	[DKIM_SIGN] = "UPDATE dkim_key SET stage = 'signing', "
		      "signing_at = :now, retiring_at = 0, "
		      "version = version + 1 WHERE id = :id",
	[DKIM_RETIRE] = "UPDATE dkim_key SET stage = 'retired', "
			"retired_at = :now, version = version + 1 "
			"WHERE id = :id",
	[DKIM_DELETE] = "DELETE FROM dkim_key WHERE id = :id",
	[DKIM_EACH] = "SELECT d.name, k.selector, k.stage = 'signing' "
		      "FROM dkim_key k JOIN domain d ON d.id = k.domain_id "
		      "WHERE k.stage <> 'retired' ORDER BY d.name, k.selector",
};

const struct db_statements dkim_statements = DB_STATEMENTS("dkim", sql);

/* ---- finding ---- */

static enum err_code
find_domain(struct operation_run *run, const void *input, struct err *err)
{
	const struct dkim_input *in = input;
	const enum err_code code = domain_target(run, in->domain, NULL, err);

	/* Versions are the keys', not the domain's. */
	run->target.version = 0;
	return code;
}

/* The key with that selector; without one, the domain's newest. */
static enum err_code
find_key(struct operation_run *run, const char *selector, struct key *key,
    struct err *err)
{
	const bool is_named = selector[0] != '\0';
	struct db_query q =
	    db_query(run->db, &dkim_statements, is_named ? DKIM_ONE : DKIM_ANY);

	*key = (struct key){ 0 };
	db_bind_int64(&q, ":domain", run->target.id);
	if (is_named)
		db_bind_text(&q, ":selector", selector);
	if (db_step(&q)) {
		key->id = db_int64(&q, 0);
		key->retiring_at = db_int64(&q, 1);
		db_copy(&q, 2, key->selector, sizeof(key->selector));
		db_copy(&q, 3, key->stage, sizeof(key->stage));
	}
	return db_end_found(&q,
	    is_named ? "The domain has no key with this selector."
		     : "The domain has no DKIM key yet.",
	    err);
}

/* ---- request ---- */

static enum err_code
run_request(struct operation_run *run, const void *input, struct err *err)
{
	const struct dkim_input *in = input;

	text_format(run->result->note, sizeof(run->result->note),
	    "The operator is asked for a DKIM key of %.100s.",
	    run->target.name);
	return request_open(
	    run, REQUEST_DKIM, run->target.id, run->target.name, in->note, err);
}

/* ---- make ---- */

static enum err_code
choose_selector(
    struct db *db, int64_t domain_id, char to[SELECTOR_SIZE], struct err *err)
{
	struct db_query q = db_query(db, &dkim_statements, DKIM_FREE_SELECTOR);
	char year[24];

	clock_format_utc(year, sizeof(year), clock_now());
	year[4] = '\0';
	db_bind_text(&q, ":year", year);
	db_bind_int64(&q, ":domain", domain_id);
	if (db_step(&q))
		db_copy(&q, 0, to, SELECTOR_SIZE);
	return db_end_found(
	    &q, "Name a selector: those of this year are used up.", err);
}

static enum err_code
check_selector_free(
    struct db *db, int64_t domain_id, const char *selector, struct err *err)
{
	struct db_query q = db_query(db, &dkim_statements, DKIM_ONE);
	bool is_taken;
	enum err_code code;

	db_bind_int64(&q, ":domain", domain_id);
	db_bind_text(&q, ":selector", selector);
	is_taken = db_step(&q);
	code = db_end(&q, err);
	if (code == OK && is_taken)
		return err_set(err, ERR_CONFLICT, "selector",
		    "The selector %.60s is used already: a new key needs a "
		    "new one.",
		    selector);
	return code;
}

/* The file is made before the lock is taken; making it again is harmless. */
static enum err_code
prepare_make(struct context *context, void *input, struct err *err)
{
	struct dkim_input *in = input;
	struct domain domain;
	enum err_code code = domain_find(context->db, in->domain, &domain, err);

	if (code == OK && in->selector[0] == '\0')
		code =
		    choose_selector(context->db, domain.id, in->selector, err);
	if (code == OK)
		code = check_selector_free(
		    context->db, domain.id, in->selector, err);
	if (code != OK)
		return code;
	return effects_dkim_make(context, domain.name, in->selector,
	    in->public_txt, sizeof(in->public_txt), err);
}

static enum err_code
run_make(struct operation_run *run, const void *input, struct err *err)
{
	const struct dkim_input *in = input;
	struct db_query q;
	enum err_code code =
	    check_selector_free(run->db, run->target.id, in->selector, err);

	if (code != OK)
		return code;
	q = db_query(run->db, &dkim_statements, DKIM_INSERT);
	db_bind_int64(&q, ":tenant", run->target.tenant_id);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_text(&q, ":selector", in->selector);
	db_bind_text(&q, ":public_txt", in->public_txt);
	db_bind_int64(&q, ":now", clock_now());
	code = db_run(&q, err);
	if (code != OK)
		return code;
	run->result->id = db_last_id(run->db);
	text_format(run->result->note, sizeof(run->result->note),
	    "The key is made.  Publish %.60s._domainkey.%.100s, then activate "
	    "it.",
	    in->selector, run->target.name);
	return request_close(
	    run, REQUEST_DKIM, run->target.id, "approved", "", err);
}

/* ---- the stages ---- */

static enum err_code
update_key(struct db *db, size_t statement, int64_t id, struct err *err)
{
	struct db_query q = db_query(db, &dkim_statements, statement);

	db_bind_int64(&q, ":id", id);
	if (statement != DKIM_DELETE)
		db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

enum err_code
dkim_each(struct db *db,
    enum err_code (*each)(
	void *, const char *, const char *, bool, struct err *),
    void *argument, struct err *err)
{
	struct db_query q = db_query(db, &dkim_statements, DKIM_EACH);
	enum err_code code = OK, end;

	while (code == OK && db_step(&q))
		code = each(argument, db_text(&q, 0), db_text(&q, 1),
		    db_int64(&q, 2) != 0, err);
	end = db_end(&q, code == OK ? err : NULL);
	return code == OK ? end : code;
}

struct seen {
	const char *domain, *selector;
};

static enum err_code
update_seen(struct db *db, void *argument, struct err *err)
{
	const struct seen *seen = argument;
	struct db_query q = db_query(db, &dkim_statements, DKIM_SEEN);

	db_bind_text(&q, ":domain", seen->domain);
	db_bind_text(&q, ":selector", seen->selector);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

enum err_code
dkim_note_seen(
    struct db *db, const char *domain, const char *selector, struct err *err)
{
	struct seen seen = { domain, selector };

	return db_transaction(db, update_seen, &seen, err);
}

static enum err_code
run_activate(struct operation_run *run, const void *input, struct err *err)
{
	const struct dkim_input *in = input;
	struct key key;
	struct db_query q;
	enum err_code code = find_key(run, in->selector, &key, err);

	if (code != OK)
		return code;
	if (text_is_same(key.stage, "signing"))
		return err_set(err, ERR_CONFLICT, NULL,
		    "The key %.60s signs already.", key.selector);
	if (text_is_same(key.stage, "retired"))
		return err_set(err, ERR_CONFLICT, NULL,
		    "The key %.60s is retired and its file gone: make a new "
		    "one.",
		    key.selector);
	if (text_is_same(key.stage, "made") && !in->is_early)
		return err_set(err, ERR_CONFLICT, "early",
		    "The key %.60s was not seen in the DNS yet: run the "
		    "checklist first, or say early=yes.",
		    key.selector);
	q = db_query(run->db, &dkim_statements, DKIM_STOP_OTHERS);
	db_bind_int64(&q, ":domain", run->target.id);
	db_bind_int64(&q, ":now", clock_now());
	code = db_run(&q, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.60s signs the mail of %.100s now.", key.selector,
	    run->target.name);
	run->result->id = key.id;
	return code == OK ? update_key(run->db, DKIM_SIGN, key.id, err) : code;
}

/* The private key file goes after the change is kept. */
static enum err_code
queue_file_removal(
    struct operation_run *run, const struct key *key, struct err *err)
{
	char subject[HOST_NAME_SIZE + SELECTOR_SIZE];

	text_format(
	    subject, sizeof(subject), "%s %s", run->target.name, key->selector);
	return effect_queue(run->db, EFFECT_DKIM_REMOVE, subject, err);
}

static enum err_code
run_retire(struct operation_run *run, const void *input, struct err *err)
{
	const struct dkim_input *in = input;
	struct key key;
	char until[32];
	int64_t due_at;
	enum err_code code = find_key(run, in->selector, &key, err);

	if (code != OK)
		return code;
	if (text_is_same(key.stage, "signing"))
		return err_set(err, ERR_CONFLICT, NULL,
		    "The key %.60s signs now: activate another one first.",
		    key.selector);
	if (text_is_same(key.stage, "retired"))
		return err_set(err, ERR_CONFLICT, NULL,
		    "The key %.60s is retired already.", key.selector);
	due_at = key.retiring_at + DKIM_OVERLAP_DAYS * DAY_SECONDS;
	clock_format_short(until, sizeof(until), due_at);
	if (key.retiring_at != 0 && due_at > clock_now() && !in->is_early)
		return err_set(err, ERR_CONFLICT, "early",
		    "Mail on its way may need the key %.60s until %s: wait, "
		    "or say early=yes.",
		    key.selector, until);
	code = update_key(run->db, DKIM_RETIRE, key.id, err);
	run->result->id = key.id;
	text_format(run->result->note, sizeof(run->result->note),
	    "%.60s is retired: its record can leave the DNS.", key.selector);
	return code == OK ? queue_file_removal(run, &key, err) : code;
}

static enum err_code
run_remove(struct operation_run *run, const void *input, struct err *err)
{
	const struct dkim_input *in = input;
	struct key key;
	enum err_code code = find_key(run, in->selector, &key, err);

	if (code != OK)
		return code;
	if (!text_is_same(key.stage, "retired") &&
	    !text_is_same(key.stage, "made"))
		return err_set(err, ERR_CONFLICT, NULL,
		    "The key %.60s is %s: retire it first.", key.selector,
		    key.stage);
	code = update_key(run->db, DKIM_DELETE, key.id, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.60s is removed.", key.selector);
	return code == OK ? queue_file_removal(run, &key, err) : code;
}

/* ---- tables ---- */

#define IN(member) FIELD(struct dkim_input, member)

/* clang-format off */
#define DOMAIN_FIELD \
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com.", \
	  .kind = FIELD_HOST, IN(domain), .is_required = true, .is_main = true, .is_fixed = true }
#define SELECTOR_FIELD \
	{ .name = "selector", .label = "Selector", .help = "The word before ._domainkey; empty: the newest key.", \
	  .kind = FIELD_LABEL, IN(selector) }
#define EARLY_FIELD(text) \
	{ .name = "early", .label = "Early", .help = (text), .kind = FIELD_YES_NO, IN(is_early) }

static const struct field request_fields[] = {
	DOMAIN_FIELD,
	{ .name = "note", .label = "Note", .help = "What the operator should know, such as a reason to rotate.",
	  .kind = FIELD_TEXT, IN(note) },
	{ 0 }
};
static const struct field make_fields[] = {
	DOMAIN_FIELD,
	{ .name = "selector", .label = "Selector", .help = "The word before ._domainkey; empty: the next free one.",
	  .kind = FIELD_LABEL, IN(selector) },
	{ 0 }
};
static const struct field activate_fields[] = { DOMAIN_FIELD, SELECTOR_FIELD,
	EARLY_FIELD("Yes: sign although the record was not seen in the DNS."), { 0 } };
static const struct field retire_fields[] = { DOMAIN_FIELD, SELECTOR_FIELD,
	EARLY_FIELD("Yes: although mail on its way may still need the record."), { 0 } };
static const struct field remove_fields[] = { DOMAIN_FIELD, SELECTOR_FIELD, { 0 } };

#define OF_DOMAIN .input_size = sizeof(struct dkim_input), .find_target = find_domain

const struct operation dkim_operations[] = {
	{ .name = "dkim request", .help = "Asks the operator to make or rotate a domain's DKIM key.",
	  .action = ACTION_DKIM_REQUEST, .fields = request_fields, OF_DOMAIN, .run = run_request },
	{ .name = "dkim make", .help = "Makes a DKIM key; mail is signed with it once activated.",
	  .action = ACTION_DKIM_EDIT, .fields = make_fields, OF_DOMAIN, .prepare = prepare_make, .run = run_make },
	{ .name = "dkim activate", .help = "Signs with this key; the one before it starts retiring.",
	  .action = ACTION_DKIM_EDIT, .danger = DANGER_ASK, .fields = activate_fields, OF_DOMAIN, .run = run_activate },
	{ .name = "dkim retire", .help = "Ends a key that signs no more; its private file goes.",
	  .action = ACTION_DKIM_EDIT, .danger = DANGER_ASK, .fields = retire_fields, OF_DOMAIN, .run = run_retire },
	{ .name = "dkim remove", .help = "Removes a key that is retired or was never used.",
	  .action = ACTION_DKIM_EDIT, .danger = DANGER_ASK, .fields = remove_fields, OF_DOMAIN, .run = run_remove },
	{ 0 }
};

static const struct list_column columns[] = {
	{ "domain", "DOMAIN", "d.name", NULL, LIST_TEXT, 0, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "selector", "SELECTOR", "k.selector", NULL, LIST_TEXT, 14, LIST_FILTERABLE | LIST_FOLDED },
	{ "stage", "STAGE", "k.stage", NULL, LIST_TEXT, 9, 0 },
	{ "made_at", "MADE", "k.made_at", NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "seen_at", "SEEN", "k.seen_at", NULL, LIST_MOMENT, 12, 0 },
	{ "name", "NAME", "k.selector || '._domainkey.' || d.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "value", "VALUE", "k.public_txt", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "algorithm", "ALGORITHM", "k.algorithm", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "bits", "BITS", "k.bits", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "signing_at", "SIGNING SINCE", "k.signing_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "retiring_at", "RETIRING SINCE", "k.retiring_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "retired_at", "RETIRED", "k.retired_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "tenant", "TENANT", "t.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "version", "VERSION", "k.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list dkim_list = {
	.name = "dkim list", .show = "dkim show",
	.help = "DKIM keys, their stage and the TXT value to publish.",
	.empty = "The operator makes a DKIM key for each domain; mail is signed with it.",
	.action = ACTION_DKIM_VIEW,
	.from = "dkim_key k JOIN domain d ON d.id = k.domain_id JOIN tenant t ON t.id = k.tenant_id",
	.id = "k.id", .key = "d.name",
	.scope_tenant = "k.tenant_id = :tenant",
	.of_tenant = "k.tenant_id = :of_tenant",
	.of_domain = "k.domain_id = :of_domain",
	.columns = columns,
};
/* clang-format on */
