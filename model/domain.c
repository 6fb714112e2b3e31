#include "model/domain.h"

#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "model/dmarc.h"
#include "model/sts_path.h"
#include "model/tenant.h"

struct domain_input {
	char name[HOST_NAME_SIZE];
	char tenant[TENANT_NAME_SIZE];
	char mail_host[HOST_NAME_SIZE];
	char dmarc_mailbox[ADDRESS_SIZE];
	char tls_report_mailbox[ADDRESS_SIZE];
	int64_t dmarc_policy, mta_sts_mode;
	char reason[200]; /* for a policy that nothing proves yet */
};

enum {
	DOMAIN_BY_NAME,
	DOMAIN_TENANT_NAME,
	DOMAIN_SERVER_NAME,
	DOMAIN_INSERT,
	DOMAIN_EDIT,
	DOMAIN_LOAD,
	DOMAIN_COUNT_ADDRESSES,
	DOMAIN_COUNT_KEYS,
	DOMAIN_DELETE,
};

static const char *const sql[] = {
	[DOMAIN_BY_NAME] = "SELECT id, tenant_id, version, name, mail_host, "
			   "status, ownership, proof_token, is_primary "
			   "FROM domain WHERE name = :name",
	[DOMAIN_TENANT_NAME] =
	    "SELECT t.id, t.name FROM domain d JOIN tenant t "
	    "ON t.id = d.tenant_id WHERE d.name = :name",
	[DOMAIN_SERVER_NAME] = "SELECT 1 FROM server WHERE host_name = :name",
	[DOMAIN_INSERT] =
	    "INSERT INTO domain (tenant_id, name, mail_host, is_primary, "
	    "proof_token, mta_sts_id, created_at) VALUES (:tenant, :name, "
	    ":mail_host, :is_primary, :token, :mta_sts_id, :now)",
	[DOMAIN_EDIT] =
	    "UPDATE domain SET mail_host = :mail_host, "
	    "dmarc_policy = :dmarc_policy, dmarc_mailbox = :dmarc_mailbox, "
	    "tls_report_mailbox = :tls_report_mailbox, "
	    "mta_sts_id = CASE WHEN mta_sts_mode = :mta_sts_mode "
	    "AND mail_host = :mail_host THEN mta_sts_id ELSE :mta_sts_id END, "
	    "mta_sts_since = CASE WHEN mta_sts_mode = :mta_sts_mode "
	    "THEN mta_sts_since ELSE :now END, "
	    "mta_sts_mode = :mta_sts_mode, version = version + 1 "
	    "WHERE id = :id",
	[DOMAIN_LOAD] =
	    "SELECT version, mail_host, dmarc_policy, dmarc_mailbox, "
	    "tls_report_mailbox, mta_sts_mode FROM domain "
	    "WHERE name = :name",
	[DOMAIN_COUNT_ADDRESSES] =
	    "SELECT count(*) FROM address WHERE domain_id = :id",
	[DOMAIN_COUNT_KEYS] =
	    "SELECT count(*) FROM dkim_key WHERE domain_id = :id "
	    "AND stage <> 'retired'",
	[DOMAIN_DELETE] = "DELETE FROM domain WHERE id = :id",
};

const struct db_statements domain_statements = DB_STATEMENTS("domain", sql);

/* ---- finding ---- */

static enum err_code
not_found(const char *name, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, NULL,
	    "There is no domain \"%.100s\" here.", name);
}

enum err_code
domain_find(
    struct db *db, const char *name, struct domain *domain, struct err *err)
{
	struct host_name stored;
	struct db_query q;
	bool is_found;
	enum err_code code;

	*domain = (struct domain){ 0 };
	if (host_name_parse(&stored, name, NULL) != OK)
		return not_found(name, err);
	q = db_query(db, &domain_statements, DOMAIN_BY_NAME);
	db_bind_text(&q, ":name", stored.text);
	is_found = db_step(&q);
	if (is_found) {
		domain->id = db_int64(&q, 0);
		domain->tenant_id = db_int64(&q, 1);
		domain->version = db_int64(&q, 2);
		db_copy(&q, 3, domain->name, sizeof(domain->name));
		db_copy(&q, 4, domain->mail_host, sizeof(domain->mail_host));
		db_copy(&q, 5, domain->status, sizeof(domain->status));
		db_copy(&q, 6, domain->ownership, sizeof(domain->ownership));
		db_copy(
		    &q, 7, domain->proof_token, sizeof(domain->proof_token));
		domain->is_primary = db_int64(&q, 8) != 0;
	}
	code = db_end(&q, err);
	return code != OK || is_found ? code : not_found(name, err);
}

