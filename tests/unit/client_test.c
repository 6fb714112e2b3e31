/* What people enter in mail programs, and a probe against scripted servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "mail/client.h"
#include "tests/lib/line_server.h"

static const struct client_settings settings = {
	.address = "bob@acme.example",
	.domain = "acme.example",
	.provider = "Acme & <Sons>",
	.incoming = { PROBE_IMAP, true, "mail.acme.example", 993 },
	.outgoing = { PROBE_SMTP, false, "mail.acme.example", 587 },
};

static void
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void
test_text_says_what_the_guide_lists(void **state)
{
	struct arena arena = { 0 };
	const char *text = client_as_text(&arena, &settings);

	(void)state;
	has(text, "Account type     IMAP\n");
	has(text, "User name        bob@acme.example\n");
	has(text, "Incoming port    993, SSL/TLS\n");
	has(text, "Outgoing port    587, STARTTLS\n");
	arena_free(&arena);
}

static void
test_names_are_escaped_in_files(void **state)
{
	struct arena arena = { 0 };
	const char *autoconfig = client_as_autoconfig(&arena, &settings);
	const char *profile = client_as_mobileconfig(&arena, &settings);

	(void)state;
	has(autoconfig, "<displayName>Acme &amp; &lt;Sons&gt;</displayName>");
	has(autoconfig, "<socketType>SSL</socketType>");
	has(autoconfig, "<socketType>STARTTLS</socketType>");
	has(profile, "<string>Acme &amp; &lt;Sons&gt;</string>");
	has(profile, "<integer>587</integer>");
	arena_free(&arena);
}

static void
test_a_profile_keeps_its_identity(void **state)
{
	struct client_settings other = settings;
	struct arena arena = { 0 };
	const char *first = client_as_mobileconfig(&arena, &settings);

	(void)state;
	assert_string_equal(first, client_as_mobileconfig(&arena, &settings));
	text_copy(other.address, sizeof(other.address), "eve@acme.example");
	assert_string_not_equal(first, client_as_mobileconfig(&arena, &other));
	arena_free(&arena);
}

static void
test_a_profile_of_a_domain_lets_the_device_ask(void **state)
{
	struct client_settings domain = settings;
	struct arena arena = { 0 };
	const char *profile;

	(void)state;
	domain.address[0] = domain.user_name[0] = '\0';
	text_copy(domain.domain, sizeof(domain.domain), "acme.example");
	profile = client_as_mobileconfig(&arena, &domain);
	has(profile, "<string>Mail of acme.example</string>");
	has(profile, "<key>IncomingMailServerHostName</key>");
	assert_null(strstr(profile, "EmailAddress<"));
	assert_null(strstr(profile, "Username<"));
	assert_null(strchr(profile, '@'));
	arena_free(&arena);
}

/* ---- scripted servers ---- */

static void
probe(struct probe_result *result, enum probe_protocol protocol,
    const char *const *answers)
{
	struct probe_endpoint endpoint = { protocol, false, "mail.example", 0 };
	const struct ip loopback = { AF_INET, { 127, 0, 0, 1 } };
	pid_t pid;

	*result = (struct probe_result){ 0 };
	endpoint.port = line_server_open(&pid, answers);
	probe_run(&endpoint, &loopback, result);
	line_server_close(pid);
}

static void
test_another_service_is_not_taken_for_mail(void **state)
{
	static const char *const http[] = { "HTTP/1.0 400 Bad Request\r\n",
		NULL };
	struct probe_result result;

	(void)state;
	probe(&result, PROBE_IMAP, http);
	assert_int_equal(result.steps[PROBE_CONNECT].verdict, MAIL_PASS);
	assert_int_equal(result.steps[PROBE_GREETING].verdict, MAIL_FAIL);
	assert_int_equal(result.steps[PROBE_TLS].verdict, MAIL_SKIPPED);
	assert_int_equal(probe_worst(&result), MAIL_FAIL);
}

static void
test_a_server_without_starttls_fails(void **state)
{
	static const char *const smtp[] = { "220 mail.example ESMTP\r\n",
		"250-mail.example\r\n250 AUTH PLAIN\r\n", NULL };
	static const char *const imap[] = { "* OK ready\r\n",
		"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na2 OK done\r\n", NULL };
	struct probe_result result;

	(void)state;
	probe(&result, PROBE_SMTP, smtp);
	assert_int_equal(result.steps[PROBE_GREETING].verdict, MAIL_PASS);
	assert_int_equal(result.steps[PROBE_TLS].verdict, MAIL_FAIL);
	has(result.steps[PROBE_TLS].text, "STARTTLS");
	probe(&result, PROBE_IMAP, imap);
	assert_int_equal(result.steps[PROBE_GREETING].verdict, MAIL_PASS);
	assert_int_equal(result.steps[PROBE_TLS].verdict, MAIL_FAIL);
}

/* What comes behind the answer to STARTTLS in clear would be taken for the
 * server's words under TLS. */
static void
test_text_injected_before_tls_is_refused(void **state)
{
	static const char *const smtp[] = { "220 mail.example ESMTP\r\n",
		"250-mail.example\r\n250 STARTTLS\r\n",
		"220 go\r\n250 AUTH PLAIN\r\n", NULL };
	struct probe_result result;

	(void)state;
	probe(&result, PROBE_SMTP, smtp);
	assert_int_equal(result.steps[PROBE_TLS].verdict, MAIL_FAIL);
	has(result.steps[PROBE_TLS].text, "between STARTTLS");
}

static void
test_nobody_there_is_said(void **state)
{
	struct probe_endpoint endpoint = { PROBE_IMAP, true, "mail.example",
		1 };
	const struct ip loopback = { AF_INET, { 127, 0, 0, 1 } };
	struct probe_result result = { 0 };

	(void)state;
	probe_run(&endpoint, &loopback, &result);
	assert_int_equal(result.steps[PROBE_CONNECT].verdict, MAIL_FAIL);
	has(result.steps[PROBE_CONNECT].text, "127.0.0.1 port 1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_says_what_the_guide_lists),
		cmocka_unit_test(test_names_are_escaped_in_files),
		cmocka_unit_test(test_a_profile_keeps_its_identity),
		cmocka_unit_test(
		    test_a_profile_of_a_domain_lets_the_device_ask),
		cmocka_unit_test(test_another_service_is_not_taken_for_mail),
		cmocka_unit_test(test_a_server_without_starttls_fails),
		cmocka_unit_test(test_text_injected_before_tls_is_refused),
		cmocka_unit_test(test_nobody_there_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
