#include "model/tenant.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/domain.h"
#include "model/intake.h"
#include "model/key.h"

struct tenant_input {
	char tenant[HOST_NAME_SIZE]; /* which one: all but "tenant add" */
	char name[TENANT_NAME_SIZE];
	char domain[HOST_NAME_SIZE], mail_host[HOST_NAME_SIZE];
	char imap_host[HOST_NAME_SIZE], smtp_host[HOST_NAME_SIZE];
	int64_t imap_port, smtp_port, user_limit, storage_limit;
	int64_t mail_at, wants_smime, smime_failure;
	char dns_provider[TENANT_NOTE_SIZE], dns_login[TENANT_NOTE_SIZE];
	char mailboxes[TENANT_LIST_SIZE];
	char intake[TENANT_NAME_SIZE]; /* the sheet to take over, or "" */
	char admin_address[ADDRESS_SIZE], admin_name[ACTOR_NAME_SIZE];
	char admin_key[KEY_LINE_SIZE];
};

static const char *const mail_names[] = { "local", "external", NULL };
static const char *const failure_names[] = { "defer", "pass", NULL };

enum {
	TENANT_BY_NAME,
	TENANT_BY_ID,
	TENANT_HOST,
	TENANT_INSERT,
	TENANT_INTAKE,
	TENANT_LOAD,
	TENANT_EDIT,
	TENANT_STATUS,
	TENANT_DOMAIN,
};

#define TENANT_COLUMNS                                                     \
	"SELECT t.id, t.version, t.name, t.status, t.user_limit, "         \
	"t.user_count, t.storage_limit_bytes, t.storage_allocated_bytes, " \
	"t.closed_at FROM tenant t "

static const char *const sql[] = {
	[TENANT_BY_NAME] = TENANT_COLUMNS
	"WHERE t.name_folded = :name OR t.id = "
	"(SELECT tenant_id FROM domain WHERE name = :domain)",
	[TENANT_BY_ID] = TENANT_COLUMNS "WHERE t.id = :id",
	[TENANT_HOST] = "SELECT id, state, reason FROM host WHERE name = :name",
	[TENANT_INSERT] =
	    "INSERT INTO tenant (name, name_folded, imap_host_id, imap_port, "
	    "smtp_host_id, smtp_port, user_limit, storage_limit_bytes, "
	    "created_at) VALUES (:name, :folded, :imap_host, :imap_port, "
	    ":smtp_host, :smtp_port, :user_limit, :storage_limit, :now)",
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
	[TENANT_LOAD] =
	    "SELECT t.version, t.name, h.name, t.imap_port, s.name, "
	    "t.smtp_port, t.user_limit, t.storage_limit_bytes, "
	    "i.mail_at = 'external', i.wants_smime, i.dns_provider, "
	    "i.dns_login, i.mailboxes, t.smime_failure = 'pass' "
	    "FROM tenant t "
	    "JOIN host h ON h.id = t.imap_host_id "
	    "JOIN host s ON s.id = t.smtp_host_id "
	    "LEFT JOIN intake i ON i.tenant_id = t.id WHERE t.id = :id",
	[TENANT_EDIT] =
	    "UPDATE tenant SET name = :name, name_folded = :folded, "
	    "imap_host_id = :imap_host, imap_port = :imap_port, "
	    "smtp_host_id = :smtp_host, smtp_port = :smtp_port, "
	    "user_limit = :user_limit, "
	    "storage_limit_bytes = :storage_limit, "
	    "smime_failure = :smime_failure, version = version + 1 "
	    "WHERE id = :id",
	[TENANT_STATUS] = "UPDATE tenant SET status = :status, "
			  "closed_at = :closed_at, version = version + 1 "
			  "WHERE id = :id",
	[TENANT_DOMAIN] = "SELECT name FROM domain WHERE tenant_id = :id "
			  "AND is_primary = 1",
};

const struct db_statements tenant_statements = DB_STATEMENTS("tenant", sql);

/* ---- finding ---- */