enum err_code
domain_target(struct operation_run *run, const char *name,
    struct domain *domain, struct err *err)
{
	struct domain found;
	const enum err_code code = domain_find(run->db, name, &found, err);

	if (domain != NULL)
		*domain = found;
	text_copy(run->target.name, sizeof(run->target.name),
	    code == OK ? found.name : name);
	if (code != OK)
		return code == ERR_NOT_FOUND ? OK : code;
	run->target.is_known = true;
	run->target.id = found.id;
	run->target.tenant_id = found.tenant_id;
	run->target.version = found.version;
	return OK;
}

enum err_code
domain_of_new(struct operation_run *run, const char *address,
    struct domain *domain, struct err *err)
{
	const int64_t own = actor_tenant(run->actor);
	const char *at = strrchr(address, '@');
	struct tenant tenant;
	enum err_code code =
	    domain_find(run->db, at == NULL ? "" : at + 1, domain, err);

	if (code == ERR_NOT_FOUND ||
	    (code == OK && own != 0 && domain->tenant_id != own))
		return err_set(err, ERR_NOT_FOUND, "address",
		    "\"%.80s\" is no domain of %s: addresses are made in "
		    "domains that a tenant here has.",
		    at == NULL ? address : at + 1,
		    own != 0 ? "yours" : "any tenant");
	if (code != OK)
		return code;
	code = tenant_by_id(run->db, domain->tenant_id, &tenant, err);
	if (code == OK && text_is_same(tenant.status, "closed"))
		return err_set(err, ERR_CONFLICT, "address",
		    "The tenant %.80s is closed: restore it first.",
		    tenant.name);
	run->target.is_known = code == OK;
	run->target.tenant_id = domain->tenant_id;
	text_copy(run->target.name, sizeof(run->target.name), address);
	return code;
}

/* Whether the server itself is called so. */
static enum err_code
refuse_server_name(
    struct db *db, const char *field, const char *name, struct err *err)
{
	struct db_query q =
	    db_query(db, &domain_statements, DOMAIN_SERVER_NAME);
	bool is_server;
	enum err_code code;

	db_bind_text(&q, ":name", name);
	is_server = db_step(&q);
	code = db_end(&q, err);
	if (code == OK && is_server)
		return err_set(err, ERR_INVALID, field,
		    "%s is the name of this server, not a customer's domain.",
		    name);
	return code;
}

enum err_code
domain_check_free(struct db *db, const struct actor *actor, const char *field,
    const char *name, struct err *err)
{
	struct db_query q =
	    db_query(db, &domain_statements, DOMAIN_TENANT_NAME);
	const int64_t only = actor_tenant(actor);
	char tenant[TENANT_NAME_SIZE] = "";
	bool is_taken, is_shown = false;
	enum err_code code;

	db_bind_text(&q, ":name", name);
	is_taken = db_step(&q);
	if (is_taken) {
		is_shown = may_ever(actor, ACTION_TENANT_VIEW, NULL) &&
		    (only == 0 || only == db_int64(&q, 0));
		db_copy(&q, 1, tenant, sizeof(tenant));
	}
	code = db_end(&q, err);
	if (code != OK)
		return code;
	if (is_taken && is_shown)
		return err_set(err, ERR_CONFLICT, field,
		    "The tenant %.100s has the domain %.80s already.", tenant,
		    name);
	if (is_taken)
		return err_set(err, ERR_CONFLICT, field,
		    "%.100s is in use on this server already.  If it is "
		    "yours, ask the people who run the server.",
		    name);
	return refuse_server_name(db, field, name, err);
}

/* ---- changing ---- */

/* "20260521T000000Z": grows with each change of the policy (RFC 8461 3.1). */
static void
sts_id_now(char to[24])
{
	char utc[24], *out = to;

	clock_format_utc(utc, sizeof(utc), clock_now());
	for (const char *at = utc; *at != '\0'; at++)
		if (*at != '-' && *at != ':')
			*out++ = *at;
	*out = '\0';
}

