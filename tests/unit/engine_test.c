#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/answers.h"
#include "dns/engine.h"
#include "dns/socket_pool.h"
#include "tests/dns/odd_server.h"

struct heard {
	struct arena arena;
	struct dns_answers *answers;
	struct engine *engine;
	struct dns_server *server;
	struct odd_server odd;
	size_t done;
};

static void
done(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	struct heard *heard = context;

	heard->done++;
	answers_put(heard->answers, question, answer);
}

static void
open_heard(struct heard *heard, bool has_tcp)
{
	const struct engine_events events = { .done = done };
	struct ip_port at = { .ip = { AF_INET, { 127, 0, 0, 1 } } };

	*heard = (struct heard){ 0 };
	odd_server_open(&heard->odd, has_tcp);
	at.port = heard->odd.port;
	heard->answers = answers_open(&heard->arena);
	heard->engine = engine_open(&heard->arena, &events, heard);
	heard->server = answers_server(heard->answers, "ns1", &at, false);
}

static void
close_heard(struct heard *heard)
{
	engine_close(&heard->engine);
	answers_close(&heard->answers);
	arena_free(&heard->arena);
	if (heard->odd.pid != 0)
		odd_server_close(&heard->odd);
}

static void
ask(struct heard *heard, const char *name, uint16_t type)
{
	struct dns_question question = { .type = type };

	text_copy(question.name, sizeof(question.name), name);
	assert_true(engine_ask(heard->engine, &question, &heard->server, 1));
}

/* The milliseconds until everything had ended. */
static int64_t
run(struct heard *heard)
{
	const int64_t start_ms = clock_monotonic_ms();

	while (engine_is_busy(heard->engine) &&
	    clock_monotonic_ms() - start_ms < 20000)
		engine_step(heard->engine, -1, 1000);
	assert_false(engine_is_busy(heard->engine));
	return clock_monotonic_ms() - start_ms;
}

static const struct dns_answer *
answer_of(struct heard *heard, const char *name, uint16_t type)
{
	return answers_at(heard->answers, name, type, false, 0);
}

/* clang-format off */
static const struct {
	const char *name;
	enum answer_state state;
	size_t records;
	const char *note;
} odd[] = {
	{ "good.test",            ANSWER_GOOD,     1, "" },
	{ "drop-first.test",      ANSWER_GOOD,     1, "" },
	{ "forged.test",          ANSWER_GOOD,     1, "" },
	{ "cut.test",             ANSWER_GOOD,     1, "" },
	{ "formerr.test",         ANSWER_GOOD,     1, "" },
	{ "formerr-bare.test",    ANSWER_GOOD,     1, "" },
	{ "notimp.test",          ANSWER_GOOD,     1, "" },
	{ "badvers.test",         ANSWER_GOOD,     1, "" },
	{ "nxdomain.test",        ANSWER_GOOD,     0, "" },
	{ "ttl-wild.test",        ANSWER_GOOD,     1, "" },
	{ "drop.test",            ANSWER_TIMEOUT,  0, "" },
	{ "wrong-id.test",        ANSWER_TIMEOUT,  0, "" },
	{ "wrong-name.test",      ANSWER_TIMEOUT,  0, "" },
	{ "wrong-type.test",      ANSWER_TIMEOUT,  0, "" },
	{ "other-port.test",      ANSWER_TIMEOUT,  0, "" },
	{ "tiny.test",            ANSWER_TIMEOUT,  0, "" },
	{ "cut-always.test",      ANSWER_BROKEN,   0, "cut even by TCP" },
	{ "cut-then-silent.test", ANSWER_TIMEOUT,  0, "" },
	{ "cut-then-closed.test", ANSWER_GOOD,     1, "" },
	{ "cut-then-always-closed.test", ANSWER_BROKEN, 0,
	    "TCP was closed before the answer was whole" },
	{ "servfail.test",        ANSWER_SERVFAIL, 0, "" },
	{ "refused.test",         ANSWER_REFUSED,  0, "" },
	{ "lame.test",            ANSWER_LAME,     0, "" },
	{ "cname-loop.test",      ANSWER_BROKEN,   0, "CNAME loop" },
	{ "junk.test",            ANSWER_BROKEN,   0, "" },
	{ "half.test",            ANSWER_BROKEN,   0, "" },
	{ "two-tsig.test",        ANSWER_BROKEN,   0, "" },
};
/* clang-format on */
#define ODD_COUNT (sizeof(odd) / sizeof(odd[0]))

