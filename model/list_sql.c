/* A list's statement: its order, who sees what, conditions, values bound. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/list_reading.h"

/* ---- order ---- */

const char *
reading_sort_sql(const struct reading *r)
{
	const struct list_column *column = &r->list->columns[r->sort];

	return column->sort != NULL ? column->sort : column->sql;
}

static bool
is_sortable(const struct list_column *column)
{
	return column->name != NULL && (column->flags & LIST_SORTABLE) != 0;
}

enum err_code
reading_choose_sort(struct reading *r, struct err *err)
{
	const struct list_column *columns = r->list->columns;
	const char *name = r->query->sort;

	r->is_descending = r->query->is_descending;
	r->sort = 0;
	if (name != NULL && name[0] != '\0') {
		r->sort = list_column_index(r->list, name);
		if (r->sort < 0 || !is_sortable(&columns[r->sort]))
			return err_set(err, ERR_INVALID, "sort",
			    "\"%s\" is not sorted by \"%.40s\".", r->list->name,
			    name);
		return OK;
	}
	while (columns[r->sort].name != NULL && !is_sortable(&columns[r->sort]))
		r->sort++;
	if (columns[r->sort].name == NULL)
		return err_set(err, ERR_SYSTEM, NULL,
		    "\"%s\" has no sortable column.", r->list->name);
	if (r->list->is_newest_first)
		r->is_descending = !r->is_descending;
	return OK;
}

/* ---- who sees what ---- */

