#include "model/password_login.h"

#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "model/password.h"

enum {
	LOGIN_IS_ON,
	LOGIN_ACCOUNT,
	LOGIN_TRY,
	LOGIN_COUNT,
	LOGIN_TAKE_BACK,
	LOGIN_GOOD,
	LOGIN_FORGET,
	LOGIN_NOTE,
};

static const char *const sql[] = {
	[LOGIN_IS_ON] = "SELECT may_use_password FROM server",
	[LOGIN_ACCOUNT] =
	    "SELECT a.id, a.tenant_id, a.role, a.address, a.name, a.hash, "
	    "a.is_temporary, a.status = 'active' AND a.deleted_at = 0 "
	    "AND coalesce(t.status, 'active') = 'active', a.password_at "
	    "FROM account a LEFT JOIN tenant t ON t.id = a.tenant_id "
	    "WHERE a.address = :address",
	[LOGIN_TRY] = "SELECT source, failures, next_at FROM password_try "
		      "WHERE account_id = :account AND (source = '' "
		      "OR (source = :source AND good_at > :since)) "
		      "ORDER BY source DESC LIMIT 1",
	[LOGIN_COUNT] =
	    "INSERT INTO password_try (account_id, source, failures, next_at) "
	    "VALUES (:account, :source, :failures, :next) "
	    "ON CONFLICT (account_id, source) DO UPDATE SET "
	    "failures = excluded.failures, next_at = excluded.next_at",
	[LOGIN_TAKE_BACK] =
	    "UPDATE password_try SET failures = failures - 1 "
	    "WHERE account_id = :account AND source = '' AND failures > 0",
	[LOGIN_GOOD] = "INSERT INTO password_try (account_id, source, good_at) "
		       "VALUES (:account, :source, :now) "
		       "ON CONFLICT (account_id, source) DO UPDATE SET "
		       "failures = 0, next_at = 0, good_at = excluded.good_at",
	[LOGIN_FORGET] =
	    "DELETE FROM password_try WHERE account_id = :account "
	    "AND source <> '' AND (good_at <= :since OR source NOT IN "
	    "(SELECT source FROM password_try WHERE account_id = :account "
	    "AND source <> '' ORDER BY good_at DESC LIMIT :kept))",
	[LOGIN_NOTE] = "UPDATE account SET login_at = :now, "
		       "login_from = :from WHERE id = :id",
};

const struct db_statements password_login_statements =
    DB_STATEMENTS("password login", sql);

/* One try to sign in. */
struct attempt {
	const char *address;
	struct actor actor;
	char source[IP_TEXT_SIZE];  /* where it comes from, /64 for IPv6 */
	char counted[IP_TEXT_SIZE]; /* the row that it counts in */
	char hash[PASSWORD_HASH_SIZE];
	int64_t failures;
	bool is_known, is_open; /* is there; may sign in at all */
	bool is_on, is_too_soon;
};

static int64_t
known_since(void)
{
	return clock_now() - INT64_C(86400) * PASSWORD_LOGIN_DAYS;
}

/* People get a whole /64: one source. */
static void
name_source(char to[IP_TEXT_SIZE], const struct ip *from)
{
	struct ip net = *from;

	if (net.family == AF_INET6)
		memset(net.bytes + 8, 0, 8);
	ip_format(to, &net);
}

enum err_code
password_login_is_on(struct db *db, bool *is_on, struct err *err)
{
	struct db_query q =
	    db_query(db, &password_login_statements, LOGIN_IS_ON);

	*is_on = db_step(&q) && db_int64(&q, 0) != 0;
	return db_end(&q, err);
}

static enum err_code
read_account(struct db *db, struct attempt *attempt, struct err *err)
{
	struct actor *actor = &attempt->actor;
	struct db_query q =
	    db_query(db, &password_login_statements, LOGIN_ACCOUNT);

	db_bind_text(&q, ":address", attempt->address);
	if (db_step(&q)) {
		attempt->is_known = true;
		actor->account_id = db_int64(&q, 0);
		actor->tenant_id = db_int64(&q, 1);
		if (!role_by_name(&actor->role, db_text(&q, 2)))
			actor->role = ROLE_OPERATOR; /* not for passwords */
		db_copy(&q, 3, actor->address, sizeof(actor->address));
		db_copy(&q, 4, actor->name, sizeof(actor->name));
		db_copy(&q, 5, attempt->hash, sizeof(attempt->hash));
		actor->is_password_temporary = db_int64(&q, 6) != 0;
		attempt->is_open =
		    db_int64(&q, 7) != 0 && actor->role == ROLE_USER;
		actor->password_at = db_int64(&q, 8);
	}
	return db_end(&q, err);
}

