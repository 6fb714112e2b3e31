#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "dns/record.h"
#include "tests/lib/dns_example.h"

static const struct dns_record *
wanted(const char *purpose)
{
	static struct dns_records records;
	struct dns_subject s;

	example_subject(&s);
	record_list(&s, &records);
	return record_by_purpose(&records, purpose);
}

static void
test_the_guide_s_records_are_there(void **state)
{
	static const struct {
		const char *purpose, *relative, *type, *value;
	} guide[] = {
		{ "mail-host", "mail", "A", "203.0.113.10" },
		{ "mail-host-6", "mail", "AAAA", "2001:db8::10" },
		{ "mx", "@", "MX", "mail.example.com" },
		{ "spf", "@", "TXT", "v=spf1 mx -all" },
		{ "dmarc", "_dmarc", "TXT",
		    "v=DMARC1; p=none; rua=mailto:dmarc@example.com" },
		{ "mta-sts-host", "mta-sts", "A", "203.0.113.10" },
		{ "mta-sts", "_mta-sts", "TXT",
		    "v=STSv1; id=20260521T000000Z" },
		{ "tls-rpt", "_smtp._tls", "TXT",
		    "v=TLSRPTv1; rua=mailto:tls-rpt@example.com" },
		{ "ptr", "10.113.0.203.in-addr.arpa.", "PTR",
		    "mail.example.com" },
		{ "srv-imaps", "_imaps._tcp", "SRV", "1 993 mail.example.com" },
		{ "srv-submission", "_submission._tcp", "SRV",
		    "1 587 mail.example.com" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(guide) / sizeof(guide[0]); i++) {
		const struct dns_record *r = wanted(guide[i].purpose);

		assert_non_null(r);
		assert_string_equal(r->relative, guide[i].relative);
		assert_string_equal(record_type_text(r), guide[i].type);
		assert_string_equal(r->value, guide[i].value);
		assert_string_not_equal(record_help(r->purpose), "");
	}
	assert_string_equal(wanted("dkim")->relative, "2026a._domainkey");
	assert_int_equal(wanted("mx")->priority, 10);
	assert_null(wanted("srv-imap"));
}

static void
test_dmarc_is_as_strict_as_the_path_has_come(void **state)
{
	static const char *const values[] = {
		[DMARC_NONE] = "v=DMARC1; p=none; rua=mailto:dmarc@example.com",
		[DMARC_QUARANTINE] =
		    "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com",
		[DMARC_REJECT] =
		    "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
	};
	struct arena arena = { 0 };
	struct dns_records records;
	struct dns_subject s;

	(void)state;
	example_subject(&s);
	for (int step = DMARC_NONE; step <= DMARC_REJECT; step++) {
		s.dmarc_policy = (enum dmarc_policy)step;
		record_list(&s, &records);
		assert_string_equal(
		    record_by_purpose(&records, "dmarc")->value, values[step]);
		assert_non_null(
		    strstr(record_as_zone(&arena, &s, &records), values[step]));
	}
	arena_free(&arena);
}

static void
test_what_is_not_known_is_not_wanted(void **state)
{
	struct dns_subject s = { .domain = "example.com" };
	struct dns_records records;

	(void)state;
	record_list(&s, &records);
	assert_null(record_by_purpose(&records, "dkim"));
	assert_null(record_by_purpose(&records, "mail-host"));
	assert_null(record_by_purpose(&records, "mta-sts"));
	assert_null(record_by_purpose(&records, "tls-rpt"));
	assert_string_equal(
	    record_by_purpose(&records, "dmarc")->value, "v=DMARC1; p=none");
}

static void
test_names_are_relative_to_the_zone_that_holds_the_domain(void **state)
{
	struct dns_subject s;
	struct dns_records records;

	(void)state;
	example_subject(&s);
	text_copy(s.domain, sizeof(s.domain), "shop.example.com");
	text_copy(s.zone, sizeof(s.zone), "example.com");
	text_copy(s.mail_host, sizeof(s.mail_host), "mx1.example.net");
	s.ehlo_name[0] = '\0';
	s.mx_count = 0;
	record_list(&s, &records);
	assert_string_equal(
	    record_by_purpose(&records, "mx")->relative, "shop");
	assert_string_equal(
	    record_by_purpose(&records, "dmarc")->relative, "_dmarc.shop");
	assert_int_equal(
	    record_by_purpose(&records, "mail-host")->place, DNS_AT_OTHER_ZONE);
	assert_int_equal(
	    record_by_purpose(&records, "ptr")->place, DNS_AT_PROVIDER);
}

static void
test_long_text_is_split_after_255_bytes(void **state)
{
	struct arena arena = { 0 };
	const struct dns_record *r = wanted("dkim");
	const char *strings = record_as_strings(&arena, r);

	(void)state;
	assert_true(strlen(r->value) > 255);
	assert_int_equal(strings[0], '"');
	assert_memory_equal(strings + 256, "\" \"", 3);
	assert_int_equal(strlen(strings), strlen(r->value) + 5);
	assert_string_equal(record_as_one_line(&arena, r), r->value);
	arena_free(&arena);
}

static void
test_quotes_and_backslashes_are_escaped_in_a_zone_file(void **state)
{
	struct arena arena = { 0 };
	struct dns_record r = { .type = DNS_TXT,
		.name = "example.com",
		.ttl_seconds = 60,
		.value = "a\"b\\c\xC3\xA9" };

	(void)state;
	assert_string_equal(record_as_zone_line(&arena, &r),
	    "example.com. 60 IN TXT \"a\\\"b\\\\c\\195\\169\"");
	arena_free(&arena);
}

static void
test_mx_shows_its_preference(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_string_equal(
	    record_as_one_line(&arena, wanted("mx")), "10 mail.example.com");
	assert_string_equal(record_as_zone_line(&arena, wanted("mx")),
	    "example.com. 3600 IN MX 10 mail.example.com.");
	arena_free(&arena);
}

/* Writes a whole zone around the fragment and has a name server's own
 * checker read it. */
static int
run_zone_checker(const char *fragment)
{
	char path[] = "/tmp/postern-zone-XXXXXX", command[128];
	const int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	int status;

	fprintf(file,
	    "example.com. 60 IN SOA ns.example.com. h.example.com. "
	    "1 60 60 60 60\nexample.com. 60 IN NS ns.example.com.\n"
	    "ns.example.com. 60 IN A 192.0.2.53\n%s",
	    fragment);
	fclose(file);
	text_format(command, sizeof(command),
	    "named-checkzone -k fail -n fail example.com %s >/dev/null", path);
	status = system(command);
	remove(path);
	return status;
}

static void
test_a_zone_checker_takes_the_zone_text(void **state)
{
	struct arena arena = { 0 };
	struct dns_subject s;
	struct dns_records records;

	(void)state;
	if (system("command -v named-checkzone >/dev/null") != 0)
		skip();
	example_subject(&s);
	text_copy(
	    s.autoconfig_host, sizeof(s.autoconfig_host), "mail.example.com");
	record_list(&s, &records);
	assert_int_equal(
	    run_zone_checker(record_as_zone(&arena, &s, &records)), 0);
	assert_int_not_equal(run_zone_checker("@ 60 IN MX mail\n"), 0);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_guide_s_records_are_there),
		cmocka_unit_test(test_dmarc_is_as_strict_as_the_path_has_come),
		cmocka_unit_test(test_what_is_not_known_is_not_wanted),
		cmocka_unit_test(
		    test_names_are_relative_to_the_zone_that_holds_the_domain),
		cmocka_unit_test(test_long_text_is_split_after_255_bytes),
		cmocka_unit_test(
		    test_quotes_and_backslashes_are_escaped_in_a_zone_file),
		cmocka_unit_test(test_mx_shows_its_preference),
		cmocka_unit_test(test_a_zone_checker_takes_the_zone_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
