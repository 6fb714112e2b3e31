#include "model/key.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"

struct key_input {
	char address[ADDRESS_SIZE];
	char key[KEY_LINE_SIZE];
	char name[ACTOR_NAME_SIZE];
	char fingerprint[FINGERPRINT_SIZE];
};

enum {
	KEY_LOGIN,
	KEY_BY_FINGERPRINT,
	KEY_DELETE,
	KEY_COUNT_OTHERS,
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
	[KEY_BY_FINGERPRINT] =
	    "SELECT k.id, k.account_id, k.version, a.tenant_id, a.role, "
	    "a.address FROM ssh_key k JOIN account a ON a.id = k.account_id "
	    "WHERE k.fingerprint = :fingerprint "
	    "AND (:address = '' OR a.address = :address) "
	    "AND (:tenant = 0 OR a.tenant_id = :tenant)",
	[KEY_DELETE] = "DELETE FROM ssh_key WHERE id = :id",
	[KEY_COUNT_OTHERS] =
	    "SELECT count(*) FROM ssh_key WHERE account_id = :account "
	    "AND id <> :id AND (expires_at = 0 OR expires_at > :now)",
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

const struct db_statements key_statements = DB_STATEMENTS("key", sql);

/* ---- log-in ---- */

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

/* "192.0.2.0/24", "2001:db8::1": one entry of from=. */
static bool
is_in_network(const char *entry, const struct ip *from)
{
	char address[IP_TEXT_SIZE + 8];
	int64_t bits;
	char *slash;
	struct ip net;

	if (!text_copy(address, sizeof(address), entry))
		return false;
	slash = strchr(address, '/');
	if (slash != NULL)
		*slash = '\0';
	if (ip_parse(&net, address, NULL) != OK)
		return false;
	if (slash == NULL)
		return ip_is_same(&net, from);
	if (!text_to_int64(slash + 1, &bits) || bits < 0 || bits > 128)
		return false;
	return ip_is_in_prefix(from, &net, (unsigned)bits);
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
	struct db_query q = db_query(db, &key_statements, KEY_LOGIN);

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
	q = db_query(db, &key_statements, KEY_STOPPED);
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
	struct db_query q = db_query(db, &key_statements, KEY_RESTRICTIONS);

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
	struct db_query q = db_query(db, &key_statements, statement);

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
	struct db_query q = db_query(db, &key_statements, KEY_EXPIRY);

	db_bind_int64(&q, ":id", actor->key_id);
	*at = db_step(&q) ? db_int64(&q, 0) : 0;
	return db_end(&q, err);
}

/* ---- changing ---- */

static enum err_code
prepare_add(struct context *context, void *input, struct err *err)
{
	const struct key_input *in = input;
	struct key_line line;

	(void)context;
	return key_line_parse(&line, in->key, err);
}

static enum err_code
find_owner(struct operation_run *run, const void *input, struct err *err)
{
	const struct key_input *in = input;
	struct account account;
	const enum err_code code =
	    account_target(run, in->address, &account, err);

	/* The row to be made is a key; versions are the account's. */
	run->target.id = run->target.version = 0;
	return code;
}

static enum err_code
run_add(struct operation_run *run, const void *input, struct err *err)
{
	const struct key_input *in = input;
	struct key_line line;
	const char *advice;
	enum err_code code = key_line_parse(&line, in->key, err);

	if (code == OK && run->target.role == ROLE_USER)
		return err_set(err, ERR_INVALID, "address",
		    "%.100s is no admin: SSH keys are for those who "
		    "administer.",
		    run->target.name);
	if (code == OK)
		code = key_insert(run->db, run->actor, run->target.account_id,
		    &line, in->name, &run->result->id, err);
	if (code == OK)
		code = key_sentence(run->db, run->result->id, run->audit_note,
		    sizeof(run->audit_note), err);
	advice = key_advice(&line.key);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.60s signs in with it from now on.  %.160s", run->target.name,
	    advice[0] != '\0' ? advice : run->audit_note);
	return code;
}

static enum err_code
find_key(struct operation_run *run, const void *input, struct err *err)
{
	const struct key_input *in = input;
	struct db_query q =
	    db_query(run->db, &key_statements, KEY_BY_FINGERPRINT);
	size_t count = 0;
	enum err_code code;

	db_bind_text(&q, ":fingerprint", in->fingerprint);
	db_bind_text(&q, ":address", in->address);
	db_bind_int64(&q, ":tenant", actor_tenant(run->actor));
	while (db_step(&q)) {
		run->target.is_known = true;
		run->target.id = db_int64(&q, 0);
		run->target.account_id = db_int64(&q, 1);
		run->target.version = db_int64(&q, 2);
		run->target.tenant_id = db_int64(&q, 3);
		if (!role_by_name(&run->target.role, db_text(&q, 4)))
			run->target.is_known = false;
		count++;
	}
	code = db_end(&q, err);
	text_copy(run->target.name, sizeof(run->target.name), in->fingerprint);
	if (code == OK && count > 1)
		return err_set(err, ERR_CONFLICT, "address",
		    "Several people have this key: say whose, with "
		    "address=...");
	return code;
}

static enum err_code
check_can_go(struct operation_run *run, struct err *err)
{
	struct db_query q;
	int64_t others;
	enum err_code code;

	if (run->target.id == run->actor->key_id)
		return err_set(err, ERR_CONFLICT, NULL,
		    "You are signed in with this key: sign in with another "
		    "one to remove it.");
	if (run->target.role != ROLE_SUPER_ADMIN)
		return OK;
	q = db_query(run->db, &key_statements, KEY_COUNT_OTHERS);
	db_bind_int64(&q, ":account", run->target.account_id);
	db_bind_int64(&q, ":id", run->target.id);
	db_bind_int64(&q, ":now", clock_now());
	others = db_step(&q) ? db_int64(&q, 0) : 0;
	code = db_end(&q, err);
	if (code != OK || others > 0)
		return code;
	return account_check_not_last(run->db, run->target.account_id, err);
}

