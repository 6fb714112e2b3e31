/* The log-in with an SSH key: whose it is, why not, what it may. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/key.h"

enum {
	KEY_LOGIN,
	KEY_NOTE_KEY,
	KEY_NOTE_ACCOUNT,
	KEY_EXPIRY,
	KEY_RESTRICTIONS,
	KEY_STOPPED,
};

static const char *const sql[] = {
	[KEY_LOGIN] =
	    "SELECT a.id, a.tenant_id, k.id, a.role, a.address, a.name, "
	    "k.fingerprint, k.is_read_only, k.only_tenant_id, k.commands, "
	    "k.from_list, k.base64, k.type FROM ssh_key k "
	    "JOIN account a ON a.id = k.account_id "
	    "LEFT JOIN tenant t ON t.id = a.tenant_id "
	    "WHERE k.fingerprint = :fingerprint AND a.status = 'active' "
	    "AND a.deleted_at = 0 AND coalesce(t.status, 'active') = 'active' "
	    "AND (k.expires_at = 0 OR k.expires_at > :now)",
	[KEY_NOTE_KEY] = "UPDATE ssh_key SET used_at = :now, "
			 "used_from = :from WHERE id = :id",
	[KEY_NOTE_ACCOUNT] = "UPDATE account SET login_at = :now, "
			     "login_from = :from WHERE id = :id",
	[KEY_EXPIRY] = "SELECT expires_at FROM ssh_key WHERE id = :id",
	[KEY_RESTRICTIONS] =
	    "SELECT k.from_list, k.expires_at, k.is_restricted, "
	    "k.is_read_only, k.commands, coalesce(t.name, '') "
	    "FROM ssh_key k LEFT JOIN tenant t ON t.id = k.only_tenant_id "
	    "WHERE k.id = :id",
	[KEY_STOPPED] =
	    "SELECT a.address, k.type, k.base64, k.expires_at, k.from_list, "
	    "a.status, a.deleted_at, coalesce(t.status, 'active') "
	    "FROM ssh_key k JOIN account a ON a.id = k.account_id "
	    "LEFT JOIN tenant t ON t.id = a.tenant_id "
	    "WHERE k.fingerprint = :fingerprint",
};

const struct db_statements key_login_statements =
    DB_STATEMENTS("key_login", sql);

/* ---- who signs in ---- */

/* The address, or the part before its @. */
static bool
is_called(const char *address, const char *user_name)
{
	const size_t length = strcspn(address, "@");

	if (strchr(user_name, '@') != NULL)
		return text_is_same_fold(address, user_name);
	return strlen(user_name) == length && length > 0 &&
	    strncasecmp(address, user_name, length) == 0;
}

static bool
is_in_network(const char *entry, const struct ip *from)
{
	struct ip net;
	unsigned bits;

	return key_network_parse(entry, &net, &bits) &&
	    net.family == from->family && ip_is_in_prefix(from, &net, bits);
}

/* Fail closed: an entry that can't be read lets nobody in. */
static bool
may_come_from(const char *list, const struct ip *from)
{
	char entries[1024];
	char *rest = entries, *entry;

	if (list[0] == '\0')
		return true;
	if (from == NULL || !text_copy(entries, sizeof(entries), list))
		return false;
	while ((entry = strsep(&rest, ", ")) != NULL)
		if (entry[0] != '\0' && is_in_network(entry, from))
			return true;
	return false;
}

static void
read_actor(const struct db_query *q, const struct ip *from, struct actor *actor)
{
	*actor = (struct actor){
		.account_id = db_int64(q, 0),
		.tenant_id = db_int64(q, 1),
		.key_id = db_int64(q, 2),
		.is_read_only = db_int64(q, 7) != 0,
		.only_tenant_id = db_int64(q, 8),
	};
	if (!role_by_name(&actor->role, db_text(q, 3)))
		actor->role = ROLE_USER;
	db_copy(q, 4, actor->address, sizeof(actor->address));
	db_copy(q, 5, actor->name, sizeof(actor->name));
	db_copy(q, 6, actor->fingerprint, sizeof(actor->fingerprint));
	db_copy(q, 9, actor->commands, sizeof(actor->commands));
	if (from != NULL)
		ip_format(actor->from, from);
}

/* How many accounts the name and the key fit to; *actor is the last. */
static enum err_code
count_matches(struct db *db, const char *user_name,
    const struct public_key *key, const struct ip *from, struct actor *actor,
    size_t *count, struct err *err)
{
	struct db_query q = db_query(db, &key_login_statements, KEY_LOGIN);

	*count = 0;
	db_bind_text(&q, ":fingerprint", key->fingerprint);
	db_bind_int64(&q, ":now", clock_now());
	while (db_step(&q)) {
		if (!is_called(db_text(&q, 4), user_name) ||
		    !may_come_from(db_text(&q, 10), from) ||
		    !text_is_same(db_text(&q, 11), key->base64) ||
		    !text_is_same(db_text(&q, 12), key->type))
			continue;
		read_actor(&q, from, actor);
		(*count)++;
	}
	return db_end(&q, err);
}

enum err_code
key_login(struct db *db, const char *user_name, const char *key_type,
    const char *key_base64, const struct ip *from, struct actor *actor,
    struct err *err)
{
	char line[PUBLIC_KEY_TYPE_SIZE + PUBLIC_KEY_BASE64_SIZE];
	struct public_key key;
	size_t count = 0;
	enum err_code code = OK;

