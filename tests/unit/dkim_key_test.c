/* dkim_key_test.c - a key pair that verifies, in a file nobody else reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "mail/dkim_key.h"

static char directory[] = "/tmp/postern-dkim-XXXXXX";

static int
make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) == NULL;
}

static int
remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

static char *
path_of(const char *name)
{
	static char path[256];

	assert_true(text_format(path, sizeof(path), "%s/%s", directory, name));
	return path;
}

static void
the_public_key_belongs_to_the_private_file(void **state)
{
	const char *path = path_of("acme.example.default.private");
	char public_key[DKIM_PUBLIC_SIZE];
	unsigned char der[DKIM_PUBLIC_SIZE];
	const unsigned char *at = der;
	EVP_PKEY *private_pair, *public_half;
	struct stat status;
	FILE *file;
	int length;

	(void)state;
	assert_int_equal(dkim_key_make(directory, "acme.example", "default",
			     public_key, NULL),
	    OK);
	assert_int_equal(strlen(public_key), 392);
	length = EVP_DecodeBlock(der, (unsigned char *)public_key, 392);
	public_half = d2i_PUBKEY(NULL, &at, length);
	assert_non_null(public_half);
	assert_int_equal(EVP_PKEY_bits(public_half), DKIM_KEY_BITS);

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	file = fopen(path, "r");
	assert_non_null(file);
	private_pair = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(private_pair);
	assert_int_equal(EVP_PKEY_eq(private_pair, public_half), 1);
	EVP_PKEY_free(private_pair);
	EVP_PKEY_free(public_half);
	assert_int_equal(
	    dkim_key_remove(directory, "acme.example", "default", NULL), OK);
	assert_int_equal(access(path, F_OK), -1);
}

static void
a_file_that_is_there_is_never_written_over(void **state)
{
	const char *path = path_of("acme.example.default.private");
	char public_key[DKIM_PUBLIC_SIZE];
	struct err err = { 0 };
	struct stat status;
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	fclose(file);
	assert_int_equal(dkim_key_make(directory, "acme.example", "default",
			     public_key, &err),
	    ERR_CONFLICT);
	assert_string_equal(err.field, "selector");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0);
	unlink(path);
}

static void
names_that_are_no_names_never_become_a_path(void **state)
{
	static const struct {
		const char *domain, *selector;
	} cases[] = {
		{ "../../etc", "default" },
		{ "acme.example/..", "default" },
		{ "acme.example", "../x" },
		{ "acme.example", "a.b" },
		{ "acme.example", "" },
		{ "", "default" },
		{ "ACME.example", "default" },
	};
	char public_key[DKIM_PUBLIC_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(dkim_key_make(directory, cases[i].domain,
				     cases[i].selector, public_key, NULL),
		    ERR_INVALID);
		assert_int_equal(dkim_key_remove(directory, cases[i].domain,
				     cases[i].selector, NULL),
		    ERR_INVALID);
	}
}

static void
a_directory_that_is_missing_is_said_by_name(void **state)
{
	char public_key[DKIM_PUBLIC_SIZE];
	struct err err = { 0 };

	(void)state;
	assert_int_equal(dkim_key_make("/nonexistent/dkim", "acme.example",
			     "default", public_key, &err),
	    ERR_SYSTEM);
	assert_non_null(strstr(err.text, "/nonexistent/dkim"));
}

static void
a_file_name_is_of_a_domain_and_a_selector(void **state)
{
	static const char *const none[] = { "", "shadow", ".private",
		"a.private", "acme.example.private.", "../a.example.s.private",
		"acme.example.a_b.private", "Acme.example.s.private",
		"acme.example..private", "acme.example.s.private.1",
		"-acme.example.-s.private", NULL };

	(void)state;
	assert_true(dkim_key_is_name("acme.example.2026a.private"));
	for (size_t i = 0; none[i] != NULL; i++)
		if (dkim_key_is_name(none[i]))
			fail_msg("\"%s\" is taken", none[i]);
}

static size_t
make_pem(const char *type, const char *password, char to[8192])
{
	EVP_PKEY *key = text_is_same(type, "RSA")
	    ? EVP_RSA_gen(2048)
	    : EVP_PKEY_Q_keygen(NULL, NULL, type);
	BIO *bio = BIO_new(BIO_s_mem());
	int length;

	assert_true(PEM_write_bio_PrivateKey(bio, key,
	    password != NULL ? EVP_aes_128_cbc() : NULL,
	    (const unsigned char *)password,
	    password != NULL ? (int)strlen(password) : 0, NULL, NULL));
	length = BIO_read(bio, to, 8192);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return (size_t)length;
}

static void
only_a_key_that_signs_mail_is_one(void **state)
{
	char pem[8192], more[8193];
	size_t length = make_pem("RSA", NULL, pem);

	(void)state;
	assert_true(dkim_key_is_private(pem, length));
	assert_false(dkim_key_is_private(pem, length / 2));
	assert_false(dkim_key_is_private(pem, 0));
	memcpy(more, pem, length);
	more[length] = 'x';
	assert_false(dkim_key_is_private(more, length + 1));
	memcpy(more + 1, pem, length);
	more[0] = '\n';
	assert_false(dkim_key_is_private(more, length + 1));
	assert_true(dkim_key_is_private(pem, make_pem("ED25519", NULL, pem)));
	assert_false(dkim_key_is_private(pem, make_pem("X25519", NULL, pem)));
	assert_false(dkim_key_is_private(pem, make_pem("RSA", "secret", pem)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_key_belongs_to_the_private_file),
		cmocka_unit_test(a_file_that_is_there_is_never_written_over),
		cmocka_unit_test(names_that_are_no_names_never_become_a_path),
		cmocka_unit_test(a_directory_that_is_missing_is_said_by_name),
		cmocka_unit_test(a_file_name_is_of_a_domain_and_a_selector),
		cmocka_unit_test(only_a_key_that_signs_mail_is_one),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
