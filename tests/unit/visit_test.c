/*
 * Whom a visit calls: all that there are, one after the other where there are
 * many, and nobody whom the internet doesn't reach.
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/visit.h"
#include "tests/dns/odd_mail.h"
#include "tests/lib/dns_example.h"

#define HOSTS 12 /* more than are called at once */

static struct arena arena;
static struct dns_subject subject;
static struct dns_answers *answers;
static struct visitor *visitor;

static void
open_all(void)
{
	answers = answers_open(&arena);
	visitor = visitor_open(&arena, &subject, answers);
}

static void
close_all(void)
{
	visitor_close(&visitor);
	answers_close(&answers);
	arena_free(&arena);
	memset(&subject, 0, sizeof(subject));
}

/* The host has that address, of either family, and no other. */
static void
add_host(const char *host, const char *address)
{
	const struct ip ip = example_ip(address);
	const struct ip_port at = { example_ip("192.0.2.53"), 53 };
	static const uint16_t types[] = { DNS_A, DNS_AAAA };

	for (size_t i = 0; i < 2; i++) {
		struct dns_question question = { .type = types[i] };
		struct dns_answer answer = { .state = ANSWER_GOOD,
			.has_soa = true,
			.server = answers_server(answers, "ns1", &at, false) };
		struct dns_rr *rr = arena_alloc(&answer.memory, sizeof(*rr));

		*rr = (struct dns_rr){ .owner = host,
			.type = types[i],
			.name = "",
			.data = "",
			.ip = ip };
		answer.rrs = rr;
		answer.rr_count = (ip.family == AF_INET) == (i == 0);
		text_copy(answer.target, sizeof(answer.target), host);
		text_copy(question.name, sizeof(question.name), host);
		answers_put(answers, &question, &answer);
	}
}

static struct dns_question
visit(const char *host, uint16_t type)
{
	struct dns_question question = { .type = type };

	text_copy(question.name, sizeof(question.name), host);
	assert_true(visitor_ask(visitor, &question));
	return question;
}

static void
wait_for_all(void)
{
	for (int i = 0; i < 400 && visitor_is_busy(visitor); i++) {
		struct pollfd wait = { .fd = visitor_fd(visitor),
			.events = POLLIN };

		poll(&wait, 1, 50);
		visitor_step(visitor);
	}
	assert_false(visitor_is_busy(visitor));
}

static enum answer_state
state_of(const char *host, uint16_t type)
{
	const struct dns_answer *answer =
	    answers_at(answers, host, type, false, 0);

	assert_non_null(answer);
	return answer->state;
}

static void
test_more_hosts_than_are_called_at_once_are_all_called(void **state)
{
	char host[32], address[32];
	struct odd_mail mail;

	(void)state;
	odd_mail_open(&mail, MAIL_GOOD);
	subject.mx_at = (struct ip_port){ example_ip("127.0.0.1"), mail.port };
	text_copy(subject.mx_authorities, sizeof(subject.mx_authorities),
	    mail.authorities);
	text_copy(subject.ehlo_name, sizeof(subject.ehlo_name), "mx.example");
	open_all();
	for (int i = 0; i < HOSTS; i++) {
		text_format(host, sizeof(host), "mx%d.example.com", i);
		text_format(address, sizeof(address), "192.0.2.%d", i);
		add_host(arena_text(&arena, host), address);
		visit(host, DNS_MAIL_TLS);
	}
	wait_for_all();
	for (int i = 0; i < HOSTS; i++) {
		text_format(host, sizeof(host), "mx%d.example.com", i);
		assert_int_equal(state_of(host, DNS_MAIL_TLS), ANSWER_GOOD);
	}
	close_all();
	odd_mail_close(&mail);
}

static void
test_without_authorities_the_answer_says_so(void **state)
{
	const struct dns_answer *answer;

	(void)state;
	subject.mx_at = (struct ip_port){ example_ip("127.0.0.1"), 1 };
	text_copy(subject.mx_authorities, sizeof(subject.mx_authorities),
	    "/nowhere/authorities.pem");
	open_all();
	add_host("mail.example.net", "192.0.2.1");
	visit("mail.example.net", DNS_MAIL_TLS);
	wait_for_all();
	answer =
	    answers_at(answers, "mail.example.net", DNS_MAIL_TLS, false, 0);
	assert_non_null(answer);
	assert_int_equal(answer->state, ANSWER_UNREACHABLE);
	assert_non_null(strstr(answer->note, "authorities"));
	close_all();
}

static void
test_nobody_is_called_whom_the_internet_does_not_reach(void **state)
{
	static const char *const inside[] = { "127.0.0.1", "10.0.0.5",
		"192.168.1.1", "169.254.169.254", "100.64.0.1", "::1",
		"fd00::5", "fe80::1", "::ffff:127.0.0.1", "192.0.2.1" };
	static const uint16_t types[] = { DNS_MAIL_TLS, DNS_POLICY,
		DNS_AUTOCONFIG };
	struct dns_view view;

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		open_all();
		add_host("inside.example.com", inside[i]);
		for (size_t t = 0; t < 3; t++) {
			visit("inside.example.com", types[t]);
			assert_null(answers_at(
			    answers, "inside.example.com", types[t], false, 0));
			view = answers_view(
			    answers, "inside.example.com", types[t]);
			assert_int_equal(view.state, VIEW_NONE);
		}
		assert_false(visitor_is_busy(visitor));
		close_all();
	}
}

/* A server behind a router that has its own names. */
static void
test_the_own_address_is_called_wherever_it_is(void **state)
{
	(void)state;
	subject.ip4 = example_ip("127.0.0.1");
	text_copy(subject.ehlo_name, sizeof(subject.ehlo_name), "mx.example");
	open_all();
	add_host("own.example.com", "127.0.0.1");
	visit("own.example.com", DNS_MAIL_TLS);
	visit("own.example.com", DNS_POLICY);
	wait_for_all();
	assert_int_not_equal(
	    state_of("own.example.com", DNS_MAIL_TLS), ANSWER_WAITING);
	assert_int_not_equal(
	    state_of("own.example.com", DNS_POLICY), ANSWER_WAITING);
	close_all();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_more_hosts_than_are_called_at_once_are_all_called),
		cmocka_unit_test(test_without_authorities_the_answer_says_so),
		cmocka_unit_test(
		    test_nobody_is_called_whom_the_internet_does_not_reach),
		cmocka_unit_test(test_the_own_address_is_called_wherever_it_is),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