	*actor = (struct actor){ 0 };
	if (text_format(line, sizeof(line), "%s %s", key_type, key_base64) &&
	    public_key_parse(&key, line, NULL) == OK)
		code = count_matches(
		    db, user_name, &key, from, actor, &count, err);
	if (code == OK && count == 1)
		return OK;
	*actor = (struct actor){ 0 };
	if (code != OK)
		return code;
	return err_set(err, ERR_DENIED, NULL, "Permission denied.");
}

/* The first thing that stops this row's log-in, "" for none. */
static void
say_why(const struct db_query *q, const struct ip *from, char *to, size_t size)
{
	const int64_t expires_at = db_int64(q, 3);
	char at[32];

	clock_format_utc(at, sizeof(at), expires_at);
	if (expires_at != 0 && expires_at <= clock_now())
		text_format(
		    to, size, "This key expired at %s: ask for a new one.", at);
	else if (!may_come_from(db_text(q, 4), from))
		text_format(
		    to, size, "This key is not for the network you come from.");
	else if (!text_is_same(db_text(q, 5), "active") || db_int64(q, 6) != 0)
		text_format(
		    to, size, "Your account is suspended: ask another admin.");
	else if (!text_is_same(db_text(q, 7), "active"))
		text_format(to, size,
		    "Your organisation is %.20s on this server: ask the "
		    "people who run it.",
		    db_text(q, 7));
	else
		to[0] = '\0';
}

enum err_code
key_why_refused(struct db *db, const char *user_name, const char *key_type,
    const char *key_base64, const struct ip *from, char *to, size_t size,
    struct err *err)
{
	char line[PUBLIC_KEY_TYPE_SIZE + PUBLIC_KEY_BASE64_SIZE];
	struct public_key key;
	struct db_query q;

	to[0] = '\0';
	if (!text_format(line, sizeof(line), "%s %s", key_type, key_base64) ||
	    public_key_parse(&key, line, NULL) != OK)
		return OK;
	q = db_query(db, &key_login_statements, KEY_STOPPED);
	db_bind_text(&q, ":fingerprint", key.fingerprint);
	while (to[0] == '\0' && db_step(&q))
		if (is_called(db_text(&q, 0), user_name) &&
		    text_is_same(db_text(&q, 1), key.type) &&
		    text_is_same(db_text(&q, 2), key.base64))
			say_why(&q, from, to, size);
	return db_end(&q, err);
}

static enum err_code
read_options(
    struct db *db, int64_t key_id, struct key_options *options, struct err *err)
{
	struct db_query q =
	    db_query(db, &key_login_statements, KEY_RESTRICTIONS);

	*options = (struct key_options){ 0 };
	db_bind_int64(&q, ":id", key_id);
	if (db_step(&q)) {
		db_copy(&q, 0, options->from_list, sizeof(options->from_list));
		options->expires_at = db_int64(&q, 1);
		options->is_restricted = db_int64(&q, 2) != 0;
		options->is_read_only = db_int64(&q, 3) != 0;
		db_copy(&q, 4, options->commands, sizeof(options->commands));
		db_copy(&q, 5, options->tenant, sizeof(options->tenant));
	}
	return db_end_found(&q, "This key is no longer here.", err);
}

enum err_code
key_sentence(
    struct db *db, int64_t key_id, char *to, size_t size, struct err *err)
{
	struct key_options options;
	const enum err_code code = read_options(db, key_id, &options, err);

	key_options_describe(&options, to, size);
	return code;
}

/* "restrict" forbids forwarding only, and nobody forwards here. */
static bool
is_narrowed(const struct key_options *options)
{
	return options->expires_at != 0 || options->is_read_only ||
	    options->from_list[0] != '\0' || options->commands[0] != '\0' ||
	    options->tenant[0] != '\0';
}

enum err_code
key_sentence_in_use(struct db *db, const struct actor *actor, char *to,
    size_t size, struct err *err)
{
	struct key_options options;

	to[0] = '\0';
	if (actor->key_id == 0)
		return OK;
	if (read_options(db, actor->key_id, &options, err) != OK)
		return err->code;
	if (is_narrowed(&options))
		key_options_describe(&options, to, size);
	return OK;
}

struct login {
	const struct actor *actor;
	int64_t now;
};

static enum err_code
note(struct db *db, size_t statement, const struct login *login, int64_t id,
    struct err *err)
{
	struct db_query q = db_query(db, &key_login_statements, statement);

	db_bind_int64(&q, ":now", login->now);
	db_bind_text(&q, ":from", login->actor->from);
	db_bind_int64(&q, ":id", id);
	return db_run(&q, err);
}

static enum err_code
note_both(struct db *db, void *argument, struct err *err)
{
	const struct login *login = argument;
	const enum err_code code =
	    note(db, KEY_NOTE_KEY, login, login->actor->key_id, err);

	if (code != OK)
		return code;
	return note(db, KEY_NOTE_ACCOUNT, login, login->actor->account_id, err);
}

enum err_code
key_note_login(struct db *db, const struct actor *actor, struct err *err)
{
	struct login login = { actor, clock_now() };

	return db_transaction(db, note_both, &login, err);
}

enum err_code
key_expires_at(
    struct db *db, const struct actor *actor, int64_t *at, struct err *err)
{
	struct db_query q = db_query(db, &key_login_statements, KEY_EXPIRY);

	db_bind_int64(&q, ":id", actor->key_id);
	*at = db_step(&q) ? db_int64(&q, 0) : 0;
	return db_end(&q, err);
}