static void
test_odd_servers_give_unknown_never_missing(void **state)
{
	struct heard heard;

	(void)state;
	open_heard(&heard, true);
	for (size_t i = 0; i < ODD_COUNT; i++)
		ask(&heard, odd[i].name, DNS_A);
	assert_in_range(run(&heard), 0, 8000);
	assert_int_equal(heard.done, ODD_COUNT);
	for (size_t i = 0; i < ODD_COUNT; i++) {
		const struct dns_answer *answer =
		    answer_of(&heard, odd[i].name, DNS_A);

		if (answer->state != odd[i].state ||
		    answer_count(answer, DNS_A) != odd[i].records)
			fail_msg("%s: state %d, %zu records", odd[i].name,
			    (int)answer->state, answer_count(answer, DNS_A));
		assert_string_equal(answer->note, odd[i].note);
		if (answer->state != ANSWER_GOOD)
			assert_false(answer_is_missing(answer, DNS_A));
	}
	assert_int_equal(
	    answer_rr(answer_of(&heard, "forged.test", DNS_A), DNS_A, 0)
		->ip.bytes[0],
	    192);
	assert_int_equal(
	    answer_rr(answer_of(&heard, "ttl-wild.test", DNS_A), DNS_A, 0)->ttl,
	    0);
	assert_int_equal(
	    answer_of(&heard, "nxdomain.test", DNS_A)->negative_ttl, 60);
	assert_string_equal(
	    answer_of(&heard, "servfail.test", DNS_A)->ede_text, "expi?d");
	assert_int_equal(
	    answer_of(&heard, "servfail.test", DNS_A)->ede_code, 7);
	close_heard(&heard);
}

static void
test_long_answers_come_by_tcp_and_are_bounded(void **state)
{
	struct heard heard;
	const struct dns_answer *answer;

	(void)state;
	open_heard(&heard, true);
	ask(&heard, "huge.test", DNS_TXT);
	run(&heard);
	answer = answer_of(&heard, "huge.test", DNS_TXT);
	assert_int_equal(answer->state, ANSWER_GOOD);
	assert_int_equal(answer_count(answer, DNS_TXT), 220);
	assert_int_equal(answer_rr(answer, DNS_TXT, 0)->length, 255);
	close_heard(&heard);
}

/* Part of a set would be judged as if it were all of it. */
static void
test_more_records_than_fit_are_no_answer(void **state)
{
	struct heard heard;
	const struct dns_answer *answer;

	(void)state;
	open_heard(&heard, true);
	ask(&heard, "many.test", DNS_TXT);
	run(&heard);
	answer = answer_of(&heard, "many.test", DNS_TXT);
	assert_int_equal(answer->state, ANSWER_BROKEN);
	assert_string_equal(answer->note, "more than 1024 records");
	close_heard(&heard);
}

static void
test_a_question_behind_one_by_tcp_is_sent(void **state)
{
	struct heard heard;

	(void)state;
	open_heard(&heard, true);
	ask(&heard, "huge.test", DNS_TXT);
	run(&heard);
	ask(&heard, "good.test", DNS_A);
	run(&heard);
	assert_int_equal(
	    answer_of(&heard, "good.test", DNS_A)->state, ANSWER_GOOD);
	close_heard(&heard);
}

static void
test_refused_tcp_is_said(void **state)
{
	struct heard heard;
	const struct dns_answer *answer;

	(void)state;
	open_heard(&heard, false);
	ask(&heard, "cut.test", DNS_A);
	assert_in_range(run(&heard), 0, 1000);
	answer = answer_of(&heard, "cut.test", DNS_A);
	assert_int_equal(answer->state, ANSWER_BROKEN);
	assert_string_equal(
	    answer->note, "long answers need TCP, which is refused");
	close_heard(&heard);
}

static void
test_a_closed_port_is_known_at_once(void **state)
{
	struct heard heard;

	(void)state;
	open_heard(&heard, true);
	odd_server_close(&heard.odd);
	ask(&heard, "good.test", DNS_A);
	assert_in_range(run(&heard), 0, 1000);
	assert_int_equal(
	    answer_of(&heard, "good.test", DNS_A)->state, ANSWER_UNREACHABLE);
	close_heard(&heard);
}

static void
test_the_same_question_is_asked_once(void **state)
{
	struct heard heard;

	(void)state;
	open_heard(&heard, true);
	ask(&heard, "good.test", DNS_A);
	ask(&heard, "GOOD.test.", DNS_A);
	run(&heard);
	assert_int_equal(heard.done, 1);
	close_heard(&heard);
}

