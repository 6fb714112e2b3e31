/*
 * Reports as receivers send them, and as an enemy would: bombs, rubbish,
 * another domain's.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "base/io.h"
#include "base/text.h"
#include "dns/report.h"

#define CORPUS "tests/fuzz/corpus/report/"
#define BOMB   (100 * 1024 * 1024)

struct got {
	struct arena arena;
	struct report report;
	enum err_code code;
	struct err err;
	size_t documents;
};

static void
take(void *context, const char *bytes, size_t length)
{
	struct got *got = context;

	got->documents++;
	got->code =
	    report_read(&got->report, &got->arena, bytes, length, &got->err);
}

static enum err_code
unpack(struct got *got, const char *bytes, size_t length)
{
	memset(got, 0, sizeof(*got));
	return report_unpack(&got->arena, bytes, length, take, got, &got->err);
}

static void
unpack_file(struct got *got, const char *name)
{
	struct arena arena = { 0 };
	char path[200], *bytes;
	size_t length;
	struct err err;

	text_format(path, sizeof(path), CORPUS "%s", name);
	assert_int_equal(
	    io_read_file(&arena, path, 1 << 20, &bytes, &length, &err), OK);
	assert_int_equal(unpack(got, bytes, length), OK);
	assert_int_equal(got->code, OK);
	arena_free(&arena);
}

static void
test_a_dmarc_report_is_summed_by_source(void **state)
{
	static const char *const names[] = { "dmarc.xml", "dmarc.gz",
		"dmarc.zip", "mail" };
	struct got got;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		unpack_file(&got, names[i]);
		assert_int_equal(got.documents, 1);
		assert_int_equal(got.report.kind, REPORT_DMARC);
		assert_string_equal(got.report.domain, "example.com");
		assert_string_equal(got.report.reporter, "receiver.example");
		assert_int_equal(got.report.begin_at, 1795392000);
		assert_int_equal(got.report.row_count, 2);
		assert_string_equal(got.report.rows[0].source, "203.0.113.10");
		assert_string_equal(got.report.rows[0].result, "dkim, spf");
		assert_int_equal(got.report.rows[0].passed, 7);
		assert_int_equal(got.report.rows[1].failed, 3);
		arena_free(&got.arena);
	}
}

static void
test_what_passed_for_another_domain_is_kept_apart(void **state)
{
	static const char text[] =
	    "<feedback><policy_published><domain>example.com</domain>"
	    "</policy_published><record><row><source_ip>192.0.2.1</source_ip>"
	    "<count>4</count><policy_evaluated><disposition>quarantine"
	    "</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated>"
	    "</row><auth_results><dkim><result>pass</result></dkim><dkim>"
	    "<result>fail</result></dkim><spf><result>softfail</result></spf>"
	    "</auth_results></record></feedback>";
	struct got got;

	(void)state;
	assert_int_equal(unpack(&got, text, strlen(text)), OK);
	assert_int_equal(got.code, OK);
	assert_string_equal(got.report.rows[0].result, "none");
	assert_string_equal(got.report.rows[0].disposition, "quarantine");
	assert_int_equal(got.report.rows[0].failed, 4);
	assert_int_equal(got.report.rows[0].dkim, 4);
	assert_int_equal(got.report.rows[0].spf, 0);
	arena_free(&got.arena);
}

static void
test_details_beyond_the_sum_do_no_harm(void **state)
{
	static const char text[] =
	    "{\"policies\":[{\"policy\":{\"policy-type\":\"sts\"},"
	    "\"summary\":{\"total-failure-session-count\":1},"
	    "\"failure-details\":[{\"result-type\":\"x\","
	    "\"failed-session-count\":9223372036854775807},"
	    "{\"result-type\":\"y\","
	    "\"failed-session-count\":9223372036854775807}]}]}";
	struct got got;

	(void)state;
	assert_int_equal(unpack(&got, text, strlen(text)), OK);
	assert_int_equal(got.code, OK);
	assert_int_equal(got.report.row_count, 3);
	assert_int_equal(got.report.rows[2].failed, 0);
	arena_free(&got.arena);
}

static void
test_a_tls_report_is_summed_by_result(void **state)
{
	struct got got;

	(void)state;
	unpack_file(&got, "tls.json");
	assert_int_equal(got.report.kind, REPORT_TLS);
	assert_string_equal(got.report.domain, "example.com");
	assert_int_equal(got.report.row_count, 3);
	assert_string_equal(got.report.rows[0].result, "certificate-expired");
	assert_int_equal(got.report.rows[2].passed, 5326);
	assert_int_equal(got.report.rows[2].failed, 3);
	assert_int_equal(got.report.end_at - got.report.begin_at, 86399);
	arena_free(&got.arena);
}

/* ---- bombs ---- */

