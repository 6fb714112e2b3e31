/* What is said of a mail stack that is well, and of one that is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "mail/health.h"
#include "tests/lib/line_server.h"

#define ROWS_MAX 16

struct report {
	struct health_row rows[ROWS_MAX];
	size_t count;
};

static void
look(struct report *report, struct health_subject *subject)
{
	struct arena arena = { 0 };
	struct job job = { 0 };
	struct err err = { 0 };
	const void *record;
	size_t length;
	enum job_event event;

	report->count = 0;
	assert_int_equal(job_open(&job, &arena, health_job, subject, &err), OK);
	while ((event = job_read(&job, &record, &length)) == JOB_RECORD ||
	    event == JOB_NOTHING) {
		struct pollfd wait = { .fd = job.fd, .events = POLLIN };

		if (event == JOB_NOTHING)
			poll(&wait, 1, -1);
		else if (report->count < ROWS_MAX)
			memcpy(&report->rows[report->count++], record,
			    sizeof(struct health_row));
	}
	assert_int_equal(event, JOB_END);
	job_close(&job);
	arena_free(&arena);
}

static const struct health_row *
row(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->count; i++)
		if (text_is_same(report->rows[i].name, name))
			return &report->rows[i];
	fail_msg("there is no row %s", name);
	return NULL;
}

static void
check(const struct report *report, const char *name, enum mail_verdict verdict,
    const char *part)
{
	const struct health_row *found = row(report, name);

	if (found->verdict != verdict || strstr(found->text, part) == NULL)
		fail_msg("%s is %s: %s", name,
		    mail_verdict_name(found->verdict), found->text);
}

/* ---- Postfix ---- */

#define GREETING "220 mx ESMTP\r\n", "250 mx\r\n", "250 2.1.0 Ok\r\n"

static void
look_smtp(struct report *report, const char *const *answers)
{
	struct health_subject subject = { .known = "bob@acme.example",
		.unknown = "nobody@acme.example",
		.smtp.ip = { AF_INET, { 127, 0, 0, 1 } } };
	pid_t pid;

	subject.smtp.port = line_server_open(&pid, answers);
	look(report, &subject);
	line_server_close(pid);
}

static void
test_postfix_that_reads_our_tables_passes(void **state)
{
	static const char *const good[] = { GREETING, "250 2.1.5 Ok\r\n",
		"550 5.1.1 unknown\r\n", "250 Ok\r\n", "221 Bye\r\n", NULL };
	struct report report;

	(void)state;
	look_smtp(&report, good);
	check(&report, "smtp", MAIL_PASS, "refuses it for an unknown one");
}

static void
test_postfix_that_does_not_is_found(void **state)
{
	static const char *const refuses[] = { GREETING,
		"451 4.3.0 <bob@acme.example>: Temporary lookup failure\r\n",
		NULL };
	static const char *const takes_all[] = { GREETING, "250 Ok\r\n",
		"250 Ok\r\n", "250 Ok\r\n", NULL };
	static const char *const busy[] = { "421 no\x1b[2J\r\n", NULL };
	struct report report;

	(void)state;
	look_smtp(&report, refuses);
	check(&report, "smtp", MAIL_FAIL, "Temporary lookup failure");
	assert_string_equal(row(&report, "smtp")->mend, "postern mail sync");
	look_smtp(&report, takes_all);
	check(&report, "smtp", MAIL_FAIL, "does not exist");
	look_smtp(&report, busy);
	check(&report, "smtp", MAIL_FAIL, "421 no?[2J");
}

static void
look_name(struct report *report, const char *const *answers)
{
	struct health_subject subject = { .host = "mx.example.com",
		.smtp.ip = { AF_INET, { 127, 0, 0, 1 } } };
	pid_t pid;

	subject.smtp.port = line_server_open(&pid, answers);
	look(report, &subject);
	line_server_close(pid);
}

static void
test_postfix_greets_by_the_name_of_the_server(void **state)
{
#define AS(name) "220 " name " ESMTP\r\n", "250 mx\r\n", "250 Ok\r\n", NULL
	static const char *const good[] = { AS("MX.example.com") };
	static const char *const other[] = { AS("old.example.com") };
	static const char *const local[] = { AS("localhost") };
	static const char *const literal[] = { AS("[192.0.2.1]") };
#undef AS
	struct report report;

	(void)state;
	look_name(&report, good);
	check(&report, "smtp", MAIL_PASS, "no mailbox yet");
	look_name(&report, other);
	check(&report, "smtp", MAIL_WARN, "this server is mx.example.com");
	assert_string_equal(row(&report, "smtp")->mend,
	    "postconf -e myhostname=mx.example.com; postfix reload");
	look_name(&report, local);
	check(&report, "smtp", MAIL_FAIL, "which is no host name");
	look_name(&report, literal);
	check(&report, "smtp", MAIL_FAIL, "[192.0.2.1]");
}

static void
test_services_that_are_down_are_named(void **state)
{
	const struct ip_port down = { { AF_INET, { 127, 0, 0, 1 } }, 1 };
	struct health_subject subject = { .host = "mx.example",
		.smtp = down,
		.submission = down,
		.imaps = down,
		.lmtp_socket = "/nowhere/lmtp",
		.opendkim_socket = "/nowhere/opendkim",
		.log = "/nowhere/mail.log",
		.disks = { "/nowhere", "/" } };
	struct report report;

	(void)state;
	look(&report, &subject);
	check(&report, "smtp", MAIL_FAIL, "port 1");
	assert_string_equal(
	    row(&report, "smtp")->mend, "systemctl start postfix");
	check(&report, "imaps", MAIL_FAIL, "No connection");
	assert_string_equal(
	    row(&report, "imaps")->mend, "systemctl restart dovecot");
	check(&report, "lmtp", MAIL_FAIL, "/nowhere/lmtp");
	check(&report, "opendkim", MAIL_FAIL, "/nowhere/opendkim");
	check(&report, "log", MAIL_UNKNOWN, "adm");
	check(&report, "disk", MAIL_FAIL, "/nowhere");
}

