/*
 * What an enemy or a broken server may put into answers, by recordings: no
 * verdict turns on a lie of a resolver, no byte reaches a person as it is,
 * and silence is never a failure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "dns/check.h"
#include "dns/replay.h"
#include "dns/spf.h"
#include "tests/lib/dns_example.h"

static struct arena arena;
static struct dns_answers *answers;
static struct dns_subject subject;

static void
read_replay(const char *text)
{
	struct err err = { 0 };

	arena = (struct arena){ 0 };
	answers = answers_open(&arena);
	example_subject(&subject);
	subject_complete(&subject);
	if (replay_read(answers, text, &err) != OK)
		fail_msg("%s", err.text);
}

static void
close_replay(void)
{
	answers_close(&answers);
	arena_free(&arena);
}

static struct dns_finding
judge(const char *name)
{
	static struct dns_finding finding;

	check_judge(check_by_name(name), &subject, answers, &finding);
	return finding;
}

static void
assert_clean(const char *text)
{
	assert_true(text_is_clean(text, strlen(text)));
}

static void
test_a_resolver_that_denies_everything_changes_no_verdict(void **state)
{
	(void)state;
	read_replay("server ns1.example.com 192.0.2.53\n"
		    "resolver 127.0.0.1\n"
		    "answer 192.0.2.53 example.com MX good aa\n"
		    "  rr example.com 60 MX 10 mail.example.com\n"
		    "answer 192.0.2.53 mail.example.com A good aa\n"
		    "  rr mail.example.com 60 A 203.0.113.10\n"
		    "answer 192.0.2.53 mail.example.com AAAA good aa\n"
		    "  rr mail.example.com 60 AAAA 2001:db8::10\n"
		    "answer 127.0.0.1 example.com MX good rcode=3 soa=. "
		    "negative=3600\n"
		    "answer 127.0.0.1 mail.example.com A good rcode=3\n");
	assert_int_equal(judge("mx").verdict, DNS_PASS);
	assert_int_equal(judge("host").verdict, DNS_PASS);
	close_replay();
}

static void
test_name_servers_that_fail_leave_unknown_whatever_a_resolver_says(void **state)
{
	(void)state;
	read_replay("server ns1.example.com 192.0.2.53\n"
		    "resolver 127.0.0.1\n"
		    "answer 192.0.2.53 example.com MX servfail\n"
		    "answer 127.0.0.1 example.com MX good rcode=3\n");
	assert_int_equal(judge("mx").verdict, DNS_UNKNOWN);
	close_replay();
}

static void
test_no_control_byte_reaches_a_finding(void **state)
{
	struct dns_finding finding;

	(void)state;
	read_replay("server ns1.example.com 192.0.2.53\n"
		    "answer 192.0.2.53 _dmarc.example.com TXT good aa\n"
		    "  rr _dmarc.example.com 60 TXT \"v=DMARC1; p=\\027[31m"
		    "none\\000\\007\\226\\128\\174; rua=\\155x\"\n"
		    "answer 192.0.2.53 example.com TXT good aa\n"
		    "  rr example.com 60 TXT \"v=spf1 \\027]0;x\\007 -all\"\n"
		    "answer 192.0.2.53 2026a._domainkey.example.com TXT good "
		    "aa\n"
		    "  rr 2026a._domainkey.example.com 60 TXT "
		    "\"v=DKIM1; p=\\000\\027c\"\n");
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "dmarc", "spf", "dkim" };

		finding = judge(names[i]);
		assert_true(
		    finding.verdict == DNS_FAIL || finding.verdict == DNS_WARN);
		assert_clean(finding.problem);
		assert_clean(finding.found);
		assert_clean(finding.advice);
		assert_clean(finding.remove);
	}
	close_replay();
}

/* "v" "=" "s"...: receivers join the strings, and so do we. */
static void
test_a_record_in_two_hundred_strings_is_one_text(void **state)
{
	static const char record[] =
	    "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 ip4:203.0.113.10 "
	    "ip6:2001:db8::/64 exists:%{i}._spf.%{d} include:a.example.net "
	    "include:b.example.net mx:c.example.net/28 a:d.example.net/29 ~all";
	const struct spf_sender sender = { .ip = example_ip("203.0.113.10"),
		.local = "a",
		.domain = "example.com",
		.helo = "h.example.com" };
	struct spf_report report;
	struct text_builder text;
	struct arena memory = { 0 };

	(void)state;
	text_builder_open(&text, &memory, 8192);
	text_add(&text,
	    "server ns1.example.com 192.0.2.53\n"
	    "answer 192.0.2.53 example.com TXT good aa\n  rr example.com 60 "
	    "TXT");
	for (size_t i = 0; i < sizeof(record) - 1; i++)
		text_addf(&text, " \"%c\"", record[i]);
	text_add(&text, "\n");
	read_replay(text.data);
	spf_evaluate(answers, &sender, NULL, &report);
	assert_int_equal(report.result, SPF_PASS);
	close_replay();
	arena_free(&memory);
}

