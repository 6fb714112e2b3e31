#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/key.h"
#include "tests/lib/house.h"

#define NOW INT64_C(1790000000) /* 2026-09-21 14:13:20 UTC */

static int
set_up(void **state)
{
	clock_fix(NOW);
	return house_set_up(state);
}

/* The options, then anna's key. */
static const char *
line_of(const char *options, const char *name)
{
	static char line[KEY_LINE_SIZE];

	snprintf(line, sizeof(line), "%s%s%s", options,
	    options[0] == '\0' ? "" : " ", house_public_key(name));
	return line;
}

static void
test_a_line_without_restrictions_is_a_key(void **state)
{
	struct key_line line;

	(void)state;
	assert_int_equal(key_line_parse(&line, line_of("", "anna"), NULL), OK);
	assert_string_equal(line.key.comment, "anna");
	assert_string_equal(line.options.commands, "");
	assert_true(line.options.expires_at == 0);
}

static void
test_every_restriction_is_read(void **state)
{
	struct key_line line;
	struct err err;

	(void)state;
	if (key_line_parse(&line,
		line_of("restrict,FROM=\"192.0.2.0/24,2001:DB8::1\","
			"expiry-time=\"20270101Z\",command=\"user list, dns\","
			"tenant=\"Acme \\\"Ltd\\\"\",read-only",
		    "anna"),
		&err) != OK)
		fail_msg("%s", err.text);
	assert_true(line.options.is_restricted && line.options.is_read_only);
	assert_string_equal(
	    line.options.from_list, "192.0.2.0/24, 2001:db8::1/128");
	assert_true(line.options.expires_at == INT64_C(1798761600));
	assert_string_equal(line.options.commands, "user list, dns");
	assert_string_equal(line.options.tenant, "Acme \"Ltd\"");
}

static void
test_what_can_not_be_kept_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *options, *words;
	} cases[] = {
		{ "permitopen=\"a:1\"", "no restriction that is known" },
		{ "restrict,nonsense", "no restriction that is known" },
		{ "verify-required", "PIN" },
		{ "cert-authority", "certificates" },
		{ "no-pty", "no-pty" },
		{ "from=192.0.2.1", "two quotes" },
		{ "from=\"*.example.com\"", "no address or network" },
		{ "from=\"!192.0.2.1\"", "no address or network" },
		{ "from=\"192.0.2.0/33\"", "no address or network" },
		{ "from=\"\"", "at least one" },
		{ "from=\"192.0.2.1", "two quotes" },
		{ "read-only=\"yes\"", "without a value" },
		{ "command", "with a value" },
		{ "command=\"USER LIST\"", "no command" },
		{ "command=\"; rm -rf /\"", "no command" },
		{ "command=\",\"", "at least one" },
		{ "expiry-time=\"tomorrow\"", "no time" },
		{ "expiry-time=\"20270230Z\"", "no time" },
		{ "expiry-time=\"20200101Z\"", "over already" },
		{ "restrict,restrict", "given twice" },
		{ "restrict, read-only", "no restriction that is known" },
	};
	struct key_line line;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err = (struct err){ 0 };
		if (key_line_parse(&line, line_of(cases[i].options, "anna"),
			&err) != ERR_INVALID ||
		    strstr(err.text, cases[i].words) == NULL)
			fail_msg("%s: \"%s\"", cases[i].options, err.text);
		assert_string_equal(err.field, "key");
	}
}

static void
test_two_lines_and_files_of_other_programs_are_refused(void **state)
{
	char two[KEY_LINE_SIZE];
	struct key_line line;
	struct err err;

	(void)state;
	text_copy(two, sizeof(two), line_of("restrict", "anna"));
	text_append(two, sizeof(two), "\r\n");
	assert_int_equal(key_line_parse(&line, two, &err), OK);
	text_append(two, sizeof(two), house_public_key("bob"));
	assert_int_equal(key_line_parse(&line, two, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "two keys"));
	text_copy(two, sizeof(two), line_of("", "anna"));
	text_append(two, sizeof(two), " ");
	text_append(two, sizeof(two), house_public_key("bob"));
	assert_int_equal(key_line_parse(&line, two, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "two keys"));
	assert_int_equal(key_line_parse(&line,
			     "PuTTY-User-Key-File-3: ssh-ed25519\r\n"
			     "Encryption: none\r\n",
			     &err),
	    ERR_INVALID);
	assert_non_null(strstr(err.text, "puttygen"));
	assert_int_equal(
	    key_line_parse(&line, "ssh-dss AAAAB3NzaC1kc3M= x", &err),
	    ERR_INVALID);
	assert_non_null(strstr(err.text, "DSA"));
}

