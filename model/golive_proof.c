/* Steps of the go-live list that a test has shown. */
#include "base/clock.h"
#include "base/text.h"
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
	int64_t domain_id;
	const char *item, *text;
	bool is_good;
};

static enum err_code
keep(struct db *db, void *argument, struct err *err)
{
	const struct proof *proof = argument;
	struct db_query q = db_query(db, &golive_proof_statements, PROOF_KEEP);

	db_bind_int64(&q, ":domain", proof->domain_id);
	db_bind_text(&q, ":item", proof->item);
	db_bind_int64(&q, ":good", proof->is_good);
	db_bind_text(&q, ":text", proof->text);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

enum err_code
golive_prove(struct context *context, const char *name, const char *item,
    bool is_good, const char *text, struct err *err)
{
	struct proof proof = { .item = item, .text = text, .is_good = is_good };
	struct target target = { .is_known = true };
	struct domain domain;
	const enum err_code code = domain_find(context->db, name, &domain, err);

	if (code != OK)
		return code;
	target.id = proof.domain_id = domain.id;
	target.tenant_id = domain.tenant_id;
	/* Who may not run the checks tries for himself alone. */
	if (!may(&context->actor, ACTION_CHECK_RUN, &target))
		return OK;
	return db_transaction(context->db, keep, &proof, err);
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
