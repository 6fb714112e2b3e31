#include "model/ownership.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/ownership.h"
#include "model/domain.h"
#include "model/subject.h"
#include "model/tenant.h"

#define PROOF "postern-proof="

struct verify_input {
	char name[HOST_NAME_SIZE];
	int64_t how;
	char reason[TENANT_NOTE_SIZE];
	/* Filled by prepare(): */
	struct ownership found;
	char token[DOMAIN_TOKEN_SIZE]; /* the one that was looked for */
};

enum { HOW_RECORD, HOW_OVERRIDE };

static const char *const how_names[] = { "record", "override", NULL };

enum { OWNERSHIP_CONFIRM, OWNERSHIP_MAILBOX, OWNERSHIP_ALIAS };

static const char *const sql[] = {
	[OWNERSHIP_CONFIRM] =
	    "UPDATE domain SET ownership = 'verified', verified_how = :how, "
	    "verified_by = :by, verified_at = :now, "
	    "verified_reason = :reason, version = version + 1 "
	    "WHERE id = :id",
	[OWNERSHIP_MAILBOX] = "SELECT 1 FROM domain WHERE name = :domain "
			      "AND ownership = 'unverified'",
	[OWNERSHIP_ALIAS] =
	    "SELECT x.address FROM address x "
	    "JOIN domain d ON d.id = x.domain_id "
	    "WHERE x.id = :id AND d.ownership = 'unverified' AND EXISTS "
	    "(SELECT 1 FROM alias_target g "
	    "LEFT JOIN address y ON y.id = g.target_id "
	    "LEFT JOIN account a ON a.id = y.account_id "
	    "WHERE g.alias_id = x.id "
	    "AND coalesce(a.role, 'user') <> 'tenant_admin' "
	    "AND NOT EXISTS (SELECT 1 FROM account b "
	    "WHERE b.address = g.external AND b.role = 'tenant_admin' "
	    "AND b.tenant_id = x.tenant_id))",
};

const struct db_statements ownership_statements =
    DB_STATEMENTS("ownership", sql);

/* ---- reserved names ---- */

const char *const ownership_reserved[] = { "postmaster", "hostmaster", "admin",
	"administrator", "webmaster", "abuse", NULL };

bool
ownership_is_reserved(const char *address)
{
	const size_t length = strcspn(address, "@");

	for (size_t i = 0; ownership_reserved[i] != NULL; i++)
		if (strlen(ownership_reserved[i]) == length &&
		    strncasecmp(ownership_reserved[i], address, length) == 0)
			return true;
	return false;
}

static enum err_code
refuse_reserved(const char *address, struct err *err)
{
	return err_set(err, ERR_DENIED, "address",
	    "%.80s goes to an admin of the tenant only, as an alias, until "
	    "the domain's ownership is verified.",
	    address);
}

enum err_code
ownership_check_mailbox(struct db *db, const char *address, struct err *err)
{
	const char *at = strrchr(address, '@');
	struct db_query q;
	bool is_unverified;

	if (at == NULL || !ownership_is_reserved(address))
		return OK;
	q = db_query(db, &ownership_statements, OWNERSHIP_MAILBOX);
	db_bind_text(&q, ":domain", at + 1);
	is_unverified = db_step(&q);
	if (db_end(&q, err) != OK)
		return err->code;
	return is_unverified ? refuse_reserved(address, err) : OK;
}

enum err_code
ownership_check_alias(struct db *db, int64_t alias_id, struct err *err)
{
	struct db_query q =
	    db_query(db, &ownership_statements, OWNERSHIP_ALIAS);
	char address[ADDRESS_SIZE] = "";
	enum err_code code;

	db_bind_int64(&q, ":id", alias_id);
	if (db_step(&q))
		db_copy(&q, 0, address, sizeof(address));
	code = db_end(&q, err);
	if (code != OK || !ownership_is_reserved(address))
		return code;
	return refuse_reserved(address, err);
}

/* ---- the proof ---- */

/* Asks the DNS while no lock is held. */
static enum err_code
prepare_verify(struct context *context, void *input, struct err *err)
{
	struct verify_input *in = input;
	const struct ownership_look *look = context->ownership;
	struct dns_subject subject;
	struct domain domain;
	char proof[OWNERSHIP_PROOF_SIZE];

	if (in->how == HOW_OVERRIDE) {
		if (in->reason[0] != '\0')
			return OK;
		return err_set(err, ERR_INVALID, "reason",
		    "Say why the domain counts as verified without its "
		    "record.");
	}
	if (look != NULL && text_is_same(look->domain, in->name)) {
		in->found = look->found;
		text_copy(in->token, sizeof(in->token), look->token);
		return OK;
	}
	if (subject_of_domain(
		context, "domain verify", in->name, &subject, NULL) != OK ||
	    domain_find(context->db, in->name, &domain, NULL) != OK)
		return OK;
	text_copy(in->token, sizeof(in->token), domain.proof_token);
	text_format(proof, sizeof(proof), PROOF "%s", domain.proof_token);
	ownership_ask(&subject, proof, &in->found);
	return OK;
}

