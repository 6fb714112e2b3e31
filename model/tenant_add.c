/* "tenant add": a tenant with its domain, intake sheet and first admin. */
#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/domain.h"
#include "model/intake.h"
#include "model/tenant_input.h"

enum {
	TENANT_INSERT,
};

static const char *const sql[] = {
	[TENANT_INSERT] =
	    "INSERT INTO tenant (name, name_folded, imap_host_id, imap_port, "
	    "smtp_host_id, smtp_port, user_limit, storage_limit_bytes, "
	    "created_at) VALUES (:name, :folded, :imap_host, :imap_port, "
	    ":smtp_host, :smtp_port, :user_limit, :storage_limit, :now)",
};

const struct db_statements tenant_add_statements =
    DB_STATEMENTS("tenant_add", sql);

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
	return code == OK ? tenant_prepare_values(input, err) : code;
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
    const struct tenant_hosts *hosts, struct err *err)
{
	struct db_query q =
	    db_query(run->db, &tenant_add_statements, TENANT_INSERT);
	char folded[TENANT_NAME_SIZE * 3];

	db_fold(folded, sizeof(folded), in->name);
	tenant_bind_row(&q, in, hosts);
	db_bind_text(&q, ":folded", folded);
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

static enum err_code
run_add(struct operation_run *run, const void *input, struct err *err)
{
	const struct tenant_input *in = input;
	struct tenant_hosts hosts = { 0 };
	int64_t domain_id;
	enum err_code code = tenant_check_name(run->db, in->name, 0, err);

	if (code == OK)
		code = domain_check_free(
		    run->db, run->actor, "domain", in->domain, err);
	if (code == OK)
		code = tenant_check_hosts(run->db, in, &hosts, err);
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
		code = tenant_save_intake(run->db, run->result->id, in, err);
	if (code == OK && in->admin_address[0] != '\0')
		code = add_admin(run, run->result->id, in, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.80s is added.  Next: its users, and the DNS records of %.80s.",
	    in->name, in->domain);
	return code;
}

/* clang-format off */

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

const struct operation tenant_add_operations[] = {
	{ .name = "tenant add", .help = "Makes a tenant with its primary domain and first admin.",
	  .action = ACTION_TENANT_EDIT, .fields = add_fields, .input_size = sizeof(struct tenant_input),
	  .prepare = prepare_add, .find_target = find_new, .run = run_add },
	{ 0 }
};

/* clang-format on */
