#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "dns/ownership.h"
#include "tests/lib/dns_world.h"

#define PROOF "postern-proof=0123456789abcdef"

static int
set_up(void **state)
{
	static struct world world;

	world_open(&world);
	/* Nothing points here yet. */
	world_remove(&world, "example.com", "MX");
	*state = &world;
	return 0;
}

static int
tear_down(void **state)
{
	world_close(*state);
	return 0;
}

/* Asks until nothing is open, and judges. */
static void
judge(struct world *w, struct ownership *to)
{
	static struct dns_questions q;

	answers_close(&w->answers);
	w->answers = answers_open(&w->arena);
	for (int round = 0; round < 4; round++) {
		q.count = 0;
		ownership_questions(
		    &w->subject, round == 0 ? NULL : w->answers, &q);
		for (size_t i = 0; i < q.count; i++)
			if (answers_view(
				w->answers, q.list[i].name, q.list[i].type)
				.state == VIEW_WAITING)
				world_answer(w, &q.list[i]);
	}
	ownership_judge(&w->subject, PROOF, w->answers, to);
}

static void
test_the_text_record_proves(void **state)
{
	struct world *world = *state;
	struct ownership o;

	world_add(world, "_postern-proof.example.com TXT other");
	judge(world, &o);
	assert_int_equal(o.state, OWNERSHIP_NOT);
	assert_non_null(strstr(o.sentence, "and says \"other\""));
	world_add(world, "_postern-proof.example.com TXT " PROOF);
	judge(world, &o);
	assert_int_equal(o.state, OWNERSHIP_BY_TXT);
}

static void
test_nothing_proves_nothing(void **state)
{
	static const char *const wrong[] = {
		"_postern-proof.example.com TXT " PROOF "0",
		"_postern-proof.example.com TXT postern-proof=",
		"example.com TXT " PROOF, "example.com MX 10 mx.other.example",
		"example.com MX 0 ."
	};
	struct world *world = *state;
	struct ownership o;

	judge(world, &o);
	assert_int_equal(o.state, OWNERSHIP_NOT);
	assert_non_null(strstr(o.sentence, "no TXT record"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		world_add(world, wrong[i]);
	judge(world, &o);
	assert_int_equal(o.state, OWNERSHIP_NOT);
}

static void
test_an_mx_with_an_address_of_this_server_proves(void **state)
{
	struct world *world = *state;
	struct ownership o;
	char line[200], address[IP_TEXT_SIZE];

	world_add(world, "example.com MX 10 mx.other.example");
	world_add(world, "mx.other.example A 198.51.100.77");
	judge(world, &o);
	assert_int_equal(o.state, OWNERSHIP_NOT);
	world_add(world, "example.com MX 20 in.example.com");
	ip_format(address, &world->subject.ip4);
	text_format(line, sizeof(line), "in.example.com A %s", address);
	world_add(world, line);
	judge(world, &o);
	assert_int_equal(o.state, OWNERSHIP_BY_MX);
}

static void
test_no_answer_is_no_verdict(void **state)
{
	struct world *world = *state;
	struct ownership o;

	world_add(world, "_postern-proof.example.com TXT !TIMEOUT");
	judge(world, &o);
	assert_int_equal(o.state, OWNERSHIP_UNKNOWN);
	assert_true(o.sentence[0] != '\0');
}

static void
test_control_signs_in_a_record_are_not_shown(void **state)
{
	struct world *world = *state;
	struct ownership o;

	world_add(world, "_postern-proof.example.com TXT a\\x1b[2Jb");
	judge(world, &o);
	assert_null(strchr(o.sentence, '\x1b'));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_text_record_proves),
		TEST(test_nothing_proves_nothing),
		TEST(test_an_mx_with_an_address_of_this_server_proves),
		TEST(test_no_answer_is_no_verdict),
		TEST(test_control_signs_in_a_record_are_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
