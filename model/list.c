#include "model/list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/account.h"
#include "model/db.h"

#define SQL_MAX      16384 /* bytes of one statement */
#define WORDS_MAX    8     /* of the filter */
#define WORD_SIZE    128
#define MATCH_SIZE   400
#define FIRST_COLUMN 3 /* after id, key and cursor */

/* One reading of a list: the statement as it grows, and what to bind. */
struct reading {
	struct context *context;
	const struct list *list;
	const struct list_query *query;
	struct arena *arena;
	struct text_builder sql;
	const char *scope; /* condition, or NULL: all rows */
	char words[WORDS_MAX][WORD_SIZE];
	size_t word_count;
	char matches[LIST_MATCH_MAX][MATCH_SIZE];
	int sort;           /* column */
	bool is_descending; /* of the list, not of this page */
};

static const struct list_query everything = { 0 };

static bool
is_number(enum list_kind kind)
{
	return kind != LIST_TEXT && kind != LIST_TEXTS;
}

/* ---- columns ---- */

size_t
list_column_count(const struct list *list)
{
	size_t count = 0;

	while (list->columns[count].name != NULL)
		count++;
	return count;
}

int
list_column_index(const struct list *list, const char *name)
{
	for (int i = 0; list->columns[i].name != NULL; i++) {
		if (text_is_same(list->columns[i].name, name))
			return i;
	}
	return -1;
}

const struct list_value *
list_value_of(
    const struct list *list, const struct list_row *row, const char *column)
{
	const int index = list_column_index(list, column);

	return index >= 0 ? &row->values[index] : NULL;
}

static const char *
sort_sql(const struct reading *r)
{
	const struct list_column *column = &r->list->columns[r->sort];

	return column->sort != NULL ? column->sort : column->sql;
}

static bool
is_sortable(const struct list_column *column)
{
	return column->name != NULL && (column->flags & LIST_SORTABLE) != 0;
}

static enum err_code
choose_sort(struct reading *r, struct err *err)
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

static enum err_code
choose_scope(struct reading *r, const char *command, struct err *err)
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
	if (is_number(column->kind) || column->flags & LIST_FOLDED)
		text_addf(&r->sql, "%s", column->sql);
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

static enum err_code
add_where(struct reading *r, struct err *err)
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

static void
add_select(struct reading *r)
{
	const struct list_column *column;

	text_addf(&r->sql, "SELECT %s, %s, %s", r->list->id, r->list->key,
	    sort_sql(r));
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
		if (is_number(kind))
			db_bind_int64(
			    q, name, match_number(kind, r->matches[i]));
		else
			db_bind_text(q, name, r->matches[i]);
	}
}

static void
bind_all(struct reading *r, struct db_query *q)
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

/* ---- values ---- */

static const char *
number_text(struct arena *arena, enum list_kind kind, int64_t number)
{
	char text[64];

	switch (kind) {
	case LIST_BYTES:
		text_from_bytes(text, sizeof(text), number);
		break;
	case LIST_MOMENT:
		clock_format_short(text, sizeof(text), number);
		break;
	case LIST_YES_NO:
		return number != 0 ? "yes" : "no";
	default:
		text_format(text, sizeof(text), "%" PRId64, number);
		break;
	}
	return arena_text(arena, text);
}

static void
read_value(const struct db_query *q, int column, enum list_kind kind,
    struct arena *arena, struct list_value *value)
{
	value->kind = kind;
	value->raw = db_arena_text(q, column, arena);
	value->text = value->raw;
	if (!is_number(kind))
		return;
	value->number = db_int64(q, column);
	value->text = value->raw[0] == '\0'
	    ? "-" /* nobody knows it yet */
	    : number_text(arena, kind, value->number);
}

static void
read_row(
    const struct reading *r, const struct db_query *q, struct list_row *row)
{
	const size_t count = list_column_count(r->list);
	struct list_value *values =
	    arena_array(r->arena, count, sizeof(*values));

	row->id = db_int64(q, 0);
	row->key = db_arena_text(q, 1, r->arena);
	row->cursor = db_arena_text(q, 2, r->arena);
	for (size_t i = 0; i < count; i++)
		read_value(q, FIRST_COLUMN + (int)i, r->list->columns[i].kind,
		    r->arena, &values[i]);
	row->values = values;
	for (size_t i = 0; i < count; i++)
		if (r->list->columns[i].tell != NULL)
			values[i].text = values[i].raw =
			    r->list->columns[i].tell(r->list, row, r->arena);
}

/* ---- reading ---- */

static enum err_code
open_reading(struct reading *r, struct context *context,
    const struct list *list, const struct list_query *query,
    const char *command, struct arena *arena, struct err *err)
{
	*r = (struct reading){
		.context = context,
		.list = list,
		.query = query != NULL ? query : &everything,
		.arena = arena,
	};
	text_builder_open(&r->sql, arena, SQL_MAX);
	if (choose_sort(r, err) != OK)
		return err->code;
	return choose_scope(r, command, err);
}

static enum err_code
check_sql(const struct reading *r, struct err *err)
{
	if (!r->sql.is_cut)
		return OK;
	return err_set(err, ERR_INVALID, "filter",
	    "This filter is too long: use fewer words.");
}