static enum err_code
run_remove(struct operation_run *run, const void *input, struct err *err)
{
	struct db_query q;
	const enum err_code code = check_can_go(run, err);

	(void)input;
	if (code != OK)
		return code;
	q = db_query(run->db, &key_statements, KEY_DELETE);
	db_bind_int64(&q, ":id", run->target.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "The key is removed: nobody signs in with it from now on.");
	return db_run(&q, err);
}

/* ---- in words ---- */

static const char *
text_of(const struct list *list, const struct list_row *row, const char *column)
{
	return list_value_of(list, row, column)->raw;
}

static int64_t
number_of(
    const struct list *list, const struct list_row *row, const char *column)
{
	return list_value_of(list, row, column)->number;
}

static const char *
tell_may(
    const struct list *list, const struct list_row *row, struct arena *arena)
{
	struct key_options options = {
		.expires_at = number_of(list, row, "expires_at"),
		.is_restricted = number_of(list, row, "is_restricted") != 0,
		.is_read_only = number_of(list, row, "is_read_only") != 0,
	};
	char sentence[KEY_SENTENCE_SIZE];

	text_copy(options.from_list, sizeof(options.from_list),
	    text_of(list, row, "from_list"));
	text_copy(options.commands, sizeof(options.commands),
	    text_of(list, row, "commands"));
	text_copy(options.tenant, sizeof(options.tenant),
	    text_of(list, row, "only_tenant"));
	key_options_describe(&options, sentence, sizeof(sentence));
	return arena_text(arena, sentence);
}

/* ---- tables ---- */

#define IN(member) FIELD(struct key_input, member)

/* clang-format off */
static const struct field add_fields[] = {
	{ .name = "address", .label = "Whose", .help = "Address of the admin who signs in with it; empty: your own.",
	  .kind = FIELD_ADDRESS, IN(address), .is_main = true },
	{ .name = "key", .label = "SSH key", .help = "The line of a .pub file; restrictions may stand before it.",
	  .kind = FIELD_BLOCK, IN(key), .is_required = true },
	{ .name = "name", .label = "Name", .help = "What to call it, such as a laptop's name; empty: its comment.",
	  .kind = FIELD_TEXT, IN(name) },
	{ 0 }
};

static const struct field remove_fields[] = {
	{ .name = "fingerprint", .label = "Fingerprint", .help = "SHA256:..., as the list of keys and ssh-keygen -l show it.",
	  .kind = FIELD_TEXT, IN(fingerprint), .is_required = true, .is_main = true },
	{ .name = "address", .label = "Whose", .help = "Needed only when several people have the same key.",
	  .kind = FIELD_ADDRESS, IN(address) },
	{ 0 }
};

const struct operation key_operations[] = {
	{ .name = "key add", .help = "Lets an admin sign in with one more SSH key.",
	  .action = ACTION_KEY_EDIT, .fields = add_fields, .input_size = sizeof(struct key_input),
	  .prepare = prepare_add, .find_target = find_owner, .run = run_add },
	{ .name = "key remove", .help = "Takes an SSH key away.",
	  .action = ACTION_KEY_EDIT, .danger = DANGER_ASK, .fields = remove_fields,
	  .input_size = sizeof(struct key_input), .find_target = find_key, .run = run_remove },
	{ 0 }
};

static const struct list_column columns[] = {
	{ "address", "WHOSE", "a.address", NULL, LIST_TEXT, 28, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "name", "NAME", "k.name", NULL, LIST_TEXT, 0, LIST_FILTERABLE },
	{ "type", "TYPE", "k.type", NULL, LIST_TEXT, 12, 0 },
	{ "used_at", "USED", "k.used_at", NULL, LIST_MOMENT, 12, LIST_SORTABLE },
	{ "may", "MAY", "''", NULL, LIST_TEXT, 60, LIST_DETAIL, tell_may },
	{ "fingerprint", "FINGERPRINT", "k.fingerprint", NULL, LIST_TEXT, 0, LIST_DETAIL | LIST_FILTERABLE },
	{ "used_from", "USED FROM", "k.used_from", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "from_list", "ONLY FROM", "k.from_list", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "expires_at", "EXPIRES", "k.expires_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "is_read_only", "READ ONLY", "k.is_read_only", NULL, LIST_YES_NO, 0, LIST_DETAIL },
	{ "commands", "COMMANDS", "k.commands", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "only_tenant", "ONLY TENANT", "coalesce(x.name, '')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "is_restricted", "RESTRICTED", "k.is_restricted", NULL, LIST_YES_NO, 0, LIST_DETAIL },
	{ "created_at", "CREATED", "k.created_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "public_key", "PUBLIC KEY", "k.type || ' ' || k.base64", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "version", "VERSION", "k.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list key_list = {
	.name = "key list", .show = "key show",
	.help = "SSH keys that admins sign in with.",
	.empty = "Admins sign in with an SSH key; each may have several.",
	.action = ACTION_KEY_VIEW,
	.from = "ssh_key k JOIN account a ON a.id = k.account_id "
		"LEFT JOIN tenant x ON x.id = k.only_tenant_id",
	.where = "a.deleted_at = 0",
	.id = "k.id", .key = "k.fingerprint",
	.scope_tenant = "a.tenant_id = :tenant",
	.scope_self = "k.account_id = :account",
	.of_tenant = "a.tenant_id = :of_tenant",
	.of_account = "k.account_id = :of_account",
	.columns = columns,
};
/* clang-format on */
