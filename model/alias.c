#include "model/alias.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/domain.h"
#include "model/import.h"
#include "model/ownership.h"

struct alias_input {
	char address[ADDRESS_SIZE];
	char targets[ALIAS_TARGETS_SIZE];
	char note[200];
	int64_t may_send;
};

enum {
	ALIAS_BY_ADDRESS,
	ALIAS_TARGET_ID,
	ALIAS_INSERT,
	ALIAS_INSERT_TARGET,
	ALIAS_DELETE_TARGETS,
	ALIAS_EDIT,
	ALIAS_LOAD,
	ALIAS_CIRCLE,
	ALIAS_USED_BY,
	ALIAS_DELETE,
};

/* The destinations of the alias x, in the order they were given. */
#define TARGETS_OF_X                                                         \
	"(SELECT group_concat(g.address, ', ') FROM (SELECT "                \
	"coalesce(ta.address, at.external) AS address FROM alias_target at " \
	"LEFT JOIN address ta ON ta.id = at.target_id "                      \
	"WHERE at.alias_id = x.id ORDER BY at.id) g)"

static const char *const sql[] = {
	[ALIAS_BY_ADDRESS] = "SELECT id, tenant_id, version FROM address "
			     "WHERE address = :address AND kind = 'alias'",
	[ALIAS_TARGET_ID] = "SELECT id FROM address WHERE address = :address "
			    "AND tenant_id = :tenant",
	[ALIAS_INSERT] =
	    "INSERT INTO address (tenant_id, domain_id, address, kind, "
	    "may_send, note, created_at) VALUES (:tenant, :domain, :address, "
	    "'alias', :may_send, :note, :now)",
	[ALIAS_INSERT_TARGET] =
	    "INSERT INTO alias_target (tenant_id, alias_id, target_id, "
	    "external) VALUES (:tenant, :alias, :target, :external)",
	[ALIAS_DELETE_TARGETS] = "DELETE FROM alias_target "
				 "WHERE alias_id = :id",
	[ALIAS_EDIT] = "UPDATE address SET note = :note, "
		       "may_send = :may_send, version = version + 1 "
		       "WHERE id = :id",
	[ALIAS_LOAD] = "SELECT x.version, " TARGETS_OF_X
		       ", x.note, x.may_send FROM address x "
		       "WHERE x.address = :address AND x.kind = 'alias'",
	/* A destination that leads back to the alias, if there is one. */
	[ALIAS_CIRCLE] =
	    "WITH RECURSIVE path (start, id) AS ("
	    "SELECT target_id, target_id FROM alias_target "
	    "WHERE alias_id = :id AND target_id IS NOT NULL UNION "
	    "SELECT p.start, t.target_id FROM path p JOIN alias_target t "
	    "ON t.alias_id = p.id WHERE t.target_id IS NOT NULL) "
	    "SELECT x.address FROM path p JOIN address x ON x.id = p.start "
	    "WHERE p.id = :id LIMIT 1",
	[ALIAS_USED_BY] =
	    "SELECT x.address FROM alias_target t "
	    "JOIN address x ON x.id = t.alias_id WHERE t.target_id = :id "
	    "LIMIT 1",
	[ALIAS_DELETE] = "DELETE FROM address WHERE id = :id",
};

const struct db_statements alias_statements = DB_STATEMENTS("alias", sql);

/* ---- destinations ---- */

/* A destination is outside unless its domain is one of the tenant's own. */
static enum err_code
is_outside(struct db *db, int64_t tenant_id, const char *address, bool *outside,
    struct err *err)
{
	const char *at = strrchr(address, '@');
	struct domain domain;
	const enum err_code code =
	    domain_find(db, at == NULL ? "" : at + 1, &domain, NULL);

	*outside = code == ERR_NOT_FOUND || domain.tenant_id != tenant_id;
	if (code != OK && code != ERR_NOT_FOUND)
		return err_set(err, code, NULL,
		    "The destination can't be looked up: try again.");
	return OK;
}

