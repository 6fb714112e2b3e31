#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "dns/answers.h"
#include "dns/replay.h"

#define SERVERS                                   \
	"server ns1.example.com 192.0.2.1\n"      \
	"server ns2.example.com 192.0.2.2\n"      \
	"server ns3.example.com 192.0.2.3:5353\n" \
	"resolver 127.0.0.1\n"

static struct arena arena;
static struct dns_answers *answers;

static int
setup(void **state)
{
	(void)state;
	answers = answers_open(&arena);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	answers_close(&answers);
	arena_free(&arena);
	return 0;
}

static void
replay(const char *text)
{
	struct err err = { 0 };

	if (replay_read(answers, text, &err) != OK)
		fail_msg("%s", err.text);
}

static struct dns_view
view_mx(void)
{
	return answers_view(answers, "Example.com.", DNS_MX);
}

static void
test_nobody_asked_is_waiting(void **state)
{
	(void)state;
	assert_int_equal(view_mx().state, VIEW_WAITING);
	assert_null(view_mx().answer);
}

static void
test_what_most_servers_say_is_judged(void **state)
{
	struct dns_view view;

	(void)state;
	replay(SERVERS "answer 192.0.2.1 example.com MX good aa\n"
		       "  rr example.com 60 MX 10 old.example.com\n"
		       "answer 192.0.2.2 example.com MX good aa\n"
		       "  rr example.com 60 MX 10 new.example.com\n"
		       "answer 192.0.2.3:5353 example.com MX good aa\n"
		       "  rr example.com 90 MX 10 new.example.com\n");
	view = view_mx();
	assert_int_equal(view.state, VIEW_DIFFERS);
	assert_int_equal(view.asked, 3);
	assert_int_equal(view.agreeing, 2);
	assert_string_equal(
	    answer_rr(view.answer, DNS_MX, 0)->name, "new.example.com");
	assert_string_equal(view.other->server->name, "ns1.example.com");
}

static void
test_silence_is_unknown_never_missing(void **state)
{
	static const char *const states[] = { "timeout", "unreachable",
		"servfail", "refused", "broken", "lame" };

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct dns_view view;
		char text[400];

		text_format(text, sizeof(text),
		    SERVERS "answer 192.0.2.1 example.com MX %s\n", states[i]);
		replay(text);
		view = view_mx();
		assert_int_equal(view.state, VIEW_NONE);
		assert_null(view.answer);
		assert_string_not_equal(view.reason, "");
		assert_false(answer_is_missing(view.answer, DNS_MX));
	}
}

static void
test_one_dead_server_does_not_hide_the_others(void **state)
{
	struct dns_view view;

	(void)state;
	replay(SERVERS "answer 192.0.2.1 example.com MX good aa rcode=3 "
		       "soa=example.com negative=300\n"
		       "answer 192.0.2.2 example.com MX timeout\n");
	view = view_mx();
	assert_int_equal(view.state, VIEW_ANSWERED);
	assert_int_equal(view.answered, 1);
	assert_int_equal(view.asked, 2);
	assert_true(answer_is_missing(view.answer, DNS_MX));
}

static void
test_a_late_server_is_not_waited_for(void **state)
{
	(void)state;
	replay(SERVERS "answer 192.0.2.1 example.com MX good aa\n"
		       "answer 192.0.2.2 example.com MX waiting\n");
	assert_int_equal(view_mx().state, VIEW_WAITING);
	replay(SERVERS "answer 192.0.2.2 example.com MX waiting late\n");
	assert_int_equal(view_mx().state, VIEW_ANSWERED);
}

static void
test_resolvers_count_only_where_name_servers_cannot_be_reached(void **state)
{
	struct dns_view view;

	(void)state;
	replay(SERVERS "answer 192.0.2.1 example.com MX servfail\n"
		       "answer 127.0.0.1 example.com MX good\n"
		       "  rr example.com 60 MX 10 mail.example.com\n");
	assert_int_equal(view_mx().state, VIEW_NONE);
	replay(SERVERS "answer 192.0.2.1 example.com MX timeout\n");
	view = view_mx();
	assert_int_equal(view.state, VIEW_ANSWERED);
	assert_true(view.is_resolvers);
}

