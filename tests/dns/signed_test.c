/*
 * The checklist against the tree of tests/dns/signed.sh: zones that are
 * signed, bogus, expired, spoilt, lagging, lame, long and cut.
 *
 *	signed_test records ZONE            the records that ZONE publishes
 *	signed_test PORT RESOLVER_PORT      the tests; prints cmocka's report
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "dns/checklist.h"
#include "dns/ownership.h"
#include "tests/lib/dns_example.h"

#define KEY_BYTE 0x5A /* all of the key's digest */

static uint16_t port, resolver_port;

static void
subject_of(struct dns_subject *s, const char *domain)
{
	example_subject(s);
	text_copy(s->domain, sizeof(s->domain), domain);
	text_format(s->mail_host, sizeof(s->mail_host), "mail.%s", domain);
	text_copy(s->imap_host, sizeof(s->imap_host), s->mail_host);
	text_copy(s->smtp_host, sizeof(s->smtp_host), s->mail_host);
	text_format(s->dmarc_report, sizeof(s->dmarc_report), "d@%s", domain);
	text_format(s->tls_report, sizeof(s->tls_report), "t@%s", domain);
	s->ip6 = (struct ip){ 0 };
	s->now_at = 0;
	s->ttl_seconds = 60;
	memset(s->key_sha256, KEY_BYTE, sizeof(s->key_sha256));
	subject_complete(s);
}

static int
print_records(const char *domain)
{
	struct dns_records records;
	struct dns_subject subject;
	struct arena arena = { 0 };

	subject_of(&subject, domain);
	record_list(&subject, &records);
	for (size_t i = 0; i < records.count; i++)
		if (records.list[i].place == DNS_AT_DNS_HOST)
			printf("%s\n",
			    record_as_zone_line(&arena, &records.list[i]));
	/* The key in use and the next one. */
	for (int next = 0; next < 2; next++) {
		printf("_25._tcp.mail.%s. 60 IN TLSA 3 1 1 ", domain);
		for (size_t i = 0; i < sizeof(subject.key_sha256); i++)
			printf("%02x", KEY_BYTE + next);
		printf("\n");
	}
	arena_free(&arena);
	return 0;
}

static void
ask_from(struct dns_subject *subject)
{
	static const char *const servers[] = {
		"127.0.0.1",
		"127.0.0.2",
		"127.0.0.3",
		"::1",
	};

	for (size_t i = 0; i < 4; i++)
		subject->server_ports[subject->server_port_count++] =
		    (struct ip_port){ example_ip(servers[i]), port };
	subject->resolvers[0] =
	    (struct ip_port){ example_ip("127.0.0.1"), resolver_port };
	subject->resolver_count = 1;
	/* Nobody listens there: what other hosts show isn't asked about
	 * here. */
	subject->https_at = (struct ip_port){ example_ip("127.0.0.1"), 1 };
	subject->mx_at = subject->https_at;
}

static struct dns_finding findings[CHECKLIST_ROWS_MAX];

static void
check_domain(const char *domain)
{
	static struct checklist_request request;
	struct err err;

	memset(&request, 0, sizeof(request));
	subject_of(&request.subject, domain);
	ask_from(&request.subject);
	assert_int_equal(
	    dns_checklist_once(&request, findings, NULL, &err), OK);
}

static const struct dns_finding *
row(const char *name)
{
	return &findings[check_by_name(name) - dns_checks];
}

static void
expect(const char *name, enum dns_verdict verdict, const char *words)
{
	const struct dns_finding *finding = row(name);

	if (finding->verdict != verdict ||
	    strstr(finding->problem, words) == NULL)
		fail_msg("%s: wanted %s \"%s\", got %s \"%s\"", name,
		    check_verdict_name(verdict), words,
		    check_verdict_name(finding->verdict), finding->problem);
}

/* Every name server of the row was asked and has it right. */
static void
expect_everywhere(const char *name)
{
	const struct dns_finding *finding = row(name);

	for (size_t i = 0; i < finding->said_count; i++)
		if (!finding->is_everywhere)
			print_error("%s: %s %s\n", name,
			    finding->said[i].server, finding->said[i].words);
	if (!finding->is_everywhere)
		fail_msg("%s: %s", name, finding->who_says);
}

