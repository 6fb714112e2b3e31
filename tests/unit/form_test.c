#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/form.h"
#include "tui/screen.h"

struct input {
	char address[40];
	char secret[20];
	int64_t quota;
	int64_t kind;
	char key[4096];
};

static const char *const kinds[] = { "local", "external", NULL };

/* clang-format off */
static const struct field fields[] = {
	{ .name = "address", .label = "Address", .help = "Where mail arrives.", .kind = FIELD_ADDRESS, FIELD(struct input, address), .is_required = true },
	{ .name = "secret", .label = "Password", .help = "Kept as typed.", .kind = FIELD_SECRET, FIELD(struct input, secret) },
	{ .name = "quota", .label = "Quota", .help = "Most it may hold.", .kind = FIELD_BYTES, FIELD(struct input, quota), .initial = "10 GB" },
	{ .name = "kind", .label = "Mailbox", .help = "Where the mail is.", .kind = FIELD_CHOICE, FIELD(struct input, kind), .is_required = true, .choices = kinds },
	{ .name = "key", .label = "Key", .help = "Paste it.", .kind = FIELD_BLOCK, FIELD(struct input, key) },
	{ 0 }
};
/* clang-format on */

static struct arena arena;
static struct form form;

static int
set_up(void **state)
{
	(void)state;
	form_open(&form, &arena, fields, sizeof(struct input));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	form_close(&form);
	arena_free(&arena);
	return 0;
}

static enum form_event
press(int key)
{
	const struct key_binding *row = key_find(form_keys, key);
	struct msg msg = { .kind = MSG_KEY,
		.key = key,
		.action = row != NULL ? row->action : 0 };

	return form_update(&form, &msg);
}

static enum form_event
put(const char *text, bool is_paste)
{
	struct msg msg = {
		.kind = MSG_TEXT, .text = text, .is_paste = is_paste
	};

	return form_update(&form, &msg);
}

/* A terminal without bracketed paste sends line ends as Enter. */
static void
test_lines_that_are_typed_stay_lines_in_a_block(void **state)
{
	static const char *const lines[] = { "-----BEGIN CERTIFICATE-----",
		"MIIBiTCCAS+gAwIBAgIESn8AkTAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtC",
		"b2Ig", "-----END CERTIFICATE-----" };

	(void)state;
	while (form.focus < 4)
		press(PRESS_DOWN);
	for (size_t i = 0; i < 4; i++) {
		put(lines[i], false);
		assert_int_equal(press(PRESS_ENTER), FORM_DONE);
		assert_int_equal(form.focus, 4);
	}
	assert_string_equal(form.fields[4].text,
	    "-----BEGIN CERTIFICATE-----\n"
	    "MIIBiTCCAS+gAwIBAgIESn8AkTAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtC\n"
	    "b2Ig\n-----END CERTIFICATE-----\n");
	/* Behind the last line Enter goes on: here to the first fault. */
	press(PRESS_ENTER);
	assert_int_not_equal(form.focus, 4);
}

static void
test_enter_goes_on_behind_what_was_pasted(void **state)
{
	(void)state;
	while (form.focus < 4)
		press(PRESS_DOWN);
	put("-----BEGIN CERTIFICATE-----\nb2Ig\n-----END CERTIFICATE-----",
	    true);
	press(PRESS_ENTER);
	assert_int_not_equal(form.focus, 4);
}

static void
test_a_field_is_checked_when_it_is_left(void **state)
{
	(void)state;
	put("nobody", false);
	press(PRESS_TAB);
	assert_true(form.fields[0].is_error);
	assert_string_equal(form_text(&form, "address"), "nobody");
	assert_int_equal(form_error_count(&form), 1);
	assert_string_equal(form_focus_name(&form), "secret");
}

static void
test_passing_an_empty_required_field_is_no_error_yet(void **state)
{
	(void)state;
	press(PRESS_TAB);
	assert_int_equal(form_error_count(&form), 0);
	assert_int_equal(press(PRESS_CTRL('S')), FORM_DONE);
	assert_int_equal(form_error_count(&form), 1);
	assert_string_equal(form_focus_name(&form), "address");
}

static void
test_typing_on_takes_a_refusal_away(void **state)
{
	(void)state;
	assert_true(form_set_error(&form, "address", "Taken."));
	press(PRESS_LEFT);
	assert_true(form.fields[0].is_error);
	put("x", false);
	assert_false(form.fields[0].is_error);
	assert_false(form_set_error(&form, "unknown", "No."));
}