/* Rows behind the cursor, in the direction of reading. */
static void
add_page(struct reading *r, bool is_from_row, bool is_down)
{
	const char *order = is_down ? "DESC" : "ASC";

	if (is_from_row)
		text_addf(&r->sql, " AND (%s, %s) %s (:cursor, :cursor_id)",
		    sort_sql(r), r->list->id, is_down ? "<" : ">");
	text_addf(&r->sql, " ORDER BY %s %s, %s %s LIMIT :limit", sort_sql(r),
	    order, r->list->id, order);
}

static void
bind_cursor(
    const struct reading *r, struct db_query *q, int64_t id, const char *cursor)
{
	int64_t number = 0;

	db_bind_int64(q, ":cursor_id", id);
	if (!is_number(r->list->columns[r->sort].kind)) {
		db_bind_text(q, ":cursor", cursor);
		return;
	}
	(void)!text_to_int64(cursor, &number);
	db_bind_int64(q, ":cursor", number);
}

static void
reverse(struct list_row *rows, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		const struct list_row row = rows[i];

		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = row;
	}
}

enum err_code
list_page(struct context *context, const struct list *list,
    const struct list_query *query, enum list_from from, int64_t id,
    const char *cursor, size_t max, struct arena *arena, struct list_page *page,
    struct err *err)
{
	const bool is_backwards = from == LIST_LAST || from == LIST_BEFORE;
	const bool is_from_row = from == LIST_AFTER || from == LIST_BEFORE;
	bool has_more = false;
	struct reading r;
	struct db_query q;

	memset(page, 0, sizeof(*page));
	if (open_reading(&r, context, list, query, list->name, arena, err) !=
	    OK)
		return err->code;
	add_select(&r);
	if (add_where(&r, err) != OK)
		return err->code;
	add_page(&r, is_from_row, r.is_descending != is_backwards);
	if (check_sql(&r, err) != OK)
		return err->code;
	page->rows = arena_array(arena, max, sizeof(*page->rows));
	q = db_query_built(context->db, r.sql.data);
	bind_all(&r, &q);
	db_bind_int64(&q, ":limit", (int64_t)max + 1);
	if (is_from_row)
		bind_cursor(&r, &q, id, cursor);
	while (!has_more && db_step(&q)) {
		has_more = page->count == max;
		if (!has_more)
			read_row(&r, &q, &page->rows[page->count++]);
	}
	page->has_before = is_backwards ? has_more : from == LIST_AFTER;
	page->has_after = is_backwards ? from == LIST_BEFORE : has_more;
	if (is_backwards)
		reverse(page->rows, page->count);
	return db_end(&q, err);
}

enum err_code
list_count(struct context *context, const struct list *list,
    const struct list_query *query, int64_t *count, struct err *err)
{
	struct arena arena = { 0 };
	struct reading r;
	struct db_query q;
	enum err_code code;

	*count = 0;
	code = open_reading(&r, context, list, query, list->name, &arena, err);
	if (code == OK) {
		text_add(&r.sql, "SELECT count(*)");
		code = add_where(&r, err);
	}
	if (code == OK)
		code = check_sql(&r, err);
	if (code == OK) {
		q = db_query_built(context->db, r.sql.data);
		bind_all(&r, &q);
		if (db_step(&q))
			*count = db_int64(&q, 0);
		code = db_end(&q, err);
	}
	arena_free(&arena);
	return code;
}

/* ---- one row ---- */

static const char *
noun(const struct list *list, char *to, size_t size)
{
	text_format(
	    to, size, "%.*s", (int)strcspn(list->name, " "), list->name);
	return to;
}

static enum err_code
read_one(struct reading *r, struct db_query *q, const char *shown,
    struct list_row *row, struct err *err)
{
	char sentence[200], word[32];

	if (db_step(q))
		read_row(r, q, row);
	text_format(sentence, sizeof(sentence),
	    "There is no %s \"%.80s\" that you can see.",
	    noun(r->list, word, sizeof(word)), shown);
	return db_end_found(q, sentence, err);
}

enum err_code
list_row_by_id(struct context *context, const struct list *list, int64_t id,
    struct arena *arena, struct list_row *row, struct err *err)
{
	const char *command = list->show != NULL ? list->show : list->name;
	char shown[32];
	struct reading r;
	struct db_query q;

	if (open_reading(&r, context, list, NULL, command, arena, err) != OK)
		return err->code;
	add_select(&r);
	if (add_where(&r, err) != OK)
		return err->code;
	text_addf(&r.sql, " AND %s = :id", list->id);
	q = db_query_built(context->db, r.sql.data);
	bind_all(&r, &q);
	db_bind_int64(&q, ":id", id);
	text_format(shown, sizeof(shown), "%" PRId64, id);
	return read_one(&r, &q, shown, row, err);
}

enum err_code
list_row_by_key(struct context *context, const struct list *list,
    const char *key, struct arena *arena, struct list_row *row, struct err *err)
{
	const char *command = list->show != NULL ? list->show : list->name;
	char folded[WORDS_MAX * WORD_SIZE];
	struct reading r;
	struct db_query q;

	if (open_reading(&r, context, list, NULL, command, arena, err) != OK)
		return err->code;
	add_select(&r);
	if (add_where(&r, err) != OK)
		return err->code;
	text_addf(&r.sql, " AND (%s = :key OR %s = :folded)", list->key,
	    list->find != NULL ? list->find : list->key);
	db_fold(folded, sizeof(folded), key);
	q = db_query_built(context->db, r.sql.data);
	bind_all(&r, &q);
	db_bind_text(&q, ":key", key);
	db_bind_text(&q, ":folded", folded);
	return read_one(&r, &q, key, row, err);
}