/* No row but these may be worse than a warning. */
static void
expect_no_other_failure(const char *but, const char *and_but)
{
	for (size_t i = 0; i < dns_check_count; i++) {
		const char *name = dns_checks[i].name;

		/* Neither reverse names nor other hosts are here. */
		if (text_is_same(name, but) || text_is_same(name, and_but) ||
		    dns_checks[i].is_reverse ||
		    text_is_same(name, "sts-policy") ||
		    text_is_same(name, "mx-tls"))
			continue;
		if (findings[i].verdict == DNS_FAIL ||
		    findings[i].verdict == DNS_UNKNOWN)
			fail_msg("%s: %s, %s", name,
			    check_verdict_name(findings[i].verdict),
			    findings[i].problem);
	}
}

static const struct dns_said *
said_at(const struct dns_finding *finding, const char *address)
{
	for (size_t i = 0; i < finding->said_count; i++)
		if (strstr(finding->said[i].server, address) != NULL)
			return &finding->said[i];
	fail_msg("%s said nothing", address);
	return NULL;
}

/* ---- tests ---- */

static void
test_a_signed_zone_is_found_right_on_both_kinds_of_server(void **state)
{
	(void)state;
	check_domain("good.example");
	expect("dnssec", DNS_PASS, "is signed, and a resolver finds it right");
	expect("zone", DNS_PASS, "serve it and agree");
	expect("dane", DNS_PASS, "");
	expect("mx", DNS_PASS, "");
	expect("dkim", DNS_PASS, "");
	expect_everywhere("mx");
	assert_int_equal(said_at(row("mx"), "127.0.0.2")->verdict, DNS_PASS);
	expect_no_other_failure("", "");
}

static void
test_a_zone_with_a_wrong_ds_is_called_broken(void **state)
{
	(void)state;
	check_domain("bogus.example");
	expect("dnssec", DNS_FAIL, "DNSSEC of bogus.example is broken");
	assert_non_null(strstr(row("dnssec")->advice, "Remove the DS record"));
	/* The name servers are found and asked all the same. */
	expect("mx", DNS_PASS, "");
	assert_non_null(strstr(row("mx")->spreading, "SERVFAIL"));
	expect_no_other_failure("dnssec", "dane");
}

static void
test_a_zone_whose_signatures_ended_is_called_broken(void **state)
{
	(void)state;
	check_domain("expired.example");
	expect("dnssec", DNS_FAIL, "DNSSEC of expired.example is broken");
	expect("mx", DNS_PASS, "");
	expect_no_other_failure("dnssec", "dane");
}

/* The keys are right, and one record no longer fits its signature. */
static void
test_a_record_that_does_not_fit_its_signature_is_said(void **state)
{
	(void)state;
	check_domain("spoilt.example");
	expect("dnssec", DNS_FAIL, "DNSSEC of spoilt.example is broken");
	assert_non_null(strstr(row("dnssec")->problem, "MX"));
	expect("dmarc", DNS_PASS, "");
}

static void
test_ownership_is_never_proved_by_a_bogus_zone(void **state)
{
	struct dns_subject subject;
	struct ownership ownership = { 0 };

	(void)state;
	subject_of(&subject, "bogus.example");
	ask_from(&subject);
	ownership_ask(&subject, "postern-verify=1", &ownership);
	assert_int_equal(ownership.state, OWNERSHIP_UNKNOWN);
}

static void
test_a_server_with_an_old_copy_is_named(void **state)
{
	(void)state;
	check_domain("late.example");
	expect("zone", DNS_WARN, "ns2.late.example (127.0.0.2) lags behind");
	expect("mx", DNS_FAIL, "no MX");
	assert_non_null(strstr(row("mx")->who_says,
	    "Published on 1 of 2 name servers; ns2.late.example (127.0.0.2) "
	    "does not have it."));
	assert_int_equal(said_at(row("mx"), "127.0.0.1")->verdict, DNS_PASS);
	assert_int_equal(said_at(row("mx"), "127.0.0.2")->verdict, DNS_FAIL);
}