enum err_code
reading_choose_scope(struct reading *r, const char *command, struct err *err)
{
	const struct actor *actor = &r->context->actor;
	const struct list *list = r->list;
	const char *why = NULL;
	bool is_whole = false;

	if (!may_ever(actor, list->action, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	if (actor_key_allows(actor, command, false, err) != OK)
		return err->code;
	if (account_check_still(r->context->db, actor, err) != OK)
		return err->code;
	switch (permission_reach(actor->role, list->action)) {
	case REACH_ALL:
		is_whole = actor->only_tenant_id == 0;
		r->scope = is_whole ? NULL : list->scope_tenant;
		break;
	case REACH_TENANT:
	case REACH_BELOW:
		r->scope = actor_tenant(actor) != 0 ? list->scope_tenant : NULL;
		break;
	case REACH_SELF:
		r->scope = list->scope_self;
		break;
	default:
		break;
	}
	if (r->scope == NULL && !is_whole)
		return err_set(err, ERR_DENIED, NULL,
		    "\"%s\" is not for one tenant or person alone: ask a "
		    "super admin.",
		    list->name);
	return OK;
}

/* ---- conditions ---- */

static void
add_condition(struct reading *r, const char *condition)
{
	if (condition == NULL)
		return;
	text_add(&r->sql, " AND (");
	text_add(&r->sql, condition);
	text_add(&r->sql, ")");
}

static enum err_code
add_narrowing(struct reading *r, struct err *err)
{
	const struct {
		int64_t id;
		const char *condition;
	} narrowings[] = {
		{ r->query->tenant_id, r->list->of_tenant },
		{ r->query->domain_id, r->list->of_domain },
		{ r->query->account_id, r->list->of_account },
	};

	for (size_t i = 0; i < 3; i++) {
		if (narrowings[i].id == 0)
			continue;
		if (narrowings[i].condition == NULL)
			return err_set(err, ERR_INVALID, NULL,
			    "\"%s\" can't be narrowed like this.",
			    r->list->name);
		add_condition(r, narrowings[i].condition);
	}
	return OK;
}

/* The folded words of the filter; what is too much is left out. */
static void
split_filter(struct reading *r)
{
	char folded[WORDS_MAX * WORD_SIZE];
	const char *at = folded;

	db_fold(folded, sizeof(folded),
	    r->query->filter != NULL ? r->query->filter : "");
	while (r->word_count < WORDS_MAX) {
		at += strspn(at, " \t");
		const size_t length = strcspn(at, " \t");

		if (length == 0)
			break;
		text_format(r->words[r->word_count++], WORD_SIZE, "%.*s",
		    (int)length, at);
		at += length;
	}
}

static void
add_expression(struct reading *r, const struct list_column *column)
{
	if (list_kind_is_number(column->kind) || column->flags & LIST_FOLDED)
		text_add(&r->sql, column->sql);
	else if (column->sort != NULL)
		text_add(&r->sql, column->sort);
	else
		text_addf(&r->sql, "fold(%s)", column->sql);
}

/* Each word must be in some filterable column. */
static void
add_filter(struct reading *r)
{
	const struct list_column *column;
	bool is_first;

	split_filter(r);
	for (size_t i = 0; i < r->word_count; i++) {
		text_add(&r->sql, " AND (");
		is_first = true;
		for (column = r->list->columns; column->name; column++) {
			if ((column->flags & LIST_FILTERABLE) == 0)
				continue;
			text_add(&r->sql, is_first ? "instr(" : " OR instr(");
			add_expression(r, column);
			text_addf(&r->sql, ", :word%zu) > 0", i);
			is_first = false;
		}
		text_add(&r->sql, is_first ? "0)" : ")");
	}
}

static enum err_code
add_matches(struct reading *r, struct err *err)
{
	for (size_t i = 0; i < LIST_MATCH_MAX; i++) {
		const char *name = r->query->match[i].column;
		int index;

		if (name == NULL)
			continue;
		index = list_column_index(r->list, name);
		if (index < 0)
			return err_set(err, ERR_INVALID, name,
			    "\"%s\" has no column \"%.40s\".", r->list->name,
			    name);
		db_fold(r->matches[i], sizeof(r->matches[i]),
		    r->query->match[i].text);
		text_add(&r->sql, " AND ");
		add_expression(r, &r->list->columns[index]);
		text_addf(&r->sql, " = :match%zu", i);
	}
	return OK;
}

enum err_code
reading_add_where(struct reading *r, struct err *err)
{
	text_addf(&r->sql, " FROM %s WHERE 1", r->list->from);
	add_condition(r, r->list->where);
	add_condition(r, r->scope);
	if (add_narrowing(r, err) != OK || add_matches(r, err) != OK)
		return err->code;
	if (r->list->moment != NULL && r->query->since_at != 0)
		text_addf(&r->sql, " AND %s >= :since", r->list->moment);
	if (r->list->moment != NULL && r->query->until_at != 0)
		text_addf(&r->sql, " AND %s < :until", r->list->moment);
	add_filter(r);
	return OK;
}

void
reading_add_select(struct reading *r)
{
	const struct list_column *column;

	text_addf(&r->sql, "SELECT %s, %s, %s", r->list->id, r->list->key,
	    reading_sort_sql(r));
	for (column = r->list->columns; column->name != NULL; column++)
		text_addf(&r->sql, ", %s", column->sql);
}

/* ---- binding ---- */

static void
bind_number(struct db_query *q, const char *name, int64_t value)
{
	if (db_has_parameter(q, name))
		db_bind_int64(q, name, value);
}

/* "yes" for 1; digits as they are; anything else matches nothing. */
static int64_t
match_number(enum list_kind kind, const char *text)
{
	int64_t number;

	if (text_to_int64(text, &number))
		return number;
	if (kind == LIST_YES_NO)
		return text_is_same(text, "yes") ? 1
		    : text_is_same(text, "no")   ? 0
						 : -1;
	return kind == LIST_BYTES && text_to_bytes(text, &number) ? number : -1;
}

static void
bind_matches(struct reading *r, struct db_query *q)
{
	char name[16];

	for (size_t i = 0; i < LIST_MATCH_MAX; i++) {
		const char *column = r->query->match[i].column;
		enum list_kind kind;

		if (column == NULL)
			continue;
		kind =
		    r->list->columns[list_column_index(r->list, column)].kind;
		text_format(name, sizeof(name), ":match%zu", i);
		if (list_kind_is_number(kind))
			db_bind_int64(
			    q, name, match_number(kind, r->matches[i]));
		else
			db_bind_text(q, name, r->matches[i]);
	}
}

void
reading_bind(struct reading *r, struct db_query *q)
{
	const struct actor *actor = &r->context->actor;
	char name[16];

	if (q->err.code != OK)
		return;
	bind_number(q, ":account", actor->account_id);
	bind_number(q, ":tenant", actor_tenant(actor));
	bind_number(q, ":now", clock_now());
	bind_number(q, ":of_tenant", r->query->tenant_id);
	bind_number(q, ":of_domain", r->query->domain_id);
	bind_number(q, ":of_account", r->query->account_id);
	for (size_t i = 0; i < r->word_count; i++) {
		text_format(name, sizeof(name), ":word%zu", i);
		if (db_has_parameter(q, name))
			db_bind_text(q, name, r->words[i]);
	}
	bind_matches(r, q);
	bind_number(q, ":since", r->query->since_at);
	bind_number(q, ":until", r->query->until_at);
}
