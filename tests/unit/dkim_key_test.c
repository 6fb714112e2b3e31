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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_key_belongs_to_the_private_file),
		cmocka_unit_test(a_file_that_is_there_is_never_written_over),
		cmocka_unit_test(names_that_are_no_names_never_become_a_path),
		cmocka_unit_test(a_directory_that_is_missing_is_said_by_name),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