static void
test_a_server_that_is_none_for_the_zone_is_named(void **state)
{
	(void)state;
	check_domain("lame.example");
	expect("zone", DNS_FAIL,
	    "ns2.lame.example (127.0.0.2) does not serve this zone");
	expect("mx", DNS_PASS, "");
	assert_false(row("mx")->is_everywhere);
	assert_int_equal(said_at(row("mx"), "127.0.0.2")->verdict, DNS_UNKNOWN);
	assert_non_null(
	    strstr(said_at(row("mx"), "127.0.0.2")->words, "does not serve"));
	expect_no_other_failure("zone", "");
}

static void
test_what_does_not_fit_a_datagram_comes_by_tcp(void **state)
{
	(void)state;
	check_domain("long.example");
	expect("spf", DNS_WARN, "");
	assert_string_equal(row("spf")->found, "v=spf1 mx -all");
	expect_everywhere("spf");
	expect_no_other_failure("", "");
}

static void
test_name_servers_without_ipv4_are_asked(void **state)
{
	const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_in6 loopback = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	const bool has_ipv6 = fd >= 0 &&
	    bind(fd, (const struct sockaddr *)&loopback, sizeof(loopback)) == 0;

	(void)state;
	if (fd >= 0)
		close(fd);
	if (!has_ipv6)
		skip();
	check_domain("six.example");
	expect("mx", DNS_PASS, "");
	expect("dkim", DNS_PASS, "");
	expect_everywhere("mx");
	assert_string_equal(
	    said_at(row("mx"), "::1")->server, "ns1.six.example (::1)");
	expect_no_other_failure("", "");
}

static void
test_a_part_that_is_delegated_is_asked_at_its_own_servers(void **state)
{
	(void)state;
	check_domain("cut.example");
	expect("dkim", DNS_PASS, "");
	assert_int_equal(said_at(row("dkim"), "127.0.0.3")->verdict, DNS_PASS);
	expect("dnssec", DNS_PASS, "cut.example is not signed");
	expect_no_other_failure("", "");
}

/* The parent's servers are asked, and those that it names. */
static void
test_a_zone_that_names_other_servers_than_its_parent_is_said(void **state)
{
	(void)state;
	check_domain("moved.example");
	expect("delegation", DNS_WARN,
	    "The parent sends the world to old.moved.example for "
	    "moved.example, the zone itself names new.moved.example.");
	expect("zone", DNS_PASS, "");
	expect_no_other_failure("", "");
	check_domain("good.example");
	expect("delegation", DNS_PASS,
	    "The records of good.example are served by");
}

/* No resolver finds it: the other rows can't say more than that. */
static void
test_a_zone_that_is_not_where_its_parent_says_is_a_failure(void **state)
{
	(void)state;
	check_domain("gone.example");
	expect("delegation", DNS_FAIL,
	    "The parent of gone.example sends the world to ns1.gone.example: "
	    "no server there has the zone.");
	expect("zone", DNS_UNKNOWN, "can't be found");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_signed_zone_is_found_right_on_both_kinds_of_server),
		cmocka_unit_test(test_a_zone_with_a_wrong_ds_is_called_broken),
		cmocka_unit_test(
		    test_a_zone_whose_signatures_ended_is_called_broken),
		cmocka_unit_test(
		    test_a_record_that_does_not_fit_its_signature_is_said),
		cmocka_unit_test(
		    test_ownership_is_never_proved_by_a_bogus_zone),
		cmocka_unit_test(test_a_server_with_an_old_copy_is_named),
		cmocka_unit_test(
		    test_a_server_that_is_none_for_the_zone_is_named),
		cmocka_unit_test(
		    test_what_does_not_fit_a_datagram_comes_by_tcp),
		cmocka_unit_test(test_name_servers_without_ipv4_are_asked),
		cmocka_unit_test(
		    test_a_part_that_is_delegated_is_asked_at_its_own_servers),
		cmocka_unit_test(
		    test_a_zone_that_names_other_servers_than_its_parent_is_said),
		cmocka_unit_test(
		    test_a_zone_that_is_not_where_its_parent_says_is_a_failure),
	};

	if (argc == 3 && text_is_same(argv[1], "records"))
		return print_records(argv[2]);
	if (argc != 3)
		return 64;
	port = (uint16_t)atoi(argv[1]);
	resolver_port = (uint16_t)atoi(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