static void
test_cnames_are_followed_into_other_zones(void **state)
{
	struct dns_question question = { "key._domainkey.example.com",
		DNS_TXT };
	struct dns_question next;
	struct dns_view view;

	(void)state;
	replay(SERVERS
	    "answer 192.0.2.1 key._domainkey.example.com TXT good aa "
	    "target=key.other.test\n"
	    "  rr key._domainkey.example.com 60 CNAME key.other.test\n");
	assert_true(answers_continue(answers, &question, &next));
	assert_string_equal(next.name, "key.other.test");
	view = answers_view(answers, question.name, DNS_TXT);
	assert_int_equal(view.state, VIEW_WAITING);
	replay(SERVERS "answer 192.0.2.2 key.other.test TXT good aa\n"
		       "  rr key.other.test 60 TXT \"v=DKIM1;\" \" p=AA\"\n");
	view = answers_view(answers, question.name, DNS_TXT);
	assert_int_equal(view.state, VIEW_ANSWERED);
	assert_true(view.is_alias);
	assert_string_equal(
	    answer_rr(view.answer, DNS_TXT, 0)->data, "v=DKIM1; p=AA");
}

static void
test_one_server_can_be_looked_through(void **state)
{
	struct dns_view view;

	(void)state;
	replay(SERVERS "answer 192.0.2.1 example.com MX good aa\n"
		       "answer 192.0.2.2 example.com MX good aa\n"
		       "  rr example.com 60 MX 10 mail.example.com\n");
	answers_look_through(answers,
	    answers_at(answers, "example.com", DNS_MX, false, 1)->server);
	view = view_mx();
	assert_int_equal(view.asked, 1);
	assert_int_equal(answer_count(view.answer, DNS_MX), 1);
}

static void
test_a_recording_reads_back_the_same(void **state)
{
	static const char text[] =
	    "server ns1.example.com 192.0.2.1\n"
	    "answer 192.0.2.1 example.com MX good aa asked=5 answered=6 "
	    "rtt=20\n"
	    "  rr example.com 60 MX 10 mail.example.com\n"
	    "  rr example.com 60 MX 0 .\n"
	    "resolver [::1]:5353\n"
	    "answer [::1]:5353 example.com MX servfail ede=7 "
	    "ede-text=\"signature \\\"old\\\"\" asked=5 answered=6 rtt=1\n"
	    "answer 192.0.2.1 a.example.com TXT good ad rcode=3 "
	    "soa=example.com negative=60 asked=0 answered=0 rtt=0\n"
	    "  rr a.example.com 60 TXT \"a\\000\\027b\\\\\" \"\"\n"
	    "  rr a.example.com 60 SRV 0 1 993 mail.example.com\n"
	    "  rr a.example.com 60 SOA ns1.example.com 7 60\n"
	    "  rr a.example.com 60 AAAA 2001:db8::1\n"
	    "  rr a.example.com 60 TLSA 030101ff\n";
	struct text_builder to;

	(void)state;
	replay(text);
	text_builder_open(&to, &arena, 65536);
	replay_write(answers, &to);
	assert_string_equal(to.data, text);
}

static void
test_broken_recordings_are_refused_with_their_line(void **state)
{
	static const char *const bad[] = { "nonsense", "answer",
		"server ns1 1.2.3", "rr example.com 60 MX 10 a.test",
		"answer 9.9.9.9 example.com MX good",
		"resolver 127.0.0.1\nanswer 127.0.0.1 a..b MX good",
		"resolver 127.0.0.1\nanswer 127.0.0.1 a.b MX perhaps",
		"resolver 127.0.0.1\nanswer 127.0.0.1 a.b MX good aa=\"",
		"resolver 127.0.0.1\nanswer 127.0.0.1 a.b A good\n"
		"rr a.b 60 A 1.2.3.4.5",
		"resolver 127.0.0.1\nanswer 127.0.0.1 a.b A good\n"
		"rr a.b 60 AAAA 1.2.3.4",
		"resolver 127.0.0.1\nanswer 127.0.0.1 a.b TLSA good\n"
		"rr a.b 60 TLSA 0g" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = { 0 };

		if (replay_read(answers, bad[i], &err) != ERR_INVALID)
			fail_msg("accepted: %s", bad[i]);
		assert_memory_equal(err.text, "Line ", 5);
	}
}