/* 100 MiB of zeros in some 100 KB. */
static size_t
make_bomb(char *to, size_t size, bool is_zip)
{
	static char zeros[1 << 16];
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0;

	if (is_zip)
		archive_write_set_format_zip(archive);
	else {
		archive_write_add_filter_gzip(archive);
		archive_write_set_format_raw(archive);
	}
	assert_int_equal(
	    archive_write_open_memory(archive, to, size, &used), ARCHIVE_OK);
	archive_entry_set_pathname(entry, "report.xml");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, BOMB);
	archive_write_header(archive, entry);
	for (size_t i = 0; i < BOMB / sizeof(zeros); i++)
		archive_write_data(archive, zeros, sizeof(zeros));
	archive_entry_free(entry);
	archive_write_close(archive);
	archive_write_free(archive);
	return used;
}

static void
test_a_zip_bomb_is_cut_off(void **state)
{
	static char bomb[1 << 20];
	struct got got;

	(void)state;
	for (int is_zip = 0; is_zip < 2; is_zip++) {
		const size_t length =
		    make_bomb(bomb, sizeof(bomb), is_zip == 1);

		assert_in_range(length, 1000, 300000);
		assert_int_equal(unpack(&got, bomb, length), ERR_LIMIT);
		assert_int_equal(got.documents, 0);
		assert_in_range(
		    arena_used(&got.arena), 0, 4 * (size_t)REPORT_MAX);
		arena_free(&got.arena);
	}
}

static void
test_an_entity_bomb_is_refused(void **state)
{
	static const char *const bombs[] = {
		"<?xml version=\"1.0\"?><!DOCTYPE f [<!ENTITY a \"aaaaaaaaaa\">"
		"<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
		"<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
		"<feedback><policy_published><domain>&c;</domain>"
		"</policy_published></feedback>",
		"<?xml version=\"1.0\"?><!DOCTYPE f [<!ENTITY x SYSTEM "
		"\"file:///etc/passwd\">]><feedback><policy_published><domain>"
		"&x;</domain></policy_published></feedback>",
		"<feedback><policy_published><domain>&nope;</domain>"
		"</policy_published></feedback>",
	};
	struct got got;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(unpack(&got, bombs[i], strlen(bombs[i])), OK);
		assert_int_equal(got.code, ERR_INVALID);
		assert_string_equal(got.report.domain, "");
		arena_free(&got.arena);
	}
}

static void
test_rubbish_is_refused_with_a_sentence(void **state)
{
	static const char *const rubbish[] = { "", "hello",
		"From: x@example.com\r\n\r\nno report\r\n",
		"\x1f\x8b\x08\x00xx", "PK\x03\x04rubbish" };
	static const char *const broken[] = { "<html></html>", "<feedback>",
		"{}", "{\"policies\":1}", "{\"policies\":", "<", "[1]" };
	struct got got;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(
		    unpack(&got, rubbish[i], strlen(rubbish[i])), ERR_INVALID);
		assert_true(got.err.text[0] != '\0');
		arena_free(&got.arena);
	}
	for (size_t i = 0; i < 7; i++) {
		memset(&got, 0, sizeof(got));
		take(&got, broken[i], strlen(broken[i]));
		assert_int_equal(got.code, ERR_INVALID);
		arena_free(&got.arena);
	}
}

static void
test_control_characters_and_huge_counts_do_no_harm(void **state)
{
	static const char text[] =
	    "<feedback><policy_published><domain>EXAMPLE.com</domain>"
	    "</policy_published><record><row><source_ip>\xC2\x9B"
	    "31m203.0.113.1</source_ip><count>9223372036854775807</count>"
	    "</row></record><record><row><source_ip>\xC2\x9B"
	    "31m203.0.113.1</source_ip><count>9223372036854775807</count>"
	    "</row></record><record><row><count>-5</count></row></record>"
	    "</feedback>";
	struct got got;

	(void)state;
	assert_int_equal(unpack(&got, text, strlen(text)), OK);
	assert_int_equal(got.code, OK);
	assert_string_equal(got.report.domain, "example.com");
	assert_int_equal(got.report.row_count, 1);
	assert_string_equal(got.report.rows[0].source, "?31m203.0.113.1");
	assert_int_equal(got.report.rows[0].failed, INT64_MAX);
	arena_free(&got.arena);
}

