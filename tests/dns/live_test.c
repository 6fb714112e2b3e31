/*
 * The checklist against a real Knot DNS and a real Unbound on loopback:
 * argv[1] is the directory of demo/dns.sh, argv[2] and argv[3] its ports,
 * argv[4] that of a name server that lags behind.
 * Prints cmocka's report.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/job.h"
#include "base/text.h"
#include "dns/checklist.h"
#include "dns/publish.h"
#include "tests/dns/odd_mail.h"
#include "tests/dns/odd_web.h"
#include "tests/lib/dns_example.h"

static const char *directory;
static uint16_t knot_port, unbound_port, other_port;

/* ---- the servers ---- */

static void
shell(const char *format, const char *zone, const char *lines)
{
	char command[512];
	FILE *pipe;

	text_format(command, sizeof(command), format, directory, zone);
	pipe = popen(command, "w");
	assert_non_null(pipe);
	fputs(lines, pipe);
	assert_int_equal(pclose(pipe), 0);
}

static void
publish(const char *zone, const char *lines)
{
	shell("demo/dns.sh publish %s %s >&2", zone, lines);
}

static void
update(const char *zone, const char *lines)
{
	shell("demo/dns.sh update %s %s >&2", zone, lines);
}

static struct odd_web web;
static struct odd_mail mail;

static void
request_for(struct checklist_request *request)
{
	struct dns_subject *subject = &request->subject;

	memset(request, 0, sizeof(*request));
	example_subject(subject);
	subject->now_at = 0;
	subject->ip6 = (struct ip){ 0 };
	subject->resolvers[0] =
	    (struct ip_port){ example_ip("127.0.0.1"), unbound_port };
	subject->resolver_count = 1;
	subject->server_ports[0] =
	    (struct ip_port){ example_ip("127.0.0.1"), knot_port };
	subject->server_ports[1] =
	    (struct ip_port){ example_ip("127.0.0.2"), knot_port };
	subject->server_port_count = 2;
	subject->https_at =
	    (struct ip_port){ example_ip("127.0.0.1"), web.port };
	text_copy(subject->https_authorities,
	    sizeof(subject->https_authorities), web.authorities);
	subject->mx_at = (struct ip_port){ example_ip("127.0.0.1"), mail.port };
	text_copy(subject->mx_authorities, sizeof(subject->mx_authorities),
	    mail.authorities);
	subject_complete(subject);
}

/* What we advise, as a person would enter it. */
static void
publish_advice(const struct dns_subject *subject)
{
	struct dns_records records;
	struct arena arena = { 0 };

	record_list(subject, &records);
	publish(subject->domain, record_as_zone(&arena, subject, &records));
	publish("113.0.203.in-addr.arpa",
	    "10.113.0.203.in-addr.arpa. 60 IN PTR mail.example.com.\n");
	arena_free(&arena);
}

static void
clear(const struct dns_subject *subject)
{
	struct dns_records records;
	struct arena arena = { 0 };
	struct text_builder lines;

	text_builder_open(&lines, &arena, 65536);
	record_list(subject, &records);
	for (size_t i = 0; i < records.count; i++)
		if (records.list[i].place == DNS_AT_DNS_HOST)
			text_addf(&lines, "del %s. %s\n", records.list[i].name,
			    record_type_text(&records.list[i]));
	update(subject->domain, lines.data);
	update(
	    "113.0.203.in-addr.arpa", "del 10.113.0.203.in-addr.arpa. PTR\n");
	arena_free(&arena);
}

/* ---- a watched list ---- */

struct watch {
	struct arena arena;
	struct job job;
	struct dns_finding rows[CHECKLIST_ROWS_MAX];
	bool is_round;
};

/* Takes what comes until `is_enough`; fails after 30 s. */
static void
watch_until(struct watch *watch, bool (*is_enough)(const struct watch *))
{
	const int64_t end_ms = clock_monotonic_ms() + 30000;
	const void *bytes;
	size_t length;

	while (!is_enough(watch)) {
		const struct checklist_record *record;
		struct pollfd wait = { .fd = watch->job.fd, .events = POLLIN };

		if (clock_monotonic_ms() > end_ms)
			fail_msg("the rows did not change within 30 s");
		switch (job_read(&watch->job, &bytes, &length)) {
		case JOB_NOTHING:
			poll(&wait, 1, 1000);
			continue;
		case JOB_RECORD:
			break;
		default:
			fail_msg("the job ended");
		}
		record = bytes;
		assert_int_equal(length, sizeof(*record));
		if (record->kind == CHECKLIST_ROW)
			watch->rows[record->finding.check] = record->finding;
		else if (record->kind == CHECKLIST_ROUND)
			watch->is_round = true;
	}
}

