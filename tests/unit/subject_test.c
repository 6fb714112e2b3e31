/*
 * What the subject of a domain knows of the server's certificate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "dns/dmarc_record.h"
#include "model/subject.h"

/* clang-format off */
#define OF_LETS_ENCRYPT \
	"-----BEGIN CERTIFICATE-----\n" \
	"MIIBozCCAUmgAwIBAgIUGoqY1MEFShe/m4I5ZU7y9U+3gfgwCgYIKoZIzj0EAwIw\n" \
	"JjEWMBQGA1UECgwNTGV0J3MgRW5jcnlwdDEMMAoGA1UEAwwDUjExMCAXDTI2MTEy\n" \
	"NDIyNTcxMFoYDzIxMjYxMDMxMjI1NzEwWjAmMRYwFAYDVQQKDA1MZXQncyBFbmNy\n" \
	"eXB0MQwwCgYDVQQDDANSMTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQUvM1H\n" \
	"c6iB/EbWdqQ9AETeChBlps5wOmYzxel9cUjy+Gb4WcwQvL6QoxPzHT1OsphmjexZ\n" \
	"7YsYTq7nHuo52GCHo1MwUTAdBgNVHQ4EFgQUe0dHHxNGKIVgFUHYy7iyZUk4nNww\n" \
	"HwYDVR0jBBgwFoAUe0dHHxNGKIVgFUHYy7iyZUk4nNwwDwYDVR0TAQH/BAUwAwEB\n" \
	"/zAKBggqhkjOPQQDAgNIADBFAiBYAYQ8z3qZTi1yMa7yCgZxkxaB7krZXdiRswFs\n" \
	"09AMCQIhAISgibugkXQ2b3JyjY2TSkIdJPU0mcZDBG+cDwh6CIXW\n" \
	"-----END CERTIFICATE-----\n"
#define OF_OWN_AUTHORITY \
	"-----BEGIN CERTIFICATE-----\n" \
	"MIIBqDCCAU2gAwIBAgIUKpAQaOYUkPq4DK05yekgRAFP++4wCgYIKoZIzj0EAwIw\n" \
	"KDEXMBUGA1UECgwORXhhbXBsZSBPd24gQ0ExDTALBgNVBAMMBG1haWwwIBcNMjYx\n" \
	"MTI0MjI1NzEwWhgPMjEyNjEwMzEyMjU3MTBaMCgxFzAVBgNVBAoMDkV4YW1wbGUg\n" \
	"T3duIENBMQ0wCwYDVQQDDARtYWlsMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n" \
	"MN2vqOKnLOaqUYoJ9rGCwS0+i6BP/IAWtMDzyKypOFTKIgY7hjYp8MsIhOQhfQ0j\n" \
	"3UaJvlHMCIguLaFibb4ylaNTMFEwHQYDVR0OBBYEFPc3LC3Aq+Wvfej6fvLyNnkD\n" \
	"pFRVMB8GA1UdIwQYMBaAFPc3LC3Aq+Wvfej6fvLyNnkDpFRVMA8GA1UdEwEB/wQF\n" \
	"MAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAOc8vOl1devkBViGMIQtVw0WYY2i+9XM\n" \
	"vV1qqLoSNPF8AiEA0ISwE3kRMThw/Jsg5vcFbfY9XxPMFEJm0kG7t9pPgXU=\n" \
	"-----END CERTIFICATE-----\n"
/* clang-format on */

/* openssl pkey -pubin -outform DER | sha256sum */
static const uint8_t key_digest[32] = { 0x00, 0xb5, 0x82, 0xf7, 0x15, 0xc5,
	0x98, 0xd3, 0xd2, 0x27, 0xcb, 0x22, 0xab, 0x50, 0x65, 0xc7, 0xbf, 0xf3,
	0x84, 0x8d, 0xe7, 0x85, 0x99, 0x65, 0xd8, 0x08, 0x75, 0x0b, 0x0e, 0xe3,
	0xb4, 0x78 };
static const uint8_t none[32];

enum { ADD_HOST, ADD_TENANT, ADD_DOMAIN, SET_SERVER, SET_STEP };

static const char *const sql[] = {
	[ADD_HOST] = "INSERT INTO host (name, state, created_at) "
		     "VALUES ('mail.example.com', 'approved', 1)",
	[ADD_TENANT] =
	    "INSERT INTO tenant (name, name_folded, imap_host_id, imap_port, "
	    "smtp_host_id, smtp_port, user_limit, storage_limit_bytes, "
	    "created_at) VALUES ('one', 'one', 1, 993, 1, 587, 5, 1000, 1)",
	[ADD_DOMAIN] = "INSERT INTO domain (tenant_id, name, mail_host, "
		       "created_at) VALUES (1, 'example.com', "
		       "'mail.example.com', 1)",
	[SET_SERVER] = "UPDATE server SET tls_certificate = :path, "
		       "authority = :authority",
	[SET_STEP] = "UPDATE domain SET dmarc_policy = :step",
};

static const struct db_statements statements = DB_STATEMENTS("test", sql);

static struct context context;
static char path[] = "/tmp/subject_test.XXXXXX";