static void
test_the_time_a_resolver_keeps_an_answer(void **state)
{
	const struct dns_answer *answer;

	(void)state;
	replay(SERVERS "answer 127.0.0.1 example.com MX good answered=1000\n"
		       "  rr example.com 60 MX 10 a.test\n"
		       "  rr example.com 50 MX 10 b.test\n"
		       "answer 127.0.0.1 no.test MX good rcode=3 soa=test "
		       "negative=300 answered=1000\n");
	answer = answers_at(answers, "example.com", DNS_MX, true, 0);
	assert_int_equal(answer_ttl_left(answer, 1010), 40);
	assert_int_equal(answer_ttl_left(answer, 1050), 0);
	answer = answers_at(answers, "no.test", DNS_MX, true, 0);
	assert_int_equal(answer_ttl_left(answer, 1100), 200);
}

static bool
is_one_voice(const char *other)
{
	char text[600];

	text_format(text, sizeof(text),
	    SERVERS "answer 192.0.2.1 example.com MX good aa\n"
		    "  rr example.com 60 MX 10 a.example.com\n"
		    "  rr example.com 60 MX 20 b.example.com\n%s",
	    other);
	teardown(NULL);
	setup(NULL);
	replay(text);
	return answers_are_one_voice(answers, "example.com", DNS_MX);
}

static void
test_one_voice_is_when_no_server_says_other_things(void **state)
{
	(void)state;
	assert_true(is_one_voice(""));
	assert_true(is_one_voice("answer 192.0.2.2 example.com MX good aa\n"
				 "  rr example.com 60 MX 10 a.example.com\n"
				 "  rr example.com 60 MX 20 b.example.com\n"
				 "answer 127.0.0.1 example.com MX timeout\n"));
	assert_false(is_one_voice("answer 192.0.2.2 example.com MX good aa\n"
				  "  rr example.com 60 MX 10 a.example.com\n"));
	assert_false(is_one_voice("answer 192.0.2.2 example.com MX good aa\n"
				  "  rr example.com 60 MX 10 a.example.com\n"
				  "  rr example.com 61 MX 20 b.example.com\n"));
	assert_false(is_one_voice("answer 192.0.2.2 example.com MX timeout\n"));
	assert_false(answers_are_one_voice(answers, "example.com", DNS_A));
}

static void
test_what_was_heard_is_counted_but_behind_aliases(void **state)
{
	const struct dns_question mx = { "example.com", DNS_MX, false };
	const struct dns_question a = { "www.example.com", DNS_A, false };
	size_t count;

	(void)state;
	assert_true(answers_heard(answers, &mx, &count));
	assert_int_equal(count, 0);
	replay(SERVERS "answer 192.0.2.1 example.com MX good aa\n"
		       "  rr example.com 60 MX 10 a.example.com\n"
		       "answer 192.0.2.2 example.com MX waiting\n"
		       "answer 127.0.0.1 example.com MX timeout\n"
		       "answer 192.0.2.1 www.example.com A good aa "
		       "target=www.example.net\n"
		       "  rr www.example.com 60 CNAME www.example.net\n");
	assert_true(answers_heard(answers, &mx, &count));
	assert_int_equal(count, 2);
	assert_false(answers_heard(answers, &a, &count));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nobody_asked_is_waiting),
		TEST(test_what_most_servers_say_is_judged),
		TEST(test_silence_is_unknown_never_missing),
		TEST(test_what_was_heard_is_counted_but_behind_aliases),
		TEST(test_one_voice_is_when_no_server_says_other_things),
		TEST(test_one_dead_server_does_not_hide_the_others),
		TEST(test_a_late_server_is_not_waited_for),
		TEST(
		    test_resolvers_count_only_where_name_servers_cannot_be_reached),
		TEST(test_cnames_are_followed_into_other_zones),
		TEST(test_one_server_can_be_looked_through),
		TEST(test_a_recording_reads_back_the_same),
		TEST(test_broken_recordings_are_refused_with_their_line),
		TEST(test_the_time_a_resolver_keeps_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