static enum err_code
find_domain(struct operation_run *run, const void *input, struct err *err)
{
	const struct verify_input *in = input;

	return domain_target(run, in->name, NULL, err);
}

/* What the DNS said must be a proof of the domain as it is now. */
static enum err_code
check_proof(
    struct operation_run *run, const struct verify_input *in, struct err *err)
{
	struct domain domain;

	if (domain_find(run->db, run->target.name, &domain, err) != OK)
		return err->code;
	if (in->found.state == OWNERSHIP_UNKNOWN)
		return err_set(err, ERR_TIMEOUT, NULL,
		    "The DNS can't tell now: %.180s", in->found.sentence);
	if ((in->found.state != OWNERSHIP_BY_TXT &&
		in->found.state != OWNERSHIP_BY_MX) ||
	    !text_is_same(in->token, domain.proof_token))
		return err_set(
		    err, ERR_CONFLICT, NULL, "%.230s", in->found.sentence);
	return OK;
}

static enum err_code
check_override(struct operation_run *run, struct err *err)
{
	if (may(run->actor, ACTION_DOMAIN_VERIFY, &run->target))
		return OK;
	return err_set(err, ERR_DENIED, "how",
	    "Only a super admin can confirm a domain without its record.");
}

static enum err_code
run_verify(struct operation_run *run, const void *input, struct err *err)
{
	const struct verify_input *in = input;
	const bool is_override = in->how == HOW_OVERRIDE;
	const char *how = is_override             ? "override"
	    : in->found.state == OWNERSHIP_BY_TXT ? "record"
						  : "mx";
	struct db_query q;
	const enum err_code code =
	    is_override ? check_override(run, err) : check_proof(run, in, err);

	if (code != OK)
		return code;
	q = db_query(run->db, &ownership_statements, OWNERSHIP_CONFIRM);
	db_bind_text(&q, ":how", how);
	db_bind_text(&q, ":by", run->actor->address);
	db_bind_text(&q, ":reason", in->reason);
	db_bind_int64(&q, ":now", clock_now());
	db_bind_int64(&q, ":id", run->target.id);
	run->result->id = run->target.id;
	if (!is_override)
		text_format(run->audit_note, sizeof(run->audit_note),
		    "proof: %s\n", how);
	text_format(run->result->note, sizeof(run->result->note),
	    "The ownership of %.100s is confirmed.", run->target.name);
	return db_run(&q, err);
}

/* ---- for a job ---- */

enum err_code
ownership_request_of(struct context *context, int64_t domain_id,
    struct ownership_request *request, struct err *err)
{
	struct domain domain;

	*request = (struct ownership_request){ 0 };
	if (subject_of_domain_id(context, "domain show", domain_id,
		&request->subject, err) != OK ||
	    domain_find(context->db, request->subject.domain, &domain, err) !=
		OK)
		return err->code;
	text_format(request->proof, sizeof(request->proof), PROOF "%s",
	    domain.proof_token);
	return OK;
}

enum err_code
ownership_confirm(struct context *context,
    const struct ownership_request *request, const struct ownership *found,
    struct operation_result *result, struct err *err)
{
	const struct operation_arg arg = { NULL, request->subject.domain };
	struct ownership_look look = { .found = *found };
	enum err_code code;

	text_copy(look.domain, sizeof(look.domain), request->subject.domain);
	text_copy(
	    look.token, sizeof(look.token), request->proof + sizeof(PROOF) - 1);
	context->ownership = &look;
	code = operation_run(
	    context, &ownership_operations[0], &arg, 1, result, err);
	context->ownership = NULL;
	return code;
}

#define IN(member) FIELD(struct verify_input, member)

/* clang-format off */
static const struct field verify_fields[] = {
	{ .name = "name", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, IN(name), .is_required = true, .is_main = true, .is_fixed = true },
	{ .name = "how", .label = "How", .help = "record: asks the DNS for the proof; override: a super admin says why.",
	  .kind = FIELD_CHOICE, IN(how), .choices = how_names, .initial = "record" },
	{ .name = "reason", .label = "Reason", .help = "Why it counts as verified; needed for an override.",
	  .kind = FIELD_TEXT, IN(reason) },
	{ 0 }
};

const struct operation ownership_operations[] = {
	{ .name = "domain verify", .help = "Confirms that the tenant owns the domain, by what the DNS shows.",
	  .action = ACTION_DOMAIN_PROVE, .fields = verify_fields, .input_size = sizeof(struct verify_input),
	  .prepare = prepare_verify, .find_target = find_domain, .run = run_verify },
	{ 0 }
};
/* clang-format on */
