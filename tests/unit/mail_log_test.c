/* What became of messages, from the mail log; what waits, from the queue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/process.h"
#include "base/text.h"
#include "mail/queue.h"
#include "mail/trace.h"

#define NOW 1790000000 /* 21 Sep 2026 14:13:20 UTC */

/* ---- lines ---- */

static void
test_both_forms_of_time_are_read(void **state)
{
	struct log_line line;

	(void)state;
	assert_true(log_line_parse(&line,
	    "2026-09-21T16:13:20.123456+02:00 mx postfix/qmgr[7]: 4Wx7z: "
	    "removed",
	    NOW));
	assert_int_equal(line.at, NOW);
	assert_string_equal(line.process, "postfix/qmgr");
	setenv("TZ", "UTC", 1);
	tzset();
	assert_true(log_line_parse(
	    &line, "Sep 21 14:13:20 mx postfix/qmgr[7]: 4Wx7z9: removed", NOW));
	assert_int_equal(line.at, NOW);
	assert_string_equal(line.id, "4Wx7z9");
	assert_string_equal(line.rest, "removed");
}

static void
test_december_read_in_january_is_last_year(void **state)
{
	struct log_line december, january;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	/* 2 Jan 2027 00:00 UTC */
	assert_true(log_line_parse(
	    &december, "Dec 31 23:59:59 mx postfix/x[1]: a", 1798848000));
	assert_true(log_line_parse(
	    &january, "Jan  1 00:00:00 mx postfix/x[1]: a", 1798848000));
	assert_int_equal(january.at - december.at, 1);
}

static void
test_what_is_no_log_line_is_refused(void **state)
{
	struct log_line line;

	(void)state;
	assert_false(log_line_parse(&line, "", NOW));
	assert_false(log_line_parse(&line, "Sep 21 14:13:20", NOW));
	assert_false(log_line_parse(&line, "Sep 21 14:13:20 mx", NOW));
	assert_false(log_line_parse(&line, "Sep 21 14:13:20 mx x", NOW));
	assert_false(log_line_parse(&line, "from=<a@b.example>", NOW));
}

static void
test_a_value_is_the_whole_name(void **state)
{
	struct log_line line;
	char value[40];

	(void)state;
	assert_true(log_line_parse(&line,
	    "Sep 21 14:13:20 mx postfix/smtp[1]: ABCDEF1: orig_to=<a@b>, "
	    "to=<c@d>, relay=none, delay=1, status=deferred (wait)",
	    NOW));
	assert_true(log_line_value(&line, "to", value, sizeof(value)));
	assert_string_equal(value, "c@d");
	assert_true(log_line_value(&line, "status", value, sizeof(value)));
	assert_string_equal(value, "deferred");
	assert_false(log_line_value(&line, "rela", value, sizeof(value)));
	assert_false(log_line_value(&line, "relay", value, 4));
}

/* ---- traces ---- */

#define AT "Sep 21 14:13:0"

static const char log_text[] =
    AT "1 mx postfix/smtpd[1]: AAAAAA1: client=c.example[192.0.2.7]\n" AT
       "1 mx postfix/cleanup[2]: AAAAAA1: message-id=<1@c.example>\n" AT
       "1 mx postfix/qmgr[3]: AAAAAA1: from=<eve@c.example>, size=9, nrcpt=2 "
       "(queue active)\n" AT
       "2 mx postfix/lmtp[4]: AAAAAA1: to=<bob@acme.example>, "
       "orig_to=<sales@acme.example>, relay=mx[private/lmtp], delay=0.1, "
       "dsn=2.0.0, status=sent (250 2.0.0 saved)\n" AT
       "2 mx postfix/lmtp[4]: AAAAAA1: to=<gina@globex.example>, "
       "relay=mx[private/lmtp], dsn=5.2.2, status=bounced (552 full)\n" AT
       "2 mx postfix/qmgr[3]: AAAAAA1: removed\n" AT
       "3 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from "
       "c.example[192.0.2.7]: 550 5.1.1 <bo@acme.example>: unknown; "
       "from=<eve@c.example> to=<bo@acme.example> proto=ESMTP\n" AT
       "4 mx postfix/smtpd[1]: AAAAAA1: client=mx[127.0.0.1], "
       "sasl_username=bob@acme.example\n" AT
       "4 mx postfix/qmgr[3]: AAAAAA1: from=<bob@acme.example>, size=9\n" AT
       "5 mx postfix/smtp[5]: AAAAAA1: to=<x@y.example>, "
       "relay=mx.y.example[192.0.2.9]:25, status=deferred (\x1b[31mlater)\n";

struct traced {
	struct arena arena;
	struct trace_message *list;
	size_t count;
};

static void
trace(struct traced *traced, const char *address)
{
	char path[] = "/tmp/postern-log-XXXXXX";
	const int fd = mkstemp(path);
	const char *const paths[] = { "/nowhere/mail.log", path, NULL };
	struct err err = { 0 };

	*traced = (struct traced){ 0 };
	assert_int_equal(
	    write(fd, log_text, strlen(log_text)), (int)strlen(log_text));
	close(fd);
	assert_int_equal(trace_read(paths, address, NOW, &traced->arena,
			     &traced->list, &traced->count, &err),
	    OK);
	unlink(path);
}

