#include "model/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "model/db.h"

#define CHAIN_START "0"    /* what the first row has for `previous` */
#define CHUNK_MAX   262144 /* bytes of one row that are hashed */

enum audit_sql { AUDIT_HEAD, AUDIT_INSERT, AUDIT_WALK };

#define CHAINED                                                              \
	"at, account_id, actor, role, fingerprint, from_address, operation," \
	" target, tenant_id, about_id, before, after, previous"

static const char *const audit_sql[] = {
	[AUDIT_HEAD] = "SELECT hash FROM audit ORDER BY id DESC LIMIT 1",
	[AUDIT_INSERT] = "INSERT INTO audit (" CHAINED ", hash)"
			 " VALUES (:at, :account, :actor, :role,"
			 " :fingerprint, :from, :operation, :target, :tenant,"
			 " :about, :before, :after, :previous, :hash)",
	[AUDIT_WALK] = "SELECT id, hash, " CHAINED " FROM audit ORDER BY id",
};

const struct db_statements audit_statements = DB_STATEMENTS("audit", audit_sql);

/* ---- the chain ---- */

/* One column of the text that is hashed: its length keeps two columns apart
 * ("ab", "c" and "a", "bc" differ). */
static void
chain_text(struct text_builder *to, const char *text)
{
	text_addf(to, "%zu:", strlen(text));
	text_add(to, text);
}

static void
chain_number(struct text_builder *to, int64_t number)
{
	text_addf(to, "%" PRId64 ";", number);
}

static void
chain_hash(char to[AUDIT_HASH_SIZE], const struct text_builder *text)
{
	uint8_t digest[DIGEST_SHA256_SIZE];

	digest_sha256(digest, text->data, text->length);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(to + 2 * i, 3, "%02x", digest[i]);
}

/* ---- writing ---- */

static enum err_code
read_head(struct db *db, char head[AUDIT_HASH_SIZE], struct err *err)
{
	struct db_query q = db_query(db, &audit_statements, AUDIT_HEAD);

	text_copy(head, AUDIT_HASH_SIZE, CHAIN_START);
	if (db_step(&q))
		db_copy(&q, 0, head, AUDIT_HASH_SIZE);
	return db_end(&q, err);
}

/* The order is that of CHAINED, which audit_verify() reads back. */
static void
hash_entry(char hash[AUDIT_HASH_SIZE], int64_t at, const struct actor *actor,
    const struct audit_entry *entry, const char *previous)
{
	struct arena arena = { 0 };
	struct text_builder text;

	text_builder_open(&text, &arena, CHUNK_MAX);
	chain_number(&text, at);
	chain_number(&text, actor->account_id);
	chain_text(&text, actor->address);
	chain_text(&text, role_names[actor->role]);
	chain_text(&text, actor->fingerprint);
	chain_text(&text, actor->from);
	chain_text(&text, entry->operation);
	chain_text(&text, entry->target);
	chain_number(&text, entry->tenant_id);
	chain_number(&text, entry->account_id);
	chain_text(&text, entry->before);
	chain_text(&text, entry->after);
	chain_text(&text, previous);
	chain_hash(hash, &text);
	arena_free(&arena);
}

enum err_code
audit_add(struct db *db, const struct actor *actor,
    const struct audit_entry *entry, struct err *err)
{
	char previous[AUDIT_HASH_SIZE], hash[AUDIT_HASH_SIZE];
	const int64_t now = clock_now();
	struct db_query q;

	if (read_head(db, previous, err) != OK)
		return err->code;
	hash_entry(hash, now, actor, entry, previous);
	q = db_query(db, &audit_statements, AUDIT_INSERT);
	db_bind_int64(&q, ":at", now);
	db_bind_int64(&q, ":account", actor->account_id);
	db_bind_text(&q, ":actor", actor->address);
	db_bind_text(&q, ":role", role_names[actor->role]);
	db_bind_text(&q, ":fingerprint", actor->fingerprint);
	db_bind_text(&q, ":from", actor->from);
	db_bind_text(&q, ":operation", entry->operation);
	db_bind_text(&q, ":target", entry->target);
	db_bind_int64(&q, ":tenant", entry->tenant_id);
	db_bind_int64(&q, ":about", entry->account_id);
	db_bind_text(&q, ":before", entry->before);
	db_bind_text(&q, ":after", entry->after);
	db_bind_text(&q, ":previous", previous);
	db_bind_text(&q, ":hash", hash);
	return db_run(&q, err);
}