static bool
is_round(const struct watch *watch)
{
	return watch->is_round;
}

static bool
is_green(const struct watch *watch)
{
	for (size_t i = 0; i < dns_check_count; i++)
		if (watch->rows[i].verdict != DNS_PASS &&
		    watch->rows[i].verdict != DNS_WARN &&
		    watch->rows[i].verdict != DNS_SKIPPED)
			return false;
	return true;
}

static bool
is_red(const struct watch *watch)
{
	for (size_t i = 0; i < dns_check_count; i++)
		if (watch->rows[i].verdict == DNS_FAIL)
			return true;
	return false;
}

static void
watch_open(struct watch *watch, struct checklist_request *request)
{
	struct err err;

	memset(watch, 0, sizeof(*watch));
	request->is_watched = true;
	assert_int_equal(
	    job_open(&watch->job, &watch->arena, checklist_job, request, &err),
	    OK);
}

static void
watch_close(struct watch *watch)
{
	job_close(&watch->job);
	arena_free(&watch->arena);
}

static void
check_all(const struct checklist_request *request, struct dns_finding *findings)
{
	struct err err;

	assert_int_equal(dns_checklist_once(request, findings, NULL, &err), OK);
}

/* ---- tests ---- */

static void
test_an_empty_zone_is_red_and_never_unknown(void **state)
{
	struct checklist_request request;
	struct dns_finding findings[CHECKLIST_ROWS_MAX];

	(void)state;
	request_for(&request);
	clear(&request.subject);
	check_all(&request, findings);
	for (size_t i = 0; i < dns_check_count; i++)
		if (findings[i].verdict == DNS_UNKNOWN ||
		    (findings[i].verdict == DNS_PASS &&
			dns_checks[i].need == DNS_REQUIRED))
			fail_msg("%s: %s, %s", dns_checks[i].name,
			    check_verdict_name(findings[i].verdict),
			    findings[i].problem);
}

static void
test_the_advice_satisfies_its_own_checks(void **state)
{
	struct checklist_request request;
	struct dns_finding findings[CHECKLIST_ROWS_MAX];

	(void)state;
	request_for(&request);
	publish_advice(&request.subject);
	check_all(&request, findings);
	for (size_t i = 0; i < dns_check_count; i++) {
		if (findings[i].verdict != DNS_PASS &&
		    findings[i].verdict != DNS_WARN &&
		    findings[i].verdict != DNS_SKIPPED)
			fail_msg("%s: %s, %s", dns_checks[i].name,
			    check_verdict_name(findings[i].verdict),
			    findings[i].problem);
		assert_string_equal(findings[i].spreading, "");
	}
}

/* The web host has a certificate for mta-sts.example.com alone. */
static void
test_the_file_for_mail_programs_is_fetched_through_its_alias(void **state)
{
	struct checklist_request request;
	struct dns_finding findings[CHECKLIST_ROWS_MAX];
	const struct dns_finding *autoconfig =
	    &findings[check_by_name("autoconfig") - dns_checks];

	(void)state;
	request_for(&request);
	text_copy(request.subject.autoconfig_host,
	    sizeof(request.subject.autoconfig_host), "mail.example.com");
	publish_advice(&request.subject);
	check_all(&request, findings);
	if (autoconfig->verdict != DNS_WARN ||
	    strstr(autoconfig->problem, "certificate is not valid") == NULL)
		fail_msg("%s: %s", check_verdict_name(autoconfig->verdict),
		    autoconfig->problem);
	clear(&request.subject);
}

static void
test_an_open_list_turns_green_and_red_by_itself(void **state)
{
	struct checklist_request request;
	struct watch watch;

	(void)state;
	request_for(&request);
	clear(&request.subject);
	watch_open(&watch, &request);
	watch_until(&watch, is_round);
	assert_true(is_red(&watch));
	publish_advice(&request.subject);
	watch_until(&watch, is_green);
	clear(&request.subject);
	watch_until(&watch, is_red);
	watch_close(&watch);
}