static void
test_more_sources_than_fit_become_one_row(void **state)
{
	struct arena arena = { 0 };
	struct report report = { .rows = arena_array(&arena, REPORT_ROWS_MAX,
				     sizeof(struct report_row)) };
	struct report_row row = { .result = "none", .passed = 1 };

	(void)state;
	for (int i = 0; i < REPORT_ROWS_MAX + 50; i++) {
		text_format(row.source, sizeof(row.source), "2001:db8::%x", i);
		report_add(&report, &row);
	}
	assert_int_equal(report.row_count, REPORT_ROWS_MAX);
	assert_string_equal(report.rows[REPORT_ROWS_MAX - 1].source, "others");
	assert_int_equal(report.rows[REPORT_ROWS_MAX - 1].passed, 51);
	arena_free(&arena);
}

/* ---- in a process of its own ---- */

struct apart {
	struct report report; /* the last, without its rows */
	int64_t passed;
	size_t reports, refused, rows;
};

static void
take_apart(void *context, const struct report *report, const struct err *err)
{
	struct apart *apart = context;

	if (report == NULL) {
		assert_int_equal(err->code, ERR_INVALID);
		assert_true(err->text[0] != '\0');
		apart->refused++;
		return;
	}
	apart->reports++;
	apart->report = *report;
	apart->rows = report->row_count;
	for (size_t i = 0; i < report->row_count; i++)
		apart->passed += report->rows[i].passed;
}

static void
a_report_read_apart_is_the_same(void **state)
{
	struct arena arena = { 0 };
	struct text_builder text;
	struct apart apart = { 0 };
	struct got got = { 0 };
	struct err err = { 0 };
	int64_t passed = 0;

	(void)state;
	text_builder_open(&text, &arena, 1 << 20);
	text_add(&text,
	    "<feedback><report_metadata><org_name>r</org_name><report_id>7"
	    "</report_id></report_metadata><policy_published>"
	    "<domain>acme.example</domain></policy_published>");
	/* More than one record of the job holds. */
	for (int i = 0; i < 450; i++)
		text_addf(&text,
		    "<record><row><source_ip>192.0.%d.%d</source_ip><count>2"
		    "</count><policy_evaluated><dkim>pass</dkim>"
		    "</policy_evaluated></row></record>",
		    i / 250, i % 250);
	text_add(&text, "</feedback>");
	assert_int_equal(unpack(&got, text.data, text.length), OK);
	assert_int_equal(got.code, OK);
	assert_int_equal(
	    report_read_apart(text.data, text.length, take_apart, &apart, &err),
	    OK);
	for (size_t i = 0; i < got.report.row_count; i++)
		passed += got.report.rows[i].passed;
	assert_int_equal(apart.reports, 1);
	assert_int_equal(apart.rows, 450);
	assert_int_equal(apart.rows, got.report.row_count);
	assert_int_equal(apart.passed, passed);
	assert_string_equal(apart.report.domain, "acme.example");
	assert_string_equal(apart.report.id, got.report.id);
	arena_free(&got.arena);
	arena_free(&arena);
}

/* Bytes that can't be read stand for a fault in the reader. */
static void
a_reader_that_crashes_ends_alone(void **state)
{
	static const char broken[] = "<feedback><oops>";
	static const char mail[] = "Subject: hello\n\nno report\n";
	struct apart apart = { 0 };
	struct err err = { 0 };

	(void)state;
	signal(SIGSEGV, SIG_DFL); /* cmocka's would go on in the job */
	assert_int_equal(report_read_apart((const char *)(uintptr_t)64, 100,
			     take_apart, &apart, &err),
	    ERR_LIMIT);
	assert_int_equal(apart.reports + apart.refused, 0);
	assert_int_equal(
	    report_read_apart(broken, strlen(broken), take_apart, &apart, &err),
	    OK);
	assert_int_equal(apart.refused, 1);
	assert_int_equal(
	    report_read_apart(mail, strlen(mail), take_apart, &apart, &err),
	    ERR_INVALID);
	assert_int_equal(apart.reports, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_dmarc_report_is_summed_by_source),
		cmocka_unit_test(
		    test_what_passed_for_another_domain_is_kept_apart),
		cmocka_unit_test(test_details_beyond_the_sum_do_no_harm),
		cmocka_unit_test(test_a_tls_report_is_summed_by_result),
		cmocka_unit_test(test_a_zip_bomb_is_cut_off),
		cmocka_unit_test(test_an_entity_bomb_is_refused),
		cmocka_unit_test(test_rubbish_is_refused_with_a_sentence),
		cmocka_unit_test(
		    test_control_characters_and_huge_counts_do_no_harm),
		cmocka_unit_test(test_more_sources_than_fit_become_one_row),
		cmocka_unit_test(a_report_read_apart_is_the_same),
		cmocka_unit_test(a_reader_that_crashes_ends_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