/* ---- verifying ---- */

/* Whether column 2 + i of AUDIT_WALK is a number. */
static const bool is_number[] = { true, true, false, false, false, false, false,
	false, true, true, false, false, false };

#define CHAINED_COUNT (sizeof(is_number) / sizeof(is_number[0]))

static bool
row_fits(const struct db_query *q, const char *previous)
{
	struct arena arena = { 0 };
	struct text_builder text;
	char hash[AUDIT_HASH_SIZE];

	text_builder_open(&text, &arena, CHUNK_MAX);
	for (int i = 0; i < (int)CHAINED_COUNT; i++) {
		if (is_number[i])
			chain_number(&text, db_int64(q, 2 + i));
		else
			chain_text(&text, db_text(q, 2 + i));
	}
	chain_hash(hash, &text);
	arena_free(&arena);
	return text_is_same(hash, db_text(q, 1)) &&
	    text_is_same(previous, db_text(q, 2 + (int)CHAINED_COUNT - 1));
}

enum err_code
audit_verify(
    struct context *context, struct audit_report *report, struct err *err)
{
	struct db_query q;

	memset(report, 0, sizeof(*report));
	if (may_on_server(&context->actor, ACTION_AUDIT_VERIFY, err) != OK)
		return err->code;
	text_copy(report->head, sizeof(report->head), CHAIN_START);
	q = db_query(context->db, &audit_statements, AUDIT_WALK);
	while (report->broken_id == 0 && db_step(&q)) {
		report->count++;
		if (!row_fits(&q, report->head))
			report->broken_id = db_int64(&q, 0);
		db_copy(&q, 1, report->head, sizeof(report->head));
	}
	return db_end(&q, err);
}

/* ---- the list ---- */

/* clang-format off */
static const struct list_column audit_columns[] = {
	/* name        title        sql               sort  kind         width flags */
	{ "id",        "NUMBER",    "u.id",           NULL, LIST_NUMBER,  8, LIST_SORTABLE },
	{ "at",        "WHEN",      "u.at",           NULL, LIST_MOMENT, 12, 0 },
	{ "actor",     "WHO",       "u.actor",        NULL, LIST_TEXT,   24, LIST_FILTERABLE | LIST_FOLDED },
	{ "operation", "WHAT",      "u.operation",    NULL, LIST_TEXT,   16, LIST_FILTERABLE | LIST_FOLDED },
	{ "target",    "TARGET",    "u.target",       NULL, LIST_TEXT,    0, LIST_FILTERABLE },
	{ "role",      "ROLE",      "u.role",         NULL, LIST_TEXT,   12, LIST_DETAIL },
	{ "key",       "KEY",       "u.fingerprint",  NULL, LIST_TEXT,   50, LIST_DETAIL },
	{ "from",      "FROM",      "u.from_address", NULL, LIST_TEXT,   15, LIST_DETAIL },
	{ "tenant",    "TENANT",    "COALESCE(t.name, '')", NULL, LIST_TEXT, 20, LIST_DETAIL },
	{ "before",    "BEFORE",    "u.before",       NULL, LIST_TEXT,   60, LIST_DETAIL },
	{ "after",     "AFTER",     "u.after",        NULL, LIST_TEXT,   60, LIST_DETAIL },
	{ "hash",      "HASH",      "u.hash",         NULL, LIST_TEXT,   64, LIST_DETAIL },
	{ 0 }
};
/* clang-format on */

const struct list audit_list = {
	.name = "audit list",
	.show = "audit show",
	.help = "Lists what was changed, by whom and when.",
	.empty = "Every change is written down here: who, what, when and from "
		 "where.",
	.action = ACTION_AUDIT_VIEW,
	.from = "audit u LEFT JOIN tenant t ON t.id = u.tenant_id",
	.id = "u.id",
	.key = "u.id",
	.scope_tenant = "u.tenant_id = :tenant",
	.scope_self = "u.account_id = :account",
	.of_tenant = "u.tenant_id = :of_tenant",
	.of_account = "u.about_id = :of_account",
	.moment = "u.at",
	.is_newest_first = true,
	.columns = audit_columns,
};
