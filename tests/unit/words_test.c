/* words_test.c - words as a shell would cut them, and no further. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

static void
check(const char *line, const char *const *wanted)
{
	char buffer[256];
	char *words[8];
	int count;

	assert_true(text_copy(buffer, sizeof(buffer), line));
	count = words_split(buffer, words, 8);
	for (int i = 0; i < count; i++) {
		assert_non_null(wanted[i]);
		assert_string_equal(words[i], wanted[i]);
	}
	assert_true(count >= 0);
	assert_null(wanted[count]);
}

#define CHECK(line, ...) check(line, (const char *const[]){ __VA_ARGS__, NULL })

static void
blanks_part_words(void **state)
{
	(void)state;
	CHECK("tenant list --json", "tenant", "list", "--json");
	CHECK("  tenant\t list \n", "tenant", "list");
	check("", (const char *const[]){ NULL });
	check("   ", (const char *const[]){ NULL });
}

static void
quotes_keep_blanks(void **state)
{
	(void)state;
	CHECK("a 'b c' d", "a", "b c", "d");
	CHECK("name=\"Acme Inc\" x", "name=Acme Inc", "x");
	CHECK("'it'\\''s' \"a\\\"b\"", "it's", "a\"b");
	CHECK("a\\ b '\\n'", "a b", "\\n");
	CHECK("'' \"\"x", "", "x");
}

static void
an_open_quote_or_too_many_words_is_refused(void **state)
{
	char quote[] = "tenant 'list", many[] = "a b c";
	char *words[2];

	(void)state;
	assert_int_equal(words_split(quote, words, 2), -1);
	assert_int_equal(words_split(many, words, 2), -1);
}

static void
nothing_is_run_or_expanded(void **state)
{
	(void)state;
	CHECK("a;b $(id) `id` > x * ~", "a;b", "$(id)", "`id`", ">", "x", "*",
	    "~");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_part_words),
		cmocka_unit_test(quotes_keep_blanks),
		cmocka_unit_test(an_open_quote_or_too_many_words_is_refused),
		cmocka_unit_test(nothing_is_run_or_expanded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
