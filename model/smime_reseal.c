/* When the vault has a new key, everything is sealed to it. */
#include "model/smime.h"
#include "smime/vault.h"

enum { RESEAL_KEY, RESEAL_PUT_KEY, RESEAL_SECRET, RESEAL_PUT_SECRET };

static const char *const sql[] = {
	[RESEAL_KEY] = "SELECT id, sealed FROM smime_identity "
		       "WHERE id > :after ORDER BY id LIMIT 1",
	[RESEAL_PUT_KEY] = "UPDATE smime_identity SET sealed = :sealed, "
			   "vault = :vault WHERE id = :id",
	[RESEAL_SECRET] = "SELECT id, external_secret FROM account "
			  "WHERE external_secret IS NOT NULL AND id > :after "
			  "ORDER BY id LIMIT 1",
	[RESEAL_PUT_SECRET] = "UPDATE account SET external_secret = :sealed "
			      "WHERE id = :id",
};

const struct db_statements smime_reseal_statements =
    DB_STATEMENTS("smime_reseal", sql);

struct reseal {
	const struct vault *vault;
	const char *state_directory, *fingerprint;
	struct arena *arena;
	int64_t count;
};

static enum err_code
reseal_row(struct db *db, struct reseal *reseal, size_t update, int64_t id,
    const void *sealed, size_t length, struct err *err)
{
	void *again;
	size_t again_length;
	struct db_query q;

	if (vault_reseal(reseal->vault, reseal->state_directory, sealed, length,
		reseal->arena, &again, &again_length, err) != OK)
		return err->code;
	q = db_query(db, &smime_reseal_statements, update);
	db_bind_int64(&q, ":id", id);
	db_bind_blob(&q, ":sealed", again, again_length);
	if (db_has_parameter(&q, ":vault"))
		db_bind_text(&q, ":vault", reseal->fingerprint);
	reseal->count++;
	return db_run(&q, err);
}

static enum err_code
reseal_column(struct db *db, struct reseal *reseal, size_t select,
    size_t update, struct err *err)
{
	int64_t id = 0;

	for (;;) {
		struct db_query q =
		    db_query(db, &smime_reseal_statements, select);
		const void *sealed = NULL;
		size_t length = 0;

		db_bind_int64(&q, ":after", id);
		id = 0;
		if (db_step(&q)) {
			id = db_int64(&q, 0);
			sealed = db_blob(&q, 1, &length);
			sealed = arena_text_n(reseal->arena, sealed, length);
		}
		if (db_end(&q, err) != OK)
			return err->code;
		if (id == 0)
			return OK;
		if (reseal_row(db, reseal, update, id, sealed, length, err) !=
		    OK)
			return err->code;
	}
}

static enum err_code
reseal_all(struct db *db, void *argument, struct err *err)
{
	enum err_code code =
	    reseal_column(db, argument, RESEAL_KEY, RESEAL_PUT_KEY, err);

	if (code == OK)
		code = reseal_column(
		    db, argument, RESEAL_SECRET, RESEAL_PUT_SECRET, err);
	return code;
}

enum err_code
smime_reseal(struct context *context, const struct vault *vault, int64_t *count,
    struct err *err)
{
	char fingerprint[CERTIFICATE_DIGITS_SIZE];
	struct arena arena = { 0 };
	struct reseal reseal = { vault, context->state_directory, fingerprint,
		&arena, 0 };
	enum err_code code =
	    vault_fingerprint(context->state_directory, fingerprint, err);

	if (code == OK)
		code = db_transaction(context->db, reseal_all, &reseal, err);
	*count = reseal.count;
	arena_free(&arena);
	return code;
}
