/*
 * The policy host, good and bad: one GET, as RFC 8461 section 3.3 wants it,
 * and nothing that it does can hold us up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>

#include "base/text.h"
#include "dns/https.h"
#include "tests/dns/odd_web.h"

#define POLICY                                                           \
	"version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: " \
	"604800\n"

struct got {
	bool is_done;
	struct https_reply reply;
	char body[200], media_type[80], problem[80];
};

static void
done(void *context, const struct https_reply *reply)
{
	struct got *got = context;

	got->is_done = true;
	got->reply = *reply;
	text_format(got->body, sizeof(got->body), "%.*s",
	    (int)(reply->length < 199 ? reply->length : 199), reply->body);
	text_copy(got->media_type, sizeof(got->media_type), reply->media_type);
	text_copy(got->problem, sizeof(got->problem),
	    reply->problem != NULL ? reply->problem : "");
}

/* 0 is the usual limit; a short one for those that never answer. */
static int limit_ms;

static void
get_from(struct got *got, uint16_t port, const char *authorities)
{
	struct arena arena = { 0 };
	struct https *https = https_open(&arena, done);
	const struct https_request request = { .host = "mta-sts.example.com",
		.path = "/.well-known/mta-sts.txt",
		.at = { { AF_INET, { 127, 0, 0, 1 } }, port },
		.authorities = authorities,
		.limit_ms = limit_ms,
		.context = got };

	memset(got, 0, sizeof(*got));
	assert_true(https_get(https, &request));
	while (https_is_busy(https)) {
		struct pollfd wait = { .fd = https_fd(https),
			.events = POLLIN };

		https_step(https);
		poll(&wait, 1, 50);
	}
	assert_true(got->is_done);
	https_close(&https);
	assert_null(https);
	arena_free(&arena);
}

static void
get(struct got *got, enum odd_web_mode mode)
{
	struct odd_web web;

	odd_web_open(&web, mode, POLICY);
	get_from(got, web.port, web.authorities);
	odd_web_close(&web);
}

static void
test_a_policy_arrives_whole(void **state)
{
	struct got got;

	(void)state;
	get(&got, WEB_GOOD);
	assert_int_equal(got.reply.result, HTTPS_OK);
	assert_int_equal(got.reply.status, 200);
	assert_string_equal(got.body, POLICY);
	assert_string_equal(got.media_type, "text/plain; charset=utf-8");
	get(&got, WEB_HTML);
	assert_string_equal(got.media_type, "text/html");
}

static void
test_a_redirect_is_not_followed(void **state)
{
	struct got got;

	(void)state;
	get(&got, WEB_REDIRECT);
	assert_int_equal(got.reply.result, HTTPS_OK);
	assert_int_equal(got.reply.status, 301);
	get(&got, WEB_MISSING);
	assert_int_equal(got.reply.status, 404);
}

static void
test_a_body_without_an_end_is_cut(void **state)
{
	struct got got;

	(void)state;
	get(&got, WEB_ENDLESS);
	assert_int_equal(got.reply.result, HTTPS_TOO_LARGE);
	get(&got, WEB_HUGE);
	assert_int_equal(got.reply.result, HTTPS_TOO_LARGE);
}

static void
test_silence_and_dripping_time_out(void **state)
{
	struct got got;

	(void)state;
	limit_ms = 1500;
	get(&got, WEB_SILENT);
	assert_int_equal(got.reply.result, HTTPS_TIMEOUT);
	get(&got, WEB_DRIP);
	assert_int_equal(got.reply.result, HTTPS_TIMEOUT);
	limit_ms = 0;
}

static void
test_a_certificate_must_be_valid_for_the_host(void **state)
{
	static const enum odd_web_mode modes[] = { WEB_OTHER_NAME, WEB_EXPIRED,
		WEB_SELF_SIGNED };
	struct got got;
	struct odd_web web;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		get(&got, modes[i]);
		assert_int_equal(got.reply.result, HTTPS_CERTIFICATE);
		assert_true(got.problem[0] != '\0');
	}
	/* An authority that this machine does not know; valgrind takes its
	 * time to read those that it knows. */
	odd_web_open(&web, WEB_GOOD, POLICY);
	limit_ms = 60000;
	get_from(&got, web.port, NULL);
	limit_ms = 0;
	assert_int_equal(got.reply.result, HTTPS_CERTIFICATE);
	odd_web_close(&web);
}

static void
test_what_breaks_off_is_told_from_what_is_not_there(void **state)
{
	struct got got;
	struct odd_web web;

	(void)state;
	get(&got, WEB_CUT);
	assert_int_equal(got.reply.result, HTTPS_BROKEN);
	odd_web_open(&web, WEB_GOOD, POLICY);
	odd_web_close(&web);
	get_from(&got, web.port, NULL);
	assert_int_equal(got.reply.result, HTTPS_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_policy_arrives_whole),
		cmocka_unit_test(test_a_redirect_is_not_followed),
		cmocka_unit_test(test_a_body_without_an_end_is_cut),
		cmocka_unit_test(test_silence_and_dripping_time_out),
		cmocka_unit_test(test_a_certificate_must_be_valid_for_the_host),
		cmocka_unit_test(
		    test_what_breaks_off_is_told_from_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
