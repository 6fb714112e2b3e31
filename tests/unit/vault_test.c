/* vault_test.c - what is sealed opens with the vault's key and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "smime/vault.h"

#define SECRET "correct horse battery staple"

static char place[64];
static struct arena arena;

static int
make_place(void **state)
{
	(void)state;
	text_copy(place, sizeof(place), "/tmp/postern-vault-XXXXXX");
	if (mkdtemp(place) == NULL)
		return 1;
	return vault_make(place, (uid_t)-1, (gid_t)-1, NULL) != OK;
}

static int
remove_place(void **state)
{
	static const char *const names[] = { VAULT_CERTIFICATE, VAULT_KEY,
		VAULT_OLD_KEY };
	char path[PATH_MAX];

	(void)state;
	arena_free(&arena);
	for (size_t i = 0; i < 3; i++) {
		text_format(path, sizeof(path), "%s/%s", place, names[i]);
		unlink(path);
	}
	return rmdir(place);
}

static void *
seal(size_t *length)
{
	void *sealed;

	assert_int_equal(vault_seal(place, "test 1", SECRET, sizeof(SECRET),
			     &arena, &sealed, length, NULL),
	    OK);
	return sealed;
}

static enum err_code
unseal(const char *label, const void *sealed, size_t length)
{
	struct vault vault;
	char secret[sizeof(SECRET)] = "";
	size_t got;
	enum err_code code;

	assert_int_equal(vault_open(&vault, place, NULL), OK);
	code = vault_unseal(
	    &vault, label, sealed, length, secret, sizeof(secret), &got, NULL);
	vault_close(&vault);
	assert_int_equal(got, code == OK ? sizeof(SECRET) : 0);
	assert_string_equal(secret, code == OK ? SECRET : "");
	return code;
}

static void
test_only_the_owner_reads_the_key(void **state)
{
	char path[PATH_MAX];
	struct stat status;

	(void)state;
	text_format(path, sizeof(path), "%s/%s", place, VAULT_KEY);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	text_format(path, sizeof(path), "%s/%s", place, VAULT_CERTIFICATE);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
}

static void
test_what_is_sealed_opens(void **state)
{
	size_t length;
	void *sealed = seal(&length);

	(void)state;
	assert_int_equal(unseal("test 1", sealed, length), OK);
	assert_null(memmem(sealed, length, "horse", 5));
}

static void
test_a_label_does_not_stand_for_another(void **state)
{
	size_t length;
	void *sealed = seal(&length);

	(void)state;
	assert_int_equal(unseal("test 2", sealed, length), ERR_INVALID);
	assert_int_equal(unseal("test", sealed, length), ERR_INVALID);
}

static void
test_damage_is_found(void **state)
{
	size_t length;
	uint8_t *sealed = seal(&length);

	(void)state;
	for (size_t i = 0; i < length; i += 3) {
		enum err_code code;

		/* Around it a bit may mean nothing; the secret is right or
		 * refused, as unseal() asserts. */
		sealed[i] ^= 1;
		code = unseal("test 1", sealed, length);
		sealed[i] ^= 1;
		if (i > length - sizeof(SECRET))
			assert_int_equal(code, ERR_INVALID);
		assert_int_equal(unseal("test 1", sealed, i), ERR_INVALID);
	}
	assert_int_equal(unseal("test 1", sealed, length), OK);
}

static void
test_making_again_keeps_the_vault(void **state)
{
	size_t length;
	void *sealed = seal(&length);

	(void)state;
	assert_int_equal(vault_make(place, (uid_t)-1, (gid_t)-1, NULL), OK);
	assert_int_equal(unseal("test 1", sealed, length), OK);
}

static void
test_rotation_opens_both_until_the_old_key_goes(void **state)
{
	char before[CERTIFICATE_DIGITS_SIZE], after[CERTIFICATE_DIGITS_SIZE];
	size_t length, again_length;
	void *sealed = seal(&length), *again;
	struct vault vault;

	(void)state;
	assert_int_equal(vault_fingerprint(place, before, NULL), OK);
	assert_int_equal(vault_rotate(place, (uid_t)-1, (gid_t)-1, NULL), OK);
	assert_int_equal(vault_fingerprint(place, after, NULL), OK);
	assert_string_not_equal(before, after);
	assert_int_equal(unseal("test 1", sealed, length), OK);
	assert_int_equal(vault_open(&vault, place, NULL), OK);
	assert_int_equal(vault_reseal(&vault, place, sealed, length, &arena,
			     &again, &again_length, NULL),
	    OK);
	vault_close(&vault);
	assert_int_equal(vault_forget_old(place, NULL), OK);
	assert_int_equal(unseal("test 1", again, again_length), OK);
	assert_int_equal(unseal("test 1", sealed, length), ERR_INVALID);
}

static void
test_a_rotation_that_was_cut_off_goes_on(void **state)
{
	char key[PATH_MAX], old[PATH_MAX];
	size_t length;
	void *sealed = seal(&length);

	(void)state;
	/* Cut off after the first step: the key is put aside. */
	text_format(key, sizeof(key), "%s/%s", place, VAULT_KEY);
	text_format(old, sizeof(old), "%s/%s", place, VAULT_OLD_KEY);
	assert_int_equal(rename(key, old), 0);
	assert_int_equal(unseal("test 1", sealed, length), OK);
	assert_int_equal(vault_rotate(place, (uid_t)-1, (gid_t)-1, NULL), OK);
	assert_int_equal(unseal("test 1", sealed, length), OK);
	sealed = seal(&length);
	assert_int_equal(vault_forget_old(place, NULL), OK);
	assert_int_equal(unseal("test 1", sealed, length), OK);
}

static void
test_a_missing_vault_is_said(void **state)
{
	struct vault vault;
	struct err err = { 0 };
	void *sealed;
	size_t length;

	(void)state;
	assert_int_equal(vault_open(&vault, "/nowhere", &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "vault make"));
	assert_int_equal(
	    vault_seal("/nowhere", "x", "y", 1, &arena, &sealed, &length, &err),
	    ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_the_owner_reads_the_key),
		cmocka_unit_test(test_what_is_sealed_opens),
		cmocka_unit_test(test_a_label_does_not_stand_for_another),
		cmocka_unit_test(test_damage_is_found),
		cmocka_unit_test(test_making_again_keeps_the_vault),
		cmocka_unit_test(
		    test_rotation_opens_both_until_the_old_key_goes),
		cmocka_unit_test(test_a_rotation_that_was_cut_off_goes_on),
		cmocka_unit_test(test_a_missing_vault_is_said),
	};

	return cmocka_run_group_tests_name(
	    "vault", tests, make_place, remove_place);
}
