/*
 * A mail server's certificate, good and bad: what is wrong is told apart, the
 * session is a polite one, and nothing that the server does can hold us up.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <poll.h>

#include "base/text.h"
#include "dns/mail_tls.h"
#include "dns/starttls.h"
#include "tests/dns/odd_mail.h"

struct got {
	size_t count;
	struct starttls_reply reply;
	char heard[400]; /* what the server was told */
};

static void
done(void *context, const struct starttls_reply *reply)
{
	struct got *got = context;

	got->count++;
	got->reply = *reply;
}

/* 0 is the usual limit; a short one for those that never answer. */
static int limit_ms;

static void
ask_at(struct got *got, uint16_t port, const char *authorities)
{
	struct arena arena = { 0 };
	struct starttls *all = starttls_open(&arena, done);
	const struct starttls_request request = { .host = "mail.example.com",
		.helo = "mx.postern.example",
		.at = { { AF_INET, { 127, 0, 0, 1 } }, port },
		.authorities = authorities,
		.limit_ms = limit_ms,
		.context = got };

	memset(got, 0, sizeof(*got));
	assert_true(starttls_ask(all, &request));
	while (starttls_is_busy(all)) {
		struct pollfd wait = { .fd = starttls_fd(all),
			.events = POLLIN };

		starttls_step(all);
		poll(&wait, 1, 50);
	}
	assert_int_equal(got->count, 1);
	starttls_close(&all);
	assert_null(all);
	arena_free(&arena);
}

static void
read_heard(struct got *got, const char *path)
{
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	got->heard[fread(got->heard, 1, sizeof(got->heard) - 1, file)] = '\0';
	fclose(file);
}

static void
ask(struct got *got, enum odd_mail_mode mode)
{
	struct odd_mail mail;

	odd_mail_open(&mail, mode);
	ask_at(got, mail.port, mail.authorities);
	read_heard(got, mail.heard);
	odd_mail_close(&mail);
}

static void
test_a_good_certificate_in_one_polite_session(void **state)
{
	static const enum odd_mail_mode modes[] = { MAIL_GOOD, MAIL_LATE };
	struct got got;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		ask(&got, modes[i]);
		assert_int_equal(got.reply.result, STARTTLS_TLS);
		assert_true(got.reply.has_name);
		assert_string_equal(got.reply.names, "mail.example.com");
		assert_string_equal(got.reply.why, "");
		assert_true(got.reply.from_at < time(NULL));
		assert_true(got.reply.until_at > time(NULL));
		assert_string_equal(got.heard,
		    "EHLO mx.postern.example\r\nSTARTTLS\r\nQUIT\r\n");
	}
}

static void
test_what_is_wrong_is_told_apart(void **state)
{
	struct got got;

	(void)state;
	ask(&got, MAIL_EXPIRED);
	assert_true(got.reply.until_at < time(NULL));
	assert_true(got.reply.has_name);
	assert_string_equal(got.reply.why, "");
	ask(&got, MAIL_TOO_EARLY);
	assert_true(got.reply.from_at > time(NULL));
	assert_string_equal(got.reply.why, "");
	ask(&got, MAIL_OTHER_NAME);
	assert_false(got.reply.has_name);
	assert_string_equal(got.reply.names, "www.example.com");
	assert_string_equal(got.reply.why, "");
	ask(&got, MAIL_SELF_SIGNED);
	assert_int_equal(got.reply.result, STARTTLS_TLS);
	assert_true(got.reply.has_name);
	assert_string_equal(got.reply.why, "it is signed by itself");
	ask(&got, MAIL_UNKNOWN_AUTHORITY);
	assert_true(got.reply.has_name);
	assert_non_null(strstr(got.reply.why, "it comes alone"));
}

static void
test_a_server_without_tls_is_said(void **state)
{
	struct got got;

	(void)state;
	ask(&got, MAIL_NO_STARTTLS); /* it offers XSTARTTLS */
	assert_int_equal(got.reply.result, STARTTLS_MISSING);
	assert_string_equal(got.heard, "EHLO mx.postern.example\r\nQUIT\r\n");
	ask(&got, MAIL_FORBIDS_STARTTLS);
	assert_int_equal(got.reply.result, STARTTLS_BROKEN);
	assert_string_equal(got.reply.detail, "502 not here");
	ask(&got, MAIL_GARBLED);
	assert_int_equal(got.reply.result, STARTTLS_BROKEN);
}

/* RFC 3207 section 4: 454 is a temporary reason; and a connection that ends
 * says nothing about what comes next time. */
