#include "model/list.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "model/list_reading.h"

#define SQL_MAX 16384 /* bytes of one statement */

static const struct list_query everything = { 0 };

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
	if (reading_choose_sort(r, err) != OK)
		return err->code;
	return reading_choose_scope(r, command, err);
}

static enum err_code
check_sql(const struct reading *r, struct err *err)
{
	if (!r->sql.is_cut)
		return OK;
	return err_set(err, ERR_INVALID, "filter",
	    "This filter is too long: use fewer words.");
}

/* ---- pages ---- */

/* Rows behind the cursor, in the direction of reading. */
static void
add_page(struct reading *r, bool is_from_row, bool is_down)
{
	const char *order = is_down ? "DESC" : "ASC";

	if (is_from_row)
		text_addf(&r->sql, " AND (%s, %s) %s (:cursor, :cursor_id)",
		    reading_sort_sql(r), r->list->id, is_down ? "<" : ">");
	text_addf(&r->sql, " ORDER BY %s %s, %s %s LIMIT :limit",
	    reading_sort_sql(r), order, r->list->id, order);
}

static void
bind_cursor(
    const struct reading *r, struct db_query *q, int64_t id, const char *cursor)
{
	int64_t number = 0;

	db_bind_int64(q, ":cursor_id", id);
	if (!list_kind_is_number(r->list->columns[r->sort].kind)) {
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
	reading_add_select(&r);
	if (reading_add_where(&r, err) != OK)
		return err->code;
	add_page(&r, is_from_row, r.is_descending != is_backwards);
	if (check_sql(&r, err) != OK)
		return err->code;
	page->rows = arena_array(arena, max, sizeof(*page->rows));
	q = db_query_built(context->db, r.sql.data);
	reading_bind(&r, &q);
	db_bind_int64(&q, ":limit", (int64_t)max + 1);
	if (is_from_row)
		bind_cursor(&r, &q, id, cursor);
	while (!has_more && db_step(&q)) {
		has_more = page->count == max;
		if (!has_more)
			reading_read_row(&r, &q, &page->rows[page->count++]);
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
		code = reading_add_where(&r, err);
	}
	if (code == OK)
		code = check_sql(&r, err);
	if (code == OK) {
		q = db_query_built(context->db, r.sql.data);
		reading_bind(&r, &q);
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
		reading_read_row(r, q, row);
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
	reading_add_select(&r);
	if (reading_add_where(&r, err) != OK)
		return err->code;
	text_addf(&r.sql, " AND %s = :id", list->id);
	q = db_query_built(context->db, r.sql.data);
	reading_bind(&r, &q);
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
	reading_add_select(&r);
	if (reading_add_where(&r, err) != OK)
		return err->code;
	text_addf(&r.sql, " AND (%s = :key OR %s = :folded)", list->key,
	    list->find != NULL ? list->find : list->key);
	db_fold(folded, sizeof(folded), key);
	q = db_query_built(context->db, r.sql.data);
	reading_bind(&r, &q);
	db_bind_text(&q, ":key", key);
	db_bind_text(&q, ":folded", folded);
	return read_one(&r, &q, key, row, err);
}