static void
test_names_that_are_none_are_not_asked(void **state)
{
	static const char *const bad[] = { "a..b", ".host", "", "a b.test",
		"0123456789012345678901234567890123456789"
		"012345678901234567890123.test" };
	struct dns_question question = { .type = DNS_A };
	char to[DNS_NAME_SIZE];

	(void)state;
	(void)question;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(dns_name_normalize(to, bad[i]));
	assert_true(dns_name_normalize(to, "_DMARC.Example.com."));
	assert_string_equal(to, "_dmarc.example.com");
}

/* More questions than sockets, and more than a burst. */
static void
test_many_questions_wait_for_their_turn(void **state)
{
	struct heard heard;
	char name[64];

	(void)state;
	open_heard(&heard, true);
	for (int i = 0; i < 140; i++) {
		text_format(name, sizeof(name), "good.n%d.test", i);
		ask(&heard, name, DNS_A);
	}
	run(&heard);
	assert_int_equal(heard.done, 140);
	close_heard(&heard);
}

static size_t
questions_at_rest(const struct socket_pool *pool)
{
	return pool->count == 1 ? pool->sockets[0].uses : 0;
}

/* One after the other on one socket, which ends after its questions. */
static void
test_a_socket_of_a_pool_has_many_questions(void **state)
{
	struct socket_pool pool = { 0 };
	struct heard heard;
	char name[64];

	(void)state;
	open_heard(&heard, true);
	engine_share_sockets(heard.engine, &pool);
	for (size_t i = 1; i < 100; i++) {
		text_format(name, sizeof(name), "good.n%zu.test", i);
		ask(&heard, name, DNS_A);
		run(&heard);
		assert_int_equal(questions_at_rest(&pool), i);
	}
	pool.sockets[0].uses = SOCKET_POOL_USES - 1;
	ask(&heard, "good.test", DNS_A);
	run(&heard);
	assert_int_equal(pool.count, 0);
	close_heard(&heard);
}

/* More may come in on it. */
static void
test_a_socket_with_odd_answers_is_not_used_again(void **state)
{
	static const char *const names[] = { "forged.test", "wrong-id.test",
		"drop-first.test", "cut.test" };
	struct socket_pool pool = { 0 };
	struct heard heard;

	(void)state;
	open_heard(&heard, true);
	engine_share_sockets(heard.engine, &pool);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ask(&heard, names[i], DNS_A);
	run(&heard);
	assert_int_equal(heard.done, 4);
	assert_int_equal(pool.count, 0);
	close_heard(&heard);
}

static void
test_the_next_server_is_asked_when_the_first_fails(void **state)
{
	struct heard heard;
	struct dns_question question = { .name = "good.test", .type = DNS_A };
	struct ip_port nowhere = { .ip = { AF_INET, { 127, 0, 0, 1 } },
		.port = 1 };
	struct dns_server *servers[2];

	(void)state;
	open_heard(&heard, true);
	servers[0] = answers_server(heard.answers, "dead", &nowhere, false);
	servers[1] = heard.server;
	assert_true(engine_ask(heard.engine, &question, servers, 2));
	assert_in_range(run(&heard), 0, 1000);
	assert_int_equal(
	    answer_of(&heard, "good.test", DNS_A)->state, ANSWER_GOOD);
	assert_ptr_equal(
	    answer_of(&heard, "good.test", DNS_A)->server, heard.server);
	close_heard(&heard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_odd_servers_give_unknown_never_missing),
		cmocka_unit_test(test_long_answers_come_by_tcp_and_are_bounded),
		cmocka_unit_test(test_more_records_than_fit_are_no_answer),
		cmocka_unit_test(test_a_question_behind_one_by_tcp_is_sent),
		cmocka_unit_test(test_refused_tcp_is_said),
		cmocka_unit_test(test_a_closed_port_is_known_at_once),
		cmocka_unit_test(test_the_same_question_is_asked_once),
		cmocka_unit_test(test_names_that_are_none_are_not_asked),
		cmocka_unit_test(test_many_questions_wait_for_their_turn),
		cmocka_unit_test(test_a_socket_of_a_pool_has_many_questions),
		cmocka_unit_test(
		    test_a_socket_with_odd_answers_is_not_used_again),
		cmocka_unit_test(
		    test_the_next_server_is_asked_when_the_first_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
