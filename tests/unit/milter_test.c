/* milter_test.c - submitted mail through the running milter, as an MTA asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "smime/milter.h"
#include "smime/milter_client.h"
#include "smime/store.h"
#include "tests/lib/certificates.h"

#define NINA     "nina@acme.example"
#define ANSWER_S 60

static char socket_path[128];
static pid_t milter;
static struct store stored;
static struct arena arena;

/* ---- who is who: nina signs, ina must encrypt, bob has nothing ---- */

static enum err_code
find_person(void *self, const char *login, const char *from,
    struct arena *memory, struct sign_person *person, struct err *err)
{
	const bool has_identity = text_is_same(login, NINA) ||
	    strstr(login, "ina@") != NULL || strstr(login, "broken") != NULL;

	(void)self;
	(void)memory;
	if (text_is_same(login, "locked@acme.example"))
		return err_set(err, ERR_BUSY, NULL, "The database is locked.");
	*person = (struct sign_person){
		.may_send = text_is_same(login, from) ||
		    (text_is_same(from, NINA) && has_identity) ||
		    text_is_same(from, "sales@acme.example"),
		.passes_unsigned = text_starts_with(login, "pass-"),
		.certificates = has_identity ? stored.certificates : NULL,
		.sealed = stored.sealed,
		.sealed_length = stored.sealed_length,
		.encrypt = text_starts_with(login, "ina@") ? ENCRYPT_REQUIRED
							   : ENCRYPT_NO,
	};
	text_copy(person->label, sizeof(person->label),
	    strstr(login, "broken") != NULL ? "other" : "test");
	return OK;
}

static enum err_code
find_certificate(void *self, const char *login, const char *recipient,
    struct arena *memory, const char **pem, struct err *err)
{
	(void)self;
	(void)login;
	(void)memory;
	(void)err;
	*pem = text_is_same(recipient, NINA) ? stored.certificates : NULL;
	return OK;
}

static void
serve(void)
{
	const struct sign_directory directory = {
		.person = find_person,
		.certificate = find_certificate,
	};
	static struct keyring keyring;
	struct err err = { 0 };

	keyring_open(&keyring, certificates_directory());
	if (milter_run(socket_path, &directory, &keyring, &err) != OK)
		fprintf(stderr, "%s\n", err.text);
	keyring_close(&keyring);
	_exit(0);
}

static void
seal_identity(void)
{
	struct identity identity;
	struct look look;

	certificates_identity(&identity, "nina.pem", "middle.pem", "nina.key");
	look_at(&look, &identity, NINA, clock_now());
	assert_int_equal(store_fill(&stored, &look, &identity,
			     certificates_directory(), "test", NULL),
	    OK);
	identity_close(&identity);
}

static int
start(void **state)
{
	int64_t deadline;

	if (certificates_make(state) != 0 ||
	    vault_make(certificates_directory(), (uid_t)-1, (gid_t)-1, NULL) !=
		OK)
		return 1;
	seal_identity();
	text_format(socket_path, sizeof(socket_path), "%s/sock",
	    certificates_directory());
	deadline = clock_monotonic_ms() + 1000 * ANSWER_S;
	milter = fork();
	if (milter == 0)
		serve();
	while (access(socket_path, F_OK) != 0)
		if (clock_monotonic_ms() > deadline ||
		    waitpid(milter, NULL, WNOHANG) != 0)
			return 1;
	return 0;
}

static int
stop(void **state)
{
	kill(milter, SIGTERM);
	waitpid(milter, NULL, 0);
	arena_free(&arena);
	return certificates_remove(state);
}

/* ---- asking ---- */

static struct milter_answer
ask_as(const char *login, const char *const *fields, const char *body,
    size_t length)
{
	const char *const recipients[] = { NINA, NULL };
	const struct milter_message message = { .login = login,
		.sender = login,
		.recipients = recipients,
		.fields = fields,
		.body = { body, length } };
	struct milter_answer answer;
	struct err err;

	if (milter_ask(socket_path, clock_monotonic_ms() + 1000 * ANSWER_S,
		&message, &arena, &answer, &err) != OK)
		fail_msg("%s", err.text);
	return answer;
}

static struct milter_answer
ask(const char *login, const char *from)
{
	const char *const fields[] = { "From", from, "To", NINA, NULL };

	return ask_as(login, fields, "hello\r\n", 7);
}

