/* keeper_test.c - the keeper does what is on its list, where it is safe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "mail/keeper.h"

static char place[] = "/tmp/postern-keeper-XXXXXX";
static char directory[64], key_file[128];

static int
make_place(void **state)
{
	(void)state;
	if (mkdtemp(place) == NULL)
		return 1;
	text_format(directory, sizeof(directory), "%s/dkim", place);
	text_format(key_file, sizeof(key_file),
	    "%s/acme.example.default.private", directory);
	return 0;
}

static int
remove_place(void **state)
{
	(void)state;
	unlink(key_file);
	rmdir(directory);
	return rmdir(place);
}

static void
make_and_remove(struct keeper *keeper)
{
	char public_key[DKIM_PUBLIC_SIZE];

	assert_int_equal(keeper_dkim_make(keeper, directory, "acme.example",
			     "default", public_key, NULL),
	    OK);
	assert_int_equal(strlen(public_key), 392);
	assert_int_equal(access(key_file, F_OK), 0);
	assert_int_equal(keeper_dkim_make(keeper, directory, "acme.example",
			     "default", public_key, NULL),
	    ERR_CONFLICT);
	assert_int_equal(keeper_dkim_remove(keeper, directory, "acme.example",
			     "default", NULL),
	    OK);
	assert_int_equal(access(key_file, F_OK), -1);
}

static void
it_makes_the_directory_and_the_key(void **state)
{
	struct keeper keeper;

	(void)state;
	assert_int_equal(keeper_open(&keeper, NULL), OK);
	make_and_remove(&keeper);
	keeper_close(&keeper);
	assert_int_equal(keeper.pid, 0);
}

static void
without_a_keeper_this_process_does_it(void **state)
{
	struct keeper none = { 0 };

	(void)state;
	make_and_remove(&none);
}

static void
a_directory_that_others_can_write_is_refused(void **state)
{
	struct keeper keeper;
	char public_key[DKIM_PUBLIC_SIZE];
	struct err err = { 0 };

	(void)state;
	assert_int_equal(keeper_open(&keeper, NULL), OK);
	assert_int_equal(keeper_dkim_make(&keeper, "/tmp", "acme.example",
			     "default", public_key, &err),
	    ERR_DENIED);
	assert_int_equal(keeper_dkim_make(&keeper, "dkim", "acme.example",
			     "default", public_key, &err),
	    ERR_INVALID);
	keeper_close(&keeper);
}

/* chmod is for what the keeper has just made. */
static void
a_directory_that_is_there_keeps_its_mode(void **state)
{
	struct keeper keeper;
	char public_key[DKIM_PUBLIC_SIZE];
	struct stat status;

	(void)state;
	rmdir(directory);
	assert_int_equal(mkdir(directory, 0750), 0);
	assert_int_equal(keeper_open(&keeper, NULL), OK);
	make_and_remove(&keeper);
	assert_int_equal(stat(directory, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0750);
	rmdir(directory);
	make_and_remove(&keeper);
	assert_int_equal(stat(directory, &status), 0);
	assert_int_equal(status.st_mode & 0777, geteuid() == 0 ? 0711 : 0700);
	if (geteuid() == 0) {
		struct err err = { 0 };

		assert_int_equal(chown(directory, 12345, 12345), 0);
		assert_int_equal(
		    keeper_dkim_make(&keeper, directory, "acme.example",
			"default", public_key, &err),
		    ERR_DENIED);
		assert_non_null(strstr(err.text, "belongs to another user"));
		assert_int_equal(chown(directory, 0, 0), 0);
	}
	keeper_close(&keeper);
}

static void
a_symbolic_link_is_not_followed(void **state)
{
	struct keeper keeper;
	char public_key[DKIM_PUBLIC_SIZE], link[128];

	(void)state;
	text_format(link, sizeof(link), "%s/link", place);
	assert_int_equal(symlink(place, link), 0);
	assert_int_equal(keeper_open(&keeper, NULL), OK);
	assert_int_equal(keeper_dkim_make(&keeper, link, "acme.example",
			     "default", public_key, NULL),
	    ERR_SYSTEM);
	keeper_close(&keeper);
	unlink(link);
}

static void
rubbish_ends_the_keeper_and_the_next_request_says_so(void **state)
{
	struct keeper keeper;
	char public_key[DKIM_PUBLIC_SIZE];
	struct err err = { 0 };

	(void)state;
	assert_int_equal(keeper_open(&keeper, NULL), OK);
	assert_int_equal(send(keeper.fd, "x", 1, 0), 1);
	assert_int_equal(keeper_dkim_make(&keeper, directory, "acme.example",
			     "default", public_key, &err),
	    ERR_SYSTEM);
	assert_non_null(strstr(err.text, "The keeper has ended"));
	keeper_close(&keeper);
}

static void
an_unknown_request_is_denied(void **state)
{
	struct keeper keeper;
	unsigned char bytes[65536];
	uint32_t verb = 99;
	/* One that is too short or too long ends the keeper, which the test
	 * above holds. */
	const size_t size = keeper_request_size;
	enum err_code code = OK;

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, &verb, sizeof(verb));
	assert_int_equal(keeper_open(&keeper, NULL), OK);
	assert_int_equal(send(keeper.fd, bytes, size, 0), size);
	assert_true(recv(keeper.fd, bytes, sizeof(bytes), 0) > 0);
	memcpy(&code, bytes, sizeof(code));
	assert_int_equal(code, ERR_DENIED);
	keeper_close(&keeper);
}

