#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/field.h"

static const char *const colours[] = { "red", "green", NULL };

struct thing {
	char address[320];
	char name[8];
	char hosts[64];
	char secret[32];
	int64_t quota, port, seats, may_send, colour;
};

/* clang-format off */
static const struct field fields[] = {
	{ .name = "address", .label = "Address", .help = "Where mail arrives.", .kind = FIELD_ADDRESS, FIELD(struct thing, address), .is_required = true, .is_main = true },
	{ .name = "name",    .label = "Name",    .help = "",  .kind = FIELD_TEXT,   FIELD(struct thing, name) },
	{ .name = "hosts",   .label = "Hosts",   .help = "",  .kind = FIELD_HOSTS,  FIELD(struct thing, hosts) },
	{ .name = "secret",  .label = "Secret",  .help = "",  .kind = FIELD_SECRET, FIELD(struct thing, secret) },
	{ .name = "quota",   .label = "Quota",   .help = "",  .kind = FIELD_BYTES,  FIELD(struct thing, quota) },
	{ .name = "port",    .label = "Port",    .help = "",  .kind = FIELD_PORT,   FIELD(struct thing, port) },
	{ .name = "seats",   .label = "Seats",   .help = "",  .kind = FIELD_NUMBER, FIELD(struct thing, seats), .min = 0, .max = 500 },
	{ .name = "send",    .label = "Send",    .help = "",  .kind = FIELD_YES_NO, FIELD(struct thing, may_send) },
	{ .name = "colour",  .label = "Colour",  .help = "",  .kind = FIELD_CHOICE, FIELD(struct thing, colour), .choices = colours },
	{ 0 },
};
/* clang-format on */

static void
test_every_kind_reads_back_what_it_wrote(void **state)
{
	static const char *const rows[][3] = {
		{ "address", " Anna@Example.com", "anna@example.com" },
		{ "name", " Anna ", "Anna" },
		{ "hosts", "a.example.com;B.example.com\n",
		    "a.example.com, b.example.com" },
		{ "quota", "20g", "20 GB" },
		{ "port", "993", "993" },
		{ "seats", "500", "500" },
		{ "send", "Y", "yes" },
		{ "colour", "GREEN", "green" },
		{ "name", "", "" },
		{ "quota", "", "0 B" },
	};
	struct thing thing = { 0 };
	char text[FIELD_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct field *field = field_by_name(fields, rows[i][0]);

		assert_int_equal(
		    field_parse(field, &thing, rows[i][1], NULL), OK);
		field_format(field, &thing, text, sizeof(text));
		assert_string_equal(text, rows[i][2]);
		assert_int_equal(field_parse(field, &thing, text, NULL), OK);
	}
}

static void
test_a_refusal_names_the_field_and_changes_nothing(void **state)
{
	static const char *const rows[][2] = {
		{ "address", "" },
		{ "address", "anna" },
		{ "name", "too long a name" },
		{ "name", "a\tb" },
		{ "hosts", "a.example.com, b" },
		{ "quota", "-1" },
		{ "quota", "lots" },
		{ "port", "0" },
		{ "port", "65536" },
		{ "seats", "501" },
		{ "seats", "-1" },
		{ "seats", "1e3" },
		{ "send", "maybe" },
		{ "colour", "blue" },
	};
	struct thing thing, before;
	struct err err;

	(void)state;
	memset(&thing, 0, sizeof(thing));
	before = thing;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct field *field = field_by_name(fields, rows[i][0]);

		assert_int_equal(
		    field_parse(field, &thing, rows[i][1], &err), ERR_INVALID);
		assert_string_equal(err.field, rows[i][0]);
		assert_true(strlen(err.text) > 10);
		assert_memory_equal(&thing, &before, sizeof(thing));
	}
}

static void
test_a_secret_is_kept_as_typed_and_never_printed(void **state)
{
	const struct field *field = field_by_name(fields, "secret");
	struct thing thing = { 0 };
	char text[64];

	(void)state;
	assert_int_equal(field_parse(field, &thing, " a b ", NULL), OK);
	assert_string_equal(thing.secret, " a b ");
	field_format(field, &thing, text, sizeof(text));
	assert_string_equal(text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_reads_back_what_it_wrote),
		cmocka_unit_test(
		    test_a_refusal_names_the_field_and_changes_nothing),
		cmocka_unit_test(
		    test_a_secret_is_kept_as_typed_and_never_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
