/*
 * SPF as receivers evaluate it: the examples of RFC 7208 and the cases that
 * implementations get wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "dns/spf.h"
#include "dns/spf_merge.h"
#include "dns/spf_syntax.h"
#include "tests/lib/dns_world.h"

static struct world world;
static struct spf_report report;

/* The zone of appendix A. */
static const char *const appendix_a[] = {
	"example.com MX 10 mail-a.example.com",
	"example.com MX 20 mail-b.example.com",
	"example.com A 192.0.2.10",
	"example.com A 192.0.2.11",
	"amy.example.com A 192.0.2.65",
	"bob.example.com A 192.0.2.66",
	"mail-a.example.com A 192.0.2.129",
	"mail-b.example.com A 192.0.2.130",
	"www.example.com CNAME example.com",
	"example.org MX 10 mail-c.example.org",
	"mail-c.example.org A 192.0.2.140",
	"10.2.0.192.in-addr.arpa PTR example.com",
	"11.2.0.192.in-addr.arpa PTR example.com",
	"65.2.0.192.in-addr.arpa PTR amy.example.com",
	"66.2.0.192.in-addr.arpa PTR bob.example.com",
	"129.2.0.192.in-addr.arpa PTR mail-a.example.com",
	"130.2.0.192.in-addr.arpa PTR mail-b.example.com",
	"140.2.0.192.in-addr.arpa PTR mail-c.example.org",
	"4.0.0.10.in-addr.arpa PTR bob.example.com",
	/* for the cases below */
	"mary.mobile-users._spf.example.com A 127.0.0.2",
	"fred.mobile-users._spf.example.com A 127.0.0.2",
	"15.15.168.192.joel.remote-users._spf.example.com A 127.0.0.2",
};

static enum spf_result
evaluate_as(const char *record, const char *ip, const char *local,
    void (*run)(const struct dns_answers *, const struct spf_sender *,
	struct dns_questions *, struct spf_report *))
{
	static struct dns_questions q;
	const struct spf_sender sender = { .ip = example_ip(ip),
		.local = local,
		.domain = "example.com",
		.helo = "mx.example.org" };
	char line[1200];

	world_close(&world);
	world_remove(&world, "example.com", "TXT");
	text_format(line, sizeof(line), "example.com TXT %s", record);
	if (record[0] != '\0')
		world_add(&world, line);
	world.answers = answers_open(&world.arena);
	for (int round = 0; round < 40; round++) {
		q.count = 0;
		run(world.answers, &sender, &q, &report);
		for (size_t i = 0; i < q.count; i++)
			if (answers_view(
				world.answers, q.list[i].name, q.list[i].type)
				.state == VIEW_WAITING)
				world_answer(&world, &q.list[i]);
	}
	return report.result;
}

static enum spf_result
evaluate(const char *record, const char *ip)
{
	return evaluate_as(record, ip, "strong-bad", spf_evaluate);
}

static void
open_appendix_a(void)
{
	memset(&world, 0, sizeof(world));
	for (size_t i = 0; i < sizeof(appendix_a) / sizeof(appendix_a[0]); i++)
		world_add(&world, appendix_a[i]);
}

struct result_case {
	const char *record, *ip;
	enum spf_result result;
};

static void
check_cases(const struct result_case *cases, size_t count)
{
	size_t failed = 0;

	for (size_t i = 0; i < count; i++) {
		const enum spf_result got =
		    evaluate(cases[i].record, cases[i].ip);

		if (got == cases[i].result)
			continue;
		print_message("\"%s\" from %s: wanted %s, got %s (%s)\n",
		    cases[i].record, cases[i].ip,
		    spf_result_name(cases[i].result), spf_result_name(got),
		    report.why);
		failed++;
	}
	world_close(&world);
	assert_int_equal(failed, 0);
}

#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof(cases[0]))

