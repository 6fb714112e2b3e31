/* bundle_test.c - the tar file of a backup: what goes in, what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "model/bundle.h"

static int
file_of(const char *bytes)
{
	const int fd = memfd_create("file", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(
	    write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	return fd;
}

static void
a_file_that_ends_early_is_told(void **state)
{
	/* Says 4096 bytes, and has fewer. */
	const int fd = open("/sys/kernel/uevent_seqnum", O_RDONLY);
	const int to = memfd_create("bundle", MFD_CLOEXEC);
	struct bundle *bundle;
	struct err err = { 0 };

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(bundle_begin(&bundle, to, &err), OK);
	assert_int_equal(bundle_add(bundle, "vault.crt", fd, &err), ERR_SYSTEM);
	assert_string_equal(
	    err.text, "vault.crt became shorter while it was read.");
	(void)!bundle_end(&bundle, NULL);
	close(fd);
	close(to);
}

struct taken {
	int fd;
	char name[BUNDLE_NAME_SIZE];
	int64_t size;
};

static int
take(void *context, const char *name, int64_t size, struct err *err)
{
	struct taken *taken = context;

	(void)err;
	text_copy(taken->name, sizeof(taken->name), name);
	taken->size = size;
	return dup(taken->fd);
}

static void
what_went_in_comes_out(void **state)
{
	const int in = file_of("a key"), to = memfd_create("b", MFD_CLOEXEC);
	struct taken taken = { .fd = memfd_create("out", MFD_CLOEXEC) };
	struct bundle *bundle;
	char bytes[16] = "";

	(void)state;
	assert_int_equal(bundle_begin(&bundle, to, NULL), OK);
	assert_int_equal(bundle_add(bundle, "dkim/a.private", in, NULL), OK);
	assert_int_equal(bundle_end(&bundle, NULL), OK);
	lseek(to, 0, SEEK_SET);
	assert_int_equal(bundle_read(to, take, &taken, &(struct err){ 0 }), OK);
	assert_string_equal(taken.name, "dkim/a.private");
	assert_int_equal(taken.size, 5);
	assert_int_equal(pread(taken.fd, bytes, sizeof(bytes) - 1, 0), 5);
	assert_string_equal(bytes, "a key");
	close(taken.fd);
	close(to);
	close(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_ends_early_is_told),
		cmocka_unit_test(what_went_in_comes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
