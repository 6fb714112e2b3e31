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
	KEY_BY_FINGERPRINT,
	KEY_DELETE,
	KEY_COUNT_OTHERS,
};

static const char *const sql[] = {
	[KEY_BY_FINGERPRINT] =
	    "SELECT k.id, k.account_id, k.version, a.tenant_id, a.role, "
	    "a.address FROM ssh_key k JOIN account a ON a.id = k.account_id "
	    "WHERE k.fingerprint = :fingerprint "
	    "AND (:address = '' OR a.address = :address) "
	    "AND (:tenant = 0 OR a.tenant_id = :tenant)",
	[KEY_DELETE] = "DELETE FROM ssh_key WHERE id = :id",
	[KEY_COUNT_OTHERS] =
	    ("SELECT count(*) FROM ssh_key WHERE account_id = :account "
	     "AND id <> :id AND (expires_at = 0 OR expires_at > :now)"),
};

const struct db_statements key_statements = DB_STATEMENTS("key", sql);

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