/* The number of an own address, 0 for one outside; ERR_NOT_FOUND for an
 * address that should be here and is not. */
static enum err_code
target_id(struct db *db, int64_t tenant_id, const char *address, int64_t *id,
    struct err *err)
{
	struct db_query q = db_query(db, &alias_statements, ALIAS_TARGET_ID);
	bool outside;
	enum err_code code;

	db_bind_text(&q, ":address", address);
	db_bind_int64(&q, ":tenant", tenant_id);
	*id = db_step(&q) ? db_int64(&q, 0) : 0;
	code = db_end(&q, err);
	if (code != OK || *id != 0)
		return code;
	code = is_outside(db, tenant_id, address, &outside, err);
	if (code == OK && !outside)
		return err_set(err, ERR_NOT_FOUND, "targets",
		    "There is no %.100s yet: make the user or alias first.",
		    address);
	return code;
}

static enum err_code
insert_target(struct operation_run *run, int64_t alias_id, const char *address,
    struct err *err)
{
	struct db_query q;
	int64_t id;
	enum err_code code =
	    target_id(run->db, run->target.tenant_id, address, &id, err);

	if (code != OK)
		return code;
	if (text_is_same(address, run->target.name))
		return err_set(err, ERR_INVALID, "targets",
		    "%.100s can't deliver to itself.", address);
	q = db_query(run->db, &alias_statements, ALIAS_INSERT_TARGET);
	db_bind_int64(&q, ":tenant", run->target.tenant_id);
	db_bind_int64(&q, ":alias", alias_id);
	db_bind_id(&q, ":target", id);
	db_bind_text(&q, ":external", id == 0 ? address : "");
	code = db_run(&q, err);
	if (code == ERR_CONFLICT)
		return err_set(err, ERR_CONFLICT, "targets",
		    "%.100s is named twice.", address);
	return code;
}

static enum err_code
refuse_circle(struct operation_run *run, int64_t alias_id, struct err *err)
{
	struct db_query q = db_query(run->db, &alias_statements, ALIAS_CIRCLE);
	char through[ADDRESS_SIZE] = "";
	enum err_code code;

	db_bind_int64(&q, ":id", alias_id);
	if (db_step(&q))
		db_copy(&q, 0, through, sizeof(through));
	code = db_end(&q, err);
	if (code == OK && through[0] != '\0')
		return err_set(err, ERR_CONFLICT, "targets",
		    "%.80s delivers back to %.80s: mail would go round in a "
		    "circle.",
		    through, run->target.name);
	return code;
}

/* FIELD_ADDRESSES gives "a@b, c@d": checked, in stored form. */
static enum err_code
insert_targets(struct operation_run *run, int64_t alias_id, const char *targets,
    struct err *err)
{
	char rest_text[ALIAS_TARGETS_SIZE];
	char *rest = rest_text, *address;
	size_t count = 0;

	text_copy(rest_text, sizeof(rest_text), targets);
	while ((address = strsep(&rest, ", ")) != NULL) {
		enum err_code code;

		if (address[0] == '\0')
			continue;
		if (++count > ALIAS_TARGETS_MAX)
			return err_set(err, ERR_INVALID, "targets",
			    "An alias has at most %d destinations.",
			    ALIAS_TARGETS_MAX);
		code = insert_target(run, alias_id, address, err);
		if (code != OK)
			return code;
	}
	if (refuse_circle(run, alias_id, err) != OK)
		return err->code;
	return ownership_check_alias(run->db, alias_id, err);
}

/* ---- changing ---- */

static enum err_code
find_new(struct operation_run *run, const void *input, struct err *err)
{
	const struct alias_input *in = input;
	struct domain domain;

	return domain_of_new(run, in->address, &domain, err);
}