static enum err_code
read_tries(struct db *db, struct attempt *attempt, struct err *err)
{
	struct db_query q = db_query(db, &password_login_statements, LOGIN_TRY);

	db_bind_int64(&q, ":account", attempt->actor.account_id);
	db_bind_text(&q, ":source", attempt->source);
	db_bind_int64(&q, ":since", known_since());
	if (db_step(&q)) {
		db_copy(&q, 0, attempt->counted, sizeof(attempt->counted));
		attempt->failures = db_int64(&q, 1);
		attempt->is_too_soon = db_int64(&q, 2) > clock_now();
	}
	return db_end(&q, err);
}

/* Seconds from this failure to the next try that is heard. */
static int64_t
wait_seconds(int64_t failures)
{
	const int64_t slow = failures - PASSWORD_LOGIN_FREE;

	if (slow <= 0)
		return 0;
	return slow >= 6 ? PASSWORD_LOGIN_MAX_S : INT64_C(1) << slow;
}

static enum err_code
count_try(struct db *db, const struct attempt *attempt, struct err *err)
{
	struct db_query q =
	    db_query(db, &password_login_statements, LOGIN_COUNT);
	const int64_t failures = attempt->failures + 1;

	db_bind_int64(&q, ":account", attempt->actor.account_id);
	db_bind_text(&q, ":source", attempt->counted);
	db_bind_int64(&q, ":failures", failures);
	db_bind_int64(&q, ":next", clock_now() + wait_seconds(failures));
	return db_run(&q, err);
}

static enum err_code
count_before(struct db *db, void *argument, struct err *err)
{
	struct attempt *attempt = argument;

	if (password_login_is_on(db, &attempt->is_on, err) != OK ||
	    read_account(db, attempt, err) != OK)
		return err->code;
	if (!attempt->is_known || !attempt->is_open || !attempt->is_on)
		return OK;
	if (read_tries(db, attempt, err) != OK)
		return err->code;
	return attempt->is_too_soon ? OK : count_try(db, attempt, err);
}

/* The count that the try was in is taken back; the source is known now. */
static enum err_code
take_back(struct db *db, void *argument, struct err *err)
{
	const struct attempt *attempt = argument;
	struct db_query q =
	    db_query(db, &password_login_statements, LOGIN_GOOD);

	db_bind_int64(&q, ":account", attempt->actor.account_id);
	db_bind_text(&q, ":source", attempt->source);
	db_bind_int64(&q, ":now", clock_now());
	if (db_run(&q, err) != OK)
		return err->code;
	if (attempt->counted[0] == '\0') {
		q = db_query(db, &password_login_statements, LOGIN_TAKE_BACK);
		db_bind_int64(&q, ":account", attempt->actor.account_id);
		if (db_run(&q, err) != OK)
			return err->code;
	}
	q = db_query(db, &password_login_statements, LOGIN_FORGET);
	db_bind_int64(&q, ":account", attempt->actor.account_id);
	db_bind_int64(&q, ":since", known_since());
	db_bind_int64(&q, ":kept", PASSWORD_LOGIN_SOURCES);
	return db_run(&q, err);
}

static const char *
why_refused(const struct attempt *attempt, bool is_right)
{
	if (!attempt->is_on)
		return "passwords are switched off";
	if (!attempt->is_known)
		return "no such account";
	if (attempt->actor.role != ROLE_USER)
		return "an admin signs in with a key";
	if (!attempt->is_open)
		return "suspended or removed";
	if (attempt->is_too_soon)
		return "too soon after wrong passwords";
	return is_right ? NULL : "wrong password";
}

enum err_code
account_password_login(struct db *db, const char *address, const char *password,
    const struct ip *from, struct actor *actor, const char **why,
    struct err *err)
{
	char stored[ADDRESS_SIZE] = "";
	struct attempt attempt = { .address = stored };
	struct address parsed;
	const char *refusal;
	bool is_right;

	*actor = (struct actor){ 0 };
	if (address_parse(&parsed, address, NULL) == OK)
		address_format(stored, &parsed);
	name_source(attempt.source, from);
	if (db_transaction(db, count_before, &attempt, err) != OK)
		return err->code;
	is_right = password_is_right(attempt.hash, password);
	explicit_bzero(attempt.hash, sizeof(attempt.hash));
	refusal = why_refused(&attempt, is_right);
	if (why != NULL)
		*why = refusal;
	if (refusal != NULL)
		return err_set(err, ERR_DENIED, NULL, "Permission denied.");
	if (db_transaction(db, take_back, &attempt, err) != OK)
		return err->code;
	*actor = attempt.actor;
	actor->login_number = (int64_t)random_below(UINT32_MAX) + 1;
	ip_format(actor->from, from);
	return OK;
}

static enum err_code
note(struct db *db, void *argument, struct err *err)
{
	const struct actor *actor = argument;
	struct db_query q =
	    db_query(db, &password_login_statements, LOGIN_NOTE);

	db_bind_int64(&q, ":now", clock_now());
	db_bind_text(&q, ":from", actor->from);
	db_bind_int64(&q, ":id", actor->account_id);
	return db_run(&q, err);
}

enum err_code
password_login_note(struct db *db, const struct actor *actor, struct err *err)
{
	struct actor copy = *actor;

	return db_transaction(db, note, &copy, err);
}