static void
expect_signed(const struct milter_answer *answer)
{
	assert_int_equal(answer->verdict, MILTER_ACCEPTED);
	assert_true(answer->is_changed);
	assert_non_null(answer->content_type);
	assert_int_equal(sign_verify((struct mime_span){ answer->content_type,
					 strlen(answer->content_type) },
			     answer->body, NINA, NULL),
	    OK);
}

static void
expect_refused(const struct milter_answer *answer, const char *words)
{
	assert_int_equal(answer->verdict, MILTER_REFUSED);
	if (strncmp(answer->reply, "550 5.7.1", 9) != 0 ||
	    strstr(answer->reply, words) == NULL)
		fail_msg("%s", answer->reply);
}

/* ---- the rule of senders ---- */

static void
test_a_forged_from_is_refused(void **state)
{
	static const char *const forged[] = { "ceo@acme.example",
		"Bob <ceo@acme.example>", "bob@acme.example, ceo@acme.example",
		"\"bob@acme.example\" <ceo@acme.example>",
		"bob@acme.example <ceo@acme.example>",
		"(bob@acme.example) ceo@acme.example",
		"<ceo@acme.example> (<bob@acme.example>)",
		"bob@acme.example\r\n\t<ceo@acme.example>",
		"Staff: bob@acme.example;", "<@acme.example:bob@acme.example>",
		"bob@acme.example <>", "<bob@acme.example", "bob@acme.example>",
		"", "bob@acme.example ceo@acme.example" };

	(void)state;
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		const struct milter_answer answer =
		    ask("bob@acme.example", forged[i]);

		if (answer.verdict != MILTER_REFUSED)
			fail_msg("accepted: %s", forged[i]);
	}
}

static void
test_own_addresses_pass_in_every_common_form(void **state)
{
	static const char *const own[] = { "bob@acme.example",
		"Bob <bob@acme.example>", "\"O'Neil, Bob\" <Bob@ACME.example>",
		"=?utf-8?q?B=C3=B6b?= <bob@acme.example>",
		"Bob (away) <bob@acme.example> (till Monday)",
		"B\303\266b\n\t<bob@acme.example>", "<bob@acme.example>",
		"J. R. Bob <bob@acme.example>", "sales@acme.example" };

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		const struct milter_answer answer =
		    ask("bob@acme.example", own[i]);

		if (answer.verdict != MILTER_ACCEPTED || answer.is_changed)
			fail_msg("%s: %s", own[i], answer.reply);
	}
}

static void
test_there_is_exactly_one_from_field(void **state)
{
	const char *const none[] = { "To", NINA, NULL };
	const char *const two[] = { "From", "bob@acme.example", "from ",
		"ceo@acme.example", NULL };
	struct milter_answer answer = ask_as("bob@acme.example", none, "", 0);

	(void)state;
	expect_refused(&answer, "no From");
	answer = ask_as("bob@acme.example", two, "", 0);
	expect_refused(&answer, "several From");
}

static void
test_mail_of_nobody_is_not_looked_at(void **state)
{
	const struct milter_answer answer = ask("", "ceo@other.example");

	(void)state;
	assert_int_equal(answer.verdict, MILTER_ACCEPTED);
	assert_false(answer.is_changed);
}

static void
test_a_locked_directory_defers(void **state)
{
	const struct milter_answer answer =
	    ask("locked@acme.example", "locked@acme.example");

	(void)state;
	assert_int_equal(answer.verdict, MILTER_DEFERRED);
}

/* ---- signing ---- */

static void
test_mail_of_somebody_with_an_identity_is_signed(void **state)
{
	const struct milter_answer answer = ask(NINA, "Nina <" NINA ">");

	(void)state;
	expect_signed(&answer);
}

/* It once went round for ever. */
static void
test_a_nul_in_the_body_is_signed_too(void **state)
{
	const char *const fields[] = { "From", NINA, "To", NINA, NULL };
	static const char body[] = "one\0two \303\274 three\r\n";
	const struct milter_answer answer =
	    ask_as(NINA, fields, body, sizeof(body) - 1);

	(void)state;
	expect_signed(&answer);
}

/* The signed entity as openssl's own program takes it. */
static void
check_with_openssl(const struct milter_answer *answer)
{
	char path[160], root[160];
	const char *words[] = { "openssl", "cms", "-verify", "-CAfile", root,
		"-purpose", "any", "-in", path, "-out", "/dev/null", NULL };
	FILE *file;

	text_format(path, sizeof(path), "%s/message", certificates_directory());
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "MIME-Version: 1.0\nContent-Type: ");
	for (const char *at = answer->content_type; *at != '\0'; at++)
		fputc(*at, file);
	fprintf(file, "\n\n");
	for (size_t i = 0; i < answer->body.length; i++)
		if (answer->body.bytes[i] != '\r')
			fputc(answer->body.bytes[i], file);
	fclose(file);
	text_format(
	    root, sizeof(root), "%s/root.pem", certificates_directory());
	assert_int_equal(certificates_run(words), 0);
}

