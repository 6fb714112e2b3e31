#include "model/user_external.h"

#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "dns/lookup.h"
#include "mail/external.h"
#include "mail/probe.h"
#include "model/client.h"
#include "model/host.h"
#include "model/server.h"
#include "smime/vault.h"

#define TRIAL_SECONDS  15
#define ADDRESSES_MAX  4
#define ADDRESSES_SIZE 256

enum { EXTERNAL_LOAD, EXTERNAL_STORE, EXTERNAL_SECRET, EXTERNAL_CLEAR };

static const char *const sql[] = {
	[EXTERNAL_LOAD] =
	    "SELECT external_imap_host, external_imap_port, "
	    "external_smtp_host, external_smtp_port, external_user "
	    "FROM account WHERE address = :address AND deleted_at = 0 "
	    "AND mailbox = 'external'",
	[EXTERNAL_STORE] =
	    "UPDATE account SET mailbox = 'external', "
	    "external_imap_host = :imap_host, "
	    "external_imap_port = :imap_port, "
	    "external_smtp_host = :smtp_host, "
	    "external_smtp_port = :smtp_port, external_user = :user "
	    "WHERE id = :id",
	[EXTERNAL_SECRET] =
	    "UPDATE account SET external_secret = :sealed WHERE id = :id",
	[EXTERNAL_CLEAR] =
	    "UPDATE account SET mailbox = 'local', external_imap_host = '', "
	    "external_imap_port = 0, external_smtp_host = '', "
	    "external_smtp_port = 0, external_user = '', "
	    "external_secret = NULL WHERE id = :id AND mailbox = 'external'",
};

const struct db_statements user_external_statements =
    DB_STATEMENTS("user_external", sql);

bool
user_external_is(const struct user_external *in)
{
	return in->user[0] != '\0';
}

/* ---- the row ---- */

enum err_code
user_external_load(struct db *db, const char *address, struct user_external *to,
    struct err *err)
{
	struct db_query q =
	    db_query(db, &user_external_statements, EXTERNAL_LOAD);

	*to = (struct user_external){ 0 };
	db_bind_text(&q, ":address", address);
	if (db_step(&q)) {
		db_copy(&q, 0, to->imap_host, sizeof(to->imap_host));
		to->imap_port = db_int64(&q, 1);
		db_copy(&q, 2, to->smtp_host, sizeof(to->smtp_host));
		to->smtp_port = db_int64(&q, 3);
		db_copy(&q, 4, to->user, sizeof(to->user));
	}
	return db_end(&q, err);
}

static enum err_code
store_secret(struct db *db, int64_t account_id, const struct user_external *in,
    struct err *err)
{
	struct db_query q =
	    db_query(db, &user_external_statements, EXTERNAL_SECRET);

	db_bind_blob(&q, ":sealed", in->sealed, in->sealed_length);
	db_bind_int64(&q, ":id", account_id);
	return db_run(&q, err);
}

enum err_code
user_external_store(struct db *db, int64_t account_id,
    const struct user_external *in, struct err *err)
{
	struct db_query q = db_query(db, &user_external_statements,
	    user_external_is(in) ? EXTERNAL_STORE : EXTERNAL_CLEAR);
	enum err_code code;

	db_bind_int64(&q, ":id", account_id);
	if (user_external_is(in)) {
		db_bind_text(&q, ":imap_host", in->imap_host);
		db_bind_int64(&q, ":imap_port", in->imap_port);
		db_bind_text(&q, ":smtp_host", in->smtp_host);
		db_bind_int64(&q, ":smtp_port", in->smtp_port);
		db_bind_text(&q, ":user", in->user);
	}
	code = db_run(&q, err);
	return code == OK && in->sealed_length > 0
	    ? store_secret(db, account_id, in, err)
	    : code;
}

/* ---- the trial ---- */

/* Empty ones are the tenant's. */
static enum err_code
fill_hosts(struct context *context, const char *address,
    struct user_external *in, struct err *err)
{
	struct client_settings tenant;
	const char *at = strrchr(address, '@');
	int64_t id;

	if (client_of_domain(
		context->db, at != NULL ? at + 1 : "", &tenant, err) != OK)
		return err->code;
	if (in->imap_host[0] == '\0')
		text_copy(
		    in->imap_host, sizeof(in->imap_host), tenant.incoming.host);
	if (in->smtp_host[0] == '\0')
		text_copy(
		    in->smtp_host, sizeof(in->smtp_host), tenant.outgoing.host);
	if (in->imap_port == 0)
		in->imap_port = tenant.incoming.port;
	if (in->smtp_port == 0)
		in->smtp_port = tenant.outgoing.port;
	if (host_approved_id(
		context->db, in->imap_host, "imap_host", &id, err) != OK)
		return err->code;
	return host_approved_id(
	    context->db, in->smtp_host, "smtp_host", &id, err);
}

/* "192.0.2.1,2001:db8::1". */
static enum err_code
find_addresses(const struct user_external_trial *trial, const char *host,
    const char *field, char to[ADDRESSES_SIZE], struct err *err)
{
	struct ip list[ADDRESSES_MAX];
	size_t count = 0;
	char text[IP_TEXT_SIZE];

	if (lookup_addresses(host, trial->resolvers, trial->resolver_count,
		list, ADDRESSES_MAX, &count, err) != OK) {
		text_copy(err->field, sizeof(err->field), field);
		return err->code;
	}
	to[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		ip_format(text, &list[i]);
		text_append(to, ADDRESSES_SIZE, i > 0 ? "," : "");
		text_append(to, ADDRESSES_SIZE, text);
	}
	return OK;
}