static void
test_what_may_pass_is_no_verdict(void **state)
{
	struct got got;

	(void)state;
	ask(&got, MAIL_REFUSES_STARTTLS);
	assert_int_equal(got.reply.result, STARTTLS_NOT_NOW);
	assert_string_equal(got.reply.detail, "454 no key");
	assert_non_null(strstr(got.heard, "QUIT"));
	ask(&got, MAIL_HANGS_UP);
	assert_int_equal(got.reply.result, STARTTLS_NOT_NOW);
	assert_string_equal(got.reply.detail, "it ends the connection");
	ask(&got, MAIL_CUT);
	assert_int_equal(got.reply.result, STARTTLS_NOT_NOW);
	assert_string_equal(got.reply.detail, "it ends the handshake");
}

static void
test_a_goodbye_without_end_changes_no_verdict(void **state)
{
	struct got got;

	(void)state;
	ask(&got, MAIL_ENDLESS_BYE);
	assert_int_equal(got.reply.result, STARTTLS_TLS);
	assert_string_equal(got.reply.detail, "");
}

/* CVE-2011-0411 from the other side: what was sent in the clear must not
 * count as said under TLS. */
static void
test_plain_text_behind_starttls_ends_the_session(void **state)
{
	struct got got;

	(void)state;
	ask(&got, MAIL_INJECTED);
	assert_int_equal(got.reply.result, STARTTLS_BROKEN);
	assert_non_null(strstr(got.reply.detail, "plain text"));
	assert_string_equal(
	    got.heard, "EHLO mx.postern.example\r\nSTARTTLS\r\n");
}

static void
test_who_takes_no_mail_now_is_no_verdict(void **state)
{
	struct odd_mail mail;
	struct got got;

	(void)state;
	ask(&got, MAIL_NOT_NOW);
	assert_int_equal(got.reply.result, STARTTLS_NOT_NOW);
	assert_null(strchr(got.reply.detail, '\x1b'));
	ask(&got, MAIL_ENDLESS);
	assert_int_equal(got.reply.result, STARTTLS_NOT_NOW);
	limit_ms = 700;
	ask(&got, MAIL_SILENT);
	assert_int_equal(got.reply.result, STARTTLS_TIMEOUT);
	limit_ms = 0;
	odd_mail_open(&mail, MAIL_GOOD);
	odd_mail_close(&mail);
	ask_at(&got, mail.port, NULL);
	assert_int_equal(got.reply.result, STARTTLS_REFUSED);
}

static void
test_without_authorities_nobody_is_asked(void **state)
{
	struct arena arena = { 0 };
	struct starttls *all = starttls_open(&arena, done);
	struct got got = { 0 };
	const struct starttls_request request = { .host = "mail.example.com",
		.helo = "mx.postern.example",
		.at = { { AF_INET, { 127, 0, 0, 1 } }, 1 },
		.authorities = "/nowhere/authorities.pem",
		.context = &got };

	(void)state;
	assert_false(starttls_ask(all, &request));
	assert_false(starttls_is_busy(all));
	assert_int_equal(got.count, 0);
	starttls_close(&all);
	arena_free(&arena);
}

static void
test_a_reply_comes_back_from_its_record(void **state)
{
	static const struct starttls_reply replies[] = {
		{ .result = STARTTLS_TLS,
		    .has_name = true,
		    .names = "mail.example.com, www.example.com",
		    .from_at = 1790000000,
		    .until_at = 1797000000 },
		{ .result = STARTTLS_TLS, .why = "it is signed by itself" },
		{ .result = STARTTLS_MISSING },
		{ .result = STARTTLS_BROKEN, .detail = "502 not here" },
		{ .result = STARTTLS_NOT_NOW, .detail = "421 later" },
	};
	const struct dns_question question = { .name = "mail.example.com",
		.type = DNS_MAIL_TLS };
	struct starttls_reply back;

	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		struct dns_answer answer = { .state = ANSWER_GOOD };

		text_copy(answer.target, sizeof(answer.target), question.name);
		mail_tls_fill(&answer, &question, &replies[i]);
		assert_true(
		    mail_tls_read(&back, answer_rr(&answer, DNS_MAIL_TLS, 0)));
		assert_memory_equal(&back, &replies[i], sizeof(back));
		arena_free(&answer.memory);
	}
	assert_false(mail_tls_read(&back, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_certificate_in_one_polite_session),
		cmocka_unit_test(test_what_is_wrong_is_told_apart),
		cmocka_unit_test(test_a_server_without_tls_is_said),
		cmocka_unit_test(test_what_may_pass_is_no_verdict),
		cmocka_unit_test(test_a_goodbye_without_end_changes_no_verdict),
		cmocka_unit_test(
		    test_plain_text_behind_starttls_ends_the_session),
		cmocka_unit_test(test_who_takes_no_mail_now_is_no_verdict),
		cmocka_unit_test(test_without_authorities_nobody_is_asked),
		cmocka_unit_test(test_a_reply_comes_back_from_its_record),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