static void
test_a_key_is_told_in_plain_words(void **state)
{
	struct key_options options = { .expires_at = INT64_C(1798761600),
		.commands = "user list, alias *, dns",
		.tenant = "Acme",
		.from_list = "192.0.2.0/24",
		.is_read_only = true };
	char sentence[512];

	(void)state;
	key_options_describe(&options, sentence, sizeof(sentence));
	assert_string_equal(sentence,
	    "This key may list users, do all with aliases and do all with dns "
	    "of Acme until 2027-01-01T00:00:00Z, from 192.0.2.0/24 only, and "
	    "changes nothing.");
	options = (struct key_options){ 0 };
	key_options_describe(&options, sentence, sizeof(sentence));
	assert_string_equal(
	    sentence, "This key may do all that its owner may.");
}

/* ---- in the database ---- */

/* Signs the person in with the key of this name. */
static enum err_code
sign_in(struct house *house, const char *user, const char *name,
    const char *address)
{
	char line[KEY_LINE_SIZE];
	struct key_line key;
	struct ip from;

	text_copy(line, sizeof(line), house_public_key(name));
	assert_int_equal(key_line_parse(&key, line, NULL), OK);
	assert_int_equal(ip_parse(&from, address, NULL), OK);
	return key_login(house->db, user, key.key.type, key.key.base64, &from,
	    &house->context.actor, &house->err);
}

static const char *
why(struct house *house, const char *user, const char *name,
    const char *address)
{
	static char sentence[200];
	struct key_line key;
	struct ip from;

	assert_int_equal(
	    key_line_parse(&key, house_public_key(name), NULL), OK);
	assert_int_equal(ip_parse(&from, address, NULL), OK);
	assert_int_equal(
	    key_why_refused(house->db, user, key.key.type, key.key.base64,
		&from, sentence, sizeof(sentence), &house->err),
	    OK);
	return sentence;
}

static void
test_a_restricted_key_signs_in_with_its_restrictions(void **state)
{
	struct house *house = *state;
	const struct actor *actor = &house->context.actor;

	house_ok(house, "key add", "root@postern.example", "key",
	    line_of("tenant=\"acme.example\",command=\"user list\",read-only",
		"tablet"),
	    NULL);
	assert_non_null(strstr(house->result.note, "list users of Acme"));
	assert_int_equal(sign_in(house, "root", "tablet", "192.0.2.9"), OK);
	assert_true(actor->only_tenant_id == house->acme_id);
	assert_true(actor->is_read_only);
	house_refused(house, ERR_DENIED, "only reads", "password change", NULL,
	    "password", "blue-river-94-tent", NULL);
}

static void
test_a_refused_holder_is_told_and_a_stranger_is_not(void **state)
{
	struct house *house = *state;

	house_ok(house, "key add", "lena@acme.example", "key",
	    line_of(
		"from=\"192.0.2.0/24\",expiry-time=\"20261001Z\"", "laptop"),
	    NULL);
	assert_int_equal(sign_in(house, "lena", "laptop", "192.0.2.9"), OK);
	assert_string_equal(why(house, "lena", "laptop", "192.0.2.9"), "");
	assert_int_equal(
	    sign_in(house, "lena", "laptop", "198.51.100.1"), ERR_DENIED);
	assert_string_equal(house->err.text, "Permission denied.");
	assert_non_null(
	    strstr(why(house, "lena", "laptop", "198.51.100.1"), "network"));
	/* Another name, or another key. */
	assert_string_equal(why(house, "olga", "laptop", "198.51.100.1"), "");
	assert_string_equal(why(house, "lena", "other", "198.51.100.1"), "");
	clock_fix(NOW + 86400 * 30);
	assert_int_equal(
	    sign_in(house, "lena", "laptop", "192.0.2.9"), ERR_DENIED);
	assert_non_null(
	    strstr(why(house, "lena", "laptop", "192.0.2.9"), "expired"));
}

