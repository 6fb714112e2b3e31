/* config_test.c - configuration files are made from checked values only. */
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
#include "mail/config.h"
#include "mail/dkim_tables.h"
#include "mail/doveadm.h"

static struct config_values
good_values(void)
{
	return (struct config_values){ .host = "mx.example.net",
		.state = "/var/lib/postern",
		.certificate = "/etc/tls/a.pem",
		.key = "/etc/tls/a.key",
		.mail_directory = "/var/vmail",
		.mail_user = "vmail",
		.console_user = "postern",
		.dkim = "/var/lib/postern/dkim",
		.sts = "/var/lib/postern/mta-sts",
		.sts_names = "mta-sts.acme.example, mta-sts.globex.example",
		.milter = "/run/postern-sign/milter.sock",
		.interfaces = "all",
		.protocols = "all",
		.dovecot_listen = "*, [::]",
		.smtp = "25",
		.submission = "587",
		.submissions = "465",
		.https = "443",
		.https6 = "[::]:443",
		.imaps_port = "993" };
}

static const char *
file_of(const struct config_values *values, enum config_daemon daemon,
    const char *path, struct arena *arena)
{
	static struct config_file files[CONFIG_FILES_MAX];
	struct err err = { 0 };
	size_t count;

	assert_int_equal(
	    config_files(values, daemon, arena, files, &count, &err), OK);
	for (size_t i = 0; i < count; i++)
		if (text_is_same(files[i].path, path))
			return files[i].text;
	fail_msg("no file %s", path);
	return NULL;
}

static void
test_every_place_in_every_file_is_filled(void **state)
{
	const struct config_values values = good_values();
	struct config_file files[CONFIG_FILES_MAX];
	struct arena arena = { 0 };
	struct err err = { 0 };
	size_t count;

	(void)state;
	for (int daemon = 0; daemon < CONFIG_DAEMONS; daemon++) {
		assert_int_equal(
		    config_files(&values, (enum config_daemon)daemon, &arena,
			files, &count, &err),
		    OK);
		assert_true(count > 0);
		for (size_t i = 0; i < count; i++) {
			const char *at = files[i].text;

			assert_int_equal(
			    files[i].text[files[i].length - 1], '\n');
			while ((at = strchr(at, '@')) != NULL)
				assert_false(*++at >= 'A' && *at <= 'Z');
			assert_null(strstr(files[i].text, "\n?"));
			assert_null(strstr(files[i].text, "\n!"));
		}
	}
	arena_free(&arena);
}

static void
test_a_line_is_there_only_with_its_value(void **state)
{
	struct config_values values = good_values();
	struct arena arena = { 0 };
	const char *main_cf;

	(void)state;
	main_cf =
	    file_of(&values, CONFIG_POSTFIX, "/etc/postfix/main.cf", &arena);
	assert_null(strstr(main_cf, "smtpd_sender_restrictions"));
	assert_null(strstr(main_cf, "relayhost"));
	assert_non_null(strstr(main_cf,
	    "submission_milters = unix:/run/postern-sign/milter.sock, "
	    "unix:/run/opendkim"));
	text_copy(values.own_senders, sizeof(values.own_senders), "yes");
	text_copy(values.root, sizeof(values.root), "/srv/x");
	main_cf = file_of(
	    &values, CONFIG_POSTFIX, "/srv/x/etc/postfix/main.cf", &arena);
	assert_non_null(strstr(main_cf,
	    "\nsmtpd_sender_restrictions = check_sender_access $postern/"));
	assert_non_null(
	    strstr(main_cf, "queue_directory = /srv/x/var/spool/postfix\n"));
	arena_free(&arena);
}

static void
test_a_value_can_not_end_its_line_or_string(void **state)
{
	static const char *const bad[] = { "/x\nroot = 1", "/x'; DROP", "/x\"",
		"/x$y", "/x;", "/x{", "/x #", "x", "/a/../b", "/x\\", "/x%s" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct config_values values = good_values();
		struct err err = { 0 };

		text_copy(values.mail_directory, sizeof(values.mail_directory),
		    bad[i]);
		assert_int_equal(config_check(&values, &err), ERR_INVALID);
	}
}

static void
test_texts_from_another_process_always_end(void **state)
{
	struct config_values values;

	(void)state;
	memset(&values, 'a', sizeof(values));
	config_end_texts(&values);
	assert_int_equal(strlen(values.host), sizeof(values.host) - 1);
	assert_int_equal(
	    strlen(values.imaps_port), sizeof(values.imaps_port) - 1);
}

/* ---- OpenDKIM's tables ---- */

static void
make_key(const char *name)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs("key", file);
	fclose(file);
}

static void
test_tables_name_keys_that_are_there_and_stay_when_one_is_not(void **state)
{
	char place[] = "/tmp/postern-tables-XXXXXX";
	struct dkim_tables tables;
	struct err err = { 0 };
	char line[200], text[400] = "";
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(place));
	assert_int_equal(chdir(place), 0);
	make_key("acme.example.a.private");
	dkim_tables_open(&tables, place);
	assert_int_equal(
	    dkim_tables_add(&tables, "acme.example", "a", true, &err), OK);
	assert_int_equal(
	    dkim_tables_add(&tables, "acme.example", "b", false, &err), OK);
	assert_int_equal(
	    dkim_tables_add(&tables, "gone.example", "a", true, &err),
	    ERR_SYSTEM);
	assert_int_equal(
	    dkim_tables_add(&tables, "evil example:x", "a", true, &err),
	    ERR_INVALID);
	assert_int_equal(dkim_tables_write(&tables, &err), OK);
	dkim_tables_close(&tables);
	assert_int_equal(dkim_tables_write(&tables, &err), ERR_INVALID);
	file = fopen("KeyTable", "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		if (line[0] != '#')
			text_append(text, sizeof(text), line);
	fclose(file);
	text_format(line, sizeof(line),
	    "a._domainkey.acme.example "
	    "acme.example:a:%s/acme.example.a.private\n",
	    place);
	assert_string_equal(text, line);
	unlink("KeyTable");
	unlink("SigningTable");
	unlink("acme.example.a.private");
	assert_int_equal(chdir("/"), 0);
	rmdir(place);
}

/* ---- Dovecot ---- */

static void
test_no_dovecot_is_nobody_to_kick(void **state)
{
	char answer[DOVEADM_ANSWER_SIZE];
	const char *const words[] = { "who", NULL };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(
	    doveadm_kick("/nowhere/socket", "anna@acme.example", &err), OK);
	assert_int_equal(
	    doveadm_ask("/nowhere/socket", "", words, answer, &err),
	    ERR_NOT_FOUND);
	assert_int_equal(
	    doveadm_ask("/nowhere/socket", "a\tkick\n", words, answer, &err),
	    ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_place_in_every_file_is_filled),
		cmocka_unit_test(test_a_line_is_there_only_with_its_value),
		cmocka_unit_test(test_a_value_can_not_end_its_line_or_string),
		cmocka_unit_test(test_texts_from_another_process_always_end),
		cmocka_unit_test(
		    test_tables_name_keys_that_are_there_and_stay_when_one_is_not),
		cmocka_unit_test(test_no_dovecot_is_nobody_to_kick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
