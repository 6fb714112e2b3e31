/* What may be seen of an identity: the certificates, their DNS record, and
 * whether it can sign. */
#include "model/smime.h"

#include "base/text.h"
#include "model/account.h"
#include "smime/store.h"
#include "smime/vault.h"

enum { VIEW_CERTIFICATES, VIEW_STATE };

static const char *const sql[] = {
	[VIEW_CERTIFICATES] = "SELECT certificates FROM smime_identity "
			      "WHERE id = :id",
	[VIEW_STATE] =
	    "SELECT i.id, i.vault, i.starts_at, i.ends_at, i.addresses, "
	    "coalesce(t.smime_failure, 'defer') = 'pass' FROM account a "
	    "LEFT JOIN smime_identity i ON i.account_id = a.id "
	    "LEFT JOIN tenant t ON t.id = a.tenant_id WHERE a.id = :id",
};

const struct db_statements smime_view_statements =
    DB_STATEMENTS("smime_view", sql);

/* The identity's row, through the list: what the actor may see, it sees. */
static enum err_code
find_row(struct context *context, const char *address, struct list_row *row,
    struct arena *arena, struct err *err)
{
	return list_row_by_key(context, &smime_list,
	    smime_whose(context, address), arena, row, err);
}

enum err_code
smime_certificates(struct context *context, const char *address,
    struct arena *arena, char **pem, struct err *err)
{
	struct list_row row;
	struct db_query q;

	*pem = NULL;
	if (find_row(context, address, &row, arena, err) != OK)
		return err->code;
	q = db_query(context->db, &smime_view_statements, VIEW_CERTIFICATES);
	db_bind_int64(&q, ":id", row.id);
	if (db_step(&q))
		*pem = db_arena_text(&q, 0, arena);
	return db_end_found(&q, "There is no S/MIME identity yet.", err);
}

enum err_code
smime_record(struct context *context, const char *address, struct arena *arena,
    char **line, struct err *err)
{
	char *pem;

	if (smime_certificates(context, address, arena, &pem, err) != OK)
		return err->code;
	return store_smimea(
	    smime_whose(context, address), pem, arena, line, err);
}

static enum err_code
find_account(
    struct context *context, const char *address, int64_t *id, struct err *err)
{
	struct actor *actor = &context->actor;
	struct account account;
	struct target target = { .is_known = true };
	const enum err_code code = account_find(
	    context->db, smime_whose(context, address), &account, err);

	target.tenant_id = account.tenant_id;
	target.account_id = *id = account.id;
	target.role = account.role;
	if (code == OK && account.deleted_at == 0 &&
	    may(actor, ACTION_USER_VIEW, &target))
		return OK;
	if (code == OK && account.id == actor->account_id && account.id != 0)
		return OK;
	return err_set(err, ERR_NOT_FOUND, "address",
	    "There is no user \"%.100s\" that you can see.",
	    smime_whose(context, address));
}

enum err_code
smime_state(struct context *context, const char *address,
    struct smime_state *state, struct err *err)
{
	char vault[CERTIFICATE_DIGITS_SIZE];
	struct db_query q;
	int64_t id = 0;

	*state = (struct smime_state){ 0 };
	if (find_account(context, address, &id, err) != OK)
		return err->code;
	(void)!vault_fingerprint(context->state_directory, vault, NULL);
	q = db_query(context->db, &smime_view_statements, VIEW_STATE);
	db_bind_int64(&q, ":id", id);
	if (db_step(&q)) {
		state->has_identity = !db_is_null(&q, 0);
		state->is_of_this_vault = text_is_same(db_text(&q, 1), vault);
		state->starts_at = db_int64(&q, 2);
		state->ends_at = db_int64(&q, 3);
		db_copy(&q, 4, state->addresses, sizeof(state->addresses));
		state->passes_unsigned = db_int64(&q, 5) != 0;
	}
	return db_end(&q, err);
}