static void
read_row(const struct db_query *q, struct tenant *tenant)
{
	tenant->id = db_int64(q, 0);
	tenant->version = db_int64(q, 1);
	db_copy(q, 2, tenant->name, sizeof(tenant->name));
	db_copy(q, 3, tenant->status, sizeof(tenant->status));
	tenant->user_limit = db_int64(q, 4);
	tenant->user_count = db_int64(q, 5);
	tenant->storage_limit_bytes = db_int64(q, 6);
	tenant->storage_allocated_bytes = db_int64(q, 7);
	tenant->closed_at = db_int64(q, 8);
}

enum err_code
tenant_not_found(const char *name, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, NULL,
	    "There is no tenant \"%.100s\" here.", name);
}

enum err_code
tenant_find(
    struct db *db, const char *name, struct tenant *tenant, struct err *err)
{
	char folded[TENANT_NAME_SIZE * 3];
	struct host_name domain;
	struct db_query q;
	bool is_found;
	enum err_code code;

	*tenant = (struct tenant){ 0 };
	if (!db_fold(folded, sizeof(folded), name))
		return tenant_not_found(name, err);
	if (host_name_parse(&domain, name, NULL) != OK)
		domain.text[0] = '\0';
	q = db_query(db, &tenant_statements, TENANT_BY_NAME);
	db_bind_text(&q, ":name", folded);
	db_bind_text(&q, ":domain", domain.text);
	is_found = db_step(&q);
	if (is_found)
		read_row(&q, tenant);
	code = db_end(&q, err);
	return code != OK || is_found ? code : tenant_not_found(name, err);
}

enum err_code
tenant_by_id(struct db *db, int64_t id, struct tenant *tenant, struct err *err)
{
	struct db_query q = db_query(db, &tenant_statements, TENANT_BY_ID);

	*tenant = (struct tenant){ 0 };
	db_bind_int64(&q, ":id", id);
	if (db_step(&q))
		read_row(&q, tenant);
	return db_end_found(&q, "This tenant is no longer here.", err);
}

enum err_code
tenant_target(struct operation_run *run, const char *name, struct err *err)
{
	const int64_t own = actor_tenant(run->actor);
	struct tenant tenant;
	enum err_code code;

	if (name[0] == '\0' && own == 0)
		return err_set(err, ERR_INVALID, "tenant",
		    "Say which tenant: its name, or one of its domains.");
	code = name[0] == '\0' ? tenant_by_id(run->db, own, &tenant, err)
			       : tenant_find(run->db, name, &tenant, err);
	if (code == ERR_NOT_FOUND) {
		text_copy(run->target.name, sizeof(run->target.name), name);
		return OK;
	}
	if (code != OK)
		return code;
	run->target.is_known = true;
	run->target.tenant_id = tenant.id;
	text_copy(run->target.name, sizeof(run->target.name), tenant.name);
	return OK;
}

/* ---- checks ---- */

/* The number of an approved host; else a sentence that offers the way. */
static enum err_code
approved_host(struct db *db, const char *field, const char *name, int64_t *id,
    struct err *err)
{
	struct db_query q = db_query(db, &tenant_statements, TENANT_HOST);
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

/* An organisation's name is free, and no domain that is here. */
static enum err_code
check_name(struct db *db, const char *name, int64_t own_id, struct err *err)
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

struct hosts {
	int64_t imap_id, smtp_id;
};

static enum err_code
check_hosts(struct db *db, const struct tenant_input *in, struct hosts *hosts,
    struct err *err)
{
	const enum err_code code =
	    approved_host(db, "imap_host", in->imap_host, &hosts->imap_id, err);

	if (code != OK)
		return code;
	return approved_host(
	    db, "smtp_host", in->smtp_host, &hosts->smtp_id, err);
}

/* Not below what is given out already. */
static enum err_code
check_limits(
    const struct tenant *tenant, const struct tenant_input *in, struct err *err)
{
	char allocated[32];

	if (in->user_limit < tenant->user_count)
		return err_set(err, ERR_INVALID, "user_limit",
		    "%.60s has %lld mailboxes: the limit can't be lower.",
		    tenant->name, (long long)tenant->user_count);
	text_from_bytes(
	    allocated, sizeof(allocated), tenant->storage_allocated_bytes);
	if (in->storage_limit < tenant->storage_allocated_bytes)
		return err_set(err, ERR_INVALID, "storage_limit",
		    "%.60s has given %s to its mailboxes: the limit can't be "
		    "lower.",
		    tenant->name, allocated);
	return OK;
}

/* ---- changing ---- */

static void
bind_row(
    struct db_query *q, const struct tenant_input *in, const struct hosts *h)
{
	db_bind_text(q, ":name", in->name);
	db_bind_int64(q, ":imap_host", h->imap_id);
	db_bind_int64(q, ":imap_port", in->imap_port);
	db_bind_int64(q, ":smtp_host", h->smtp_id);
	db_bind_int64(q, ":smtp_port", in->smtp_port);
	db_bind_int64(q, ":user_limit", in->user_limit);
	db_bind_int64(q, ":storage_limit", in->storage_limit);
}

static enum err_code
save_intake(struct db *db, int64_t tenant_id, const struct tenant_input *in,
    struct err *err)
{
	struct db_query q = db_query(db, &tenant_statements, TENANT_INTAKE);

