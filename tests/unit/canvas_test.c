#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/canvas.h"

static struct arena arena;

static int
tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static const char *
row_of(const struct canvas *canvas, int row)
{
	struct canvas part = canvas_part(canvas, row, 0, 1, canvas->columns);

	return canvas_as_lines(&part, &arena);
}

static void
test_control_characters_are_shown_as_a_sign(void **state)
{
	struct canvas canvas = canvas_open(&arena, 1, 20, false);

	(void)state;
	canvas_put_text(&canvas, 0, 0, STYLE_NORMAL,
	    "a\033[31mb\x7f"
	    "c\u202Ed\xff"
	    "e");
	assert_string_equal(row_of(&canvas, 0), "a?[31mb?c?d?e\n");
}

static void
test_a_wide_character_takes_two_cells(void **state)
{
	struct canvas canvas = canvas_open(&arena, 1, 5, false);

	(void)state;
	assert_int_equal(
	    canvas_put_text(&canvas, 0, 0, STYLE_NORMAL, "\u65e5\u672c"), 4);
	assert_int_equal(canvas_cell(&canvas, 0, 0)->columns, 2);
	assert_int_equal(canvas_cell(&canvas, 0, 1)->columns, 0);
	canvas_put_text(&canvas, 0, 1, STYLE_NORMAL, "x");
	assert_string_equal(row_of(&canvas, 0), " x\u672c\n");
}

static void
test_half_a_wide_character_is_not_shown(void **state)
{
	struct canvas canvas = canvas_open(&arena, 1, 3, false);

	(void)state;
	canvas_put_text(&canvas, 0, 0, STYLE_NORMAL, "ab\u65e5");
	assert_string_equal(row_of(&canvas, 0), "ab\n");
}

static void
test_marks_stay_with_their_letter(void **state)
{
	struct canvas canvas = canvas_open(&arena, 1, 4, false);
	char pile[200] = "e";

	(void)state;
	for (int i = 0; i < 60; i++)
		strcat(pile, "\u0301");
	strcat(pile, "x");
	assert_int_equal(canvas_put_text(&canvas, 0, 0, STYLE_NORMAL, pile), 2);
	assert_string_equal(canvas_cell(&canvas, 0, 1)->text, "x");
}

static void
test_a_terminal_without_utf8_gets_look_alikes(void **state)
{
	struct canvas canvas = canvas_open(&arena, 3, 8, true);

	(void)state;
	canvas_put_text(&canvas, 0, 0, STYLE_NORMAL, "a\u2192\u00e9\u65e5.");
	canvas_put_fit(&canvas, 1, 0, 6, STYLE_NORMAL, "longer than");
	canvas_put_rule(&canvas, 2, STYLE_NORMAL, "x");
	assert_string_equal(
	    canvas_as_lines(&canvas, &arena), "a>???.\nlon...\n--- x --\n");
}

static void
test_a_text_that_does_not_fit_ends_in_a_sign(void **state)
{
	struct canvas canvas = canvas_open(&arena, 2, 6, false);

	(void)state;
	canvas_put_fit(&canvas, 0, 0, 6, STYLE_NORMAL, "longer than");
	canvas_put_right(&canvas, 1, 0, 6, STYLE_NORMAL, "ab");
	assert_string_equal(
	    canvas_as_lines(&canvas, &arena), "longe\u2026\n    ab\n");
}

static void
test_nothing_is_drawn_outside_the_window(void **state)
{
	struct canvas canvas = canvas_open(&arena, 3, 6, false);
	struct canvas part = canvas_part(&canvas, 1, 2, 1, 2);

	(void)state;
	canvas_put_text(&part, 0, -1, STYLE_NORMAL, "abcdef");
	canvas_put_text(&part, -1, 0, STYLE_NORMAL, "abcdef");
	canvas_put_text(&part, 1, 0, STYLE_NORMAL, "abcdef");
	canvas_put_fit(&part, -1, 0, 2, STYLE_NORMAL, "xy");
	canvas_put_wrapped(&part, -1, 0, 2, STYLE_NORMAL, "xy");
	canvas_set_cursor(&part, 5, 0);
	assert_string_equal(canvas_as_lines(&canvas, &arena), "\n  bc\n");
	assert_false(canvas_cursor(&canvas, &(int){ 0 }, &(int){ 0 }));
}

static void
test_lines_break_at_blanks(void **state)
{
	struct canvas canvas = canvas_open(&arena, 6, 8, false);

	(void)state;
	assert_int_equal(canvas_put_wrapped(&canvas, 0, 0, 8, STYLE_NORMAL,
			     "one two three\nfourteenletters"),
	    4);
	assert_string_equal(canvas_as_lines(&canvas, &arena),
	    "one two\nthree\nfourteen\nletters\n");
}

static void
test_a_golden_text_tells_cursor_and_styles(void **state)
{
	struct canvas canvas = canvas_open(&arena, 2, 4, false);

	(void)state;
	canvas_put_text(&canvas, 1, 1, STYLE_FAIL, "no");
	canvas_set_cursor(&canvas, 1, 1);
	assert_string_equal(canvas_as_text(&canvas, &arena),
	    "    |\n no |\ncursor 2,2\n 2 .FF\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_control_characters_are_shown_as_a_sign),
		cmocka_unit_test(test_a_wide_character_takes_two_cells),
		cmocka_unit_test(test_half_a_wide_character_is_not_shown),
		cmocka_unit_test(test_marks_stay_with_their_letter),
		cmocka_unit_test(test_a_terminal_without_utf8_gets_look_alikes),
		cmocka_unit_test(test_a_text_that_does_not_fit_ends_in_a_sign),
		cmocka_unit_test(test_nothing_is_drawn_outside_the_window),
		cmocka_unit_test(test_lines_break_at_blanks),
		cmocka_unit_test(test_a_golden_text_tells_cursor_and_styles),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