/* The resolver knows the old record since the test before. */
static void
test_a_resolver_with_the_old_value_is_said(void **state)
{
	struct checklist_request request;
	struct dns_finding findings[CHECKLIST_ROWS_MAX];
	const struct dns_finding *dmarc;

	(void)state;
	request_for(&request);
	publish_advice(&request.subject);
	check_all(&request, findings);
	text_copy(
	    request.subject.dmarc_report, ADDRESS_SIZE, "reports@example.com");
	publish_advice(&request.subject);
	check_all(&request, findings);
	dmarc = &findings[check_by_name("dmarc") - dns_checks];
	assert_true(dmarc->verdict == DNS_PASS || dmarc->verdict == DNS_WARN);
	assert_non_null(
	    strstr(dmarc->spreading, "may keep the old value until"));
	assert_non_null(strstr(dmarc->spreading, "(TTL 3,"));
}

static void
test_a_silent_resolver_gives_unknown(void **state)
{
	struct checklist_request request;
	struct dns_finding findings[CHECKLIST_ROWS_MAX];

	(void)state;
	request_for(&request);
	request.subject.resolvers[0].port = 1;
	check_all(&request, findings);
	for (size_t i = 0; i < dns_check_count; i++)
		assert_true(findings[i].verdict == DNS_UNKNOWN ||
		    findings[i].verdict == DNS_SKIPPED);
}

static void
test_blocked_name_servers_leave_the_resolvers_view(void **state)
{
	struct checklist_request request;
	struct dns_finding findings[CHECKLIST_ROWS_MAX];
	char note[DNS_SENTENCE_SIZE];
	struct err err;

	(void)state;
	request_for(&request);
	publish_advice(&request.subject);
	request.subject.server_ports[0].port = 1;
	request.subject.server_ports[1].port = 1;
	assert_int_equal(
	    dns_checklist_once(&request, findings, note, &err), OK);
	assert_non_null(strstr(note, "port 53 blocked"));
	/* What the parent's servers say no resolver tells. */
	for (size_t i = 0; i < dns_check_count; i++)
		assert_true(findings[i].verdict != DNS_UNKNOWN ||
		    text_is_same(dns_checks[i].name, "delegation"));
}

/* The row of that check, when 127.0.0.2 is another server than 127.0.0.1. */
static struct dns_finding
check_one(uint16_t second_port, const char *check)
{
	static struct dns_finding findings[CHECKLIST_ROWS_MAX];
	struct checklist_request request;

	request_for(&request);
	request.subject.server_ports[1].port = second_port;
	request.only = (uint64_t)1 << (check_by_name(check) - dns_checks);
	check_all(&request, findings);
	return findings[check_by_name(check) - dns_checks];
}

/* What the server at that address says. */
static const struct dns_said *
said_at(const struct dns_finding *finding, const char *address)
{
	for (size_t i = 0; i < finding->said_count; i++)
		if (!finding->said[i].is_resolver &&
		    strstr(finding->said[i].server, address) != NULL)
			return &finding->said[i];
	fail_msg("%s said nothing", address);
	return NULL;
}

static void
test_a_name_server_that_lags_is_named(void **state)
{
	struct checklist_request request;
	struct dns_finding mx;

	(void)state;
	request_for(&request);
	publish_advice(&request.subject);
	mx = check_one(knot_port, "mx");
	assert_int_equal(mx.verdict, DNS_PASS);
	assert_true(mx.is_everywhere);
	mx = check_one(other_port, "mx");
	assert_int_equal(mx.verdict, DNS_FAIL);
	assert_false(mx.is_everywhere);
	assert_non_null(strstr(mx.who_says,
	    "Published on 1 of 2 name servers; ns2.example.com "
	    "(127.0.0.2) does not have it."));
	assert_int_equal(said_at(&mx, "127.0.0.1")->verdict, DNS_PASS);
	assert_int_equal(said_at(&mx, "127.0.0.2")->verdict, DNS_FAIL);
	assert_non_null(strstr(said_at(&mx, "127.0.0.2")->words, "no MX"));
}

/* The verdict of the row when the MX shows that certificate. */
static void
expect_mx_tls(enum odd_mail_mode mode, enum dns_sts_mode sts_mode,
    enum dns_verdict verdict, const char *words)
{
	struct dns_finding findings[CHECKLIST_ROWS_MAX];
	const struct dns_check *check = check_by_name("mx-tls");
	const struct dns_finding *row = &findings[check - dns_checks];
	struct checklist_request request;
	struct odd_mail odd;

	request_for(&request);
	request.only = (uint64_t)1 << (check - dns_checks);
	request.subject.sts_mode = sts_mode;
	odd_mail_open(&odd, mode);
	request.subject.mx_at.port = odd.port;
	text_copy(request.subject.mx_authorities,
	    sizeof(request.subject.mx_authorities), odd.authorities);
	check_all(&request, findings);
	odd_mail_close(&odd);
	if (row->verdict != verdict || strstr(row->problem, words) == NULL)
		fail_msg(
		    "%s: %s", check_verdict_name(row->verdict), row->problem);
}

