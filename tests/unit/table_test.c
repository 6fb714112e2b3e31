#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tui/table.h"

/* A source of numbers 1..count; the filter "even" keeps every second. */
static int64_t count_all;
static size_t pages_read;
static bool is_broken;

static bool
is_wanted(int64_t id, const char *filter)
{
	return filter[0] == '\0' || id % 2 == 0;
}

static int64_t
count_rows(void *context, const char *filter)
{
	(void)context;
	return filter[0] == '\0' ? count_all : count_all / 2;
}

static size_t
page_rows(void *context, const struct table_query *query, struct arena *at,
    struct table_row *rows, size_t max, struct err *err)
{
	int64_t found[64];
	size_t count = 0;
	bool back = query->where == TABLE_BEFORE || query->where == TABLE_LAST;
	int64_t id = back ? count_all : 1;

	(void)context;
	pages_read++;
	if (is_broken) {
		err_set(err, ERR_BUSY, NULL, "The database is busy.");
		return 0;
	}
	if (query->where == TABLE_AFTER)
		id = query->id + 1;
	if (query->where == TABLE_BEFORE)
		id = query->id - 1;
	if (query->where == TABLE_FROM)
		id = query->id;
	for (; id >= 1 && id <= count_all && count < max; id += back ? -1 : 1)
		if (is_wanted(id, query->filter))
			found[count++] = id;
	for (size_t i = 0; i < count; i++) {
		rows[i].id = found[back ? count - 1 - i : i];
		rows[i].cells[0] =
		    arena_format(at, "row %lld", (long long)rows[i].id);
	}
	return count;
}

static const struct table_column columns[] = {
	{ .title = "Name", .columns = 20, .is_sortable = true },
	{ 0 },
};

static const struct table_source source = {
	.columns = columns,
	.count = count_rows,
	.page = page_rows,
};

static struct arena arena;
static struct table table;

static int
set_up(void **state)
{
	struct msg size = { .kind = MSG_RESIZE, .rows = 6, .columns = 40 };

	(void)state;
	count_all = 100000;
	is_broken = false;
	table_open(&table, &arena, &source, NULL);
	table_update(&table, &size);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static bool
press(int key)
{
	const struct key_binding *row = key_find(table_keys, key);
	struct msg msg = { .kind = MSG_KEY,
		.key = key,
		.action = row != NULL ? row->action : 0 };

	return table_update(&table, &msg);
}

static void
type(const char *text)
{
	struct msg msg = { .kind = MSG_TEXT, .text = text };

	table_update(&table, &msg);
}

static void
test_only_the_rows_that_fit_are_held(void **state)
{
	(void)state;
	assert_true(table.row_count <= 6);
	press('G');
	assert_int_equal(table_selected_id(&table), 100000);
	press('g');
	assert_int_equal(table_selected_id(&table), 1);
	press(PRESS_PAGE_DOWN);
	assert_true(table_selected_id(&table) > 1);
	assert_true(pages_read < 20);
}

static void
test_the_cursor_moves_over_the_edge_of_a_page(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		press('j');
	assert_int_equal(table_selected_id(&table), 21);
	for (int i = 0; i < 30; i++)
		press('k');
	assert_int_equal(table_selected_id(&table), 1);
}

static void
test_the_filter_takes_letters_and_escape_clears_it(void **state)
{
	(void)state;
	press('/');
	assert_true(table_wants_text(&table));
	type("even");
	assert_int_equal(table_selected_id(&table), 2);
	press(PRESS_ENTER);
	assert_false(table_wants_text(&table));
	assert_true(table_wants_escape(&table));
	press(PRESS_ESCAPE);
	assert_false(table_wants_escape(&table));
	assert_int_equal(table.shown, 100000);
}

static void
test_marks_hold_on_to_rows_and_not_to_places(void **state)
{
	int64_t ids[8];

	(void)state;
	press(' ');
	press('G');
	press(' ');
	assert_int_equal(table_chosen(&table, ids, 8), 2);
	assert_int_equal(ids[0], 1);
	assert_int_equal(ids[1], 100000);
	table_clear_marks(&table);
	press('g');
	assert_int_equal(table_chosen(&table, ids, 8), 1);
	assert_int_equal(ids[0], 1);
}

static void
test_a_refresh_keeps_the_row_under_the_cursor(void **state)
{
	(void)state;
	press('j');
	press('j');
	table_refresh(&table);
	assert_int_equal(table_selected_id(&table), 3);
	count_all = 2;
	table_refresh(&table);
	assert_true(table_selected_id(&table) >= 1);
	assert_true(table_selected_id(&table) <= 2);
}

static void
test_an_empty_list_has_nothing_under_the_cursor(void **state)
{
	int64_t id;

	(void)state;
	count_all = 0;
	table_refresh(&table);
	assert_int_equal(table_selected_id(&table), 0);
	assert_string_equal(table_cell(&table, 0), "");
	assert_int_equal(table_chosen(&table, &id, 1), 0);
	assert_true(press('j'));
}

static void
test_a_source_that_fails_is_told_on_the_screen(void **state)
{
	struct canvas body = canvas_open(&arena, 6, 40, false);

	(void)state;
	is_broken = true;
	table_refresh(&table);
	table_view(&table, &body);
	assert_non_null(
	    strstr(canvas_as_lines(&body, &arena), "The database is busy."));
}

#define TABLE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(test_only_the_rows_that_fit_are_held),
		TABLE_TEST(test_the_cursor_moves_over_the_edge_of_a_page),
		TABLE_TEST(test_the_filter_takes_letters_and_escape_clears_it),
		TABLE_TEST(test_marks_hold_on_to_rows_and_not_to_places),
		TABLE_TEST(test_a_refresh_keeps_the_row_under_the_cursor),
		TABLE_TEST(test_an_empty_list_has_nothing_under_the_cursor),
		TABLE_TEST(test_a_source_that_fails_is_told_on_the_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
