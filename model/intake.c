#include "model/intake.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/db.h"
#include "model/domain.h"

#define TEXT_MAX 16384 /* bytes of a sheet as text */

static const char *const mail_names[] = { "local", "external", NULL };

enum {
	INTAKE_OF_TENANT,
	INTAKE_BY_NAME,
	INTAKE_INSERT,
	INTAKE_UPDATE,
	INTAKE_TAKE_OVER,
	INTAKE_DELETE,
	INTAKE_MISSING,
};

#define INTAKE_COLUMNS                                                \
	"SELECT i.id, i.tenant_id, i.version, coalesce(t.name, "      \
	"i.organisation), i.primary_domain, i.mail_host, "            \
	"i.admin_address, i.mailboxes, i.dns_provider, i.dns_login, " \
	"i.mail_at = 'external', i.wants_smime "                      \
	"FROM intake i LEFT JOIN tenant t ON t.id = i.tenant_id "

/* The addresses of a sheet, one row each, as e.value. */
#define EXPECTED                                                  \
	"json_each('[\"' || replace(i.mailboxes, ', ', '\",\"') " \
	"|| '\"]') e"
#define IS_THERE                                               \
	"EXISTS (SELECT 1 FROM address x LEFT JOIN account y " \
	"ON y.id = x.account_id WHERE x.address = e.value "    \
	"AND x.tenant_id = i.tenant_id AND coalesce(y.deleted_at, 0) = 0)"
#define MISSING                                                            \
	"(SELECT coalesce(group_concat(e.value, ', '), '') FROM " EXPECTED \
	" WHERE e.value <> '' AND NOT " IS_THERE ")"
#define THERE                                                              \
	"(SELECT coalesce(group_concat(e.value, ', '), '') FROM " EXPECTED \
	" WHERE " IS_THERE ")"

static const char *const sql[] = {
	[INTAKE_OF_TENANT] = INTAKE_COLUMNS "WHERE i.tenant_id = :tenant",
	[INTAKE_BY_NAME] = INTAKE_COLUMNS
	"WHERE i.tenant_id IS NULL AND (i.organisation_folded = :name "
	"OR (i.primary_domain <> '' AND i.primary_domain = :domain)) "
	"ORDER BY i.organisation_folded = :name DESC, i.id LIMIT 1",
	[INTAKE_INSERT] =
	    "INSERT INTO intake (tenant_id, organisation, "
	    "organisation_folded, primary_domain, mail_host, admin_address, "
	    "mailboxes, dns_provider, dns_login, mail_at, wants_smime, "
	    "changed_at) VALUES (:tenant, :organisation, :folded, :domain, "
	    ":mail_host, :admin_address, :mailboxes, :dns_provider, "
	    ":dns_login, :mail_at, :wants_smime, :now)",
	[INTAKE_UPDATE] =
	    "UPDATE intake SET primary_domain = :domain, "
	    "mail_host = :mail_host, admin_address = :admin_address, "
	    "mailboxes = :mailboxes, dns_provider = :dns_provider, "
	    "dns_login = :dns_login, mail_at = :mail_at, "
	    "wants_smime = :wants_smime, changed_at = :now, "
	    "version = version + 1 WHERE id = :id",
	[INTAKE_TAKE_OVER] =
	    "UPDATE intake SET tenant_id = :tenant WHERE id = "
	    "(SELECT id FROM intake WHERE tenant_id IS NULL "
	    "AND (organisation_folded = :name OR primary_domain = :domain) "
	    "ORDER BY organisation_folded = :name DESC, id LIMIT 1)",
	[INTAKE_DELETE] = "DELETE FROM intake WHERE id = :id",
	[INTAKE_MISSING] = "SELECT " MISSING " FROM intake i WHERE i.id = :id",
};

const struct db_statements intake_statements = DB_STATEMENTS("intake", sql);

/* ---- finding ---- */

