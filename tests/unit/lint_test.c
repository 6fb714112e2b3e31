/*
 * Every kind of record: tests/lint/records.lint says which texts are good.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "dns/lint.h"
#include "dns/sts_policy.h"

#define RECORDS   "tests/lint/records.lint"
#define LINE_SIZE 8192

/* "\x00" "\n" "\r" become bytes, in place; gives the length. */
static size_t
unescape(char *text)
{
	size_t used = 0;

	for (const char *c = text; *c != '\0'; c++) {
		if (c[0] == '\\' && c[1] == 'x') {
			char digits[3] = { c[2], c[3], '\0' };

			text[used++] = (char)strtol(digits, NULL, 16);
			c += 3;
		} else if (c[0] == '\\' && (c[1] == 'n' || c[1] == 'r')) {
			text[used++] = c[1] == 'n' ? '\n' : '\r';
			c++;
		} else
			text[used++] = *c;
	}
	text[used] = '\0';
	return used;
}

static bool
says(const struct lint *lint, const char *words)
{
	for (size_t i = 0; i < lint->count; i++)
		if (strstr(lint->findings[i].text, words) != NULL)
			return true;
	return false;
}

static void
show(int number, const struct lint *lint, const char *wanted)
{
	print_message("%s:%d: wanted %s, got %s\n", RECORDS, number, wanted,
	    lint_verdict_name(lint->verdict));
	for (size_t i = 0; i < lint->count; i++)
		print_message("  %s\n", lint->findings[i].text);
}

static void
test_each_text_gets_its_verdict(void **state)
{
	FILE *file = fopen(RECORDS, "re");
	static char line[LINE_SIZE], text[LINE_SIZE];
	const struct lint_kind *kind = NULL;
	struct lint lint = { 0 };
	int number = 0, failed = 0, count = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (text_starts_with(line, "## ")) {
			kind = lint_kind_by_name(line + 3);
			assert_non_null(kind);
		} else if (line[0] == '>') {
			/* ">!": none of them holds it. */
			const bool is_wanted = line[1] != '!';

			if (says(&lint, line + (is_wanted ? 2 : 3)) !=
			    is_wanted) {
				show(number, &lint, line + 2);
				failed++;
			}
		} else if (line[0] == '@') {
			const long at = strtol(line + 1, NULL, 10);

			if (lint.count == 0 ||
			    lint.findings[0].at != (size_t)at) {
				show(number, &lint, line + 2);
				failed++;
			}
		} else if (line[0] != '#' && line[0] != '\0') {
			text_copy(text, sizeof(text), line + 5);
			lint_run(&lint, kind, text, unescape(text));
			line[4] = '\0';
			count++;
			if (!text_is_same(
				lint_verdict_name(lint.verdict), line)) {
				show(number, &lint, line);
				failed++;
			}
			for (size_t i = 0; i < lint.count; i++)
				assert_true(lint.findings[i].at <= lint.length);
		}
	}
	fclose(file);
	assert_true(count > 300);
	assert_int_equal(failed, 0);
}

static void
test_the_names_of_the_kinds_are_those_of_the_table(void **state)
{
	size_t count = 0;

	(void)state;
	for (; lint_kinds[count].name != NULL; count++)
		assert_string_equal(
		    lint_kind_names[count], lint_kinds[count].name);
	assert_null(lint_kind_names[count]);
}

/* Cut anywhere, a text is judged without a look behind its end: valgrind and
 * the sanitizers watch. */
static void
test_a_text_may_be_cut_anywhere(void **state)
{
	static const char *const texts[] = {
		"v=spf1 a:%{d2r.-}.example.com/24//64 ip6:2001:db8::/32 -all",
		"v=DKIM1; k=ed25519; h=sha256; t=y; p=AAAA",
		"v=DMARC1; p=none; rua=mailto:a%40b@example.com!10m,x",
		"v=STSv1; id=1; x=y", "version: STSv1\nmode: none\nmx: *.a.b\n",
		"v=TLSRPTv1; rua=mailto:a@example.com,https://b/",
		"0 issue \"ca.example\\046net; a=b\"", "3 1 1 00112233",
		"0 1 993 mail.example.com.", "10 mail.example.com"
	};
	struct lint lint;

	(void)state;
	for (size_t i = 0; lint_kinds[i].name != NULL; i++)
		for (size_t cut = 0; cut <= strlen(texts[i]); cut++) {
			char *copy = malloc(cut + 1);

			assert_non_null(copy);
			memcpy(copy, texts[i], cut);
			for (size_t k = 0; lint_kinds[k].name != NULL; k++)
				lint_run(&lint, &lint_kinds[k], copy, cut);
			free(copy);
		}
}

static void
test_a_star_covers_exactly_one_label(void **state)
{
	(void)state;
	assert_true(sts_pattern_covers("*.example.com", "mx.example.com"));
	assert_false(sts_pattern_covers("*.example.com", "a.b.example.com"));
	assert_false(sts_pattern_covers("*.example.com", "example.com"));
	assert_false(sts_pattern_covers("*.example.com", ".example.com"));
	assert_true(sts_pattern_covers("MX.example.com", "mx.Example.com"));
	assert_false(sts_pattern_covers("example.com", "mx.example.com"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_text_gets_its_verdict),
		cmocka_unit_test(
		    test_the_names_of_the_kinds_are_those_of_the_table),
		cmocka_unit_test(test_a_text_may_be_cut_anywhere),
		cmocka_unit_test(test_a_star_covers_exactly_one_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
