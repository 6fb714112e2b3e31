/* Where mail to an address ends up: the path through aliases, walked. */
#include "model/alias.h"

#include <string.h>

#include "base/text.h"
#include "model/domain.h"

enum { PATH_ADDRESS, PATH_TARGETS };

static const char *const sql[] = {
	[PATH_ADDRESS] = "SELECT x.id, x.kind, coalesce(a.status, 'active'), "
			 "coalesce(a.deleted_at, 0) FROM address x "
			 "LEFT JOIN account a ON a.id = x.account_id "
			 "WHERE x.address = :address AND x.tenant_id = :tenant",
	[PATH_TARGETS] =
	    "SELECT coalesce(x.address, t.external) FROM alias_target t "
	    "LEFT JOIN address x ON x.id = t.target_id "
	    "WHERE t.alias_id = :id ORDER BY t.id DESC",
};

const struct db_statements alias_path_statements =
    DB_STATEMENTS("alias path", sql);

const char *const alias_end_names[] = { "alias", "mailbox", "stopped",
	"outside", "nowhere", NULL };

/*
 * The path is walked without recursion: addresses that wait are on a stack,
 * the last one first, so that the steps come out in the order of a tree.
 */
struct waiting {
	int depth;
	char address[ADDRESS_SIZE];
};

struct walk {
	struct db *db;
	int64_t tenant_id;
	struct alias_step *steps;
	size_t count;
	struct waiting *stack;
	size_t waits;
};

static void
push(struct walk *walk, const char *address, int depth)
{
	struct waiting *top = &walk->stack[walk->waits];

	if (walk->waits == ALIAS_STEPS_MAX)
		return;
	top->depth = depth;
	text_copy(top->address, sizeof(top->address), address);
	walk->waits++;
}

static enum err_code
push_targets(struct walk *walk, int64_t alias_id, int depth, struct err *err)
{
	struct db_query q =
	    db_query(walk->db, &alias_path_statements, PATH_TARGETS);

	db_bind_int64(&q, ":id", alias_id);
	while (db_step(&q))
		push(walk, db_text(&q, 0), depth);
	return db_end(&q, err);
}

/* What an address of the tenant is; *id stays 0 where there is no row. */
static enum err_code
look_up(struct walk *walk, const char *address, struct alias_step *step,
    int64_t *id, struct err *err)
{
	struct db_query q =
	    db_query(walk->db, &alias_path_statements, PATH_ADDRESS);

	*id = 0;
	db_bind_text(&q, ":address", address);
	db_bind_int64(&q, ":tenant", walk->tenant_id);
	if (db_step(&q)) {
		*id = db_int64(&q, 0);
		if (text_is_same(db_text(&q, 1), "alias")) {
			step->end = ALIAS_GOES_ON;
		} else if (db_int64(&q, 3) != 0) {
			step->end = ALIAS_STOPPED;
			step->note = "removed";
		} else if (!text_is_same(db_text(&q, 2), "active")) {
			step->end = ALIAS_STOPPED;
			step->note = "suspended";
		} else {
			step->end = ALIAS_MAILBOX;
		}
	}
	return db_end(&q, err);
}

/* An address without a row: outside, caught by the catch-all, or nowhere. */
static enum err_code
look_further(
    struct walk *walk, struct alias_step *step, int64_t *id, struct err *err)
{
	const char *domain_name = strrchr(step->address, '@');
	struct domain domain;
	enum err_code code =
	    domain_find(walk->db, domain_name + 1, &domain, NULL);

	if (code != OK || domain.tenant_id != walk->tenant_id) {
		step->end = ALIAS_OUTSIDE;
		return OK;
	}
	code = look_up(walk, domain_name, step, id, err);
	step->note = "catch-all";
	if (code == OK && *id == 0) {
		step->end = ALIAS_NOWHERE;
		step->note = "no such address";
	}
	return code;
}

static bool
is_on_path(const struct walk *walk, const char *address)
{
	int depth = walk->steps[walk->count].depth;

	for (size_t i = walk->count; i-- > 0;) {
		if (walk->steps[i].depth >= depth)
			continue;
		depth = walk->steps[i].depth;
		if (text_is_same(walk->steps[i].address, address))
			return true;
	}
	return false;
}