static bool
read_row(struct db_query *q, struct intake *intake)
{
	if (!db_step(q))
		return false;
	intake->id = db_int64(q, 0);
	intake->tenant_id = db_int64(q, 1);
	intake->version = db_int64(q, 2);
	db_copy(q, 3, intake->organisation, sizeof(intake->organisation));
	db_copy(q, 4, intake->primary_domain, sizeof(intake->primary_domain));
	db_copy(q, 5, intake->mail_host, sizeof(intake->mail_host));
	db_copy(q, 6, intake->admin_address, sizeof(intake->admin_address));
	db_copy(q, 7, intake->mailboxes, sizeof(intake->mailboxes));
	db_copy(q, 8, intake->dns_provider, sizeof(intake->dns_provider));
	db_copy(q, 9, intake->dns_login, sizeof(intake->dns_login));
	intake->is_external = db_int64(q, 10);
	intake->wants_smime = db_int64(q, 11);
	return true;
}

static enum err_code
not_found(const char *name, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, NULL,
	    "There is no intake sheet for \"%.100s\" here.", name);
}

static enum err_code
find_waiting(
    struct db *db, const char *name, struct intake *intake, struct err *err)
{
	char folded[TENANT_NAME_SIZE * 3];
	struct host_name domain;
	struct db_query q;
	bool is_found;
	enum err_code code;

	if (!db_fold(folded, sizeof(folded), name))
		return not_found(name, err);
	if (host_name_parse(&domain, name, NULL) != OK)
		domain.text[0] = '\0';
	q = db_query(db, &intake_statements, INTAKE_BY_NAME);
	db_bind_text(&q, ":name", folded);
	db_bind_text(&q, ":domain", domain.text);
	is_found = read_row(&q, intake);
	code = db_end(&q, err);
	return code != OK || is_found ? code : not_found(name, err);
}

enum err_code
intake_find(
    struct db *db, const char *name, struct intake *intake, struct err *err)
{
	struct tenant tenant;
	struct db_query q;
	bool is_found;
	enum err_code code = tenant_find(db, name, &tenant, err);

	*intake = (struct intake){ 0 };
	if (code == ERR_NOT_FOUND)
		return find_waiting(db, name, intake, err);
	if (code != OK)
		return code;
	q = db_query(db, &intake_statements, INTAKE_OF_TENANT);
	db_bind_int64(&q, ":tenant", tenant.id);
	is_found = read_row(&q, intake);
	code = db_end(&q, err);
	return code != OK || is_found ? code : not_found(name, err);
}

enum err_code
intake_read(struct context *context, const char *name, struct intake *intake,
    struct err *err)
{
	const struct actor *actor = &context->actor;
	const char *why;
	enum err_code code;

