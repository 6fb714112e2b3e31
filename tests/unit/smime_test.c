/* smime_test.c - who may store whose identity, and what is kept of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "model/smime.h"
#include "smime/store.h"
#include "tests/lib/certificates.h"
#include "tests/lib/house.h"

#define NINA "nina@acme.example"

static struct house house;

static int
open_house(void **state)
{
	(void)state;
	house_open(&house);
	house_as(&house, "root@postern.example");
	house_ok(&house, "user add", NINA, NULL);
	house_ok(&house, "user add", "bob@acme.example", NULL);
	return 0;
}

static int
close_house(void **state)
{
	(void)state;
	house_close(&house);
	return 0;
}

static int
make_all(void **state)
{
	return certificates_make(state) != 0 ||
	    vault_make(certificates_directory(), (uid_t)-1, (gid_t)-1, NULL) !=
	    OK;
}

/* With a vault, as a session has one. */
static void
act_as(const char *address)
{
	house_as(&house, address);
	house.context.state_directory = certificates_directory();
}

static const char *
pem(const char *first, const char *second)
{
	return certificates_file(NULL, first, second, NULL);
}

static void
set(const char *address)
{
	house_ok(&house, "smime set", address, "certificate",
	    pem("nina.pem", "middle.pem"), "key", pem("nina.key", NULL), NULL);
}

static void
test_the_key_is_kept_only_sealed(void **state)
{
	struct identity identity;
	struct vault vault;
	char label[SMIME_LABEL_SIZE];
	struct db_query q;

	(void)state;
	act_as("root@postern.example");
	set(NINA);
	assert_string_equal(
	    house_value(&house, "smime list", NINA, "state"), "active");
	smime_label(label, NINA);
	assert_int_equal(
	    vault_open(&vault, certificates_directory(), &house.err), OK);
	q = db_query_built(
	    house.db, "SELECT certificates, sealed FROM smime_identity");
	assert_true(db_step(&q));
	{
		size_t length;
		const void *sealed = db_blob(&q, 1, &length);

		assert_null(strstr(db_text(&q, 0), "PRIVATE"));
		assert_int_equal(store_open(&identity, &vault, label,
				     db_text(&q, 0), sealed, length, NULL),
		    OK);
		assert_int_equal(identity.issuer_count, 1);
		identity_close(&identity);
	}
	assert_int_equal(db_end(&q, &house.err), OK);
	vault_close(&vault);
}

static void
test_who_may_store_whose_identity(void **state)
{
	(void)state;
	act_as("lena@acme.example");
	set(NINA);
	act_as("hank@globex.example");
	house_refused(&house, ERR_NOT_FOUND, "no smime", "smime set", NINA,
	    "certificate", pem("nina.pem", "nina.key"), NULL);
	act_as("console");
	house_refused(&house, ERR_DENIED, "Only", "smime set", NINA,
	    "certificate", pem("nina.pem", "nina.key"), NULL);
	act_as(NINA);
	set("");
	set(NINA);
	house_refused(&house, ERR_NOT_FOUND, "", "smime remove",
	    "hank@globex.example", NULL);
	house_refused(&house, ERR_DENIED, "yourself", "smime remove",
	    "bob@acme.example", NULL);
	house_ok(&house, "smime remove", "", NULL);
	assert_false(house_has(&house, "smime list", NINA));
}

static void
test_a_tenant_admin_sets_users_not_admins(void **state)
{
	(void)state;
	act_as("lena@acme.example");
	house_refused(&house, ERR_DENIED, "rank", "smime remove",
	    "olga@acme.example", NULL);
}

static void
test_what_fails_is_not_stored(void **state)
{
	(void)state;
	act_as("root@postern.example");
	house_refused(&house, ERR_INVALID, "certificate is of", "smime set",
	    "bob@acme.example", "certificate", pem("nina.pem", "nina.key"),
	    NULL);
	house_refused(&house, ERR_INVALID, "another certificate", "smime set",
	    NINA, "certificate", pem("nina.pem", "other.key"), NULL);
	house_refused(&house, ERR_INVALID, "passphrase", "smime set", NINA,
	    "certificate", pem("nina.pem", "nina.pkcs8.locked"), "passphrase",
	    "wrong", NULL);
	assert_false(house_has(&house, "smime list", NINA));
}

static void
test_certificate_and_record_come_out_the_key_does_not(void **state)
{
	struct arena arena = { 0 };
	char *text;

	(void)state;
	act_as("root@postern.example");
	set(NINA);
	assert_int_equal(
	    smime_certificates(&house.context, NINA, &arena, &text, &house.err),
	    OK);
	assert_string_equal(text, pem("nina.pem", "middle.pem"));
	assert_int_equal(
	    smime_record(&house.context, NINA, &arena, &text, &house.err), OK);
	/* SHA-256 of "nina", cut to 28 octets. */
	assert_memory_equal(text,
	    "a5c299e2fdd21869360a5e52cb764eafc7b94bd0eed0a2080c427684", 56);
	assert_non_null(
	    strstr(text, "._smimecert.acme.example. IN SMIMEA 3 0 0 30"));
	act_as("hank@globex.example");
	assert_int_equal(
	    smime_certificates(&house.context, NINA, &arena, &text, &house.err),
	    ERR_NOT_FOUND);
	arena_free(&arena);
}

static void
test_rotation_seals_all_again(void **state)
{
	const char *directory = certificates_directory();
	struct smime_state now;
	struct vault vault;
	int64_t count;

	(void)state;
	act_as("root@postern.example");
	set(NINA);
	assert_int_equal(
	    vault_rotate(directory, (uid_t)-1, (gid_t)-1, &house.err), OK);
	assert_int_equal(
	    smime_state(&house.context, NINA, &now, &house.err), OK);
	assert_false(now.is_of_this_vault);
	assert_int_equal(vault_open(&vault, directory, &house.err), OK);
	assert_int_equal(
	    smime_reseal(&house.context, &vault, &count, &house.err), OK);
	vault_close(&vault);
	assert_int_equal(count, 1);
	assert_int_equal(vault_forget_old(directory, &house.err), OK);
	assert_int_equal(
	    smime_state(&house.context, NINA, &now, &house.err), OK);
	assert_true(now.is_of_this_vault);
}

int
main(void)
{
#define WITH_USERS(test) \
	cmocka_unit_test_setup_teardown(test, open_house, close_house)
	const struct CMUnitTest tests[] = {
		WITH_USERS(test_the_key_is_kept_only_sealed),
		WITH_USERS(test_who_may_store_whose_identity),
		WITH_USERS(test_a_tenant_admin_sets_users_not_admins),
		WITH_USERS(test_what_fails_is_not_stored),
		WITH_USERS(
		    test_certificate_and_record_come_out_the_key_does_not),
		WITH_USERS(test_rotation_seals_all_again),
	};

	return cmocka_run_group_tests_name(
	    "smime", tests, make_all, certificates_remove);
}