static void
test_the_certificate_of_the_mx_is_judged(void **state)
{
	struct checklist_request request;

	(void)state;
	request_for(&request);
	publish_advice(&request.subject);
	expect_mx_tls(MAIL_GOOD, DNS_STS_ENFORCE, DNS_PASS, "senders trust");
	expect_mx_tls(MAIL_LATE, DNS_STS_ENFORCE, DNS_PASS, "senders trust");
	expect_mx_tls(MAIL_EXPIRED, DNS_STS_ENFORCE, DNS_FAIL, "has ended");
	expect_mx_tls(MAIL_EXPIRED, DNS_STS_TESTING, DNS_WARN, "has ended");
	expect_mx_tls(MAIL_OTHER_NAME, DNS_STS_ENFORCE, DNS_FAIL,
	    "not for that name, but for www.example.com");
	expect_mx_tls(
	    MAIL_SELF_SIGNED, DNS_STS_ENFORCE, DNS_FAIL, "signed by itself");
	expect_mx_tls(
	    MAIL_NO_STARTTLS, DNS_STS_ENFORCE, DNS_FAIL, "offers no STARTTLS");
	expect_mx_tls(
	    MAIL_INJECTED, DNS_STS_ENFORCE, DNS_FAIL, "plain text follows");
	expect_mx_tls(MAIL_NOT_NOW, DNS_STS_ENFORCE, DNS_UNKNOWN, "421");
	expect_mx_tls(
	    MAIL_REFUSES_STARTTLS, DNS_STS_ENFORCE, DNS_UNKNOWN, "454");
	expect_mx_tls(MAIL_GOOD, DNS_STS_OFF, DNS_SKIPPED, "not switched on");
}

/* Rows that are asked again and again don't call a mail server each time. */
static void
test_a_mail_server_is_left_in_peace(void **state)
{
	struct dns_finding findings[CHECKLIST_ROWS_MAX];
	const struct dns_check *check = check_by_name("mx-tls");
	struct checklist_request request;
	struct odd_mail odd;
	char heard[1000];
	FILE *file;

	(void)state;
	request_for(&request);
	request.only = (uint64_t)1 << (check - dns_checks);
	odd_mail_open(&odd, MAIL_GOOD);
	request.subject.mx_at.port = odd.port;
	text_copy(request.subject.mx_authorities,
	    sizeof(request.subject.mx_authorities), odd.authorities);
	for (int i = 0; i < 3; i++) {
		checklist_run(&request, findings, NULL);
		assert_int_equal(
		    findings[check - dns_checks].verdict, DNS_PASS);
	}
	file = fopen(odd.heard, "r");
	assert_non_null(file);
	heard[fread(heard, 1, sizeof(heard) - 1, file)] = '\0';
	fclose(file);
	odd_mail_close(&odd);
	assert_string_equal(
	    heard, "EHLO mail.example.com\r\nSTARTTLS\r\nQUIT\r\n");
}

static void
test_a_lame_and_a_dead_name_server_are_named(void **state)
{
	struct checklist_request request;
	struct dns_finding row;

	(void)state;
	request_for(&request);
	publish_advice(&request.subject);
	/* The verdict itself also hangs on the other zone, which lags. */
	row = check_one(other_port, "ptr");
	assert_false(row.is_everywhere);
	assert_int_equal(said_at(&row, "127.0.0.2")->verdict, DNS_UNKNOWN);
	assert_non_null(strstr(row.who_says, "(127.0.0.2) refuse"));
	row = check_one(1, "mx");
	assert_int_equal(row.verdict, DNS_PASS);
	assert_false(row.is_everywhere);
	assert_int_equal(said_at(&row, "127.0.0.2")->verdict, DNS_UNKNOWN);
	assert_non_null(strstr(row.who_says, "(127.0.0.2) can't be reached"));
}

/* What the same server says there. */
static const struct dns_said *
same_said(const struct dns_finding *finding, const struct dns_said *said)
{
	for (size_t i = 0; i < finding->said_count; i++)
		if (text_is_same(finding->said[i].server, said->server))
			return &finding->said[i];
	fail_msg("%s said nothing", said->server);
	return NULL;
}