static void
test_a_bomb_of_includes_is_counted_and_ends(void **state)
{
	const struct spf_sender sender = { .ip = example_ip("203.0.113.10"),
		.local = "a",
		.domain = "d0.example.com",
		.helo = "h.example.com" };
	struct dns_questions need = { .count = 0 };
	struct spf_report report;
	struct text_builder text;
	struct arena memory = { 0 };

	(void)state;
	text_builder_open(&text, &memory, 1 << 20);
	text_add(&text, "server ns1.example.com 192.0.2.53\n");
	for (int i = 0; i < 12; i++) {
		text_addf(&text,
		    "answer 192.0.2.53 d%d.example.com TXT good aa\n"
		    "  rr d%d.example.com 60 TXT \"v=spf1",
		    i, i);
		for (int k = 0; k < 9; k++)
			text_addf(&text, " include:d%d.example.com", i + 1);
		text_add(&text, " -all\"\n");
	}
	read_replay(text.data);
	spf_evaluate(answers, &sender, &need, &report);
	assert_int_equal(report.result, SPF_PERMERROR);
	spf_count(answers, &sender, &need, &report);
	assert_in_range(report.lookups, 11, 200);
	close_replay();
	arena_free(&memory);
}

static void
test_a_forged_policy_answer_is_judged_without_harm(void **state)
{
	struct dns_finding finding;

	(void)state;
	read_replay(
	    "server mta-sts.example.com 203.0.113.10:443\n"
	    "server ns1.example.com 192.0.2.53\n"
	    "answer 192.0.2.53 example.com MX good aa\n"
	    "  rr example.com 60 MX 10 mail.example.com\n"
	    "answer 192.0.2.53 mta-sts.example.com A good aa\n"
	    "  rr mta-sts.example.com 60 A 203.0.113.10\n"
	    "answer 192.0.2.53 mta-sts.example.com AAAA good aa "
	    "soa=example.com "
	    "negative=60\n"
	    "answer 203.0.113.10:443 mta-sts.example.com POLICY good aa\n"
	    "  rr mta-sts.example.com 0 POLICY "
	    "3230301b5b33316d20785c0a6d6f64653a201b5b33316d00\n");
	finding = judge("sts-policy");
	assert_int_equal(finding.verdict, DNS_FAIL);
	assert_clean(finding.problem);
	close_replay();
}

/* The certificate's names and the words of a mail server are foreign text. */
static void
test_a_forged_certificate_answer_is_judged_without_harm(void **state)
{
	static const char *const records[] = {
		/* tls 1 9999999999 0\n<ESC>[31m.example\n<ESC>[31m */
		"746c732031203939393939393939393920300a1b5b33316d2e6578616d706c"
		"650a1b5b33316d",
		/* tls 99999999999999999999999 1 1\n\n */
		"746c7320393939393939393939393939393939393939393939393920312031"
		"0a0a",
		"62726f6b656e0a1b5b33316d00ff",
		"6e6f742d6e6f770a1b5b33316d", /* not-now\n<ESC>[31m */
	};
	char text[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct dns_finding finding;

		text_format(text, sizeof(text),
		    "server mail.example.com 203.0.113.10:25\n"
		    "server ns1.example.com 192.0.2.53\n"
		    "answer 192.0.2.53 example.com MX good aa\n"
		    "  rr example.com 60 MX 10 mail.example.com\n"
		    "answer 203.0.113.10:25 mail.example.com MAILTLS good aa\n"
		    "  rr mail.example.com 0 MAILTLS %s\n",
		    records[i]);
		read_replay(text);
		finding = judge("mx-tls");
		assert_true(finding.verdict == DNS_WARN ||
		    finding.verdict == DNS_UNKNOWN);
		assert_clean(finding.problem);
		close_replay();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_resolver_that_denies_everything_changes_no_verdict),
		cmocka_unit_test(
		    test_name_servers_that_fail_leave_unknown_whatever_a_resolver_says),
		cmocka_unit_test(test_no_control_byte_reaches_a_finding),
		cmocka_unit_test(
		    test_a_record_in_two_hundred_strings_is_one_text),
		cmocka_unit_test(test_a_bomb_of_includes_is_counted_and_ends),
		cmocka_unit_test(
		    test_a_forged_policy_answer_is_judged_without_harm),
		cmocka_unit_test(
		    test_a_forged_certificate_answer_is_judged_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