enum err_code
domain_insert(struct db *db, int64_t tenant_id, const char *name,
    const char *mail_host, bool is_primary, int64_t *id, struct err *err)
{
	struct db_query q = db_query(db, &domain_statements, DOMAIN_INSERT);
	char token[DOMAIN_TOKEN_SIZE], sts_id[24];
	enum err_code code;

	random_token(token, sizeof(token));
	sts_id_now(sts_id);
	db_bind_int64(&q, ":tenant", tenant_id);
	db_bind_text(&q, ":name", name);
	db_bind_text(&q, ":mail_host", mail_host);
	db_bind_int64(&q, ":is_primary", is_primary);
	db_bind_text(&q, ":token", token);
	db_bind_text(&q, ":mta_sts_id", sts_id);
	db_bind_int64(&q, ":now", clock_now());
	code = db_run(&q, err);
	*id = code == OK ? db_last_id(db) : 0;
	return code;
}

static enum err_code
find_new(struct operation_run *run, const void *input, struct err *err)
{
	const struct domain_input *in = input;
	const enum err_code code = tenant_target(run, in->tenant, err);

	text_copy(run->target.name, sizeof(run->target.name), in->name);
	return code;
}

static enum err_code
run_add(struct operation_run *run, const void *input, struct err *err)
{
	const struct domain_input *in = input;
	char mail_host[HOST_NAME_SIZE];
	enum err_code code =
	    domain_check_free(run->db, run->actor, "name", in->name, err);

	if (code != OK)
		return code;
	if (!text_copy(mail_host, sizeof(mail_host), in->mail_host) ||
	    (mail_host[0] == '\0' &&
		!text_format(
		    mail_host, sizeof(mail_host), "mail.%s", in->name)))
		return err_set(err, ERR_INVALID, "mail_host",
		    "Name the mail host: \"mail.\" does not fit before this "
		    "domain.");
	code = domain_insert(run->db, run->target.tenant_id, in->name,
	    mail_host, false, &run->result->id, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is added.  Next: publish its DNS records.", in->name);
	return code;
}

static enum err_code
find_existing(struct operation_run *run, const void *input, struct err *err)
{
	const struct domain_input *in = input;

	return domain_target(run, in->name, NULL, err);
}

static int64_t
index_of(const char *const *names, const char *name)
{
	for (int64_t i = 0; names[i] != NULL; i++)
		if (text_is_same(names[i], name))
			return i;
	return 0;
}

static enum err_code
load_edit(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct domain_input *in = input;
	struct db_query q = db_query(db, &domain_statements, DOMAIN_LOAD);

	db_bind_text(&q, ":name", in->name);
	if (db_step(&q)) {
		*version = db_int64(&q, 0);
		db_copy(&q, 1, in->mail_host, sizeof(in->mail_host));
		in->dmarc_policy = index_of(dmarc_policy_names, db_text(&q, 2));
		db_copy(&q, 3, in->dmarc_mailbox, sizeof(in->dmarc_mailbox));
		db_copy(&q, 4, in->tls_report_mailbox,
		    sizeof(in->tls_report_mailbox));
		in->mta_sts_mode = index_of(sts_mode_names, db_text(&q, 5));
	}
	return db_end_found(&q, "There is no such domain here.", err);
}

#define WITH_REASON "%s  With a reason it is taken all the same."

/* A stricter policy is taken when it is proven, or with a reason. */
static enum err_code
check_policies(
    struct operation_run *run, const struct domain_input *in, struct err *err)
{
	const int64_t now = clock_now(), id = run->target.id;
	struct dmarc_evidence dmarc;
	struct sts_evidence sts;
	char missing[200];

	if (dmarc_evidence_read(run->db, id, now, &dmarc, err) != OK ||
	    sts_evidence_read(run->db, id, now, &sts, err) != OK)
		return err->code;
	if (in->reason[0] != '\0')
		return OK;
	if (!dmarc_may_step(&dmarc, (enum dmarc_policy)in->dmarc_policy, now,
		missing, sizeof(missing)))
		return err_set(
		    err, ERR_CONFLICT, "dmarc_policy", WITH_REASON, missing);
	if (!sts_may_step(&sts, (enum sts_mode)in->mta_sts_mode, now, missing,
		sizeof(missing)))
		return err_set(
		    err, ERR_CONFLICT, "mta_sts_mode", WITH_REASON, missing);
	return OK;
}

static enum err_code
run_edit(struct operation_run *run, const void *input, struct err *err)
{
	const struct domain_input *in = input;
	struct db_query q;
	char sts_id[24];

	if (check_policies(run, in, err) != OK)
		return err->code;
	q = db_query(run->db, &domain_statements, DOMAIN_EDIT);
	sts_id_now(sts_id);
	db_bind_text(&q, ":mail_host", in->mail_host);
	db_bind_text(&q, ":dmarc_policy", dmarc_policy_names[in->dmarc_policy]);
	db_bind_text(&q, ":dmarc_mailbox", in->dmarc_mailbox);
	db_bind_text(&q, ":tls_report_mailbox", in->tls_report_mailbox);
	db_bind_text(&q, ":mta_sts_mode", sts_mode_names[in->mta_sts_mode]);
	db_bind_text(&q, ":mta_sts_id", sts_id);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_int64(&q, ":id", run->target.id);
	run->result->id = run->target.id;
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is changed: look at its DNS records again.",
	    run->target.name);
	return db_run(&q, err);
}