static void
assert_same_finding(const struct dns_finding *a, const struct dns_finding *b)
{
	if (a->verdict != b->verdict)
		fail_msg("%s: %s %s, swept: %s %s", dns_checks[a->check].name,
		    check_verdict_name(a->verdict), a->problem,
		    check_verdict_name(b->verdict), b->problem);
	assert_string_equal(a->problem, b->problem);
	assert_string_equal(a->found, b->found);
	assert_int_equal(a->is_everywhere, b->is_everywhere);
	assert_int_equal(a->said_count, b->said_count);
	for (size_t i = 0; i < a->said_count; i++) {
		const struct dns_said *other = same_said(b, &a->said[i]);

		assert_int_equal(a->said[i].verdict, other->verdict);
		if (a->said[i].until_at == 0)
			assert_string_equal(a->said[i].words, other->words);
	}
}

/* A sweep takes answers together and judges once what is said once: its
 * findings are those of the list. */
static void
assert_sweep_is_same(const struct checklist_request *request)
{
	static struct dns_finding listed[CHECKLIST_ROWS_MAX];
	static struct dns_finding swept[CHECKLIST_ROWS_MAX];
	char note[DNS_SENTENCE_SIZE];

	check_all(request, listed);
	checklist_run(request, swept, note);
	for (size_t i = 0; i < dns_check_count; i++)
		assert_same_finding(&listed[i], &swept[i]);
}

static void
test_a_sweep_finds_what_the_list_finds(void **state)
{
	struct checklist_request request;

	(void)state;
	request_for(&request);
	publish_advice(&request.subject);
	assert_sweep_is_same(&request);
	request.subject.server_ports[1].port = 1;
	assert_sweep_is_same(&request);
	request.subject.resolvers[0].port = 1;
	assert_sweep_is_same(&request);
}

/* ---- publishing by dynamic update ---- */

/* The demo's key, as its own update leaves it. */
static void
read_key(struct update_key *key)
{
	struct arena arena = { 0 };
	char path[300], *line;
	size_t length;
	struct err err;

	text_format(path, sizeof(path), "%s/knsupdate.key", directory);
	assert_int_equal(
	    io_read_file(&arena, path, 1000, &line, &length, &err), OK);
	line[strcspn(line, "\n")] = '\0';
	assert_int_equal(update_key_parse(key, line, &err), OK);
	arena_free(&arena);
}

static struct ip_port
our_server(void)
{
	return (struct ip_port){ example_ip("127.0.0.1"), knot_port };
}

static void
test_only_what_differs_is_published(void **state)
{
	struct checklist_request request;
	static struct publish_plan plan;
	const struct ip_port server = our_server();
	struct update_key key;
	struct err err;

	(void)state;
	request_for(&request);
	clear(&request.subject);
	update(
	    "example.com", "add example.com. 60 TXT \"site-verification=1\"\n");
	read_key(&key);
	assert_int_equal(publish_compare(&plan, &server, &request.subject,
			     PUBLISH_KEEPS_POLICY, &err),
	    OK);
	assert_in_range(plan.count, 8, 20);
	assert_int_equal(plan.right, 0);
	for (size_t i = 0; i < plan.count; i++)
		assert_false(plan.changes[i].is_delete);
	assert_int_equal(update_send(&server, plan.zone, plan.changes,
			     plan.count, &key, &err),
	    OK);
	assert_int_equal(publish_compare(&plan, &server, &request.subject,
			     PUBLISH_KEEPS_POLICY, &err),
	    OK);
	assert_int_equal(plan.count, 0);
	assert_in_range(plan.right, 8, 20);
	/* One record drifts: its old value goes, the new one comes, and the
	 * text of somebody else stays. */
	update("example.com",
	    "del example.com. MX\nadd example.com. 60 MX 5 old.example.net.\n");
	assert_int_equal(publish_compare(&plan, &server, &request.subject,
			     PUBLISH_KEEPS_POLICY, &err),
	    OK);
	assert_int_equal(plan.count, 2);
	assert_true(plan.changes[0].is_delete);
	assert_string_equal(plan.changes[0].record.value, "old.example.net");
	assert_false(plan.changes[1].is_delete);
	assert_int_equal(update_send(&server, plan.zone, plan.changes,
			     plan.count, &key, &err),
	    OK);
	assert_int_equal(publish_compare(&plan, &server, &request.subject,
			     PUBLISH_KEEPS_POLICY, &err),
	    OK);
	assert_int_equal(plan.count, 0);
}

/* ---- DMARC is somebody's decision ---- */

/* What is published, the step, what may be done, and what is then there. */
struct dmarc_case {
	const char *published; /* lines of knsupdate */
	enum dmarc_policy step;
	enum publish_policy policy;
	const char *change; /* the value that comes, or NULL: none */
	const char *note;   /* "" is none */
};