static enum err_code
insert_row(struct operation_run *run, const struct alias_input *in,
    int64_t domain_id, int64_t *id, struct err *err)
{
	struct db_query q = db_query(run->db, &alias_statements, ALIAS_INSERT);
	enum err_code code;

	db_bind_int64(&q, ":tenant", run->target.tenant_id);
	db_bind_int64(&q, ":domain", domain_id);
	db_bind_text(&q, ":address", in->address);
	db_bind_int64(&q, ":may_send", in->may_send);
	db_bind_text(&q, ":note", in->note);
	db_bind_int64(&q, ":now", clock_now());
	code = db_run(&q, err);
	*id = code == OK ? db_last_id(run->db) : 0;
	return code;
}

static enum err_code
run_add(struct operation_run *run, const void *input, struct err *err)
{
	const struct alias_input *in = input;
	struct domain domain;
	enum err_code code = domain_of_new(run, in->address, &domain, err);

	if (code == OK)
		code = account_check_free(run->db, run->actor,
		    run->target.tenant_id, "address", in->address, err);
	if (code == OK)
		code = insert_row(run, in, domain.id, &run->result->id, err);
	if (code == OK)
		code = insert_targets(run, run->result->id, in->targets, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.80s delivers to %.100s.",
	    in->address[0] == '@' ? "Every other address" : in->address,
	    in->targets);
	return code;
}

static enum err_code
find_existing(struct operation_run *run, const void *input, struct err *err)
{
	const struct alias_input *in = input;
	struct db_query q =
	    db_query(run->db, &alias_statements, ALIAS_BY_ADDRESS);

	db_bind_text(&q, ":address", in->address);
	if (db_step(&q)) {
		run->target.is_known = true;
		run->target.id = db_int64(&q, 0);
		run->target.tenant_id = db_int64(&q, 1);
		run->target.version = db_int64(&q, 2);
	}
	text_copy(run->target.name, sizeof(run->target.name), in->address);
	return db_end(&q, err);
}

static enum err_code
load_edit(struct db *db, void *input, int64_t *version, struct err *err)
{
	struct alias_input *in = input;
	struct db_query q = db_query(db, &alias_statements, ALIAS_LOAD);

	db_bind_text(&q, ":address", in->address);
	if (db_step(&q)) {
		*version = db_int64(&q, 0);
		db_copy(&q, 1, in->targets, sizeof(in->targets));
		db_copy(&q, 2, in->note, sizeof(in->note));
		in->may_send = db_int64(&q, 3);
	}
	return db_end_found(&q, "There is no such alias here.", err);
}

static enum err_code
run_edit(struct operation_run *run, const void *input, struct err *err)
{
	const struct alias_input *in = input;
	struct db_query q = db_query(run->db, &alias_statements, ALIAS_EDIT);
	enum err_code code;

	db_bind_text(&q, ":note", in->note);
	db_bind_int64(&q, ":may_send", in->may_send);
	db_bind_int64(&q, ":id", run->target.id);
	code = db_run(&q, err);
	if (code != OK)
		return code;
	q = db_query(run->db, &alias_statements, ALIAS_DELETE_TARGETS);
	db_bind_int64(&q, ":id", run->target.id);
	code = db_run(&q, err);
	if (code == OK)
		code = insert_targets(run, run->target.id, in->targets, err);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.80s delivers to %.100s.", in->address, in->targets);
	return code;
}

static enum err_code
run_remove(struct operation_run *run, const void *input, struct err *err)
{
	struct db_query q = db_query(run->db, &alias_statements, ALIAS_USED_BY);
	char other[ADDRESS_SIZE] = "";
	enum err_code code;

	(void)input;
	db_bind_int64(&q, ":id", run->target.id);
	if (db_step(&q))
		db_copy(&q, 0, other, sizeof(other));
	code = db_end(&q, err);
	if (code != OK)
		return code;
	if (other[0] != '\0')
		return err_set(err, ERR_CONFLICT, NULL,
		    "%.80s delivers to it: change that alias first.", other);
	q = db_query(run->db, &alias_statements, ALIAS_DELETE);
	db_bind_int64(&q, ":id", run->target.id);
	text_format(run->result->note, sizeof(run->result->note),
	    "%.100s is removed.", run->target.name);
	return db_run(&q, err);
}