static enum err_code
count_of(struct db *db, size_t statement, int64_t id, int64_t *count,
    struct err *err)
{
	struct db_query q = db_query(db, &domain_statements, statement);

	db_bind_int64(&q, ":id", id);
	*count = db_step(&q) ? db_int64(&q, 0) : 0;
	return db_end(&q, err);
}

static enum err_code
run_remove(struct operation_run *run, const void *input, struct err *err)
{
	struct domain domain;
	int64_t addresses, keys;
	struct db_query q;
	enum err_code code =
	    domain_find(run->db, run->target.name, &domain, err);

	(void)input;
	if (code == OK)
		code = count_of(run->db, DOMAIN_COUNT_ADDRESSES, domain.id,
		    &addresses, err);
	if (code == OK)
		code =
		    count_of(run->db, DOMAIN_COUNT_KEYS, domain.id, &keys, err);
	if (code != OK)
		return code;
	if (domain.is_primary)
		return err_set(err, ERR_CONFLICT, NULL,
		    "%.100s is the tenant's primary domain and stays as long "
		    "as the tenant does.",
		    domain.name);
	if (addresses != 0)
		return err_set(err, ERR_CONFLICT, NULL,
		    "%.100s still has %lld addresses of users (those removed "
		    "lately count) and aliases: remove them first.",
		    domain.name, (long long)addresses);
	if (keys != 0)
		return err_set(err, ERR_CONFLICT, NULL,
		    "%.100s still has %lld DKIM keys: the operator retires "
		    "them first.",
		    domain.name, (long long)keys);
	q = db_query(run->db, &domain_statements, DOMAIN_DELETE);
	db_bind_int64(&q, ":id", domain.id);
	return db_run(&q, err);
}

/* ---- tables ---- */

#define IN(member) FIELD(struct domain_input, member)

/* clang-format off */
static const struct field name_fields[] = {
	{ .name = "name", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, IN(name), .is_required = true, .is_main = true, .is_fixed = true },
	{ 0 }
};

static const struct field add_fields[] = {
	{ .name = "name", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, IN(name), .is_required = true, .is_main = true, .is_fixed = true },
	{ .name = "tenant", .label = "Tenant", .help = "The organisation that has it; empty: your own.",
	  .kind = FIELD_TEXT, IN(tenant) },
	{ .name = "mail_host", .label = "Mail host", .help = "What its MX record names; empty: mail. before the domain.",
	  .kind = FIELD_HOST, IN(mail_host) },
	{ 0 }
};