static void
test_the_examples_of_appendix_a(void **state)
{
	static const struct result_case cases[] = {
		{ "v=spf1 +all", "203.0.113.1", SPF_PASS },
		{ "v=spf1 a -all", "192.0.2.10", SPF_PASS },
		{ "v=spf1 a -all", "192.0.2.11", SPF_PASS },
		{ "v=spf1 a -all", "192.0.2.12", SPF_FAIL },
		{ "v=spf1 a:example.org -all", "192.0.2.10", SPF_FAIL },
		{ "v=spf1 mx -all", "192.0.2.129", SPF_PASS },
		{ "v=spf1 mx -all", "192.0.2.130", SPF_PASS },
		{ "v=spf1 mx -all", "192.0.2.140", SPF_FAIL },
		{ "v=spf1 mx:example.org -all", "192.0.2.140", SPF_PASS },
		{ "v=spf1 mx mx:example.org -all", "192.0.2.140", SPF_PASS },
		{ "v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.131",
		    SPF_PASS },
		{ "v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.143",
		    SPF_PASS },
		{ "v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.144",
		    SPF_FAIL },
		{ "v=spf1 ptr -all", "192.0.2.10", SPF_PASS },
		{ "v=spf1 ptr -all", "192.0.2.65", SPF_PASS },
		{ "v=spf1 ptr -all", "192.0.2.140", SPF_FAIL },
		{ "v=spf1 ptr -all", "10.0.0.4", SPF_FAIL },
		{ "v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", SPF_PASS },
		{ "v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", SPF_FAIL },
	};

	(void)state;
	open_appendix_a();
	CHECK(cases);
}

static void
test_the_macros_of_appendix_a_4(void **state)
{
	static const char record[] =
	    "v=spf1 exists:%{l1r-}.mobile-users._spf.%{d} "
	    "exists:%{i}.%{l1r+-}.remote-users._spf.%{d} -all";

	(void)state;
	open_appendix_a();
	assert_int_equal(
	    evaluate_as(record, "203.0.113.9", "mary", spf_evaluate), SPF_PASS);
	assert_int_equal(
	    evaluate_as(record, "203.0.113.9", "joel", spf_evaluate), SPF_FAIL);
	world_close(&world);
}

static void
test_errors_and_their_results(void **state)
{
	static const struct result_case cases[] = {
		{ "", "192.0.2.10", SPF_NONE },
		{ "v=spf10 +all", "192.0.2.10", SPF_NONE },
		{ "v=spf1", "192.0.2.10", SPF_NEUTRAL },
		{ "v=SPF1 MX -ALL", "192.0.2.129", SPF_PASS },
		{ "v=spf1 ?all", "192.0.2.10", SPF_NEUTRAL },
		{ "v=spf1 ~all", "192.0.2.10", SPF_SOFTFAIL },
		{ "v=spf1 a:example.com:8080 -all", "192.0.2.10",
		    SPF_PERMERROR },
		{ "v=spf1 -a moo.cow-far_out=man:dog/cat ip4:1.2.3.4",
		    "1.2.3.4", SPF_PASS },
		{ "v=spf1 include:nothing.example.net +all", "192.0.2.10",
		    SPF_PERMERROR },
		{ "v=spf1 redirect=nothing.example.net", "192.0.2.10",
		    SPF_PERMERROR },
		{ "v=spf1 -all redirect=nothing.example.net", "192.0.2.10",
		    SPF_FAIL },
		{ "v=spf1 include:example.com", "192.0.2.10", SPF_PERMERROR },
		{ "v=spf1 include:soft.example.net ip4:192.0.2.10",
		    "192.0.2.10", SPF_PASS },
		{ "v=spf1 include:dead.example.net -all", "192.0.2.10",
		    SPF_TEMPERROR },
		{ "v=spf1 a:dead.example.net -all", "192.0.2.10",
		    SPF_TEMPERROR },
		{ "v=spf1 ptr:dead.example.net -all", "203.0.113.77",
		    SPF_FAIL },
		{ "v=spf1 a:n1.example.net a:n2.example.net ip4:192.0.2.10",
		    "192.0.2.10", SPF_PASS },
		{ "v=spf1 a:n1.example.net a:n2.example.net "
		  "a:n3.example.net ip4:192.0.2.10",
		    "192.0.2.10", SPF_PERMERROR },
		{ "v=spf1 exists:%{c}.example.com -all", "192.0.2.10",
		    SPF_PERMERROR },
		{ "v=spf1 mx:eleven.example.net -all", "192.0.2.10",
		    SPF_PERMERROR },
		{ "v=spf1 redirect=loop.example.net", "192.0.2.10",
		    SPF_PERMERROR },
		{ "v=spf1 ip4:192.0.2.0/0 -all", "203.0.113.1", SPF_PASS },
		{ "v=spf1 ip6:2001:db8::/32 -all", "2001:db8:1::1", SPF_PASS },
		{ "v=spf1 ip6:2001:db8::/32 -all", "192.0.2.1", SPF_FAIL },
		{ "v=spf1 ip4:0.0.0.0/0 -all", "2001:db8::1", SPF_FAIL },
		{ "v=spf1 a:six.example.net/8//32 -all", "2001:db8::ffff",
		    SPF_PASS },
		{ "v=spf1 a:six.example.net/8//64 -all", "2001:db8:1::1",
		    SPF_FAIL },
	};

	(void)state;
	open_appendix_a();
	world_add(&world, "soft.example.net TXT v=spf1 ~all");
	world_add(&world, "dead.example.net TXT !SERVFAIL");
	world_add(&world, "dead.example.net A !SERVFAIL");
	world_add(
	    &world, "loop.example.net TXT v=spf1 redirect=pool.example.net");
	world_add(
	    &world, "pool.example.net TXT v=spf1 redirect=loop.example.net");
	world_add(&world, "six.example.net AAAA 2001:db8::1");
	for (int i = 0; i < 11; i++) {
		char line[80];

		text_format(line, sizeof(line),
		    "eleven.example.net MX 10 m%d.example.net", i);
		world_add(&world, line);
	}
	CHECK(cases);
}