/* ---- milters ---- */

/* Listens, says the bytes to whoever comes. */
static pid_t
serve_unix(const char *path, const void *bytes, size_t length)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	text_copy(address.sun_path, sizeof(address.sun_path), path);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	pid = fork();
	if (pid == 0) {
		const int peer = accept(fd, NULL, NULL);
		char offer[17];

		(void)!recv(peer, offer, sizeof(offer), MSG_WAITALL);
		(void)!write(peer, bytes, length);
		_exit(0);
	}
	close(fd);
	return pid;
}

static void
look_milter(const void *bytes, size_t length, enum mail_verdict verdict,
    const char *part)
{
	char directory[] = "/tmp/postern-health-XXXXXX";
	struct health_subject subject = { 0 };
	struct report report;
	pid_t pid;

	assert_non_null(mkdtemp(directory));
	text_format(subject.milter_socket, sizeof(subject.milter_socket),
	    "%s/socket", directory);
	pid = serve_unix(subject.milter_socket, bytes, length);
	look(&report, &subject);
	check(&report, "milter", verdict, part);
	line_server_close(pid);
	unlink(subject.milter_socket);
	rmdir(directory);
}

static void
test_a_milter_must_answer_as_one(void **state)
{
	static const unsigned char options[] = { 0, 0, 0, 13, 'O', 0, 0, 0, 6,
		0, 0, 0, 0, 0, 0, 0, 0 };

	(void)state;
	look_milter(options, sizeof(options), MAIL_PASS, "answers");
	look_milter("220 mx ESMTP", 12, MAIL_FAIL, "no milter");
	look_milter("", 0, MAIL_FAIL, "no milter");
}

/* ---- the log ---- */

static void
test_only_daemons_own_alarms_count(void **state)
{
	static const char text[] =
	    "2026-09-21T14:00:00Z mx postfix/smtp[1]: ABCDEF1: to=<a@b>, "
	    "status=bounced (host said: 550 fatal: no)\n"
	    "2026-09-20T14:00:00Z mx postfix/proxymap[2]: fatal: too old\n"
	    "2026-09-21T14:00:00Z mx postfix/master[3]: warning: "
	    "/usr/lib/postfix/sbin/smtpd: bad command startup -- "
	    "throttling\n"
	    "2026-09-21T14:01:00Z mx postfix/proxymap[2]: fatal: open /x\n";
	struct health_subject subject = { 0 };
	char path[] = "/tmp/postern-log-XXXXXX";
	const int fd = mkstemp(path);
	struct report report;

	(void)state;
	assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
	text_copy(subject.log, sizeof(subject.log), path);
	clock_fix(1790000000); /* 21 Sep 2026 14:13:20 UTC */
	look(&report, &subject);
	check(&report, "log", MAIL_WARN, "2 times");
	check(&report, "log", MAIL_WARN, "postfix/proxymap: fatal: open /x");
	clock_fix(1790000000 + 2 * 86400);
	look(&report, &subject);
	check(&report, "log", MAIL_PASS, "No daemon");
	clock_fix(0);
	unlink(path);
}

static void
look_outbound(struct report *report, const char *text)
{
	struct health_subject subject = { 0 };
	char path[] = "/tmp/postern-log-XXXXXX";
	const int fd = mkstemp(path);

	assert_int_equal(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
	text_copy(subject.log, sizeof(subject.log), path);
	clock_fix(1790000000); /* 21 Sep 2026 14:13:20 UTC */
	look(report, &subject);
	clock_fix(0);
	unlink(path);
}

#define SMTP "2026-09-21T14:00:00Z mx postfix/smtp[1]: "
#define SILENT(host) \
	SMTP "connect to " host "[192.0.2.1]:25: Connection timed out\n"
#define RELAY(relay, status)                           \
	SMTP "ABCDEF1: to=<a@b.example>, relay=" relay \
	     ", delay=1, dsn=2.0.0, "                  \
	     "status=" status " (250 ok)\n"

static void
test_a_closed_port_25_is_found_in_the_log(void **state)
{
	struct report report;

	(void)state;
	look_outbound(&report, "");
	check(&report, "outbound", MAIL_PASS, "No message had to leave");
	look_outbound(&report,
	    SILENT("a.example") SILENT("b.example") SILENT("a.example"));
	check(&report, "outbound", MAIL_PASS, "No message had to leave");
	look_outbound(&report,
	    SILENT("a.example") SILENT("b.example") SILENT("c.example")
		RELAY("127.0.0.1[127.0.0.1]:10025", "sent")
		    RELAY("d.example[192.0.2.4]:25", "deferred"));
	check(&report, "outbound", MAIL_FAIL, "3 mail servers are silent");
	check(&report, "outbound", MAIL_FAIL, "such as a.example");
	look_outbound(&report,
	    SILENT("a.example") SILENT("b.example") SILENT("c.example")
		RELAY("d.example[192.0.2.4]:25", "sent"));
	check(&report, "outbound", MAIL_PASS, "1 message left");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_postfix_that_reads_our_tables_passes),
		cmocka_unit_test(test_postfix_that_does_not_is_found),
		cmocka_unit_test(test_postfix_greets_by_the_name_of_the_server),
		cmocka_unit_test(test_services_that_are_down_are_named),
		cmocka_unit_test(test_a_milter_must_answer_as_one),
		cmocka_unit_test(test_only_daemons_own_alarms_count),
		cmocka_unit_test(test_a_closed_port_25_is_found_in_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