#define AT_DMARC   "add _dmarc.example.com. 60 "
#define OUR_REPORT "rua=mailto:dmarc@example.com"

/* clang-format off */
static const struct dmarc_case dmarc_cases[] = {
	{ AT_DMARC "TXT \"v=DMARC1; p=none; " OUR_REPORT "\"\n", DMARC_NONE, PUBLISH_KEEPS_POLICY,
	  NULL, "" },
	{ AT_DMARC "TXT \"v=DMARC1; p=none; " OUR_REPORT "\"\n", DMARC_QUARANTINE, PUBLISH_KEEPS_POLICY,
	  "v=DMARC1; p=quarantine; " OUR_REPORT, "" },
	{ AT_DMARC "TXT \"v=DMARC1; p=quarantine; " OUR_REPORT "\"\n", DMARC_QUARANTINE, PUBLISH_KEEPS_POLICY,
	  NULL, "" },
	{ AT_DMARC "TXT \"v=DMARC1; p=quarantine; sp=reject; " OUR_REPORT "\"\n", DMARC_REJECT, PUBLISH_KEEPS_POLICY,
	  "v=DMARC1; p=reject; sp=reject; " OUR_REPORT, "" },
	{ AT_DMARC "TXT \"v=DMARC1; p=reject; " OUR_REPORT "\"\n", DMARC_NONE, PUBLISH_KEEPS_POLICY,
	  NULL, "\"reject\" is stricter than the domain's step \"none\"" },
	{ AT_DMARC "TXT \"v=DMARC1; p=reject; t=y; rua=mailto:a@example.com\"\n", DMARC_NONE, PUBLISH_KEEPS_POLICY,
	  "v=DMARC1; p=reject; t=y; rua=mailto:a@example.com,mailto:dmarc@example.com", "stays" },
	{ AT_DMARC "TXT \"v=DMARC1; p=reject; fo=1; " OUR_REPORT "\"\n", DMARC_QUARANTINE, PUBLISH_WEAKENS_POLICY,
	  "v=DMARC1; p=quarantine; fo=1; " OUR_REPORT, "" },
	{ AT_DMARC "TXT \"v=DMARC1; p=reject\"\n" AT_DMARC "TXT \"v=DMARC1; p=none\"\n", DMARC_NONE, PUBLISH_KEEPS_POLICY,
	  NULL, "2 DMARC records" },
	/* Damaged, it was meant; and what says the same is not touched. */
	{ AT_DMARC "TXT \"v=dmarc1; p=reject; " OUR_REPORT "\"\n", DMARC_NONE, PUBLISH_KEEPS_POLICY,
	  "v=DMARC1; p=reject; " OUR_REPORT, "stays" },
	{ AT_DMARC "TXT \"\\\"v=DMARC1; p=reject; " OUR_REPORT "\\\"\"\n", DMARC_NONE, PUBLISH_KEEPS_POLICY,
	  "v=DMARC1; p=reject; " OUR_REPORT, "stays" },
	{ AT_DMARC "TXT \"v=DMARC1;p=none;" OUR_REPORT ";\"\n", DMARC_NONE, PUBLISH_KEEPS_POLICY,
	  NULL, "" },
	{ AT_DMARC "CNAME dmarc.example.com.\nadd dmarc.example.com. 60 TXT \"v=DMARC1; p=reject\"\n", DMARC_NONE, PUBLISH_KEEPS_POLICY,
	  NULL, "is an alias" },
};
/* clang-format on */

static const struct update_change *
change_of(const struct publish_plan *plan, bool is_delete)
{
	for (size_t i = 0; i < plan->count; i++)
		if (text_is_same(plan->changes[i].record.purpose, "dmarc") &&
		    plan->changes[i].is_delete == is_delete)
			return &plan->changes[i];
	return NULL;
}

