/* keeper_test.c - the keeper does what is on its list, where it is safe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_makes_the_directory_and_the_key),
		cmocka_unit_test(without_a_keeper_this_process_does_it),
		cmocka_unit_test(a_directory_that_others_can_write_is_refused),
		cmocka_unit_test(a_symbolic_link_is_not_followed),
		cmocka_unit_test(
		    rubbish_ends_the_keeper_and_the_next_request_says_so),
		cmocka_unit_test(an_unknown_request_is_denied),
	};

	return cmocka_run_group_tests(tests, make_place, remove_place);
}