	*intake = (struct intake){ 0 };
	if (!may_ever(actor, ACTION_INTAKE_EDIT, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	code = actor_key_allows(actor, "intake show", false, err);
	if (code == OK)
		code = intake_find(context->db, name, intake, err);
	if (code != OK)
		return code;
	if (may(actor, ACTION_INTAKE_EDIT,
		&(struct target){
		    .is_known = true, .tenant_id = intake->tenant_id }))
		return OK;
	*intake = (struct intake){ 0 };
	return not_found(name, err);
}

enum err_code
intake_missing(struct db *db, const struct intake *intake, char *to,
    size_t size, struct err *err)
{
	struct db_query q = db_query(db, &intake_statements, INTAKE_MISSING);

	to[0] = '\0';
	db_bind_int64(&q, ":id", intake->id);
	if (db_step(&q))
		db_copy(&q, 0, to, size);
	return db_end(&q, err);
}

/* ---- changing ---- */

enum err_code
intake_take_over(struct db *db, int64_t tenant_id, const char *organisation,
    const char *primary_domain, struct err *err)
{
	struct db_query q = db_query(db, &intake_statements, INTAKE_TAKE_OVER);
	char folded[TENANT_NAME_SIZE * 3];

	db_fold(folded, sizeof(folded), organisation);
	db_bind_int64(&q, ":tenant", tenant_id);
	db_bind_text(&q, ":name", folded);
	db_bind_text(&q, ":domain", primary_domain);
	return db_run(&q, err);
}

/* A new sheet starts empty, so no row is none found. */
static enum err_code
load_set(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct intake *in = input;
	struct intake found;
	char name[TENANT_NAME_SIZE];
	const enum err_code code =
	    intake_find(db, in->organisation, &found, err);

	if (code == ERR_NOT_FOUND)
		return OK;
	if (code != OK)
		return code;
	text_copy(name, sizeof(name), in->organisation);
	*in = found;
	text_copy(in->organisation, sizeof(in->organisation), name);
	*version = found.version;
	return OK;
}

static enum err_code
find_sheet(struct operation_run *run, const void *input, struct err *err)
{
	const struct intake *in = input;
	struct tenant tenant;
	const enum err_code code =
	    tenant_find(run->db, in->organisation, &tenant, err);

	text_copy(run->target.name, sizeof(run->target.name), in->organisation);
	if (code != OK && code != ERR_NOT_FOUND)
		return code;
	run->target.is_known = true;
	run->target.tenant_id = tenant.id;
	return OK;
}

static enum err_code
check_domain(struct operation_run *run, const struct intake *in,
    const struct intake *old, struct err *err)
{
	if (run->target.tenant_id != 0 || in->primary_domain[0] == '\0' ||
	    text_is_same(in->primary_domain, old->primary_domain))
		return OK;
	return domain_check_free(
	    run->db, run->actor, "primary_domain", in->primary_domain, err);
}

static void
bind_facts(struct db_query *q, const struct intake *in)
{
	db_bind_text(q, ":domain", in->primary_domain);
	db_bind_text(q, ":mail_host", in->mail_host);
	db_bind_text(q, ":admin_address", in->admin_address);
	db_bind_text(q, ":mailboxes", in->mailboxes);
	db_bind_text(q, ":dns_provider", in->dns_provider);
	db_bind_text(q, ":dns_login", in->dns_login);
	db_bind_text(q, ":mail_at", mail_names[in->is_external]);
	db_bind_int64(q, ":wants_smime", in->wants_smime);
	db_bind_int64(q, ":now", clock_now());
}

static enum err_code
save(struct operation_run *run, const struct intake *in, int64_t id,
    struct err *err)
{
	struct db_query q = db_query(run->db, &intake_statements,
	    id != 0 ? INTAKE_UPDATE : INTAKE_INSERT);
	char folded[TENANT_NAME_SIZE * 3];
	enum err_code code;

	bind_facts(&q, in);
	if (id != 0) {
		db_bind_int64(&q, ":id", id);
	} else {
		db_fold(folded, sizeof(folded), in->organisation);
		db_bind_id(&q, ":tenant", run->target.tenant_id);
		db_bind_text(&q, ":organisation", in->organisation);
		db_bind_text(&q, ":folded", folded);
	}
	code = db_run(&q, err);
	run->result->id = id != 0 || code != OK ? id : db_last_id(run->db);
	return code;
}

static enum err_code
run_set(struct operation_run *run, const void *input, struct err *err)
{
	const struct intake *in = input;
	struct intake old;
	enum err_code code = intake_find(run->db, in->organisation, &old, err);

	if (code == ERR_NOT_FOUND)
		code = OK;
	if (code == OK)
		code = check_domain(run, in, &old, err);
	if (code == OK)
		code = save(run, in, old.id, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "The intake sheet of %.100s is %s.", in->organisation,
	    old.id != 0 ? "changed" : "made");
	return code;
}

static enum err_code
run_add(struct operation_run *run, const void *input, struct err *err)
{
	const struct intake *in = input;
	struct intake old;

	if (intake_find(run->db, in->organisation, &old, err) == OK)
		return err_set(err, ERR_CONFLICT, "organisation",
		    "There is a sheet for %.100s already: change that one.",
		    old.organisation);
	return run_set(run, input, err);
}

static enum err_code
run_remove(struct operation_run *run, const void *input, struct err *err)
{
	const struct intake *in = input;
	struct intake old;
	struct db_query q;
	const enum err_code code =
	    intake_find(run->db, in->organisation, &old, err);

	if (code != OK)
		return code;
	if (old.tenant_id != 0)
		return err_set(err, ERR_CONFLICT, NULL,
		    "%.100s is a tenant: its intake sheet stays as long as "
		    "the tenant does.",
		    old.organisation);
	q = db_query(run->db, &intake_statements, INTAKE_DELETE);
	db_bind_int64(&q, ":id", old.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "The intake sheet of %.100s is removed.", old.organisation);
	return db_run(&q, err);
}

/* ---- as text ---- */

#define LABEL  "%-22s "
#define BLANKS "______________________________"

static void
add_line(struct text_builder *to, const char *label, const char *value)
{
	text_addf(to, LABEL, label);
	text_add(to, value[0] != '\0' ? value : BLANKS);
	text_add(to, "\n");
}

/* "[x] anna@..." for each expected mailbox; `missing` holds those that are
 * not there. */
static void
add_mailboxes(
    struct text_builder *to, const struct intake *intake, const char *missing)
{
	const char *at = intake->mailboxes, *label = "Mailboxes";
	char one[ADDRESS_SIZE], wanted[ADDRESS_SIZE + 4];
	char all[TENANT_LIST_SIZE + 4];

	if (*at == '\0')
		add_line(to, label, "");
	text_format(all, sizeof(all), ", %s,", missing);
	while (*at != '\0') {
		const size_t length = strcspn(at, ",");

		text_format(one, sizeof(one), "%.*s", (int)length, at);
		text_format(wanted, sizeof(wanted), ", %s,", one);
		text_addf(to, LABEL "[%c] %s\n", label,
		    strstr(all, wanted) != NULL ? ' ' : 'x', one);
		label = "";
		at += length + strspn(at + length, ", ");
	}
}

enum err_code
intake_text(struct context *context, const char *name, struct arena *arena,
    char **text, struct err *err)
{
	char missing[TENANT_LIST_SIZE];
	struct intake intake;
	struct text_builder to;

	if (intake_read(context, name, &intake, err) != OK ||
	    intake_missing(
		context->db, &intake, missing, sizeof(missing), err) != OK)
		return err->code;
	text_builder_open(&to, arena, TEXT_MAX);
	text_addf(
	    &to, "Information to collect first: %s\n\n", intake.organisation);
	add_line(&to, "Primary domain", intake.primary_domain);
	add_line(&to, "Mail host name", intake.mail_host);
	add_line(&to, "Tenant admin's address", intake.admin_address);
	add_mailboxes(&to, &intake, missing);
	add_line(&to, "DNS provider", intake.dns_provider);
	add_line(&to, "DNS log-in is held by", intake.dns_login);
	add_line(&to, "Mail is hosted",
	    intake.is_external ? "at another IMAP and SMTP provider"
			       : "on this server");
	add_line(&to, "S/MIME is wanted", intake.wants_smime ? "yes" : "no");
	*text = to.data;
	return OK;
}

/* ---- tables ---- */

#define IN(member) FIELD(struct intake, member)

/* clang-format off */
#define ORGANISATION_FIELD \
	{ .name = "organisation", .label = "Organisation", .help = "The customer's name; a tenant that exists: its name or a domain.", \
	  .kind = FIELD_TEXT, IN(organisation), .is_required = true, .is_main = true, .is_fixed = true }

static const struct field set_fields[] = {
	ORGANISATION_FIELD,
	{ .name = "primary_domain", .label = "Primary domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, IN(primary_domain) },
	{ .name = "mail_host", .label = "Mail host", .help = "The host name that people's mail programs connect to.",
	  .kind = FIELD_HOST, IN(mail_host) },
	{ .name = "admin_address", .label = "Admin address", .help = "Mail address of the person who will administer the tenant.",
	  .kind = FIELD_ADDRESS, IN(admin_address) },
	{ .name = "mailboxes", .label = "Expected mailboxes", .help = "Addresses that shall exist at the start, with commas between.",
	  .kind = FIELD_ADDRESSES, IN(mailboxes) },
	{ .name = "dns_provider", .label = "DNS provider", .help = "Where the domain's DNS records are edited: provider or registrar.",
	  .kind = FIELD_TEXT, IN(dns_provider) },
	{ .name = "dns_login", .label = "DNS login", .help = "Who holds the log-in there: a name, never a password.",
	  .kind = FIELD_TEXT, IN(dns_login) },
	{ .name = "mail_at", .label = "Mail is", .help = "local: on this server; external: at another IMAP and SMTP provider.",
	  .kind = FIELD_CHOICE, IN(is_external), .choices = mail_names, .initial = "local" },
	{ .name = "wants_smime", .label = "S/MIME wanted", .help = "Whether users sign or encrypt mail with certificates of their own.",
	  .kind = FIELD_YES_NO, IN(wants_smime) },
	{ 0 }
};

static const struct field remove_fields[] = { ORGANISATION_FIELD, { 0 } };

const struct operation intake_operations[] = {
	{ .name = "intake add", .help = "Starts the intake sheet of a customer to come.",
	  .action = ACTION_INTAKE_EDIT, .fields = set_fields, .input_size = sizeof(struct intake),
	  .find_target = find_sheet, .run = run_add },
	{ .name = "intake set", .help = "Fills in a customer's intake sheet; before the tenant exists, makes it.",
	  .action = ACTION_INTAKE_EDIT, .fields = set_fields, .input_size = sizeof(struct intake),
	  .load = load_set, .find_target = find_sheet, .run = run_set },
	{ .name = "intake remove", .help = "Throws away the intake sheet of a customer who never became a tenant.",
	  .action = ACTION_INTAKE_EDIT, .danger = DANGER_ASK, .fields = remove_fields,
	  .input_size = sizeof(struct intake), .find_target = find_sheet, .run = run_remove },
	{ 0 }
};

#define SORT_FILTER (LIST_SORTABLE | LIST_FILTERABLE)

static const struct list_column columns[] = {
	{ "organisation", "ORGANISATION", "coalesce(t.name, i.organisation)", "coalesce(t.name_folded, i.organisation_folded)", LIST_TEXT, 0, SORT_FILTER },
	{ "primary_domain", "PRIMARY DOMAIN", "i.primary_domain", NULL, LIST_TEXT, 24, LIST_FILTERABLE | LIST_FOLDED },
	{ "state", "STATE", "CASE WHEN t.id IS NULL THEN 'no tenant yet' WHEN " MISSING " = '' THEN 'complete' ELSE 'mailboxes missing' END", NULL, LIST_TEXT, 18, 0 },
	{ "mail_host", "MAIL HOST", "i.mail_host", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "admin_address", "TENANT ADMIN", "i.admin_address", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "mailboxes", "EXPECTED MAILBOXES", "i.mailboxes", NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "existing", "THERE", THERE, NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "missing", "MISSING", MISSING, NULL, LIST_TEXTS, 0, LIST_DETAIL },
	{ "dns_provider", "DNS PROVIDER", "i.dns_provider", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "dns_login", "DNS LOGIN", "i.dns_login", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "mail_at", "MAIL IS", "i.mail_at", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "wants_smime", "S/MIME WANTED", "i.wants_smime", NULL, LIST_YES_NO, 0, LIST_DETAIL },
	{ "changed_at", "CHANGED", "i.changed_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "version", "VERSION", "i.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list intake_list = {
	.name = "intake list", .show = "intake show",
	.help = "What was asked of customers before the start.",
	.empty = "An intake sheet collects what a new customer must tell: domain, hosts, mailboxes.",
	.action = ACTION_INTAKE_EDIT,
	.from = "intake i LEFT JOIN tenant t ON t.id = i.tenant_id",
	.id = "i.id", .key = "coalesce(t.name, i.organisation)",
	.find = "coalesce(t.name_folded, i.organisation_folded)",
	.scope_tenant = "i.tenant_id = :tenant",
	.of_tenant = "i.tenant_id = :of_tenant",
	.columns = columns,
};
/* clang-format on */