static enum err_code
try_login(const struct user_external_trial *trial,
    enum external_protocol protocol, int seconds, struct err *err)
{
	const bool is_smtp = protocol == EXTERNAL_SMTP;
	const struct user_external *in = &trial->login;
	char addresses[ADDRESSES_SIZE];
	struct external_login login = { .protocol = protocol,
		.seconds = seconds,
		.port = (uint16_t)(is_smtp ? in->smtp_port : in->imap_port),
		.addresses = addresses,
		.user = in->user,
		.password = in->password };

	login.is_implicit_tls = probe_port_is_implicit(login.port);
	if (trial->authorities[0] != '\0')
		login.authorities = trial->authorities;
	text_copy(login.host, sizeof(login.host),
	    is_smtp ? in->smtp_host : in->imap_host);
	if (find_addresses(trial, login.host,
		is_smtp ? "smtp_host" : "imap_host", addresses, err) != OK)
		return err->code;
	return external_try(&login, err);
}

/* Both ways, in the time of one: somebody waits. */
enum err_code
user_external_try(const struct user_external_trial *trial, struct err *err)
{
	const int64_t from = clock_monotonic_ms();
	int seconds = TRIAL_SECONDS;

	if (try_login(trial, EXTERNAL_IMAP, seconds, err) != OK)
		return err->code;
	seconds -= (int)((clock_monotonic_ms() - from) / 1000);
	return try_login(trial, EXTERNAL_SMTP, seconds > 1 ? seconds : 1, err);
}

void
user_external_job(int out, void *argument)
{
	struct user_external_trial *trial = argument;
	struct err err = { 0 };

	err.code = user_external_try(trial, &err);
	explicit_bzero(trial, sizeof(*trial));
	job_write(out, &err, sizeof(err));
}

/* ---- what is to be tried ---- */

static bool
is_unchanged(const struct user_external *in, const struct user_external *stored)
{
	return text_is_same(in->imap_host, stored->imap_host) &&
	    text_is_same(in->user, stored->user) &&
	    in->imap_port == stored->imap_port &&
	    text_is_same(in->smtp_host, stored->smtp_host) &&
	    in->smtp_port == stored->smtp_port;
}

static bool
has_passed(
    const struct user_external_trial *trial, const struct user_external *in)
{
	return trial->state == EXTERNAL_PASSED &&
	    is_unchanged(in, &trial->login) &&
	    text_is_same(in->password, trial->login.password);
}

static enum err_code
be_tried(
    struct context *context, const struct user_external *in, struct err *err)
{
	struct user_external_trial here = { 0 }, *trial = &here;
	enum err_code code;

	if (context->external_trial != NULL)
		trial = context->external_trial;
	if (has_passed(trial, in))
		return OK;
	trial->state = EXTERNAL_NONE;
	trial->resolver_count = 0;
	if (server_resolvers(context, trial->resolvers, DNS_RESOLVER_MAX,
		&trial->resolver_count, err) != OK)
		return err->code;
	trial->login = *in;
	if (trial == &here) {
		code = user_external_try(trial, err);
		explicit_bzero(&here, sizeof(here));
		return code;
	}
	trial->state = EXTERNAL_WANTED;
	return err_set(err, ERR_BUSY, NULL,
	    "The log-in at %.100s is to be tried first.", in->imap_host);
}

/* ---- keeping it ---- */

static enum err_code
seal(struct context *context, const char *address, struct user_external *in,
    struct err *err)
{
	char label[96];
	struct arena arena = { 0 };
	void *sealed;
	size_t length;
	enum err_code code = ERR_SYSTEM;

	text_format(label, sizeof(label), "mailbox password of %.60s", address);
	if (context->state_directory == NULL)
		err_set(err, ERR_SYSTEM, NULL,
		    "There is no vault to seal the password to.");
	else
		code = vault_seal(context->state_directory, label, in->password,
		    strlen(in->password), &arena, &sealed, &length, err);
	if (code == OK && length <= sizeof(in->sealed)) {
		memcpy(in->sealed, sealed, length);
		in->sealed_length = length;
	} else if (code == OK) {
		code = err_set(err, ERR_INVALID, "external_password",
		    "This password is too long to be sealed.");
	}
	arena_free(&arena);
	return code;
}

enum err_code
user_external_prepare(struct context *context, const char *address,
    struct user_external *in, struct err *err)
{
	struct user_external stored;

	if (!user_external_is(in)) {
		if (in->password[0] == '\0')
			return OK;
		return err_set(err, ERR_INVALID, "external_user",
		    "Whose password is this?  Enter the user name at the "
		    "other server.");
	}
	if (user_external_load(context->db, address, &stored, err) != OK)
		return err->code;
	/* Nothing about it is changed: a host that is no longer approved
	 * hinders no other change. */
	if (in->password[0] == '\0' && is_unchanged(in, &stored))
		return OK;
	if (fill_hosts(context, address, in, err) != OK)
		return err->code;
	if (in->password[0] == '\0' && is_unchanged(in, &stored))
		return OK;
	if (in->password[0] == '\0')
		return err_set(err, ERR_INVALID, "external_password",
		    "Enter the password at the other server: it is tried "
		    "before anything is saved.");
	if (be_tried(context, in, err) != OK)
		return err->code;
	return seal(context, address, in, err);
}
