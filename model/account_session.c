/* Whether the person of an open session is still who signed in. */
#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"

enum {
	ACCOUNT_STILL,
};

static const char *const sql[] = {
	[ACCOUNT_STILL] =
	    "SELECT a.role, coalesce(a.tenant_id, 0), a.deleted_at = 0 "
	    "AND a.status = 'active' "
	    "AND coalesce(t.status, 'active') = 'active', "
	    ":key = 0 OR EXISTS (SELECT 1 FROM ssh_key k WHERE k.id = :key "
	    "AND k.account_id = a.id "
	    "AND (k.expires_at = 0 OR k.expires_at > :now)), "
	    ":login = 0 OR a.password_at = :password_at "
	    "OR a.password_login = :login, "
	    ":login = 0 OR (SELECT may_use_password FROM server) <> 0, "
	    "a.is_temporary "
	    "FROM account a LEFT JOIN tenant t ON t.id = a.tenant_id "
	    "WHERE a.id = :id",
};

const struct db_statements account_session_statements =
    DB_STATEMENTS("account_session", sql);

/* What the rows say of a session now. */
struct standing {
	bool is_same, is_active, has_key, has_password, takes_passwords;
	bool is_temporary;
};

static enum err_code
read_standing(struct db *db, const struct actor *actor, struct standing *now,
    struct err *err)
{
	struct db_query q =
	    db_query(db, &account_session_statements, ACCOUNT_STILL);

	*now = (struct standing){ 0 };
	db_bind_int64(&q, ":id", actor->account_id);
	db_bind_int64(&q, ":key", actor->key_id);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_int64(&q, ":login", actor->login_number);
	db_bind_int64(&q, ":password_at", actor->password_at);
	if (db_step(&q)) {
		now->is_same =
		    text_is_same(db_text(&q, 0), role_names[actor->role]) &&
		    db_int64(&q, 1) == actor->tenant_id;
		now->is_active = db_int64(&q, 2) != 0;
		now->has_key = db_int64(&q, 3) != 0;
		now->has_password = db_int64(&q, 4) != 0;
		now->takes_passwords = db_int64(&q, 5) != 0;
		now->is_temporary = db_int64(&q, 6) != 0;
	}
	return db_end(&q, err);
}

static const char *
why_ended(const struct standing *now)
{
	if (!now->is_same)
		return "your rights were changed; sign in again";
	if (!now->has_key)
		return "the key you signed in with is gone or expired";
	if (!now->is_active)
		return "your account or your tenant is stopped";
	if (!now->takes_passwords)
		return "passwords are switched off";
	if (!now->has_password)
		return "your password was changed; sign in again";
	return NULL;
}

static enum err_code
check_standing(struct db *db, const struct actor *actor, struct standing *now,
    struct err *err)
{
	const char *why;

	if (read_standing(db, actor, now, err) != OK)
		return err->code;
	why = why_ended(now);
	return why == NULL ? OK
			   : err_set(err, ERR_DENIED, NULL,
				 "This session has ended: %s.", why);
}

enum err_code
account_check_still(struct db *db, const struct actor *actor, struct err *err)
{
	struct standing now;

	if (actor->account_id <= 0)
		return OK; /* no row: the console, or nobody, as may() knows */
	return check_standing(db, actor, &now, err);
}

enum err_code
account_go_on(struct db *db, struct actor *actor, struct err *err)
{
	struct standing now;

	if (actor->account_id <= 0)
		return OK;
	if (check_standing(db, actor, &now, err) != OK)
		return err->code;
	if (actor->login_number != 0)
		actor->is_password_temporary = now.is_temporary;
	return OK;
}
