/*
 * What the judges have in common: what was not taken leaves no trace, and
 * what a subject leaves open has its default.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/judge.h"
#include "tests/lib/dns_example.h"

static void
test_advice_on_what_was_not_taken_leaves_no_trace(void **state)
{
	struct dns_finding f = { .verdict = DNS_WAITING };

	(void)state;
	judge_warn(&f, "This.");
	judge_advise(&f, "Do.");
	judge_add_advice(&f, "And do.");
	judge_warn(&f, "That.");
	judge_add_advice(&f, "Do the other.");
	assert_string_equal(f.problem, "This.");
	assert_string_equal(f.advice, "Do.  And do.");
}

static void
test_what_a_subject_leaves_open_has_its_default(void **state)
{
	struct dns_subject whole, open, copy;
	const struct dns_subject *s;

	(void)state;
	example_subject(&whole);
	subject_complete(&whole);
	assert_ptr_equal(subject_completed(&whole, &copy), &whole);
	open = whole;
	open.signing_domain[0] = '\0';
	s = subject_completed(&open, &copy);
	assert_string_equal(s->signing_domain, "example.com");
	open = whole;
	open.return_path[0] = '\0';
	s = subject_completed(&open, &copy);
	assert_string_equal(s->return_path, "example.com");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_advice_on_what_was_not_taken_leaves_no_trace),
		cmocka_unit_test(
		    test_what_a_subject_leaves_open_has_its_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