static const struct field edit_fields[] = {
	{ .name = "name", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, IN(name), .is_required = true, .is_main = true, .is_fixed = true },
	{ .name = "mail_host", .label = "Mail host", .help = "What its MX record names, such as mail.example.com.",
	  .kind = FIELD_HOST, IN(mail_host), .is_required = true },
	{ .name = "dmarc_policy", .label = "DMARC policy", .help = "none while senders are being found, then quarantine or reject.",
	  .kind = FIELD_CHOICE, IN(dmarc_policy), .choices = dmarc_policy_names },
	{ .name = "reason", .label = "Reason", .help = "Only for a stricter policy that nothing proves yet; the audit log keeps it.",
	  .kind = FIELD_TEXT, IN(reason) },
	{ .name = "dmarc_mailbox", .label = "DMARC reports", .help = "Where aggregate reports go; empty: the server's mailbox for them.",
	  .kind = FIELD_ADDRESS, IN(dmarc_mailbox) },
	{ .name = "tls_report_mailbox", .label = "TLS reports", .help = "Where TLS reports go; empty: the server's mailbox for them.",
	  .kind = FIELD_ADDRESS, IN(tls_report_mailbox) },
	{ .name = "mta_sts_mode", .label = "MTA-STS", .help = "testing first; enforce once the reports look healthy.",
	  .kind = FIELD_CHOICE, IN(mta_sts_mode), .choices = sts_mode_names },
	{ 0 }
};

const struct operation domain_operations[] = {
	{ .name = "domain add", .help = "Gives a tenant one more mail domain.",
	  .action = ACTION_DOMAIN_EDIT, .fields = add_fields, .input_size = sizeof(struct domain_input),
	  .find_target = find_new, .run = run_add },
	{ .name = "domain edit", .help = "Changes mail host, DMARC, MTA-STS and report mailboxes of a domain.",
	  .action = ACTION_DOMAIN_EDIT, .fields = edit_fields, .input_size = sizeof(struct domain_input),
	  .load = load_edit, .find_target = find_existing, .run = run_edit },
	{ .name = "domain remove", .help = "Takes a domain without addresses away from its tenant.",
	  .action = ACTION_DOMAIN_EDIT, .danger = DANGER_NAME, .fields = name_fields,
	  .input_size = sizeof(struct domain_input),
	  .find_target = find_existing, .run = run_remove },
	{ 0 }
};

#define SORT_FILTER (LIST_SORTABLE | LIST_FILTERABLE)

static const struct list_column columns[] = {
	{ "name", "DOMAIN", "d.name", NULL, LIST_TEXT, 0, SORT_FILTER | LIST_FOLDED },
	{ "tenant", "TENANT", "t.name", "t.name_folded", LIST_TEXT, 20, SORT_FILTER },
	{ "mail_host", "MAIL HOST", "d.mail_host", NULL, LIST_TEXT, 24, LIST_FILTERABLE | LIST_FOLDED },
	{ "ownership", "OWNERSHIP", "d.ownership", NULL, LIST_TEXT, 10, 0 },
	{ "status", "STATUS", "CASE t.status WHEN 'active' THEN d.status ELSE t.status END", NULL, LIST_TEXT, 10, 0 },
	{ "is_primary", "PRIMARY", "d.is_primary", NULL, LIST_YES_NO, 8, LIST_DETAIL },
	{ "proof_name", "PROOF NAME", "'_postern-proof.' || d.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "proof_value", "PROOF VALUE", "'postern-proof=' || d.proof_token", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "verified_how", "VERIFIED HOW", "d.verified_how", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "verified_by", "VERIFIED BY", "d.verified_by", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "verified_at", "VERIFIED AT", "d.verified_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "verified_reason", "REASON", "d.verified_reason", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "dmarc_policy", "DMARC POLICY", "d.dmarc_policy", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "dmarc_mailbox", "DMARC REPORTS", "d.dmarc_mailbox", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "tls_report_mailbox", "TLS REPORTS", "d.tls_report_mailbox", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "mta_sts_mode", "MTA-STS", "d.mta_sts_mode", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "created_at", "CREATED", "d.created_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "version", "VERSION", "d.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list domain_list = {
	.name = "domain list", .show = "domain show",
	.help = "Mail domains, their ownership and status.",
	.empty = "A domain belongs to one tenant; its users and aliases have addresses in it.",
	.action = ACTION_DOMAIN_VIEW,
	.from = "domain d JOIN tenant t ON t.id = d.tenant_id",
	.id = "d.id", .key = "d.name",
	.scope_tenant = "d.tenant_id = :tenant",
	.of_tenant = "d.tenant_id = :of_tenant",
	.of_domain = "d.id = :of_domain",
	.columns = columns,
};
/* clang-format on */