static void
expect_dmarc(const struct dmarc_case *c, struct update_key *key)
{
	struct checklist_request request;
	static struct publish_plan plan;
	const struct ip_port server = our_server();
	struct err err;

	request_for(&request);
	request.subject.dmarc_policy = c->step;
	update("example.com",
	    "del _dmarc.example.com. TXT\ndel _dmarc.example.com. CNAME\n"
	    "del dmarc.example.com. TXT\n");
	update("example.com", c->published);
	assert_int_equal(
	    publish_compare(&plan, &server, &request.subject, c->policy, &err),
	    OK);
	if (c->note[0] == '\0')
		assert_string_equal(plan.note, "");
	else
		assert_non_null(strstr(plan.note, c->note));
	if (c->change == NULL) {
		assert_null(change_of(&plan, false));
		assert_null(change_of(&plan, true));
		return;
	}
	assert_non_null(change_of(&plan, true));
	assert_non_null(change_of(&plan, false));
	assert_string_equal(change_of(&plan, false)->record.value, c->change);
	assert_int_equal(update_send(&server, plan.zone, plan.changes,
			     plan.count, key, &err),
	    OK);
	assert_int_equal(
	    publish_compare(&plan, &server, &request.subject, c->policy, &err),
	    OK);
	assert_int_equal(plan.count, 0);
}

static void
test_a_published_dmarc_policy_is_never_weakened_unasked(void **state)
{
	struct checklist_request request;
	struct update_key key;

	(void)state;
	request_for(&request);
	clear(&request.subject);
	read_key(&key);
	for (size_t i = 0; i < sizeof(dmarc_cases) / sizeof(dmarc_cases[0]);
	     i++) {
		print_message("%s", dmarc_cases[i].published);
		expect_dmarc(&dmarc_cases[i], &key);
	}
	update("example.com",
	    "del _dmarc.example.com. CNAME\ndel dmarc.example.com. TXT\n");
}

/* What is to be changed once the zone has these lines. */
static const struct publish_plan *
plan_after(const struct checklist_request *request, const char *lines)
{
	static struct publish_plan plan;
	const struct ip_port server = our_server();
	struct err err;

	update("example.com", lines);
	assert_int_equal(publish_compare(&plan, &server, &request->subject,
			     PUBLISH_KEEPS_POLICY, &err),
	    OK);
	return &plan;
}

#define SPF_BECOMES(text)        \
	"del example.com. TXT\n" \
	"add example.com. 60 TXT \"" text "\"\n"

static void
test_publishing_keeps_what_is_the_customers_own(void **state)
{
	struct checklist_request request;
	const struct publish_plan *plan;

	(void)state;
	request_for(&request);
	clear(&request.subject);
	publish_advice(&request.subject);
	/* Other senders, and a mail host to fall back on. */
	plan = plan_after(&request,
	    SPF_BECOMES(
		"v=spf1 include:_spf.example.net mx ~all") "add example.com. "
							   "60 MX 20 "
							   "backup.example.net."
							   "\n");
	assert_int_equal(plan->count, 0);
	/* A record without us takes us in, and loses nobody. */
	plan = plan_after(
	    &request, SPF_BECOMES("v=spf1 include:_spf.example.net ~all"));
	assert_int_equal(plan->count, 2);
	assert_string_equal(plan->changes[1].record.value,
	    "v=spf1 ip4:203.0.113.10 include:_spf.example.net ~all");
	/* Open to everybody is closed. */
	plan = plan_after(&request, SPF_BECOMES("v=spf1 mx +all"));
	assert_int_equal(plan->count, 2);
	assert_string_equal(plan->changes[1].record.value, "v=spf1 mx ~all");
	/* What else sends by the name of the mail host. */
	plan = plan_after(&request,
	    SPF_BECOMES(
		"v=spf1 mx -all") "del mail.example.com. TXT\n"
				  "add mail.example.com. 60 TXT \"v=spf1 a "
				  "include:_spf.newsletter.example -all\"\n");
	assert_int_equal(plan->count, 0);
}

/* "add ..." of an SPF record of about 700 characters. */
static void
add_long_record(char *lines, size_t size, int number)
{
	char word[80];

	text_append(lines, size, "add example.com. 60 TXT \"v=spf1\"");
	for (int i = 0; i < 12; i++) {
		text_format(word, sizeof(word),
		    " \" include:_spf-of-a-sender-with-a-long-name-%d-%d."
		    "example.net\"",
		    number, i);
		text_append(lines, size, word);
	}
	text_append(lines, size, " \" -all\"\n");
}

static void
test_senders_that_do_not_fit_into_one_record_stay(void **state)
{
	struct checklist_request request;
	const struct publish_plan *plan;
	char lines[4000] = "del example.com. TXT\n";

	(void)state;
	request_for(&request);
	clear(&request.subject);
	publish_advice(&request.subject);
	add_long_record(lines, sizeof(lines), 1);
	add_long_record(lines, sizeof(lines), 2);
	plan = plan_after(&request, lines);
	assert_int_equal(plan->count, 0);
	assert_non_null(strstr(plan->note, "do not fit into one SPF record"));
}