static enum err_code
walk_one(struct walk *walk, struct err *err)
{
	const struct waiting *top = &walk->stack[--walk->waits];
	struct alias_step *step = &walk->steps[walk->count];
	const int depth = top->depth;
	int64_t id;
	enum err_code code;

	*step = (struct alias_step){ .depth = depth, .note = "" };
	text_copy(step->address, sizeof(step->address), top->address);
	code = look_up(walk, step->address, step, &id, err);
	if (code == OK && id == 0)
		code = look_further(walk, step, &id, err);
	if (code != OK)
		return code;
	if (is_on_path(walk, step->address)) {
		step->end = ALIAS_NOWHERE;
		step->note = "goes round in a circle";
	}
	walk->count++;
	return step->end == ALIAS_GOES_ON
	    ? push_targets(walk, id, depth + 1, err)
	    : OK;
}

/* The domain of the address, when the actor may see its aliases. */
static enum err_code
open_walk(struct context *context, const char *typed, struct arena *arena,
    struct walk *walk, char address[ADDRESS_SIZE], struct err *err)
{
	const int64_t own = actor_tenant(&context->actor);
	struct address parsed;
	struct domain domain;
	const char *why;
	enum err_code code = address_parse_alias(&parsed, typed, err);

	if (code != OK)
		return code;
	if (!may_ever(&context->actor, ACTION_ALIAS_VIEW, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	code = actor_key_allows(&context->actor, "alias resolve", false, err);
	if (code != OK)
		return code;
	address_format(address, &parsed);
	code = domain_find(context->db, parsed.domain.text, &domain, err);
	if (code == ERR_NOT_FOUND ||
	    (code == OK && own != 0 && domain.tenant_id != own))
		return err_set(err, ERR_NOT_FOUND, "address",
		    "There is no domain \"%.100s\" here.", parsed.domain.text);
	*walk = (struct walk){
		.db = context->db,
		.tenant_id = domain.tenant_id,
		.steps =
		    arena_array(arena, ALIAS_STEPS_MAX, sizeof(*walk->steps)),
		.stack =
		    arena_array(arena, ALIAS_STEPS_MAX, sizeof(*walk->stack)),
	};
	return code;
}

static enum err_code
finish(struct walk *walk, struct alias_step **steps, size_t *count,
    struct err *err)
{
	enum err_code code = OK;

	while (code == OK && walk->waits > 0 && walk->count < ALIAS_STEPS_MAX)
		code = walk_one(walk, err);
	*steps = walk->steps;
	*count = code == OK ? walk->count : 0;
	return code;
}

enum err_code
alias_resolve(struct context *context, const char *typed, struct arena *arena,
    struct alias_step **steps, size_t *count, struct err *err)
{
	char address[ADDRESS_SIZE];
	struct walk walk;
	const enum err_code code =
	    open_walk(context, typed, arena, &walk, address, err);

	*count = 0;
	if (code != OK)
		return code;
	push(&walk, address, 0);
	return finish(&walk, steps, count, err);
}

enum err_code
alias_preview(struct context *context, const char *typed, const char *targets,
    struct arena *arena, struct alias_step **steps, size_t *count,
    struct err *err)
{
	const char *found[ALIAS_TARGETS_MAX];
	char address[ADDRESS_SIZE], rest_text[ALIAS_TARGETS_SIZE];
	char *rest = rest_text, *target;
	size_t found_count = 0;
	struct walk walk;
	const enum err_code code =
	    open_walk(context, typed, arena, &walk, address, err);

	*count = 0;
	if (code != OK)
		return code;
	text_copy(rest_text, sizeof(rest_text), targets);
	while ((target = strsep(&rest, ", ")) != NULL)
		if (strchr(target, '@') != NULL &&
		    found_count < ALIAS_TARGETS_MAX)
			found[found_count++] = target;
	while (found_count-- > 0)
		push(&walk, found[found_count], 1);
	walk.steps[0] = (struct alias_step){ .end = ALIAS_GOES_ON, .note = "" };
	text_copy(
	    walk.steps[0].address, sizeof(walk.steps[0].address), address);
	walk.count = 1;
	return finish(&walk, steps, count, err);
}
