/* A domain goes to another tenant, with its users, aliases and DKIM keys, in
 * one transaction. */
#include "base/text.h"
#include "model/audit.h"
#include "model/domain.h"
#include "model/tenant.h"

struct move_input {
	char name[HOST_NAME_SIZE];
	char to[TENANT_NAME_SIZE];
};

enum {
	MOVE_ADMIN,
	MOVE_CROSSING,
	MOVE_LATER,
	MOVE_DOMAIN,
	MOVE_KEYS,
	MOVE_ACCOUNTS,
	MOVE_TARGETS,
	MOVE_ADDRESSES,
	MOVE_COUNT,
};

#define OF_DOMAIN "(SELECT id FROM address WHERE domain_id = :domain)"

static const char *const sql[] = {
	[MOVE_ADMIN] = "SELECT a.address FROM account a "
		       "JOIN address x ON x.account_id = a.id "
		       "WHERE x.domain_id = :domain AND a.role <> 'user' "
		       "ORDER BY a.address LIMIT 1",
	[MOVE_CROSSING] =
	    "SELECT x.address, y.address FROM alias_target g "
	    "JOIN address x ON x.id = g.alias_id "
	    "JOIN address y ON y.id = g.target_id "
	    "WHERE (x.domain_id = :domain) <> (y.domain_id = :domain) "
	    "AND x.tenant_id = :from ORDER BY x.address LIMIT 1",
	/* Rows point at each other by tenant: checked at the end. */
	[MOVE_LATER] = "PRAGMA defer_foreign_keys = ON",
	[MOVE_DOMAIN] = "UPDATE domain SET tenant_id = :to, "
			"version = version + 1 WHERE id = :domain",
	[MOVE_KEYS] = "UPDATE dkim_key SET tenant_id = :to "
		      "WHERE domain_id = :domain",
	[MOVE_ACCOUNTS] =
	    "UPDATE account SET home = CASE WHEN home = '' "
	    "THEN tenant_id || '/' || id ELSE home END, tenant_id = :to, "
	    "version = version + 1 WHERE id IN (SELECT account_id "
	    "FROM address WHERE domain_id = :domain AND kind = 'mailbox')",
	[MOVE_TARGETS] = "UPDATE alias_target SET tenant_id = :to "
			 "WHERE alias_id IN " OF_DOMAIN,
	[MOVE_ADDRESSES] = "UPDATE address SET tenant_id = :to "
			   "WHERE domain_id = :domain",
	[MOVE_COUNT] = "SELECT sum(kind = 'mailbox'), sum(kind = 'alias') "
		       "FROM address WHERE domain_id = :domain",
};

const struct db_statements move_statements = DB_STATEMENTS("move", sql);

static enum err_code
find_domain(struct operation_run *run, const void *input, struct err *err)
{
	const struct move_input *in = input;

	return domain_target(run, in->name, NULL, err);
}

/* Where it goes: a tenant that the actor may change and that is not closed. */
static enum err_code
find_to(struct operation_run *run, const char *name, struct tenant *to,
    struct err *err)
{
	struct target target = { .is_known = true };
	enum err_code code = tenant_find(run->db, name, to, err);

	target.tenant_id = to->id;
	if (code == OK && !may(run->actor, ACTION_DOMAIN_EDIT, &target))
		code = tenant_not_found(name, err);
	if (code != OK)
		return code;
	if (to->id == run->target.tenant_id)
		return err_set(err, ERR_CONFLICT, "to",
		    "%.80s has this domain already.", to->name);
	if (text_is_same(to->status, "closed"))
		return err_set(err, ERR_CONFLICT, "to",
		    "The tenant %.80s is closed: restore it first.", to->name);
	return OK;
}

/* What ties the domain to the tenant that it leaves. */
static enum err_code
check_free_to_go(
    struct operation_run *run, const struct domain *domain, struct err *err)
{
	char admin[ADDRESS_SIZE] = "", alias[ADDRESS_SIZE] = "";
	char target[ADDRESS_SIZE] = "";
	struct db_query q;