static void
test_bodies_of_every_shape_verify(void **state)
{
	static char huge[200000];
	static const struct {
		const char *type, *encoding, *body;
	} shapes[] = {
		{ NULL, NULL, "" },
		{ NULL, NULL, ".\r\n..\r\ntrailing   \r\nFrom x\r\nno end" },
		{ NULL, NULL, "raw 8bit: gr\303\274n\r\n" },
		{ "text/plain;\n\tcharset=utf-8", "8bit",
		    "gr\303\274n\r\nFrom me\r\n" },
		{ "multipart/mixed; boundary=a", "8bit",
		    "--a\r\nContent-Type: multipart/alternative; "
		    "boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; "
		    "charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
		    "gr\303\274n\r\n--b--\r\n--a\r\nContent-Type: "
		    "application/"
		    "octet-stream\r\n\r\n\001\002\377\r\n--a--\r\n" },
		{ "text/plain", NULL, huge },
		{ "multipart/mixed", NULL, "no boundary\r\n" },
	};

	(void)state;
	memset(huge, 'x', sizeof(huge) - 1);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const char *fields[9] = { "From", NINA, NULL };
		struct milter_answer answer;
		size_t at = 2;

		if (shapes[i].type != NULL) {
			fields[at++] = "Content-Type";
			fields[at++] = shapes[i].type;
		}
		if (shapes[i].encoding != NULL) {
			fields[at++] = "Content-Transfer-Encoding";
			fields[at++] = shapes[i].encoding;
		}
		fields[at] = NULL;
		answer = ask_as(
		    NINA, fields, shapes[i].body, strlen(shapes[i].body));
		expect_signed(&answer);
		check_with_openssl(&answer);
		for (size_t b = 0, line = 0; b < answer.body.length; b++) {
			assert_true((unsigned char)answer.body.bytes[b] < 128);
			line = answer.body.bytes[b] == '\n' ? 0 : line + 1;
			assert_true(line <= MIME_LINE_MAX + 1);
		}
	}
}

static void
test_what_is_protected_and_other_senders_are_left_alone(void **state)
{
	const char *const signed_already[] = { "From", NINA, "Content-Type",
		"multipart/signed; boundary=x", NULL };
	struct milter_answer answer =
	    ask_as(NINA, signed_already, "--x\r\n\r\n--x--\r\n", 14);

	(void)state;
	assert_int_equal(answer.verdict, MILTER_ACCEPTED);
	assert_false(answer.is_changed);
	answer = ask(NINA, "sales@acme.example");
	assert_int_equal(answer.verdict, MILTER_ACCEPTED);
	assert_false(answer.is_changed);
}

static void
test_our_own_failure_follows_the_tenants_policy(void **state)
{
	struct milter_answer answer = ask("broken@acme.example", NINA);

	(void)state;
	assert_int_equal(answer.verdict, MILTER_DEFERRED);
	assert_int_equal(strncmp(answer.reply, "451 4.7.1", 9), 0);
	answer = ask("pass-broken@acme.example", NINA);
	assert_int_equal(answer.verdict, MILTER_ACCEPTED);
	assert_false(answer.is_changed);
}

static void
test_encryption_is_never_weaker_than_asked(void **state)
{
	const char *const known[] = { "From", NINA, "To", NINA, NULL };
	const char *const hidden[] = { "From", NINA, "To", "x@y.example",
		NULL };
	struct milter_answer answer =
	    ask_as("ina@acme.example", known, "secret\r\n", 8);

	(void)state;
	assert_int_equal(answer.verdict, MILTER_ACCEPTED);
	assert_non_null(strstr(answer.content_type, "authEnveloped-data"));
	assert_null(memmem(answer.body.bytes, answer.body.length, "secret", 6));
	answer = ask_as("ina@acme.example", hidden, "secret\r\n", 8);
	expect_refused(&answer, "hidden recipient");
	answer = ask("ina@acme.example", "sales@acme.example");
	expect_refused(&answer, "must be encrypted");
}

