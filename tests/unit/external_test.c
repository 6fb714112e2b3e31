/* A log-in at another IMAP server: right, wrong, and at the wrong server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include <cmocka.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"
#include "mail/external.h"

#define NAME "imap.acme.example"

struct server {
	char directory[64], authorities[128];
	pid_t pid;
	uint16_t port;
};

static void
open_server(struct server *server, const char *name, const char *protocol,
    const char *mode)
{
	int pipes[2];
	unsigned port = 0;
	FILE *from;

	text_copy(server->directory, sizeof(server->directory),
	    "/tmp/postern-imap-XXXXXX");
	assert_non_null(mkdtemp(server->directory));
	text_format(server->authorities, sizeof(server->authorities),
	    "%s/cert.pem", server->directory);
	assert_int_equal(pipe(pipes), 0);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (server->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(pipes[1], STDOUT_FILENO);
		close(pipes[0]);
		execlp("python3", "python3", "tests/lib/mail_server.py",
		    server->directory, name, protocol, mode, (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	from = fdopen(pipes[0], "r");
	assert_non_null(from);
	assert_int_equal(fscanf(from, "%u", &port), 1);
	fclose(from);
	server->port = (uint16_t)port;
}

static int
remove_entry(
    const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static void
close_server(struct server *server)
{
	kill(server->pid, SIGTERM);
	waitpid(server->pid, NULL, 0);
	nftw(server->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Whether the server read that text. */
static bool
was_told(const struct server *server, const char *text)
{
	struct arena arena = { 0 };
	char path[128], *bytes;
	size_t length;
	struct err err;
	bool was;

	text_format(path, sizeof(path), "%s/lines", server->directory);
	assert_int_equal(
	    io_read_file(&arena, path, 65536, &bytes, &length, &err), OK);
	was = strstr(bytes, text) != NULL;
	arena_free(&arena);
	return was;
}

static struct external_login
login_at(const struct server *server, bool is_implicit_tls)
{
	struct external_login login = { .host = NAME,
		.seconds = 15,
		.port = server->port,
		.is_implicit_tls = is_implicit_tls,
		.addresses = "127.0.0.1",
		.user = "bob",
		.password = "secret",
		.authorities = server->authorities };

	return login;
}

static void
refuses(
    const struct external_login *login, const char *field, const char *words)
{
	struct err err = { 0 };

	assert_int_not_equal(external_try(login, &err), OK);
	assert_string_equal(err.field, field);
	if (strstr(err.text, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, err.text);
	assert_null(strstr(err.text, login->password));
}

static void
test_right_credentials_are_let_in(void **state)
{
	struct server server;
	struct external_login login;
	struct err err = { 0 };

	(void)state;
	open_server(&server, NAME, "imap", "tls");
	login = login_at(&server, true);
	assert_int_equal(external_try(&login, &err), OK);
	assert_true(was_told(&server, "NOOP"));
	close_server(&server);
}

static void
test_starttls_comes_before_the_password(void **state)
{
	struct server server;
	struct external_login login;
	struct err err = { 0 };

	(void)state;
	open_server(&server, NAME, "imap", "starttls");
	login = login_at(&server, false);
	assert_int_equal(external_try(&login, &err), OK);
	assert_true(was_told(&server, "STARTTLS"));
	close_server(&server);
}

static void
test_a_server_without_tls_gets_no_password(void **state)
{
	struct server server;
	struct external_login login;

	(void)state;
	open_server(&server, NAME, "imap", "plain");
	login = login_at(&server, false);
	refuses(&login, "imap_port", "offers no TLS");
	assert_false(was_told(&server, "AUTHENTICATE"));
	close_server(&server);
}

static void
test_wrong_credentials_are_said_so(void **state)
{
	struct server server;
	struct external_login login;

	(void)state;
	open_server(&server, NAME, "imap", "tls");
	login = login_at(&server, true);
	login.password = "wrong!";
	refuses(&login, "external_password", "refuses this user name");
	login.password = "secret\r\nA1 DELETE INBOX";
	refuses(&login, "external_password", "control characters");
	assert_false(was_told(&server, "DELETE"));
	close_server(&server);
}

static void
test_a_certificate_for_another_name_gets_no_password(void **state)
{
	struct server server;
	struct external_login login;

	(void)state;
	open_server(&server, "other.example", "imap", "tls");
	login = login_at(&server, true);
	refuses(&login, "imap_host", "is for another name");
	login.authorities = NULL;
	refuses(&login, "imap_host", "is not trusted here");
	assert_false(was_told(&server, "AUTHENTICATE"));
	close_server(&server);
}

static void
test_nobody_there_is_said_so(void **state)
{
	struct server server;
	struct external_login login;

	(void)state;
	open_server(&server, NAME, "imap", "tls");
	login = login_at(&server, true);
	close_server(&server);
	login.authorities = NULL;
	refuses(&login, "imap_host", "No answer from " NAME);
}

static void
test_smtp_is_tried_as_imap_is(void **state)
{
	static const char *const modes[] = { "tls", "starttls" };
	struct server server;
	struct external_login login;
	struct err err = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_server(&server, NAME, "smtp", modes[i]);
		login = login_at(&server, i == 0);
		login.protocol = EXTERNAL_SMTP;
		assert_int_equal(external_try(&login, &err), OK);
		assert_true(was_told(&server, "AUTH PLAIN"));
		login.password = "wrong!";
		refuses(&login, "external_password", "refuses this user name");
		login.password = "secret";
		login.authorities = NULL;
		refuses(&login, "smtp_host", "is not trusted here");
		close_server(&server);
	}
}

static void
test_smtp_without_tls_or_log_in_is_no_good(void **state)
{
	struct server server;
	struct external_login login;

	(void)state;
	open_server(&server, NAME, "smtp", "plain");
	login = login_at(&server, false);
	login.protocol = EXTERNAL_SMTP;
	refuses(&login, "smtp_port", "offers no TLS");
	assert_false(was_told(&server, "AUTH"));
	close_server(&server);
	open_server(&server, NAME, "smtp", "open");
	login = login_at(&server, true);
	login.protocol = EXTERNAL_SMTP;
	refuses(&login, "smtp_port", "lets nobody log in");
	close_server(&server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right_credentials_are_let_in),
		cmocka_unit_test(test_starttls_comes_before_the_password),
		cmocka_unit_test(test_a_server_without_tls_gets_no_password),
		cmocka_unit_test(test_wrong_credentials_are_said_so),
		cmocka_unit_test(
		    test_a_certificate_for_another_name_gets_no_password),
		cmocka_unit_test(test_nobody_there_is_said_so),
		cmocka_unit_test(test_smtp_is_tried_as_imap_is),
		cmocka_unit_test(test_smtp_without_tls_or_log_in_is_no_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