/* ---- tables ---- */

#define IN(member) FIELD(struct alias_input, member)

/* clang-format off */
#define ADDRESS_FIELD \
	{ .name = "address", .label = "Alias", .help = "Such as sales@example.com; @example.com catches every other address.", \
	  .kind = FIELD_ALIAS, IN(address), .is_required = true, .is_main = true, .is_fixed = true }

static const struct field fields[] = {
	ADDRESS_FIELD,
	{ .name = "targets", .label = "Delivers to", .help = "One or more addresses of users, aliases or outside, with commas.",
	  .kind = FIELD_ADDRESSES, IN(targets), .is_required = true },
	{ .name = "may_send", .label = "May send", .help = "Whether its users may send mail with this address as sender.",
	  .kind = FIELD_YES_NO, IN(may_send), .initial = "yes" },
	{ .name = "note", .label = "Note", .help = "What it is for; shown to admins only.",
	  .kind = FIELD_TEXT, IN(note) },
	{ 0 }
};

static const struct field which_fields[] = { ADDRESS_FIELD, { 0 } };

const struct operation alias_operations[] = {
	{ .name = "alias add", .help = "Makes an address that delivers to other addresses.",
	  .action = ACTION_ALIAS_EDIT, .fields = fields, .input_size = sizeof(struct alias_input),
	  .find_target = find_new, .run = run_add },
	{ .name = "alias edit", .help = "Changes where an alias delivers.",
	  .action = ACTION_ALIAS_EDIT, .fields = fields, .input_size = sizeof(struct alias_input),
	  .load = load_edit, .find_target = find_existing, .run = run_edit },
	{ .name = "alias remove", .help = "Removes an alias: mail to it is refused at once.",
	  .action = ACTION_ALIAS_EDIT, .danger = DANGER_ASK, .fields = which_fields,
	  .input_size = sizeof(struct alias_input), .find_target = find_existing, .run = run_remove },
	{ 0 }
};

const struct operation alias_import_row = {
	.name = "alias import", .help = "Makes the aliases of a CSV file.",
	.action = ACTION_ALIAS_EDIT, .fields = fields, .input_size = sizeof(struct alias_input),
	.find_target = find_new, .run = run_add
};

static const struct list_column columns[] = {
	{ "address", "ALIAS", "x.address", NULL, LIST_TEXT, 32, LIST_SORTABLE | LIST_FILTERABLE | LIST_FOLDED },
	{ "targets", "DELIVERS TO", "coalesce(" TARGETS_OF_X ", '')", NULL, LIST_TEXTS, 0, LIST_FILTERABLE | LIST_FOLDED },
	{ "note", "NOTE", "x.note", NULL, LIST_TEXT, 0, LIST_DETAIL | LIST_FILTERABLE },
	{ "may_send", "MAY SEND", "x.may_send", NULL, LIST_YES_NO, 0, LIST_DETAIL },
	{ "tenant", "TENANT", "t.name", NULL, LIST_TEXT, 0, LIST_DETAIL },
	{ "created_at", "CREATED", "x.created_at", NULL, LIST_MOMENT, 0, LIST_DETAIL },
	{ "version", "VERSION", "x.version", NULL, LIST_NUMBER, 0, LIST_DETAIL },
	{ 0 }
};

const struct list alias_list = {
	.name = "alias list", .show = "alias show",
	.help = "Addresses that deliver to other addresses.",
	.empty = "An alias delivers mail for one address to one or more others.",
	.action = ACTION_ALIAS_VIEW,
	.from = "address x JOIN tenant t ON t.id = x.tenant_id",
	.where = "x.kind = 'alias'",
	.id = "x.id", .key = "x.address",
	.scope_tenant = "x.tenant_id = :tenant",
	.of_tenant = "x.tenant_id = :of_tenant",
	.of_domain = "x.domain_id = :of_domain",
	.columns = columns,
};
/* clang-format on */