static void
test_ten_terms_may_ask_and_no_more(void **state)
{
	char record[400] = "v=spf1";

	(void)state;
	open_appendix_a();
	for (int i = 0; i < 9; i++)
		text_append(record, sizeof(record), " a:bob.example.com");
	text_append(record, sizeof(record), " mx");
	assert_int_equal(evaluate(record, "192.0.2.129"), SPF_PASS);
	assert_int_equal(report.lookups, 10);
	text_append(record, sizeof(record), " a:amy.example.com");
	assert_int_equal(evaluate(record, "192.0.2.65"), SPF_PERMERROR);
	assert_non_null(strstr(report.why, "a:amy.example.com"));
	world_close(&world);
}

static void
test_the_count_is_that_of_the_worst_sender(void **state)
{
	(void)state;
	open_appendix_a();
	world_add(&world,
	    "inc.example.net TXT v=spf1 a:bob.example.com mx:example.org ?all");
	assert_int_equal(
	    evaluate_as("v=spf1 ip4:192.0.2.10 mx include:inc.example.net "
			"exp=why.example.com -all",
		"192.0.2.10", "x", spf_count),
	    SPF_PASS);
	assert_int_equal(report.lookups, 4);
	assert_int_equal(report.voids, 0);
	assert_string_equal(report.tree,
	    "ip4:192.0.2.10\n"
	    "mx  [1]\n"
	    "include:inc.example.net  [1]\n"
	    "  a:bob.example.com  [1]\n"
	    "  mx:example.org  [1]\n"
	    "  ?all\n"
	    "-all\n");
	world_close(&world);
}