static void
make_path(const char *format, const char *name)
{
	char path[256];

	text_format(path, sizeof(path), format, place, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void
make_file(const char *name)
{
	char path[256];
	FILE *file;

	text_format(path, sizeof(path), "%s/%s", place, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("kept?", file);
	fclose(file);
}

static bool
is_there(const char *name)
{
	char path[256];
	struct stat status;

	text_format(path, sizeof(path), "%s/%s", place, name);
	return lstat(path, &status) == 0;
}

static void
remove_name(const char *name)
{
	char path[256];

	text_format(path, sizeof(path), "%s/%s", place, name);
	assert_int_equal(remove(path), 0);
}

/* 3/7 with a folder, a message and links that lead out; 3/8 and "other". */
static void
make_homes(void)
{
	static const char *const directories[] = { "mail", "mail/3", "mail/3/7",
		"mail/3/7/Maildir", "mail/3/7/Maildir/cur", "mail/3/8",
		"other" };
	char from[256], to[256];

	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		make_path("%s/%s", directories[i]);
	make_file("mail/3/7/Maildir/cur/1");
	make_file("other/precious");
	text_format(to, sizeof(to), "%s/other", place);
	text_format(from, sizeof(from), "%s/mail/3/7/Maildir/new", place);
	assert_int_equal(symlink(to, from), 0);
	text_format(from, sizeof(from), "%s/mail/3/9", place);
	assert_int_equal(symlink(to, from), 0);
}

static enum err_code
remove_home(struct keeper *keeper, const char *home)
{
	char mail[128];

	text_format(mail, sizeof(mail), "%s/mail", place);
	return keeper_home_remove(keeper, mail, home, NULL);
}

static void
a_mail_directory_goes_and_no_link_is_followed(void **state)
{
	static const char *const wrong[] = { "", "3", "3/", "/7", "3/7/Maildir",
		"../other", "3/..", "3/7x", "3//7" };
	struct keeper keeper;

	(void)state;
	make_homes();
	assert_int_equal(keeper_open(&keeper, NULL), OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(remove_home(&keeper, wrong[i]), ERR_INVALID);
	assert_true(is_there("mail/3/7/Maildir/cur/1"));
	assert_int_equal(remove_home(&keeper, "3/7"), OK);
	assert_false(is_there("mail/3/7"));
	assert_int_equal(remove_home(&keeper, "3/9"), OK);
	assert_false(is_there("mail/3/9"));
	assert_true(is_there("other/precious"));
	assert_true(is_there("mail/3/8"));
	/* A second time, and what never was. */
	assert_int_equal(remove_home(&keeper, "3/7"), OK);
	assert_int_equal(remove_home(&keeper, "4/1"), OK);
	/* With its last user the tenant's directory goes. */
	assert_int_equal(remove_home(&keeper, "3/8"), OK);
	assert_false(is_there("mail/3"));
	keeper_close(&keeper);
	remove_name("mail");
	remove_name("other/precious");
	remove_name("other");
}

/* ---- configuration ---- */

static struct config_values
values_below(const char *root)
{
	struct config_values values = { .host = "mx.example.net",
		.state = "/var/lib/postern",
		.certificate = "/etc/tls/a.pem",
		.key = "/etc/tls/a.key",
		.mail_user = "games",
		.console_user = "postern",
		.dkim = "/var/lib/postern/dkim",
		.sts = "/var/lib/postern/mta-sts",
		.sts_names = "none yet",
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

	text_copy(values.root, sizeof(values.root), root);
	text_format(values.mail_directory, sizeof(values.mail_directory),
	    "%s/vmail", place);
	return values;
}

static enum err_code
install(const struct config_values *values, struct err *err)
{
	static char report[KEEPER_REPORT_SIZE];
	struct keeper none = { 0 };

	*err = (struct err){ 0 };
	return keeper_install(
	    &none, values, CONFIG_DOVECOT, false, report, err);
}

static void
remove_all_below_place(void)
{
	static const char *const names[] = { "etc/dovecot", "etc",
		"var/log/postern", "var/log", "var", "vmail" };
	char path[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		text_format(path, sizeof(path), "%s/%s", place, names[i]);
		rmdir(path);
	}
}

/* Not even through a link: both stay root's. */
static void
a_mail_directory_of_another_is_not_given_away(void **state)
{
	const struct config_values values = values_below(place);
	struct stat status;
	struct err err;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(values.mail_directory, 0755), 0);
	assert_int_equal(install(&values, &err), ERR_DENIED);
	assert_non_null(strstr(err.text, "does not belong to games"));
	assert_int_equal(stat(values.mail_directory, &status), 0);
	assert_int_equal(status.st_uid, 0);
	rmdir(values.mail_directory);
	assert_int_equal(symlink(place, values.mail_directory), 0);
	assert_int_equal(install(&values, &err), ERR_DENIED);
	assert_int_equal(stat(place, &status), 0);
	assert_int_equal(status.st_uid, 0);
	unlink(values.mail_directory);
	remove_all_below_place();
}

/* What asks is not root: where root works and who gets the mailboxes is
 * checked again. */
static void
it_checks_root_and_mail_user_again(void **state)
{
	static const char *const users[] = { "root", "postern", "www-data", "0",
		"nobody-of-that-name", "" };
	struct config_values values = values_below(place);
	char link[128];
	struct err err;

	(void)state;
	text_copy(values.console_user, sizeof(values.console_user), "www-data");
	for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++) {
		text_copy(values.mail_user, sizeof(values.mail_user), users[i]);
		assert_int_equal(install(&values, &err), ERR_DENIED);
		assert_string_equal(err.field, "mail_user");
	}
	values = values_below("/nowhere/at/all");
	assert_int_equal(install(&values, &err), ERR_DENIED);
	text_format(link, sizeof(link), "%s/link", place);
	assert_int_equal(symlink(place, link), 0);
	values = values_below(link);
	assert_int_equal(install(&values, &err), ERR_DENIED);
	assert_string_equal(err.field, "root");
	unlink(link);
	assert_int_equal(chmod(place, 0777), 0);
	values = values_below(place);
	assert_int_equal(install(&values, &err), ERR_DENIED);
	assert_string_equal(err.field, "root");
	assert_int_equal(chmod(place, 0700), 0);
	assert_false(is_there("etc"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_makes_the_directory_and_the_key),
		cmocka_unit_test(without_a_keeper_this_process_does_it),
		cmocka_unit_test(a_mail_directory_goes_and_no_link_is_followed),
		cmocka_unit_test(a_directory_that_others_can_write_is_refused),
		cmocka_unit_test(a_directory_that_is_there_keeps_its_mode),
		cmocka_unit_test(a_mail_directory_of_another_is_not_given_away),
		cmocka_unit_test(it_checks_root_and_mail_user_again),
		cmocka_unit_test(a_symbolic_link_is_not_followed),
		cmocka_unit_test(
		    rubbish_ends_the_keeper_and_the_next_request_says_so),
		cmocka_unit_test(an_unknown_request_is_denied),
	};

	return cmocka_run_group_tests(tests, make_place, remove_place);
}