static void
test_one_key_in_two_tenants_the_address_picks(void **state)
{
	struct house *house = *state;

	house_ok(house, "key add", "lena@acme.example", "key",
	    line_of("", "shared"), NULL);
	house_ok(house, "admin add", "lena@globex.example", "key",
	    line_of("read-only", "shared"), NULL);
	assert_int_equal(
	    sign_in(house, "lena", "shared", "192.0.2.9"), ERR_DENIED);
	assert_int_equal(
	    sign_in(house, "lena@acme.example", "shared", "192.0.2.9"), OK);
	assert_true(house->context.actor.tenant_id == house->acme_id);
	assert_false(house->context.actor.is_read_only);
	assert_int_equal(
	    sign_in(house, "lena@globex.example", "shared", "192.0.2.9"), OK);
	assert_true(house->context.actor.tenant_id == house->globex_id);
	assert_true(house->context.actor.is_read_only);
}

static void
test_a_key_never_adds_a_wider_key(void **state)
{
	static const char *const wider[] = { "from=\"192.0.0.0/16\"",
		"from=\"192.0.2.0/24,198.51.100.1\"",
		"expiry-time=\"20270101Z\"", "command=\"user *\"",
		"command=\"key add,key remove,user list\"" };
	struct house *house = *state;

	house_ok(house, "key add", "lena@acme.example", "key",
	    line_of("from=\"192.0.2.0/24\",expiry-time=\"20261001Z\","
		    "command=\"key *,user list\"",
		"laptop"),
	    NULL);
	assert_int_equal(sign_in(house, "lena", "laptop", "192.0.2.9"), OK);
	for (size_t i = 0; i < 4; i++)
		house_refused(house, ERR_DENIED, "can't be wider", "key add",
		    NULL, "key", line_of(wider[i], "more"), NULL);
	house_ok(
	    house, "key add", NULL, "key", line_of(wider[4], "more"), NULL);
	house_ok(house, "key add", NULL, "key",
	    line_of("from=\"192.0.2.128/25\",command=\"key add\"", "less"),
	    NULL);
	house_ok(house, "key add", NULL, "key", line_of("", "same"), NULL);
	assert_int_equal(sign_in(house, "lena", "same", "192.0.2.9"), OK);
	assert_string_equal(house->context.actor.commands, "key *, user list");
	assert_int_equal(
	    sign_in(house, "lena", "same", "198.51.100.1"), ERR_DENIED);
	assert_int_equal(sign_in(house, "lena", "same", "192.0.2.9"), OK);
	house_refused(house, ERR_DENIED, "is not for", "alias add",
	    "x@acme.example", "targets", "lena@acme.example", NULL);
}

static void
test_a_tenant_admins_key_is_for_the_own_tenant(void **state)
{
	struct house *house = *state;

	house_refused(house, ERR_INVALID, "no tenant that this person",
	    "key add", "lena@acme.example", "key",
	    line_of("tenant=\"Globex\"", "laptop"), NULL);
	house_refused(house, ERR_INVALID, "no tenant that this person",
	    "key add", "root@postern.example", "key",
	    line_of("tenant=\"Nobody\"", "laptop"), NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, house_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_line_without_restrictions_is_a_key),
		TEST(test_every_restriction_is_read),
		TEST(test_what_can_not_be_kept_is_refused_with_the_reason),
		TEST(test_two_lines_and_files_of_other_programs_are_refused),
		TEST(test_a_key_is_told_in_plain_words),
		TEST(test_a_restricted_key_signs_in_with_its_restrictions),
		TEST(test_a_refused_holder_is_told_and_a_stranger_is_not),
		TEST(test_one_key_in_two_tenants_the_address_picks),
		TEST(test_a_key_never_adds_a_wider_key),
		TEST(test_a_tenant_admins_key_is_for_the_own_tenant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