/* RFC 7208 section 7.4, every line. */
static void
test_the_macro_examples_of_section_7_4(void **state)
{
	static const struct {
		const char *spec, *ip, *expanded;
	} cases[] = {
		{ "%{s}", "192.0.2.3", "strong-bad@email.example.com" },
		{ "%{o}", "192.0.2.3", "email.example.com" },
		{ "%{d}", "192.0.2.3", "email.example.com" },
		{ "%{d4}", "192.0.2.3", "email.example.com" },
		{ "%{d3}", "192.0.2.3", "email.example.com" },
		{ "%{d2}", "192.0.2.3", "example.com" },
		{ "%{d1}", "192.0.2.3", "com" },
		{ "%{dr}", "192.0.2.3", "com.example.email" },
		{ "%{d2r}", "192.0.2.3", "example.email" },
		{ "%{l}", "192.0.2.3", "strong-bad" },
		{ "%{l-}", "192.0.2.3", "strong.bad" },
		{ "%{lr}", "192.0.2.3", "strong-bad" },
		{ "%{lr-}", "192.0.2.3", "bad.strong" },
		{ "%{l1r-}", "192.0.2.3", "strong" },
		{ "%{ir}.%{v}._spf.%{d2}", "192.0.2.3",
		    "3.2.0.192.in-addr._spf.example.com" },
		{ "%{lr-}.lp._spf.%{d2}", "192.0.2.3",
		    "bad.strong.lp._spf.example.com" },
		{ "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "192.0.2.3",
		    "bad.strong.lp.3.2.0.192.in-addr._spf.example.com" },
		{ "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "192.0.2.3",
		    "3.2.0.192.in-addr.strong.lp._spf.example.com" },
		{ "%{d2}.trusted-domains.example.net", "192.0.2.3",
		    "example.com.trusted-domains.example.net" },
		{ "%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01",
		    "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0."
		    "1.0.0.2.ip6._spf.example.com" },
		{ "%%%_%-.x", "192.0.2.3", "% %20.x" },
	};
	const char *const broken[] = { "%", "%{", "%{x}", "%{d", "%a" };
	char to[DNS_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct spf_sender sender = { .ip =
						       example_ip(cases[i].ip),
			.local = "strong-bad",
			.domain = "email.example.com",
			.helo = "h.example.net" };

		assert_true(spf_expand(to, cases[i].spec, strlen(cases[i].spec),
		    &sender, "email.example.com", "unknown"));
		assert_string_equal(to, cases[i].expanded);
	}
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		char record[80];
		struct spf_record parsed;

		text_format(
		    record, sizeof(record), "v=spf1 a:%s.example", broken[i]);
		assert_false(spf_parse(&parsed, record, strlen(record)));
	}
}

static void
test_a_long_name_loses_labels_from_the_left(void **state)
{
	const struct spf_sender sender = { .ip = example_ip("192.0.2.3"),
		.local = "x",
		.domain = "d.example.com",
		.helo = "h" };
	char spec[400] = "", to[DNS_NAME_SIZE];

	(void)state;
	for (int i = 0; i < 30; i++)
		text_append(spec, sizeof(spec), "label-0000.");
	text_append(spec, sizeof(spec), "%{d}");
	assert_true(
	    spf_expand(to, spec, strlen(spec), &sender, "d.example.com", ""));
	assert_true(strlen(to) <= 253);
	assert_string_equal(to + strlen(to) - 13, "d.example.com");
	assert_memory_equal(to, "label-0000.", 11);
}

static void
test_the_term_that_decided_is_named(void **state)
{
	(void)state;
	open_appendix_a();
	world_add(&world, "inc.example.net TXT v=spf1 a:bob.example.com ?all");
	assert_int_equal(
	    evaluate("v=spf1 include:inc.example.net mx -all", "192.0.2.129"),
	    SPF_PASS);
	assert_string_equal(report.why, "\"mx\" of example.com decided.");
	world_close(&world);
}

static void
test_nothing_answered_needs_questions(void **state)
{
	struct arena arena = { 0 };
	struct dns_answers *answers = answers_open(&arena);
	static struct dns_questions q;
	const struct spf_sender sender = { .ip = example_ip("192.0.2.3"),
		.local = "x",
		.domain = "example.com",
		.helo = "h" };

	(void)state;
	q.count = 0;
	spf_evaluate(answers, &sender, &q, &report);
	assert_int_equal(report.result, SPF_NEED);
	assert_int_equal(q.count, 1);
	assert_string_equal(q.list[0].name, "example.com");
	answers_close(&answers);
	arena_free(&arena);
}

/* ---- situations in a file ---- */

static const char *suite = "tests/dns/spf.replay";

/* One of "fail|permerror", where the RFC leaves a choice. */
static bool
is_one_of(const char *wanted, const char *result)
{
	char list[80], *rest = NULL;

	text_copy(list, sizeof(list), wanted);
	for (char *word = strtok_r(list, "|", &rest); word != NULL;
	     word = strtok_r(NULL, "|", &rest))
		if (strcmp(word, result) == 0)
			return true;
	return false;
}

