#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv.h"

/* All records as "[a][b]/[c]", or "LINE: sentence". */
static const char *
read_all(const char *text, size_t length)
{
	static char out[1000];
	char bytes[500], *cells[4];
	struct csv csv;
	struct err err;
	size_t count;

	memcpy(bytes, text, length);
	csv_open(&csv, bytes, length);
	out[0] = '\0';
	for (;;) {
		if (csv_next(&csv, cells, 4, &count, &err) != OK) {
			text_format(
			    out, sizeof(out), "%zu: %s", csv.line, err.text);
			return out;
		}
		if (count == 0)
			return out;
		if (out[0] != '\0')
			text_append(out, sizeof(out), "/");
		for (size_t i = 0; i < count; i++) {
			text_append(out, sizeof(out), "[");
			text_append(out, sizeof(out), cells[i]);
			text_append(out, sizeof(out), "]");
		}
	}
}

#define READ(text) read_all((text), sizeof(text) - 1)

static void
test_records_are_read(void **state)
{
	(void)state;
	assert_string_equal(READ(""), "");
	assert_string_equal(READ("a,b\r\nc,\n\n\r\n,d"), "[a][b]/[c][]/[][d]");
	assert_string_equal(READ("\xEF\xBB\xBF"
				 "a\n\"x,\"\"y\"\"\nz\",2\n"),
	    "[a]/[x,\"y\"\nz][2]");
	assert_string_equal(READ("\"\",\"\"\n"), "[][]");
}

static void
test_what_is_no_csv_is_named_with_its_line(void **state)
{
	(void)state;
	assert_non_null(
	    strstr(READ("a\n\"b\0c\",d\n"), "2: There is a NUL byte"));
	assert_non_null(strstr(READ("a\n\nb,\"c\n\n"), "3: A quote is opened"));
	assert_non_null(strstr(READ("a\n\"b\"c\n"), "2: Behind a closing"));
	assert_non_null(strstr(READ("a\"b\n"), "1: A quote stands inside"));
	assert_non_null(strstr(READ("a\rb\n"), "1: A line ends with CR"));
	assert_non_null(strstr(READ("a\nb\0c\n"), "2: There is a NUL"));
	assert_non_null(
	    strstr(READ("1,2,3,4,5\n"), "1: The line has too many"));
}

static void
test_what_is_written_reads_back(void **state)
{
	static const char *const cells[] = { "plain", "a,b", "say \"x\"",
		"two\nlines", " blank ", "=1+1", "+49 30", "-1", "@x",
		"'quoted", "'=1+1", "''@x", "'", "''", "" };
	const size_t count = sizeof(cells) / sizeof(cells[0]);
	char *read[sizeof(cells) / sizeof(cells[0])];
	struct arena arena = { 0 };
	struct text_builder to;
	struct csv csv;
	size_t got;

	(void)state;
	text_builder_open(&to, &arena, 1000);
	for (size_t i = 0; i < count; i++)
		csv_put(&to, cells[i], i == 0);
	assert_non_null(strstr(to.data, ",'=1+1,'+49 30,'-1,'@x,"));
	csv_open(&csv, to.data, to.length);
	assert_int_equal(csv_next(&csv, read, count, &got, NULL), OK);
	assert_int_equal(got, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(read[i], cells[i]);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_are_read),
		cmocka_unit_test(test_what_is_no_csv_is_named_with_its_line),
		cmocka_unit_test(test_what_is_written_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