static void
test_publishing_keeps_whom_tls_reports_go_to(void **state)
{
	struct checklist_request request;
	static struct publish_plan plan;
	const struct ip_port server = our_server();
	struct err err;

	(void)state;
	request_for(&request);
	clear(&request.subject);
	publish_advice(&request.subject);
	update("example.com",
	    "del _smtp._tls.example.com. TXT\n"
	    "add _smtp._tls.example.com. 60 TXT \"v=TLSRPTv1; "
	    "rua=https://r.example.net/v1\"\n");
	assert_int_equal(publish_compare(&plan, &server, &request.subject,
			     PUBLISH_KEEPS_POLICY, &err),
	    OK);
	assert_int_equal(plan.count, 2);
	assert_string_equal(plan.changes[1].record.value,
	    "v=TLSRPTv1; rua=https://r.example.net/v1,"
	    "mailto:tls-rpt@example.com");
}

static void
test_a_wrong_key_changes_nothing(void **state)
{
	struct checklist_request request;
	static struct publish_plan plan;
	const struct ip_port server = our_server();
	struct update_key key;
	struct err err;

	(void)state;
	request_for(&request);
	clear(&request.subject);
	assert_int_equal(
	    update_key_parse(&key,
		"hmac-sha256:demo:d3JvbmcgYnV0IGxvbmcgZW5vdWdoIQ==", &err),
	    OK);
	assert_int_equal(publish_compare(&plan, &server, &request.subject,
			     PUBLISH_KEEPS_POLICY, &err),
	    OK);
	assert_int_equal(update_send(&server, plan.zone, plan.changes,
			     plan.count, &key, &err),
	    ERR_DENIED);
	text_copy(key.name, sizeof(key.name), "nobody");
	assert_int_equal(update_send(&server, plan.zone, plan.changes,
			     plan.count, &key, &err),
	    ERR_DENIED);
	assert_int_equal(publish_compare(&plan, &server, &request.subject,
			     PUBLISH_KEEPS_POLICY, &err),
	    OK);
	assert_int_equal(plan.right, 0);
	/* A zone that the server does not have, and a server that is none. */
	read_key(&key);
	assert_int_equal(update_send(&server, "example.org", plan.changes,
			     plan.count, &key, &err),
	    ERR_DENIED);
	assert_int_equal(
	    update_send(&(struct ip_port){ example_ip("127.0.0.1"), 1 },
		plan.zone, plan.changes, plan.count, &key, &err),
	    ERR_TIMEOUT);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_zone_is_red_and_never_unknown),
		cmocka_unit_test(test_the_advice_satisfies_its_own_checks),
		cmocka_unit_test(
		    test_the_file_for_mail_programs_is_fetched_through_its_alias),
		cmocka_unit_test(
		    test_an_open_list_turns_green_and_red_by_itself),
		cmocka_unit_test(test_a_resolver_with_the_old_value_is_said),
		cmocka_unit_test(test_a_name_server_that_lags_is_named),
		cmocka_unit_test(test_a_lame_and_a_dead_name_server_are_named),
		cmocka_unit_test(test_a_sweep_finds_what_the_list_finds),
		cmocka_unit_test(test_the_certificate_of_the_mx_is_judged),
		cmocka_unit_test(test_a_mail_server_is_left_in_peace),
		cmocka_unit_test(test_a_silent_resolver_gives_unknown),
		cmocka_unit_test(
		    test_blocked_name_servers_leave_the_resolvers_view),
		cmocka_unit_test(test_only_what_differs_is_published),
		cmocka_unit_test(
		    test_publishing_keeps_what_is_the_customers_own),
		cmocka_unit_test(
		    test_senders_that_do_not_fit_into_one_record_stay),
		cmocka_unit_test(
		    test_a_published_dmarc_policy_is_never_weakened_unasked),
		cmocka_unit_test(test_publishing_keeps_whom_tls_reports_go_to),
		cmocka_unit_test(test_a_wrong_key_changes_nothing),
	};

	int failed;

	if (argc != 5)
		return 64;
	directory = argv[1];
	knot_port = (uint16_t)atoi(argv[2]);
	unbound_port = (uint16_t)atoi(argv[3]);
	other_port = (uint16_t)atoi(argv[4]);
	odd_web_open(&web, WEB_GOOD,
	    "version: STSv1\nmode: testing\nmx: mail.example.com\n"
	    "max_age: 604800\n");
	odd_mail_open(&mail, MAIL_GOOD);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	odd_mail_close(&mail);
	odd_web_close(&web);
	return failed;
}
