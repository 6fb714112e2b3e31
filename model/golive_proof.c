/* Steps of the go-live list that a test has shown. */
#include "base/clock.h"
#include "base/text.h"
#include "model/audit.h"
#include "model/domain.h"
#include "model/golive.h"
#include "model/golive_list.h"
#include "model/permission.h"

#define DAY_SECONDS 86400

enum { PROOF_KEEP, PROOF_OF };

static const char *const sql[] = {
	[PROOF_KEEP] =
	    "INSERT INTO golive_proof (domain_id, item, is_good, text, at) "
	    "VALUES (:domain, :item, :good, :text, :now) "
	    "ON CONFLICT (domain_id, item) DO UPDATE SET "
	    "is_good = excluded.is_good, text = excluded.text, "
	    "at = excluded.at",
	[PROOF_OF] = "SELECT is_good, text, at FROM golive_proof "
		     "WHERE domain_id = :domain AND item = :item "
		     "AND at > :ticked",
};

const struct db_statements golive_proof_statements =
    DB_STATEMENTS("golive_proof", sql);

struct proof {
	struct context *context;
	struct domain domain;
	const char *item, *text;
	bool is_good;
};

/* Whether the last test of the item showed the same. */
static enum err_code
is_known(
    struct db *db, const struct proof *proof, bool *is_same, struct err *err)
{
	struct db_query q = db_query(db, &golive_proof_statements, PROOF_OF);

	db_bind_int64(&q, ":domain", proof->domain.id);
	db_bind_text(&q, ":item", proof->item);
	db_bind_int64(&q, ":ticked", 0);
	*is_same = db_step(&q) && (db_int64(&q, 0) != 0) == proof->is_good;
	return db_end(&q, err);
}

static enum err_code
note(struct db *db, const struct proof *proof, struct err *err)
{
	char before[80], after[400];
	const struct audit_entry entry = { .operation = "golive prove",
		.target = proof->domain.name,
		.tenant_id = proof->domain.tenant_id,
		.before = before,
		.after = after };

	text_format(before, sizeof(before), "item: %s", proof->item);
	text_format(after, sizeof(after), "item: %s\nresult: %s\ntext: %s",
	    proof->item, proof->is_good ? "good" : "bad", proof->text);
	return audit_add(db, &proof->context->actor, &entry, err);
}

static enum err_code
keep(struct db *db, void *argument, struct err *err)
{
	const struct proof *proof = argument;
	struct db_query q;
	bool is_same;

	if (is_known(db, proof, &is_same, err) != OK ||
	    (!is_same && note(db, proof, err) != OK))
		return err->code;
	q = db_query(db, &golive_proof_statements, PROOF_KEEP);
	db_bind_int64(&q, ":domain", proof->domain.id);
	db_bind_text(&q, ":item", proof->item);
	db_bind_int64(&q, ":good", proof->is_good);
	db_bind_text(&q, ":text", proof->text);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

/* Who may not change the list tries for himself alone; and with resolvers of
 * one's own anything can be shown. */
static bool
may_prove(const struct proof *proof)
{
	const struct context *context = proof->context;
	const struct target target = { .is_known = true,
		.id = proof->domain.id,
		.tenant_id = proof->domain.tenant_id };
	struct err ignored;

	return context_is_believed(context) &&
	    may(&context->actor, ACTION_CHECK_RUN, &target) &&
	    !context->actor.is_read_only &&
	    actor_key_allows(&context->actor, "golive show", false, &ignored) ==
	    OK;
}

enum err_code
golive_prove(struct context *context, const char *name, const char *item,
    bool is_good, const char *text, struct err *err)
{
	struct proof proof = { .context = context,
		.item = item,
		.text = text,
		.is_good = is_good };
	const enum err_code code =
	    domain_find(context->db, name, &proof.domain, err);

	return code != OK || !may_prove(&proof)
	    ? code
	    : db_transaction(context->db, keep, &proof, err);
}

enum err_code
golive_read_proof(struct db *db, int64_t domain_id, int64_t ticked_at,
    struct golive_item *item, struct err *err)
{
	struct db_query q = db_query(db, &golive_proof_statements, PROOF_OF);
	char at[32];

	db_bind_int64(&q, ":domain", domain_id);
	db_bind_text(&q, ":item", item->name);
	db_bind_int64(&q, ":ticked", ticked_at);
	if (db_step(&q)) {
		const bool is_good = db_int64(&q, 0) != 0;
		const bool is_old = db_int64(&q, 2) <=
		    clock_now() - (int64_t)GOLIVE_PROOF_DAYS * DAY_SECONDS;

		item->state = is_good && !is_old ? GOLIVE_DONE : GOLIVE_OPEN;
		clock_format_short(at, sizeof(at), db_int64(&q, 2));
		text_format(item->detail, sizeof(item->detail), "%s %s%s: %s",
		    is_good ? "Tried" : "Failed", at,
		    is_good && is_old ? ", too long ago" : "", db_text(&q, 1));
	}
	return db_end(&q, err);
}