	db_bind_int64(&q, ":tenant", tenant_id);
	db_bind_text(&q, ":domain", in->domain);
	db_bind_text(&q, ":mail_host", in->mail_host);
	db_bind_text(&q, ":admin_address", in->admin_address);
	db_bind_text(&q, ":mailboxes", in->mailboxes);
	db_bind_text(&q, ":dns_provider", in->dns_provider);
	db_bind_text(&q, ":dns_login", in->dns_login);
	db_bind_text(&q, ":mail_at", mail_names[in->mail_at]);
	db_bind_int64(&q, ":wants_smime", in->wants_smime);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

/* The first admin, with a key when one was given. */
static enum err_code
add_admin(struct operation_run *run, int64_t tenant_id,
    const struct tenant_input *in, struct err *err)
{
	struct account admin = { .tenant_id = tenant_id,
		.role = ROLE_TENANT_ADMIN };
	struct key_line key;
	int64_t key_id;
	enum err_code code;

	text_copy(admin.address, sizeof(admin.address), in->admin_address);
	text_copy(admin.name, sizeof(admin.name), in->admin_name);
	code = account_check_free(run->db, run->actor, tenant_id,
	    "admin_address", admin.address, err);
	if (code == OK)
		code = account_insert(run->db, &admin, err);
	if (code != OK || in->admin_key[0] == '\0')
		return code;
	code = key_line_parse(&key, in->admin_key, err);
	if (code == OK)
		code = key_insert(
		    run->db, run->actor, admin.id, &key, "", &key_id, err);
	return code;
}

/* What can be seen without the database, so that it is refused first. */
static enum err_code
prepare_values(struct tenant_input *in, struct err *err)
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

/* The sheet that was named must wait for a tenant. */
static enum err_code
check_intake(struct context *context, const char *name, struct err *err)
{
	struct intake sheet;
	enum err_code code;

	if (name[0] == '\0')
		return OK;
	code = intake_read(context, name, &sheet, err);
	if (code == OK && sheet.tenant_id != 0)
		code = err_set(err, ERR_CONFLICT, "intake",
		    "The intake sheet of %.100s belongs to that tenant: name "
		    "one of a customer to come.",
		    sheet.organisation);
	if (code != OK && err != NULL)
		text_copy(err->field, sizeof(err->field), "intake");
	return code;
}

/* None of the facts that the intake sheet asks for was given: those of the
 * sheet that waits for this tenant hold. */
static enum err_code
take_intake(struct context *context, struct tenant_input *in, struct err *err)
{
	struct intake sheet;
	enum err_code code;

	if (in->mailboxes[0] != '\0' || in->dns_provider[0] != '\0' ||
	    in->dns_login[0] != '\0' || in->mail_at != 0 ||
	    in->wants_smime != 0)
		return OK;
	code = intake_find(context->db,
	    in->intake[0] != '\0' ? in->intake : in->name, &sheet, err);
	if (code == ERR_NOT_FOUND)
		code = intake_find(context->db, in->domain, &sheet, err);
	if (code != OK || sheet.tenant_id != 0)
		return code == ERR_NOT_FOUND ? OK : code;
	text_copy(in->mailboxes, sizeof(in->mailboxes), sheet.mailboxes);
	text_copy(
	    in->dns_provider, sizeof(in->dns_provider), sheet.dns_provider);
	text_copy(in->dns_login, sizeof(in->dns_login), sheet.dns_login);
	in->mail_at = sheet.is_external;
	in->wants_smime = sheet.wants_smime;
	return OK;
}

static enum err_code
prepare_add(struct context *context, void *input, struct err *err)
{
	const struct tenant_input *in = input;
	enum err_code code = check_intake(context, in->intake, err);

	if (code == OK)
		code = take_intake(context, input, err);
	return code == OK ? prepare_values(input, err) : code;
}

/* The row is found again after the change of name: by its domain. */
static enum err_code
prepare_edit(struct context *context, void *input, struct err *err)
{
	struct tenant_input *in = input;
	struct tenant tenant;
	struct db_query q;

	if (tenant_find(context->db, in->tenant, &tenant, err) != OK)
		return OK; /* find_target() says so in its place */
	q = db_query(context->db, &tenant_statements, TENANT_DOMAIN);
	db_bind_int64(&q, ":id", tenant.id);
	if (db_step(&q))
		db_copy(&q, 0, in->tenant, sizeof(in->tenant));
	if (db_end(&q, err) != OK)
		return err->code;
	return prepare_values(input, err);
}

static enum err_code
find_new(struct operation_run *run, const void *input, struct err *err)
{
	const struct tenant_input *in = input;

	(void)err;
	run->target.is_known = true;
	text_copy(run->target.name, sizeof(run->target.name), in->name);
	return OK;
}

static enum err_code
insert_row(struct operation_run *run, const struct tenant_input *in,
    const struct hosts *hosts, struct err *err)
{
	struct db_query q =
	    db_query(run->db, &tenant_statements, TENANT_INSERT);
	char folded[TENANT_NAME_SIZE * 3];

	db_fold(folded, sizeof(folded), in->name);
	bind_row(&q, in, hosts);
	db_bind_text(&q, ":folded", folded);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

static enum err_code
run_add(struct operation_run *run, const void *input, struct err *err)
{
	const struct tenant_input *in = input;
	struct hosts hosts = { 0 };
	int64_t domain_id;
	enum err_code code = check_name(run->db, in->name, 0, err);

	if (code == OK)
		code = domain_check_free(
		    run->db, run->actor, "domain", in->domain, err);
	if (code == OK)
		code = check_hosts(run->db, in, &hosts, err);
	if (code == OK)
		code = insert_row(run, in, &hosts, err);
	if (code != OK)
		return code;
	run->result->id = run->target.tenant_id = db_last_id(run->db);
	code = domain_insert(run->db, run->result->id, in->domain,
	    in->mail_host, true, &domain_id, err);
	if (code == OK)
		code = intake_take_over(run->db, run->result->id,
		    in->intake[0] != '\0' ? in->intake : in->name, in->domain,
		    err);
	if (code == OK)
		code = save_intake(run->db, run->result->id, in, err);
	if (code == OK && in->admin_address[0] != '\0')
		code = add_admin(run, run->result->id, in, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.80s is added.  Next: its users, and the DNS records of %.80s.",
	    in->name, in->domain);
	return code;
}

static enum err_code
find_existing(struct operation_run *run, const void *input, struct err *err)
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

static enum err_code
load_edit(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct tenant_input *in = input;
	struct tenant tenant;
	struct db_query q;
	const enum err_code code = tenant_find(db, in->tenant, &tenant, err);

	if (code != OK)
		return code;
	q = db_query(db, &tenant_statements, TENANT_LOAD);
	db_bind_int64(&q, ":id", tenant.id);
	if (db_step(&q)) {
		*version = db_int64(&q, 0);
		db_copy(&q, 1, in->name, sizeof(in->name));
		db_copy(&q, 2, in->imap_host, sizeof(in->imap_host));
		in->imap_port = db_int64(&q, 3);
		db_copy(&q, 4, in->smtp_host, sizeof(in->smtp_host));
		in->smtp_port = db_int64(&q, 5);
		in->user_limit = db_int64(&q, 6);
		in->storage_limit = db_int64(&q, 7);
		in->mail_at = db_int64(&q, 8);
		in->wants_smime = db_int64(&q, 9);
		db_copy(&q, 10, in->dns_provider, sizeof(in->dns_provider));
		db_copy(&q, 11, in->dns_login, sizeof(in->dns_login));
		db_copy(&q, 12, in->mailboxes, sizeof(in->mailboxes));
		in->smime_failure = db_int64(&q, 13);
	}
	return db_end(&q, err);
}

static enum err_code
run_edit(struct operation_run *run, const void *input, struct err *err)
{
	const struct tenant_input *in = input;
	struct hosts hosts = { 0 };
	char folded[TENANT_NAME_SIZE * 3];
	struct tenant tenant;
	struct db_query q;
	enum err_code code =
	    tenant_by_id(run->db, run->target.id, &tenant, err);

	if (code == OK)
		code = check_name(run->db, in->name, tenant.id, err);
	if (code == OK)
		code = check_hosts(run->db, in, &hosts, err);
	if (code == OK)
		code = check_limits(&tenant, in, err);
	if (code != OK)
		return code;
	db_fold(folded, sizeof(folded), in->name);
	q = db_query(run->db, &tenant_statements, TENANT_EDIT);
	bind_row(&q, in, &hosts);
	db_bind_text(&q, ":folded", folded);
	db_bind_text(&q, ":smime_failure", failure_names[in->smime_failure]);
	db_bind_int64(&q, ":id", tenant.id);
	code = db_run(&q, err);
	if (code == OK)
		code = save_intake(run->db, tenant.id, in, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is changed.", in->name);
	return code;
}

/* One step of a tenant's life: from where it may be taken, and its words. */
static enum err_code
change_status(struct operation_run *run, const char *from, const char *to,
    const char *refusal, const char *note, struct err *err)
{
	struct tenant tenant;
	struct db_query q;
	const enum err_code code =
	    tenant_by_id(run->db, run->target.id, &tenant, err);

	if (code != OK)
		return code;
	if (strstr(from, tenant.status) == NULL)
		return err_set(err, ERR_CONFLICT, NULL, "%.80s is %s: %s",
		    tenant.name, tenant.status, refusal);
	q = db_query(run->db, &tenant_statements, TENANT_STATUS);
	db_bind_text(&q, ":status", to);
	db_bind_int64(
	    &q, ":closed_at", text_is_same(to, "closed") ? clock_now() : 0);
	db_bind_int64(&q, ":id", tenant.id);
	text_format(run->result->note, sizeof(run->result->note), "%.80s %s",
	    tenant.name, note);
	return db_run(&q, err);
}

static enum err_code
run_suspend(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	return change_status(run, "active", "suspended",
	    "only an active tenant can be suspended.",
	    "is suspended: nobody signs in and no mail comes.", err);
}

static enum err_code
run_resume(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	return change_status(run, "suspended", "active",
	    "only a suspended tenant can be resumed.", "is active again.", err);
}

static enum err_code
run_close(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	if (run->actor->only_tenant_id != 0)
		return err_set(err, ERR_CONFLICT, NULL,
		    "The key you signed in with is for this tenant alone: "
		    "close it with another key.");
	return change_status(run, "active suspended", "closed",
	    "there is nothing left to close.",
	    "is closed.  Its data is kept for 30 days.", err);
}

static enum err_code
run_restore(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	return change_status(run, "closed", "active",
	    "only a closed tenant can be restored.", "is active again.", err);
}

/* ---- tables ---- */

#define IN(member) FIELD(struct tenant_input, member)

/* clang-format off */

/* The rows that adding and editing share. */
#define HOST_FIELDS \
	{ .name = "imap_host", .label = "IMAP host", .help = "Where mail programs read mail: an approved host; empty: the mail host.", \
	  .kind = FIELD_HOST, IN(imap_host) }, \
	{ .name = "imap_port", .label = "IMAP port", .help = "993 for IMAP over TLS.", \
	  .kind = FIELD_PORT, IN(imap_port), .initial = "993" }, \
	{ .name = "smtp_host", .label = "SMTP host", .help = "Where mail programs send mail: an approved host; empty: the IMAP host.", \
	  .kind = FIELD_HOST, IN(smtp_host) }, \
	{ .name = "smtp_port", .label = "SMTP port", .help = "587 for STARTTLS, 465 for TLS from the start.", \
	  .kind = FIELD_PORT, IN(smtp_port), .initial = "587" }
#define LIMIT_FIELDS \
	{ .name = "user_limit", .label = "User limit", .help = "Most mailboxes; 0 means none allowed.", \
	  .kind = FIELD_NUMBER, IN(user_limit), .is_required = true, .max = 1000000, .initial = "25" }, \
	{ .name = "storage_limit", .label = "Storage limit", .help = "Most that all quotas together may allow, such as 50 GB.", \
	  .kind = FIELD_BYTES, IN(storage_limit), .is_required = true, .initial = "50 GB" }
#define INTAKE_FIELDS \
	{ .name = "mail_at", .label = "Mail is", .help = "local: on this server; external: at another IMAP and SMTP provider.", \
	  .kind = FIELD_CHOICE, IN(mail_at), .choices = mail_names }, \
	{ .name = "dns_provider", .label = "DNS provider", .help = "Where the domain's DNS records are edited.", \
	  .kind = FIELD_TEXT, IN(dns_provider) }, \
	{ .name = "dns_login", .label = "DNS login", .help = "Who holds the log-in there: a name, never a password.", \
	  .kind = FIELD_TEXT, IN(dns_login) }, \
	{ .name = "wants_smime", .label = "S/MIME wanted", .help = "Whether users sign or encrypt mail with certificates of their own.", \
	  .kind = FIELD_YES_NO, IN(wants_smime) }, \
	{ .name = "mailboxes", .label = "Expected mailboxes", .help = "Addresses that shall exist at the start, with commas between.", \
	  .kind = FIELD_ADDRESSES, IN(mailboxes) }

static const struct field add_fields[] = {
	{ .name = "name", .label = "Organisation", .help = "Name of the customer's organisation.",
	  .kind = FIELD_TEXT, IN(name), .is_required = true, .is_main = true },
	{ .name = "domain", .label = "Primary domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, IN(domain), .is_required = true },
	{ .name = "mail_host", .label = "Mail host", .help = "What the MX record names, such as mail.example.com.",
	  .kind = FIELD_HOST, IN(mail_host), .is_required = true },
	HOST_FIELDS,
	LIMIT_FIELDS,
	INTAKE_FIELDS,
	{ .name = "admin_address", .label = "Admin address", .help = "Mail address of the first tenant admin; may be added later.",
	  .kind = FIELD_ADDRESS, IN(admin_address) },
	{ .name = "admin_name", .label = "Admin name", .help = "Full name of the first tenant admin.",
	  .kind = FIELD_TEXT, IN(admin_name) },
	{ .name = "admin_key", .label = "Admin SSH key", .help = "The one line of the admin's .pub file: type, key, comment.",
	  .kind = FIELD_BLOCK, IN(admin_key) },
	{ .name = "intake", .label = "Intake sheet", .help = "Of which organisation to take it over, when that had another name.",
	  .kind = FIELD_TEXT, IN(intake) },
	{ 0 }
};

#define WHICH_FIELD \
	{ .name = "tenant", .label = "Tenant", .help = "The organisation's name, or one of its domains.", \
	  .kind = FIELD_TEXT, IN(tenant), .is_required = true, .is_main = true, .is_fixed = true }

static const struct field edit_fields[] = {
	WHICH_FIELD,
	{ .name = "name", .label = "Organisation", .help = "Name of the customer's organisation.",
	  .kind = FIELD_TEXT, IN(name), .is_required = true },
	HOST_FIELDS,
	LIMIT_FIELDS,
	INTAKE_FIELDS,
	{ .name = "smime_failure", .label = "S/MIME failure", .help = "Mail that can't be signed through our fault. defer: it is sent later; pass: unsigned.",
	  .kind = FIELD_CHOICE, IN(smime_failure), .choices = failure_names },
	{ 0 }
};

static const struct field which_fields[] = { WHICH_FIELD, { 0 } };

#define WHICH .action = ACTION_TENANT_EDIT, .fields = which_fields, \
	.input_size = sizeof(struct tenant_input), .find_target = find_existing

const struct operation tenant_operations[] = {
	{ .name = "tenant add", .help = "Makes a tenant with its primary domain and first admin.",
	  .action = ACTION_TENANT_EDIT, .fields = add_fields, .input_size = sizeof(struct tenant_input),
	  .prepare = prepare_add, .find_target = find_new, .run = run_add },
	{ .name = "tenant edit", .help = "Changes a tenant's name, hosts, limits and intake facts.",
	  .action = ACTION_TENANT_EDIT, .fields = edit_fields, .input_size = sizeof(struct tenant_input),
	  .load = load_edit, .prepare = prepare_edit, .find_target = find_existing, .run = run_edit },
	{ .name = "tenant suspend", .help = "Stops a tenant's mail and log-ins at once; resume undoes it.",
	  .danger = DANGER_ASK, WHICH, .run = run_suspend },
	{ .name = "tenant resume", .help = "Lets a suspended tenant work again.",
	  WHICH, .run = run_resume },
	{ .name = "tenant close", .help = "Ends a tenant; its data goes after 30 days unless restored.",
	  .danger = DANGER_NAME, WHICH, .run = run_close },
	{ .name = "tenant restore", .help = "Brings a closed tenant back within 30 days.",
	  WHICH, .run = run_restore },
	{ 0 }
};

static const struct list_column columns[] = {
	{ "name", "TENANT", "t.name", "t.name_folded", LIST_TEXT, 0, LIST_SORTABLE | LIST_FILTERABLE },
	{ "primary_domain", "PRIMARY DOMAIN", "coalesce(d.name, '')", NULL, LIST_TEXT, 22, LIST_FILTERABLE | LIST_FOLDED },
	{ "user_count", "USERS", "t.user_count", NULL, LIST_NUMBER, 6, 0 },
	{ "user_limit", "OF", "t.user_limit", NULL, LIST_NUMBER, 6, 0 },
	{ "storage_allocated_bytes", "STORAGE", "t.storage_allocated_bytes", NULL, LIST_BYTES, 9, 0 },
	{ "storage_limit_bytes", "OF", "t.storage_limit_bytes", NULL, LIST_BYTES, 9, 0 },
	{ "status", "STATUS", "t.status", NULL, LIST_TEXT, 10, 0 },
	{ "alias_count", "ALIASES", "t.alias_count", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "domains", "DOMAINS", "(SELECT coalesce(group_concat(x.name, ', '), '') FROM domain x WHERE x.tenant_id = t.id)", NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "mail_host", "MAIL HOST", "coalesce(d.mail_host, '')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "imap_host", "IMAP HOST", "h.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "imap_port", "IMAP PORT", "t.imap_port", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "smtp_host", "SMTP HOST", "s.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "smtp_port", "SMTP PORT", "t.smtp_port", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ "mail_at", "MAIL IS", "coalesce(i.mail_at, 'local')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "dns_provider", "DNS PROVIDER", "coalesce(i.dns_provider, '')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "dns_login", "DNS LOGIN", "coalesce(i.dns_login, '')", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "wants_smime", "S/MIME WANTED", "coalesce(i.wants_smime, 0)", NULL, LIST_YES_NO, 0, LIST_DETAIL },
	{ "smime_failure", "S/MIME FAILURE", "t.smime_failure", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "mailboxes", "EXPECTED MAILBOXES", "coalesce(i.mailboxes, '')", NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "admins", "ADMINS", "(SELECT coalesce(group_concat(a.address, ', '), '') FROM account a WHERE a.tenant_id = t.id AND a.role = 'tenant_admin' AND a.deleted_at = 0)", NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "created_at", "CREATED", "t.created_at", NULL, LIST_MOMENT, 0, LIST_DETAIL | LIST_SORTABLE },
	{ "closed_at", "CLOSED", "t.closed_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "version", "VERSION", "t.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list tenant_list = {
	.name = "tenant list", .show = "tenant show",
	.help = "Customer organisations with their limits and status.",
	.empty = "A tenant is a customer organisation with its domains, users and limits.",
	.action = ACTION_TENANT_VIEW,
	.from = "tenant t JOIN host h ON h.id = t.imap_host_id "
		"JOIN host s ON s.id = t.smtp_host_id "
		"LEFT JOIN domain d ON d.tenant_id = t.id AND d.is_primary = 1 "
		"LEFT JOIN intake i ON i.tenant_id = t.id",
	.id = "t.id", .key = "t.name", .find = "t.name_folded",
	.scope_tenant = "t.id = :tenant",
	.of_tenant = "t.id = :of_tenant",
	.columns = columns,
};
/* clang-format on */