static void
test_a_recipient_sees_nothing_of_others(void **state)
{
	struct traced t;
	const struct trace_message *first;

	(void)state;
	trace(&t, "sales@acme.example");
	assert_int_equal(t.count, 1);
	first = &t.list[0];
	assert_string_equal(first->sender, "eve@c.example");
	assert_int_equal(first->step_count, 2);
	assert_string_equal(first->steps[0].status, "received");
	assert_string_equal(first->steps[1].status, "sent");
	assert_string_equal(first->steps[1].delivered_to, "bob@acme.example");
	assert_non_null(strstr(first->steps[1].text, "250 2.0.0 saved"));
	arena_free(&t.arena);
}

/* The same queue id served two messages; newest first. */
static void
test_a_sender_sees_where_the_message_went(void **state)
{
	struct traced t;

	(void)state;
	trace(&t, "bob@acme.example");
	assert_int_equal(t.count, 2);
	assert_string_equal(t.list[0].sender, "bob@acme.example");
	assert_string_equal(t.list[0].steps[1].recipient, "x@y.example");
	assert_string_equal(t.list[0].steps[1].status, "deferred");
	assert_null(strchr(t.list[0].steps[1].text, '\x1b'));
	assert_string_equal(t.list[1].sender, "eve@c.example");
	arena_free(&t.arena);
}

static void
test_a_rejected_attempt_says_why(void **state)
{
	struct traced t;

	(void)state;
	trace(&t, "bo@acme.example");
	assert_int_equal(t.count, 1);
	assert_string_equal(t.list[0].steps[0].status, "rejected");
	assert_string_equal(
	    t.list[0].steps[0].text, "550 5.1.1 <bo@acme.example>: unknown");
	arena_free(&t.arena);
	trace(&t, "nobody@acme.example");
	assert_int_equal(t.count, 0);
	arena_free(&t.arena);
}

/* ---- queue ---- */

static void
test_the_queue_is_read_line_by_line(void **state)
{
	static const char text[] =
	    "{\"queue_name\": \"deferred\", \"queue_id\": \"4Wx\", "
	    "\"arrival_time\": 1790000000, \"message_size\": 412, "
	    "\"sender\": \"a@b.example\", \"recipients\": [{\"address\": "
	    "\"x@y.example\", \"delay_reason\": \"no route\\u001b[2J\"}, "
	    "{\"address\": \"z@y.example\"}]}\n"
	    "not json\n"
	    "{\"queue_name\": \"active\", \"queue_id\": \"5Wx\", "
	    "\"arrival_time\": 1780000000, \"recipients\": []}\n";
	struct arena arena = { 0 };
	struct queue queue;

	(void)state;
	queue_parse(&queue, &arena, text, 10);
	assert_int_equal(queue.messages, 2);
	assert_int_equal(queue.deferred, 1);
	assert_int_equal(queue.count, 2);
	assert_int_equal(queue.oldest_at, 1780000000);
	assert_string_equal(queue.entries[0].reason, "no route?[2J");
	assert_string_equal(queue.entries[1].recipient, "z@y.example");
	queue_parse(&queue, &arena, text, 1);
	assert_int_equal(queue.count, 1);
	assert_int_equal(queue.messages, 2);
	arena_free(&arena);
}

/* ---- processes ---- */

static void
test_a_program_is_run_without_a_shell(void **state)
{
	const char *const words[] = { "echo", "$HOME;", "a b", NULL };
	struct process_result result;
	struct arena arena = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(
	    process_run(&arena, words, 100, 60000, &result, &err), OK);
	assert_int_equal(result.status, 0);
	assert_string_equal(result.output, "$HOME; a b\n");
	arena_free(&arena);
}

static void
test_a_program_that_hangs_is_ended(void **state)
{
	const char *const sleeps[] = { "sleep", "600", NULL };
	const char *const none[] = { "/nowhere/program", NULL };
	const char *const much[] = { "seq", "100000", NULL };
	struct process_result result;
	struct arena arena = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(
	    process_run(&arena, sleeps, 10, 50, &result, &err), ERR_TIMEOUT);
	assert_int_equal(
	    process_run(&arena, none, 10, 60000, &result, &err), ERR_NOT_FOUND);
	assert_int_equal(
	    process_run(&arena, much, 10, 60000, &result, &err), OK);
	assert_int_equal(result.length, 10);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_forms_of_time_are_read),
		cmocka_unit_test(test_december_read_in_january_is_last_year),
		cmocka_unit_test(test_what_is_no_log_line_is_refused),
		cmocka_unit_test(test_a_value_is_the_whole_name),
		cmocka_unit_test(test_a_recipient_sees_nothing_of_others),
		cmocka_unit_test(test_a_sender_sees_where_the_message_went),
		cmocka_unit_test(test_a_rejected_attempt_says_why),
		cmocka_unit_test(test_the_queue_is_read_line_by_line),
		cmocka_unit_test(test_a_program_is_run_without_a_shell),
		cmocka_unit_test(test_a_program_that_hangs_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