/* "RESULT IP HELO SENDER" */
static bool
suite_evaluate(char *line, int number)
{
	static struct dns_questions q;
	const char *wanted = strtok(line, " "), *ip = strtok(NULL, " ");
	const char *helo = strtok(NULL, " ");
	char *sender = strtok(NULL, ""), *at = strrchr(sender, '@');
	const bool is_empty = strcmp(sender, "-") == 0;
	struct spf_sender from = { .ip = example_ip(ip),
		.helo = helo,
		.local = is_empty || at == sender ? "postmaster" : sender,
		.domain = is_empty ? helo : at + 1,
		.receiver = "mx.example.org",
		.now_at = 1795435200 };

	if (at != NULL)
		*at = '\0';
	answers_close(&world.answers);
	world.answers = answers_open(&world.arena);
	for (int round = 0; round < 40; round++) {
		q.count = 0;
		spf_evaluate(world.answers, &from, &q, &report);
		if (report.result != SPF_NEED)
			break;
		for (size_t i = 0; i < q.count; i++)
			if (answers_view(
				world.answers, q.list[i].name, q.list[i].type)
				.state == VIEW_WAITING)
				world_answer(&world, &q.list[i]);
	}
	if (is_one_of(wanted, spf_result_name(report.result)))
		return true;
	print_message("%s:%d: wanted %s, got %s: %s\n", suite, number, wanted,
	    spf_result_name(report.result), report.why);
	return false;
}

static bool
suite_explained(const char *wanted, int number)
{
	/* Letters of an address in hexadecimal may be small or not. */
	if (strcasecmp(wanted, report.explanation) == 0)
		return true;
	print_message("%s:%d: wanted \"%s\", got \"%s\"\n", suite, number,
	    wanted, report.explanation);
	return false;
}

static bool
suite_counted(const char *wanted, int number)
{
	char got[40];

	text_format(got, sizeof(got), "%u %u", report.lookups, report.voids);
	if (strcmp(wanted, got) == 0)
		return true;
	print_message(
	    "%s:%d: wanted %s, counted %s\n", suite, number, wanted, got);
	return false;
}

static void
test_the_suite(void **state)
{
	FILE *file = fopen(suite, "re");
	char line[1200];
	int number = 0, failed = 0, count = 0;

	(void)state;
	assert_non_null(file);
	memset(&world, 0, sizeof(world));
	while (fgets(line, sizeof(line), file) != NULL) {
		char *rest = line[1] == ' ' ? line + 2 : line + 1;

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == ':') {
			world_close(&world);
			memset(&world, 0, sizeof(world));
		} else if (line[0] == '+')
			world_add(&world, rest);
		else if (line[0] == '?') {
			count++;
			failed += !suite_evaluate(rest, number);
		} else if (line[0] == '=')
			failed += !suite_explained(rest, number);
		else if (line[0] == '%')
			failed += !suite_counted(rest, number);
	}
	fclose(file);
	world_close(&world);
	assert_true(count > 150);
	assert_int_equal(failed, 0);
}

/* ---- one record out of several ---- */

static const char *
merged(const char *first, const char *second, const char *own)
{
	static char to[DNS_VALUE_SIZE];
	const struct spf_text texts[] = { { first, strlen(first) },
		{ second, strlen(second) } };
	const struct ip ip =
	    own[0] != '\0' ? example_ip(own) : (struct ip){ .family = 0 };

	spf_merge(to, texts, second[0] != '\0' ? 2 : 1, &ip, 1);
	return to;
}

static void
test_a_merged_record_keeps_every_sender(void **state)
{
	(void)state;
	/* Each term once, the stricter end. */
	assert_string_equal(
	    merged("v=spf1 mx a:x.example ~all",
		"v=spf1 a:x.example include:y.example -all", ""),
	    "v=spf1 mx a:x.example include:y.example -all");
	/* Nothing beside a redirect, in whatever letters: it stands alone. */
	assert_string_equal(merged("v=spf1 REDIRECT=y.example", "", ""),
	    "v=spf1 REDIRECT=y.example");
	/* "mx" is in "mx:other", but is another term. */
	assert_string_equal(
	    merged("v=spf1 mx:other.example ~all", "v=spf1 +mx ?all", ""),
	    "v=spf1 mx:other.example mx ~all");
	/* A redirect beside another record would be lost. */
	assert_string_equal(
	    merged("v=spf1 redirect=_spf.example.net", "v=spf1 mx -all", ""),
	    "v=spf1 include:_spf.example.net mx -all");
	/* "+all" lets everybody send: it is no end. */
	assert_string_equal(
	    merged("v=spf1 mx +all", "v=spf1 a", ""), "v=spf1 mx a ~all");
}

