/* Passwords of users: a temporary one from an admin, an own one. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/user_input.h"

enum {
	USER_PASSWORD,
	USER_HASH,
};

static const char *const sql[] = {
	[USER_PASSWORD] =
	    "UPDATE account SET hash = :hash, is_temporary = :temporary, "
	    "password_at = CASE WHEN password_at < :now THEN :now "
	    "ELSE password_at + 1 END, password_login = :login, "
	    "version = version + 1 WHERE id = :id",
	[USER_HASH] = "SELECT hash FROM account WHERE address = :address "
		      "AND deleted_at = 0",
};

const struct db_statements user_password_statements =
    DB_STATEMENTS("user_password", sql);

enum err_code
user_prepare_temporary(struct context *context, void *input, struct err *err)
{
	struct user_input *in = input;
	enum err_code code;

	(void)context;
	if (in->password[0] == '\0') {
		random_password(in->generated);
		return password_hash(in->hash, in->generated, err);
	}
	code = password_check(in->password, in->address, err);
	return code == OK ? password_hash(in->hash, in->password, err) : code;
}

enum err_code
user_set_password(struct operation_run *run, int64_t id,
    const struct user_input *in, bool is_temporary, int64_t login_number,
    struct err *err)
{
	struct db_query q =
	    db_query(run->db, &user_password_statements, USER_PASSWORD);

	db_bind_text(&q, ":hash", in->hash);
	db_bind_int64(&q, ":temporary", is_temporary);
	db_bind_int64(&q, ":login", login_number);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_int64(&q, ":id", id);
	text_copy(
	    run->result->secret, sizeof(run->result->secret), in->generated);
	return db_run(&q, err);
}

static enum err_code
run_password(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;

	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s has a temporary password: hand it over through a safe "
	    "channel.",
	    run->target.name);
	return user_set_password(run, run->target.id, in, true, 0, err);
}

/* ---- the own password ---- */

/* The hash of a person who can sign in, "" where there is none. */
static enum err_code
read_hash(struct db *db, const char *address, char to[PASSWORD_HASH_SIZE],
    struct err *err)
{
	struct db_query q = db_query(db, &user_password_statements, USER_HASH);

	to[0] = '\0';
	db_bind_text(&q, ":address", address);
	if (db_step(&q))
		db_copy(&q, 0, to, PASSWORD_HASH_SIZE);
	return db_end(&q, err);
}

/* Who has no password yet (an admin with a key only) needs no old one. */
static enum err_code
prepare_own(struct context *context, void *input, struct err *err)
{
	struct user_input *in = input;
	const char *address = context->actor.address;
	enum err_code code = read_hash(context->db, address, in->old_hash, err);

	if (code == OK)
		code = password_check(in->password, address, err);
	if (code != OK)
		return code;
	if (in->old_hash[0] != '\0' &&
	    !password_is_right(in->old_hash, in->current))
		return err_set(err, ERR_INVALID, "current",
		    "This is not your present password.");
	if (in->old_hash[0] != '\0' &&
	    password_is_right(in->old_hash, in->password))
		return err_set(err, ERR_INVALID, "password",
		    "This is the password you have now: choose another.");
	return password_hash(in->hash, in->password, err);
}

static enum err_code
find_self(struct operation_run *run, const void *input, struct err *err)
{
	struct account account;

	(void)input;
	return account_target(run, "", &account, err);
}

static enum err_code
run_own_password(struct operation_run *run, const void *input, struct err *err)
{
	const struct user_input *in = input;
	char hash[PASSWORD_HASH_SIZE];
	enum err_code code = read_hash(run->db, run->target.name, hash, err);

	if (code == OK && !text_is_same(hash, in->old_hash))
		return err_set(err, ERR_CONFLICT, "current",
		    "Your password was changed meanwhile: type the new one "
		    "as the present one.");
	if (code == OK)
		code = user_set_password(run, run->target.id, in, false,
		    run->actor->login_number, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "Your password is changed; it holds for mail programs too.");
	return code;
}

/* ---- tables ---- */

/* clang-format off */

static const struct field password_fields[] = { ADDRESS_FIELD, PASSWORD_FIELD, { 0 } };

static const struct field own_fields[] = {
	{ .name = "current", .label = "Present password", .help = "The one you have now; empty where you have none yet.",
	  .kind = FIELD_SECRET, IN(current) },
	{ .name = "password", .label = "New password", .help = "At least 10 characters; it holds for mail programs too.",
	  .kind = FIELD_SECRET, IN(password), .is_required = true },
	{ 0 }
};

const struct operation user_password_operations[] = {
	{ .name = "user password", .help = "Gives a user a temporary password, shown once.",
	  .action = ACTION_PASSWORD_RESET, .danger = DANGER_ASK, .fields = password_fields,
	  .input_size = sizeof(struct user_input),
	  .prepare = user_prepare_temporary, .find_target = user_find_existing, .run = run_password },
	{ .name = ACTOR_PASSWORD_CHANGE, .help = "Changes your own password.",
	  .action = ACTION_PASSWORD_OWN, .fields = own_fields, .input_size = sizeof(struct user_input),
	  .prepare = prepare_own, .find_target = find_self, .run = run_own_password },
	{ 0 }
};

/* clang-format on */