static void
test_a_client_that_goes_away_does_no_harm(void **state)
{
	struct milter_answer answer;

	(void)state;
	for (int i = 0; i < 20; i++) {
		const struct milter_message message = { .login = NINA,
			.sender = NINA,
			.recipients = (const char *const[]){ NULL },
			.fields = (const char *const[]){ "From", NINA, NULL },
			.body = { "x", 1 } };
		struct err err;

		(void)!milter_ask(socket_path, clock_monotonic_ms() + i,
		    &message, &arena, &answer, &err);
	}
	answer = ask(NINA, NINA);
	expect_signed(&answer);
}

/* ---- strangers at the socket, and too much ---- */

static int
connect_raw(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	text_copy(address.sun_path, sizeof(address.sun_path), socket_path);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static size_t
count_files(void)
{
	char path[64];
	size_t count = 0;
	DIR *directory;

	text_format(path, sizeof(path), "/proc/%d/fd", (int)milter);
	directory = opendir(path);
	assert_non_null(directory);
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count;
}

/* Each talks a while, is cut in the middle of a word, and is gone. */
static void
test_a_client_that_is_gone_in_the_middle_leaves_nothing(void **state)
{
	static const char talk[] =
	    "\0\0\0\15O\0\0\0\6\0\0\1\377\0\0\3\377"
	    "\0\0\0\42DM{auth_authen}\0nina@acme.example\0"
	    "\0\0\0\25M<nina@acme.example>\0"
	    "\0\0\0\30LFrom\0nina@acme.example\0"
	    "\0\0\20\0BThe body begins";
	const int64_t deadline = clock_monotonic_ms() + 1000 * ANSWER_S;
	struct milter_answer answer = ask(NINA, NINA);
	const size_t before = count_files();

	(void)state;
	for (size_t cut = 1; cut < sizeof(talk); cut++) {
		const int fd = connect_raw();

		assert_int_equal(send(fd, talk, cut, MSG_NOSIGNAL), cut);
		close(fd);
	}
	answer = ask(NINA, NINA);
	expect_signed(&answer);
	while (count_files() > before && clock_monotonic_ms() < deadline)
		sched_yield();
	assert_true(count_files() <= before);
}

static void
test_a_huge_message_is_deferred_and_the_next_one_signed(void **state)
{
	static char huge[MESSAGE_MAX + 1];
	const char *const fields[] = { "From", NINA, "To", NINA, NULL };
	struct milter_answer answer;

	(void)state;
	memset(huge, 'x', sizeof(huge));
	answer = ask_as(NINA, fields, huge, sizeof(huge));
	assert_int_equal(answer.verdict, MILTER_DEFERRED);
	assert_non_null(strstr(answer.reply, "too large"));
	arena_free(&arena);
	answer = ask(NINA, NINA);
	expect_signed(&answer);
}

static void
test_all_messages_together_have_a_limit(void **state)
{
	static char piece[MESSAGE_MAX];
	struct message *messages[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		messages[i] = message_open(NINA, NINA);
		message_body(messages[i], piece, sizeof(piece));
		assert_int_equal(messages[i]->is_crowded, i == 2);
	}
	message_close(&messages[2]);
	message_close(&messages[0]);
	messages[0] = message_open(NINA, NINA);
	message_body(messages[0], piece, sizeof(piece));
	assert_false(messages[0]->is_crowded);
	message_close(&messages[0]);
	message_close(&messages[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_forged_from_is_refused),
		cmocka_unit_test(test_own_addresses_pass_in_every_common_form),
		cmocka_unit_test(test_there_is_exactly_one_from_field),
		cmocka_unit_test(test_mail_of_nobody_is_not_looked_at),
		cmocka_unit_test(test_a_locked_directory_defers),
		cmocka_unit_test(
		    test_mail_of_somebody_with_an_identity_is_signed),
		cmocka_unit_test(test_a_nul_in_the_body_is_signed_too),
		cmocka_unit_test(test_bodies_of_every_shape_verify),
		cmocka_unit_test(
		    test_what_is_protected_and_other_senders_are_left_alone),
		cmocka_unit_test(
		    test_our_own_failure_follows_the_tenants_policy),
		cmocka_unit_test(test_encryption_is_never_weaker_than_asked),
		cmocka_unit_test(test_a_client_that_goes_away_does_no_harm),
		cmocka_unit_test(
		    test_a_client_that_is_gone_in_the_middle_leaves_nothing),
		cmocka_unit_test(
		    test_a_huge_message_is_deferred_and_the_next_one_signed),
		cmocka_unit_test(test_all_messages_together_have_a_limit),
	};

	return cmocka_run_group_tests_name("milter", tests, start, stop);
}