static enum err_code
fill(struct db *db, void *argument, struct err *err)
{
	(void)argument;
	for (int i = ADD_HOST; i <= ADD_DOMAIN; i++) {
		struct db_query q = db_query(db, &statements, (size_t)i);

		if (db_run(&q, err) != OK)
			return err->code;
	}
	return OK;
}

static int
set_up(void **state)
{
	struct err err;

	(void)state;
	context = (struct context){ .actor = { .account_id = -1,
					.tenant_id = 1,
					.role = ROLE_TENANT_ADMIN } };
	if (db_open_memory(&context.db, &err) != OK ||
	    db_transaction(context.db, fill, NULL, &err) != OK)
		fail_msg("%s", err.text);
	close(mkstemp(path));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	db_close(&context.db);
	return 0;
}

static enum err_code
set_server(struct db *db, void *authority, struct err *err)
{
	struct db_query q = db_query(db, &statements, SET_SERVER);

	db_bind_text(&q, ":path", path);
	db_bind_text(&q, ":authority", authority);
	return db_run(&q, err);
}

/* The subject when the certificate's file holds that and the setting this. */
static struct dns_subject
subject_with(const char *pem, char *authority)
{
	struct dns_subject subject;
	struct err err;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(pem, file);
	fclose(file);
	assert_int_equal(
	    db_transaction(context.db, set_server, authority, &err), OK);
	assert_int_equal(subject_of_domain(&context, "dns check", "example.com",
			     &subject, &err),
	    OK);
	return subject;
}

static void
test_the_certificate_tells_key_and_authority(void **state)
{
	struct dns_subject s = subject_with(OF_LETS_ENCRYPT, "");

	(void)state;
	assert_memory_equal(s.key_sha256, key_digest, sizeof(key_digest));
	assert_string_equal(s.authority, "letsencrypt.org");
	/* The first of a chain is the server's own. */
	s = subject_with(OF_LETS_ENCRYPT OF_OWN_AUTHORITY, "");
	assert_memory_equal(s.key_sha256, key_digest, sizeof(key_digest));
}

static void
test_the_setting_goes_before_the_issuer(void **state)
{
	const struct dns_subject s =
	    subject_with(OF_LETS_ENCRYPT, "ca.example.net");

	(void)state;
	assert_string_equal(s.authority, "ca.example.net");
	assert_memory_equal(s.key_sha256, key_digest, sizeof(key_digest));
}

static void
test_an_unknown_issuer_is_no_authority(void **state)
{
	const struct dns_subject s = subject_with(OF_OWN_AUTHORITY, "");

	(void)state;
	assert_string_equal(s.authority, "");
	assert_memory_not_equal(s.key_sha256, none, sizeof(none));
}

static void
test_what_is_no_certificate_leaves_all_unknown(void **state)
{
	static const char cut[] = "-----BEGIN CERTIFICATE-----\nMIIB\n"
				  "-----END CERTIFICATE-----\n";
	static const char *const junk[] = { "", "nothing here",
		"-----BEGIN CERTIFICATE-----\n", cut };

	(void)state;
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		const struct dns_subject s = subject_with(junk[i], "");

		assert_string_equal(s.authority, "");
		assert_memory_equal(s.key_sha256, none, sizeof(none));
	}
}

/* A pipe that nobody writes to would hold the checklist for ever. */
static void
test_a_path_that_is_no_file_holds_nobody(void **state)
{
	struct dns_subject s;
	struct err err;

	(void)state;
	s = subject_with("", "");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(
	    subject_of_domain(&context, "dns check", "example.com", &s, &err),
	    OK);
	assert_memory_equal(s.key_sha256, none, sizeof(none));
	unlink(path);
	assert_int_equal(
	    subject_of_domain(&context, "dns check", "example.com", &s, &err),
	    OK);
	assert_memory_equal(s.key_sha256, none, sizeof(none));
}

static enum err_code
set_step(struct db *db, void *step, struct err *err)
{
	struct db_query q = db_query(db, &statements, SET_STEP);

	db_bind_text(&q, ":step", step);
	return db_run(&q, err);
}

static void
test_the_step_of_the_path_is_wanted_of_the_dns(void **state)
{
	struct dns_subject s;
	struct err err;

	(void)state;
	for (int step = DMARC_NONE; step <= DMARC_REJECT; step++) {
		char name[16];

		text_copy(name, sizeof(name), dmarc_policy_names[step]);
		assert_int_equal(
		    db_transaction(context.db, set_step, name, &err), OK);
		assert_int_equal(subject_of_domain(&context, "dns records",
				     "example.com", &s, &err),
		    OK);
		assert_int_equal(s.dmarc_policy, step);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_certificate_tells_key_and_authority),
		cmocka_unit_test(test_the_setting_goes_before_the_issuer),
		cmocka_unit_test(test_an_unknown_issuer_is_no_authority),
		cmocka_unit_test(
		    test_what_is_no_certificate_leaves_all_unknown),
		cmocka_unit_test(test_a_path_that_is_no_file_holds_nobody),
		cmocka_unit_test(
		    test_the_step_of_the_path_is_wanted_of_the_dns),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
