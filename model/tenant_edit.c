/* "tenant edit": a tenant's name, hosts, limits and intake facts change. */
#include "base/text.h"
#include "model/tenant_input.h"

static const char *const failure_names[] = { "defer", "pass", NULL };

enum {
	TENANT_DOMAIN,
	TENANT_LOAD,
	TENANT_EDIT,
};

static const char *const sql[] = {
	[TENANT_DOMAIN] = "SELECT name FROM domain WHERE tenant_id = :id "
			  "AND is_primary = 1",
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
};

const struct db_statements tenant_edit_statements =
    DB_STATEMENTS("tenant_edit", sql);

/* The row is found again after the change of name: by its domain. */
static enum err_code
prepare_edit(struct context *context, void *input, struct err *err)
{
	struct tenant_input *in = input;
	struct tenant tenant;
	struct db_query q;

	if (tenant_find(context->db, in->tenant, &tenant, err) != OK)
		return OK; /* find_target() says so in its place */
	q = db_query(context->db, &tenant_edit_statements, TENANT_DOMAIN);
	db_bind_int64(&q, ":id", tenant.id);
	if (db_step(&q))
		db_copy(&q, 0, in->tenant, sizeof(in->tenant));
	if (db_end(&q, err) != OK)
		return err->code;
	return tenant_prepare_values(input, err);
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
	q = db_query(db, &tenant_edit_statements, TENANT_LOAD);
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

static enum err_code
run_edit(struct operation_run *run, const void *input, struct err *err)
{
	const struct tenant_input *in = input;
	struct tenant_hosts hosts = { 0 };
	char folded[TENANT_NAME_SIZE * 3];
	struct tenant tenant;
	struct db_query q;
	enum err_code code =
	    tenant_by_id(run->db, run->target.id, &tenant, err);

	if (code == OK)
		code = tenant_check_name(run->db, in->name, tenant.id, err);
	if (code == OK)
		code = tenant_check_hosts(run->db, in, &hosts, err);
	if (code == OK)
		code = check_limits(&tenant, in, err);
	if (code != OK)
		return code;
	db_fold(folded, sizeof(folded), in->name);
	q = db_query(run->db, &tenant_edit_statements, TENANT_EDIT);
	tenant_bind_row(&q, in, &hosts);
	db_bind_text(&q, ":folded", folded);
	db_bind_text(&q, ":smime_failure", failure_names[in->smime_failure]);
	db_bind_int64(&q, ":id", tenant.id);
	code = db_run(&q, err);
	if (code == OK)
		code = tenant_save_intake(run->db, tenant.id, in, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is changed.", in->name);
	return code;
}

/* clang-format off */

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

const struct operation tenant_edit_operations[] = {
	{ .name = "tenant edit", .help = "Changes a tenant's name, hosts, limits and intake facts.",
	  .action = ACTION_TENANT_EDIT, .fields = edit_fields, .input_size = sizeof(struct tenant_input),
	  .load = load_edit, .prepare = prepare_edit, .find_target = tenant_find_existing, .run = run_edit },
	{ 0 }
};

/* clang-format on */