/* What is wanted comes in unless it is there, and nothing goes. */
static const char *
wanted_in(const char *text)
{
	static char to[DNS_VALUE_SIZE];
	const struct spf_text one = { text, strlen(text) };
	const struct ip ip = example_ip("192.0.2.9");

	assert_true(spf_merge_wanted(to, &one, 1, "v=spf1 mx -all", &ip, 1));
	return to;
}

static void
test_a_record_that_has_what_is_wanted_stays_to_the_byte(void **state)
{
	(void)state;
	assert_string_equal(wanted_in("v=spf1  +mx include:x.example ~all"),
	    "v=spf1  +mx include:x.example ~all");
	/* As long as with ours in it, yet without it. */
	assert_string_equal(wanted_in("v=spf1 ip4:192.0.2.1 ip4:192.0.2.1"
				      " -all"),
	    "v=spf1 ip4:192.0.2.9 ip4:192.0.2.1 -all");
	assert_string_equal(wanted_in("v=spf1 mx +all"), "v=spf1 mx ~all");
	assert_string_equal(wanted_in("v=spf1 mx"), "v=spf1 mx ~all");
}

static void
test_records_that_do_not_fit_into_one_are_not_cut(void **state)
{
	char text[DNS_VALUE_SIZE] = "v=spf1", to[DNS_VALUE_SIZE], word[40];
	const struct ip ip = example_ip("192.0.2.1");

	(void)state;
	for (int i = 0; i < 40; i++) {
		text_format(
		    word, sizeof(word), " include:_spf%d.example.net", i);
		text_append(text, sizeof(text), word);
	}
	assert_true(strlen(text) > DNS_VALUE_SIZE - 10);
	const struct spf_text one = { text, strlen(text) };

	assert_false(spf_merge(to, &one, 1, &ip, 1));
	assert_string_equal(to, "");
}

static void
test_a_merged_record_lets_our_addresses_send(void **state)
{
	(void)state;
	assert_string_equal(
	    merged("v=spf1 include:y.example -all", "", "192.0.2.1"),
	    "v=spf1 ip4:192.0.2.1 include:y.example -all");
	assert_string_equal(
	    merged("v=spf1 ip4:192.0.2.1 -all", "", "192.0.2.1"),
	    "v=spf1 ip4:192.0.2.1 -all");
	assert_string_equal(
	    merged("v=spf1 ip6:2001:db8::1 ~all", "", "2001:db8::2"),
	    "v=spf1 ip6:2001:db8::2 ip6:2001:db8::1 ~all");
	/* Alone, a redirect stays, and is the end. */
	assert_string_equal(
	    merged("v=spf1 redirect=_spf.example.net exp=why.example.net", "",
		"192.0.2.1"),
	    "v=spf1 ip4:192.0.2.1 redirect=_spf.example.net "
	    "exp=why.example.net");
}

/* With the name of a file: only the situations in that. */
int
main(int argc, char **argv)
{
	const struct CMUnitTest alone[] = { cmocka_unit_test(test_the_suite) };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_examples_of_appendix_a),
		cmocka_unit_test(test_the_macros_of_appendix_a_4),
		cmocka_unit_test(test_errors_and_their_results),
		cmocka_unit_test(test_ten_terms_may_ask_and_no_more),
		cmocka_unit_test(test_the_count_is_that_of_the_worst_sender),
		cmocka_unit_test(test_the_macro_examples_of_section_7_4),
		cmocka_unit_test(test_a_long_name_loses_labels_from_the_left),
		cmocka_unit_test(test_the_term_that_decided_is_named),
		cmocka_unit_test(test_nothing_answered_needs_questions),
		cmocka_unit_test(test_a_merged_record_keeps_every_sender),
		cmocka_unit_test(
		    test_a_record_that_has_what_is_wanted_stays_to_the_byte),
		cmocka_unit_test(
		    test_records_that_do_not_fit_into_one_are_not_cut),
		cmocka_unit_test(test_a_merged_record_lets_our_addresses_send),
		cmocka_unit_test(test_the_suite),
	};

	if (argc < 2)
		return cmocka_run_group_tests(tests, NULL, NULL);
	suite = argv[1];
	return cmocka_run_group_tests(alone, NULL, NULL);
}
