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
#include "tests/lib/dns_world.h"

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

/* A bad certificate stops the step to "enforce", one that ends soon does not,
 * though both are warnings. */
static void
test_a_warning_of_a_certificate_tells_whether_senders_mind(void **state)
{
	static const struct {
		const char *shown;
		bool stops_enforce;
	} cases[] = {
		{ "tls 1790000000 1800000000 1\\x0amail.example.com\\x0a",
		    false },
		{ "tls 1790000000 1795800000 1\\x0amail.example.com\\x0a",
		    false },
		{ "tls 1790000000 1800000000 0\\x0awww.example.com\\x0a",
		    true },
		{ "no-starttls\\x0a", true },
		{ "not-now\\x0a421 later", false },
	};
	static struct world world;
	struct dns_finding f;
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world_open(&world);
		world_remove(&world, "mail.example.com", "MAILTLS");
		text_format(line, sizeof(line), "mail.example.com MAILTLS %s",
		    cases[i].shown);
		world_add(&world, line);
		world_judge(&world, "mx-tls", &f);
		assert_int_equal(f.stops_enforce, cases[i].stops_enforce);
		assert_int_equal(f.verdict == DNS_WARN, i >= 1 && i <= 3);
		world_close(&world);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_advice_on_what_was_not_taken_leaves_no_trace),
		cmocka_unit_test(
		    test_what_a_subject_leaves_open_has_its_default),
		cmocka_unit_test(
		    test_a_warning_of_a_certificate_tells_whether_senders_mind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