	if (domain->is_primary)
		return err_set(err, ERR_CONFLICT, NULL,
		    "%.100s is the tenant's primary domain and stays as long "
		    "as the tenant does.",
		    domain->name);
	q = db_query(run->db, &move_statements, MOVE_ADMIN);
	db_bind_int64(&q, ":domain", domain->id);
	if (db_step(&q))
		db_copy(&q, 0, admin, sizeof(admin));
	if (db_end(&q, err) != OK)
		return err->code;
	if (admin[0] != '\0')
		return err_set(err, ERR_CONFLICT, NULL,
		    "%.100s administers the tenant: take the rights away "
		    "first, with: admin remove",
		    admin);
	q = db_query(run->db, &move_statements, MOVE_CROSSING);
	db_bind_int64(&q, ":domain", domain->id);
	db_bind_int64(&q, ":from", domain->tenant_id);
	if (db_step(&q)) {
		db_copy(&q, 0, alias, sizeof(alias));
		db_copy(&q, 1, target, sizeof(target));
	}
	if (db_end(&q, err) != OK)
		return err->code;
	if (alias[0] != '\0')
		return err_set(err, ERR_CONFLICT, NULL,
		    "%.80s delivers to %.80s, and one of them stays: change "
		    "that alias first.",
		    alias, target);
	return OK;
}

static enum err_code
run_one(struct db *db, size_t statement, int64_t domain, int64_t to,
    struct err *err)
{
	struct db_query q = db_query(db, &move_statements, statement);

	if (db_has_parameter(&q, ":domain"))
		db_bind_int64(&q, ":domain", domain);
	if (db_has_parameter(&q, ":to"))
		db_bind_int64(&q, ":to", to);
	return db_run(&q, err);
}

/* The tenant that gets it reads of it in its own log, too. */
static enum err_code
tell_receiver(struct operation_run *run, const struct tenant *from,
    const struct tenant *to, struct err *err)
{
	char before[TENANT_NAME_SIZE + 16], after[TENANT_NAME_SIZE + 16];

	text_format(before, sizeof(before), "tenant: %s\n", from->name);
	text_format(after, sizeof(after), "tenant: %s\n", to->name);
	return audit_add(run->db, run->actor,
	    &(struct audit_entry){ .operation = run->operation->name,
		.target = run->target.name,
		.tenant_id = to->id,
		.before = before,
		.after = after },
	    err);
}

static enum err_code
say_moved(struct operation_run *run, const struct tenant *to, int64_t domain_id,
    struct err *err)
{
	struct db_query q = db_query(run->db, &move_statements, MOVE_COUNT);
	long long users = 0, aliases = 0;

	db_bind_int64(&q, ":domain", domain_id);
	if (db_step(&q)) {
		users = (long long)db_int64(&q, 0);
		aliases = (long long)db_int64(&q, 1);
	}
	text_format(run->audit_note, sizeof(run->audit_note),
	    "users: %lld\naliases: %lld\n", users, aliases);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.80s is of %.60s now, with %lld users and %lld aliases.",
	    run->target.name, to->name, users, aliases);
	return db_end(&q, err);
}

static enum err_code
run_move(struct operation_run *run, const void *input, struct err *err)
{
	const struct move_input *in = input;
	struct domain domain;
	struct tenant from, to;

	if (domain_find(run->db, run->target.name, &domain, err) != OK ||
	    tenant_by_id(run->db, domain.tenant_id, &from, err) != OK ||
	    find_to(run, in->to, &to, err) != OK ||
	    check_free_to_go(run, &domain, err) != OK)
		return err->code;
	for (size_t i = MOVE_LATER; i <= MOVE_ADDRESSES; i++)
		if (run_one(run->db, i, domain.id, to.id, err) != OK)
			return err->code;
	run->result->id = domain.id;
	if (tell_receiver(run, &from, &to, err) != OK)
		return err->code;
	return say_moved(run, &to, domain.id, err);
}

#define IN(member) FIELD(struct move_input, member)

/* clang-format off */
static const struct field move_fields[] = {
	{ .name = "name", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, IN(name), .is_required = true, .is_main = true, .is_fixed = true },
	{ .name = "to", .label = "New tenant", .help = "The organisation that gets it: its name, or one of its domains.",
	  .kind = FIELD_TEXT, IN(to), .is_required = true },
	{ 0 }
};

const struct operation move_operations[] = {
	{ .name = "domain move", .help = "Gives a domain to another tenant, with its users, aliases and DKIM keys.",
	  .action = ACTION_DOMAIN_EDIT, .danger = DANGER_ASK, .fields = move_fields,
	  .input_size = sizeof(struct move_input), .find_target = find_domain, .run = run_move },
	{ 0 }
};
/* clang-format on */
