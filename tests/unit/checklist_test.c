/*
 * The running checklist's table of questions: it has an end, and what does
 * not fit is not known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "dns/checklist_run.h"

static struct run run;

static void
question_of(struct dns_question *question, size_t number)
{
	*question = (struct dns_question){ .type = DNS_A };
	text_format(
	    question->name, sizeof(question->name), "h%zu.example.com", number);
}

static void
test_a_question_without_room_is_asked_of_nobody(void **state)
{
	struct dns_question question;

	(void)state;
	for (size_t i = 0; i < DNS_ENTRIES_MAX; i++) {
		question_of(&question, i);
		assert_non_null(run_item(&run, &question));
		assert_true(run_is_by(&run, &question, DNS_BY_SERVERS));
	}
	question_of(&question, DNS_ENTRIES_MAX);
	assert_null(run_item(&run, &question));
	assert_false(run_is_by(&run, &question, DNS_BY_SERVERS));
	assert_false(run_is_by(&run, &question, DNS_BY_RESOLVERS));
	question_of(&question, 0);
	assert_true(run_is_by(&run, &question, DNS_BY_SERVERS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_question_without_room_is_asked_of_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
