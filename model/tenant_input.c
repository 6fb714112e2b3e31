#include "model/tenant_input.h"

#include "base/clock.h"
#include "base/text.h"

const char *const tenant_mail_names[] = { "local", "external", NULL };

enum {
	TENANT_HOST,
	TENANT_INTAKE,
};

static const char *const sql[] = {
	[TENANT_HOST] = "SELECT id, state, reason FROM host WHERE name = :name",
	[TENANT_INTAKE] =
	    "INSERT INTO intake (tenant_id, organisation, "
	    "organisation_folded, primary_domain, mail_host, "
	    "admin_address, mailboxes, dns_provider, dns_login, mail_at, "
	    "wants_smime, changed_at) SELECT id, name, name_folded, :domain, "
	    ":mail_host, :admin_address, :mailboxes, :dns_provider, "
	    ":dns_login, :mail_at, :wants_smime, :now FROM tenant "
	    "WHERE id = :tenant "
	    "ON CONFLICT (tenant_id) DO UPDATE SET "
	    "mailboxes = excluded.mailboxes, "
	    "dns_provider = excluded.dns_provider, "
	    "dns_login = excluded.dns_login, mail_at = excluded.mail_at, "
	    "wants_smime = excluded.wants_smime, version = version + 1",
};

const struct db_statements tenant_input_statements =
    DB_STATEMENTS("tenant_input", sql);

/* ---- checks ---- */

enum err_code
tenant_prepare_values(struct tenant_input *in, struct err *err)
{
	struct key_line key;
	enum err_code code;

	if (in->imap_host[0] == '\0')
		text_copy(in->imap_host, sizeof(in->imap_host), in->mail_host);
	if (in->smtp_host[0] == '\0')
		text_copy(in->smtp_host, sizeof(in->smtp_host), in->imap_host);
	if (in->imap_port == 0)
		in->imap_port = 993;
	if (in->smtp_port == 0)
		in->smtp_port = 587;
	if (in->admin_key[0] == '\0')
		return OK;
	code = key_line_parse(&key, in->admin_key, err);
	if (code != OK && err != NULL)
		text_copy(err->field, sizeof(err->field), "admin_key");
	if (code == OK && in->admin_address[0] == '\0')
		return err_set(err, ERR_INVALID, "admin_address",
		    "Give the address of the admin whose key this is.");
	return code;
}

enum err_code
tenant_check_name(
    struct db *db, const char *name, int64_t own_id, struct err *err)
{
	struct tenant other;
	const enum err_code code = tenant_find(db, name, &other, NULL);

	if (code == ERR_NOT_FOUND || (code == OK && other.id == own_id))
		return OK;
	if (code != OK)
		return tenant_find(db, name, &other, err);
	return err_set(err, ERR_CONFLICT, "name",
	    "There is a tenant called %.100s already.", other.name);
}

/* The number of an approved host; else a sentence that offers the way. */
static enum err_code
approved_host(struct db *db, const char *field, const char *name, int64_t *id,
    struct err *err)
{
	struct db_query q = db_query(db, &tenant_input_statements, TENANT_HOST);
	char state[12] = "", reason[100] = "";
	enum err_code code;

	db_bind_text(&q, ":name", name);
	if (db_step(&q)) {
		*id = db_int64(&q, 0);
		db_copy(&q, 1, state, sizeof(state));
		db_copy(&q, 2, reason, sizeof(reason));
	}
	code = db_end(&q, err);
	if (code != OK || text_is_same(state, "approved"))
		return code;
	if (text_is_same(state, "requested"))
		return err_set(err, ERR_INVALID, field,
		    "%.100s waits for the operator's approval: use it then, "
		    "or choose an approved host.",
		    name);
	if (text_is_same(state, "refused"))
		return err_set(err, ERR_INVALID, field,
		    "The operator refused the host %.80s%s%.60s.  Choose an "
		    "approved one.",
		    name, reason[0] == '\0' ? "" : ": ", reason);
	return err_set(err, ERR_INVALID, field,
	    "%.80s is not an approved host.  Choose an approved one, or ask "
	    "for this one with: host request %.80s",
	    name, name);
}

enum err_code
tenant_check_hosts(struct db *db, const struct tenant_input *in,
    struct tenant_hosts *hosts, struct err *err)
{
	const enum err_code code =
	    approved_host(db, "imap_host", in->imap_host, &hosts->imap_id, err);

	if (code != OK)
		return code;
	return approved_host(
	    db, "smtp_host", in->smtp_host, &hosts->smtp_id, err);
}

/* ---- rows ---- */

enum err_code
tenant_find_existing(
    struct operation_run *run, const void *input, struct err *err)
{
	const struct tenant_input *in = input;
	struct tenant tenant;
	enum err_code code = tenant_target(run, in->tenant, err);

	if (code != OK || !run->target.is_known)
		return code;
	code = tenant_by_id(run->db, run->target.tenant_id, &tenant, err);
	run->target.id = run->result->id = tenant.id;
	run->target.version = tenant.version;
	return code;
}

void
tenant_bind_row(struct db_query *q, const struct tenant_input *in,
    const struct tenant_hosts *h)
{
	db_bind_text(q, ":name", in->name);
	db_bind_int64(q, ":imap_host", h->imap_id);
	db_bind_int64(q, ":imap_port", in->imap_port);
	db_bind_int64(q, ":smtp_host", h->smtp_id);
	db_bind_int64(q, ":smtp_port", in->smtp_port);
	db_bind_int64(q, ":user_limit", in->user_limit);
	db_bind_int64(q, ":storage_limit", in->storage_limit);
}

enum err_code
tenant_save_intake(struct db *db, int64_t tenant_id,
    const struct tenant_input *in, struct err *err)
{
	struct db_query q =
	    db_query(db, &tenant_input_statements, TENANT_INTAKE);

	db_bind_int64(&q, ":tenant", tenant_id);
	db_bind_text(&q, ":domain", in->domain);
	db_bind_text(&q, ":mail_host", in->mail_host);
	db_bind_text(&q, ":admin_address", in->admin_address);
	db_bind_text(&q, ":mailboxes", in->mailboxes);
	db_bind_text(&q, ":dns_provider", in->dns_provider);
	db_bind_text(&q, ":dns_login", in->dns_login);
	db_bind_text(&q, ":mail_at", tenant_mail_names[in->mail_at]);
	db_bind_int64(&q, ":wants_smime", in->wants_smime);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}