static void
test_a_value_that_is_too_long_can_be_read_and_mended(void **state)
{
	(void)state;
	put("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example", true);
	press(PRESS_TAB);
	assert_true(form.fields[0].is_error);
	assert_int_equal(strlen(form_text(&form, "address")), 58);
}

static void
test_a_paste_beyond_all_room_says_that_it_was_cut(void **state)
{
	static char huge[FIELD_TEXT_SIZE + 100];

	(void)state;
	memset(huge, 'a', sizeof huge - 1);
	form_focus(&form, "key");
	put(huge, true);
	assert_true(form.fields[4].is_error);
	assert_non_null(strstr(form.fields[4].note, "cut"));
}

static void
test_a_block_keeps_the_lines_of_a_paste(void **state)
{
	(void)state;
	form_focus(&form, "key");
	put("-----BEGIN-----\nabc\n", true);
	assert_string_equal(form_text(&form, "key"), "-----BEGIN-----\nabc\n");
}

static void
test_choices_turn_and_take_no_text(void **state)
{
	(void)state;
	form_focus(&form, "kind");
	assert_false(form_wants_text(&form));
	press(' ');
	assert_string_equal(form_text(&form, "kind"), "external");
	press(PRESS_RIGHT);
	assert_string_equal(form_text(&form, "kind"), "local");
	assert_int_equal(put("x", false), FORM_IGNORED);
}

static void
test_hidden_and_off_fields_are_passed_over(void **state)
{
	(void)state;
	form_hide(&form, "secret", true);
	form_set_off(&form, "quota", "only a super admin may");
	press(PRESS_TAB);
	assert_string_equal(form_focus_name(&form), "kind");
	press(PRESS_SHIFT_TAB);
	assert_string_equal(form_focus_name(&form), "address");
}

static void
test_changed_means_typed_and_not_loaded(void **state)
{
	struct form_value values[8];

	(void)state;
	form_set(&form, "address", "bob@acme.example");
	assert_false(form_is_changed(&form));
	form_focus(&form, "quota");
	put("5", false);
	assert_true(form_is_changed(&form));
	assert_int_equal(form_as_args(&form, values, 8, true), 1);
	assert_string_equal(values[0].name, "quota");
	assert_int_equal(form_as_args(&form, values, 8, false), 5);
}

static void
test_secrets_are_wiped_when_it_closes(void **state)
{
	char *text;

	(void)state;
	form_focus(&form, "secret");
	put("hush hush", false);
	text = form.fields[1].text;
	form_close(&form);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(text[i], 0);
}

static void
test_a_secret_is_never_copied(void **state)
{
	(void)state;
	form_focus(&form, "secret");
	put("hush", false);
	assert_string_equal(form_copy(&form), "");
}

static void
test_the_focus_and_its_note_stay_on_a_small_screen(void **state)
{
	struct msg size = { .kind = MSG_RESIZE, .rows = 2, .columns = 80 };
	struct canvas body = canvas_open(&arena, 2, 80, false);

	(void)state;
	form_update(&form, &size);
	assert_true(form_set_error(&form, "key", "No key."));
	form_scroll(&form);
	form_view(&form, &body);
	assert_non_null(strstr(canvas_as_lines(&body, &arena), "! No key."));
}

#define FORM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FORM_TEST(test_lines_that_are_typed_stay_lines_in_a_block),
		FORM_TEST(test_enter_goes_on_behind_what_was_pasted),
		FORM_TEST(test_a_field_is_checked_when_it_is_left),
		FORM_TEST(test_passing_an_empty_required_field_is_no_error_yet),
		FORM_TEST(test_typing_on_takes_a_refusal_away),
		FORM_TEST(test_a_value_that_is_too_long_can_be_read_and_mended),
		FORM_TEST(test_a_paste_beyond_all_room_says_that_it_was_cut),
		FORM_TEST(test_a_block_keeps_the_lines_of_a_paste),
		FORM_TEST(test_choices_turn_and_take_no_text),
		FORM_TEST(test_hidden_and_off_fields_are_passed_over),
		FORM_TEST(test_changed_means_typed_and_not_loaded),
		FORM_TEST(test_secrets_are_wiped_when_it_closes),
		FORM_TEST(test_a_secret_is_never_copied),
		FORM_TEST(test_the_focus_and_its_note_stay_on_a_small_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
