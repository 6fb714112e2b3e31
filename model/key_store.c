/* Storing a key: never wider than the key of who stores it. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/key.h"
#include "model/tenant.h"

enum { STORE_INSERT, STORE_OWN, STORE_TENANT_OF };

static const char *const sql[] = {
	[STORE_INSERT] =
	    "INSERT INTO ssh_key (account_id, type, base64, fingerprint, "
	    "name, created_at, from_list, expires_at, is_restricted, "
	    "is_read_only, commands, only_tenant_id) "
	    "VALUES (:account, :type, :base64, :fingerprint, :name, :now, "
	    ":from, :expires, :restricted, :read_only, :commands, :tenant)",
	[STORE_OWN] =
	    "SELECT from_list, expires_at, is_restricted, is_read_only, "
	    "commands, only_tenant_id FROM ssh_key WHERE id = :id",
	[STORE_TENANT_OF] = "SELECT tenant_id FROM account WHERE id = :id",
};

const struct db_statements key_store_statements =
    DB_STATEMENTS("key store", sql);

/* The key as it will be stored. */
struct stored {
	struct key_options options;
	int64_t tenant_id; /* 0: of all */
};

/* The restrictions of the key in use; all zero without one. */
static enum err_code
read_own(struct db *db, const struct actor *actor, struct stored *own,
    struct err *err)
{
	struct key_options *options = &own->options;
	struct db_query q;

	*own = (struct stored){ 0 };
	if (actor->key_id == 0)
		return OK;
	q = db_query(db, &key_store_statements, STORE_OWN);
	db_bind_int64(&q, ":id", actor->key_id);
	if (db_step(&q)) {
		db_copy(&q, 0, options->from_list, sizeof(options->from_list));
		options->expires_at = db_int64(&q, 1);
		options->is_restricted = db_int64(&q, 2) != 0;
		options->is_read_only = db_int64(&q, 3) != 0;
		db_copy(&q, 4, options->commands, sizeof(options->commands));
		own->tenant_id = db_int64(&q, 5);
	}
	return db_end_found(&q,
	    "The key you signed in with is no longer here: sign in again.",
	    err);
}

static enum err_code
too_wide(const char *what, struct err *err)
{
	return err_set(err, ERR_DENIED, "key",
	    "The key you signed in with is %s: one that you add can't be "
	    "wider.",
	    what);
}

/* What isn't restricted gets the restriction of the key in use; what is must
 * lie within it. */
static enum err_code
narrow(struct stored *key, const struct stored *own, struct err *err)
{
	struct key_options *options = &key->options;
	const struct key_options *outer = &own->options;

	if (options->from_list[0] == '\0')
		text_copy(options->from_list, sizeof(options->from_list),
		    outer->from_list);
	if (options->commands[0] == '\0')
		text_copy(options->commands, sizeof(options->commands),
		    outer->commands);
	if (options->expires_at == 0)
		options->expires_at = outer->expires_at;
	if (key->tenant_id == 0)
		key->tenant_id = own->tenant_id;
	options->is_restricted |= outer->is_restricted;
	options->is_read_only |= outer->is_read_only;
	if (!key_from_is_within(options->from_list, outer->from_list))
		return too_wide("for some networks only", err);
	if (!key_commands_are_within(options->commands, outer->commands))
		return too_wide("for some commands only", err);
	if (outer->expires_at != 0 && options->expires_at > outer->expires_at)
		return too_wide("valid for a time only", err);
	if (own->tenant_id != 0 && key->tenant_id != own->tenant_id)
		return too_wide("for one tenant only", err);
	return OK;
}

/* tenant=: one that its owner can act in; the id of it, and its name. */
static enum err_code
find_tenant(
    struct db *db, int64_t account_id, struct stored *key, struct err *err)
{
	struct key_options *options = &key->options;
	struct tenant tenant;
	struct db_query q;
	int64_t own;
	enum err_code code;

	if (options->tenant[0] == '\0')
		return OK;
	code = tenant_find(db, options->tenant, &tenant, err);
	if (code != OK && code != ERR_NOT_FOUND)
		return code;
	q = db_query(db, &key_store_statements, STORE_TENANT_OF);
	db_bind_int64(&q, ":id", account_id);
	own = db_step(&q) ? db_int64(&q, 0) : 0;
	if (db_end(&q, err) != OK)
		return err->code;
	if (code == ERR_NOT_FOUND || (own != 0 && own != tenant.id))
		return err_set(err, ERR_INVALID, "key",
		    "tenant=: \"%.80s\" is no tenant that this person "
		    "administers.",
		    options->tenant);
	key->tenant_id = tenant.id;
	return OK;
}

static enum err_code
insert(struct db *db, int64_t account_id, const struct public_key *key,
    const struct stored *stored, const char *name, struct err *err)
{
	const struct key_options *options = &stored->options;
	struct db_query q = db_query(db, &key_store_statements, STORE_INSERT);

	db_bind_int64(&q, ":account", account_id);
	db_bind_text(&q, ":type", key->type);
	db_bind_text(&q, ":base64", key->base64);
	db_bind_text(&q, ":fingerprint", key->fingerprint);
	db_bind_text(&q, ":name", name[0] != '\0' ? name : key->comment);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_text(&q, ":from", options->from_list);
	db_bind_int64(&q, ":expires", options->expires_at);
	db_bind_int64(&q, ":restricted", options->is_restricted);
	db_bind_int64(&q, ":read_only", options->is_read_only);
	db_bind_text(&q, ":commands", options->commands);
	db_bind_id(&q, ":tenant", stored->tenant_id);
	return db_run(&q, err);
}

enum err_code
key_insert(struct db *db, const struct actor *actor, int64_t account_id,
    const struct key_line *line, const char *name, int64_t *id, struct err *err)
{
	struct stored key = { .options = line->options }, own;
	struct err local;
	enum err_code code;

	err = err != NULL ? err : &local;
	*id = 0;
	if (read_own(db, actor, &own, err) != OK ||
	    find_tenant(db, account_id, &key, err) != OK ||
	    narrow(&key, &own, err) != OK)
		return err->code;
	code = insert(db, account_id, &line->key, &key, name, err);
	if (code == OK)
		*id = db_last_id(db);
	if (code == ERR_CONFLICT)
		return err_set(err, ERR_CONFLICT, "key",
		    "This account has that key already.");
	return code;
}
