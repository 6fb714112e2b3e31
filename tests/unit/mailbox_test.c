/* mailbox_test.c - a Maildir as an enemy fills it, read with root's rights. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utime.h>

#include <cmocka.h>

#include "base/text.h"
#include "mail/keeper.h"
#include "mail/mailbox.h"

static char place[64], path[256];

static const char *
at(const char *name)
{
	text_format(path, sizeof(path), "%s/%s", place, name);
	return path;
}

static int
make_place(void **state)
{
	(void)state;
	text_copy(place, sizeof(place), "/tmp/postern-mailbox-XXXXXX");
	if (mkdtemp(place) == NULL || mkdir(at("new"), 0700) != 0 ||
	    mkdir(at("cur"), 0700) != 0)
		return 1;
	return 0;
}

static int
remove_place(void **state)
{
	static const char *const names[] = { "new/1", "new/2", "new/.hidden",
		"new/link", "new/pipe", "new/hard", "new/large", "cur/3",
		"outside", "way" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(at(names[i]));
	rmdir(at("new/folder"));
	rmdir(at("new"));
	rmdir(at("cur"));
	return rmdir(place);
}

static void
put(const char *name, size_t length, char fill)
{
	FILE *file = fopen(at(name), "w");

	assert_non_null(file);
	for (size_t i = 0; i < length; i++)
		fputc(fill, file);
	assert_int_equal(fclose(file), 0);
}

struct got {
	size_t count, bytes;
	char first; /* of the last message */
};

static void
take(void *context, const char *bytes, size_t length)
{
	struct got *got = context;

	got->count++;
	got->bytes += length;
	got->first = length > 0 ? bytes[0] : '\0';
}

/* Valgrind does not know the call that follows no link. */
static void
skip_under_valgrind(void)
{
	if (syscall(SYS_openat2, AT_FDCWD, "/", NULL, 0) < 0 && errno == ENOSYS)
		skip();
}

static struct got
read_place(const char *directory, int64_t since_at, enum err_code wanted)
{
	struct keeper none = { 0 };
	struct got got = { 0 };
	struct err err = { 0 };

	skip_under_valgrind();
	assert_int_equal(
	    keeper_mailbox(&none, directory, since_at, take, &got, &err),
	    wanted);
	if (wanted != OK)
		assert_true(err.text[0] != '\0');
	return got;
}

static void
messages_of_new_and_cur_come_whole(void **state)
{
	struct got got;

	(void)state;
	put("new/1", 3, 'a');
	put("new/2", 200000, 'b');
	put("cur/3", 0, 'c');
	put("new/.hidden", 5, 'd');
	got = read_place(place, 0, OK);
	assert_int_equal(got.count, 3);
	assert_int_equal(got.bytes, 200003);
}

static void
messages_from_before_are_left_out(void **state)
{
	const struct utimbuf old = { 1000, 1000 };

	(void)state;
	put("new/1", 3, 'a');
	put("new/2", 4, 'b');
	assert_int_equal(utime(at("new/1"), &old), 0);
	assert_int_equal(read_place(place, 1001, OK).bytes, 4);
	assert_int_equal(read_place(place, 1000, OK).bytes, 7);
}

static void
nothing_but_plain_files_is_opened(void **state)
{
	char outside[64];

	(void)state;
	put("outside", 6, 'x');
	text_copy(outside, sizeof(outside), at("outside"));
	assert_int_equal(symlink("/etc/passwd", at("new/link")), 0);
	assert_int_equal(link(outside, at("new/hard")), 0);
	assert_int_equal(mkfifo(at("new/pipe"), 0600), 0);
	assert_int_equal(mkdir(at("new/folder"), 0700), 0);
	put("new/large", 0, 'x');
	assert_int_equal(truncate(at("new/large"), MAILBOX_MESSAGE_MAX + 1), 0);
	assert_int_equal(read_place(place, 0, OK).count, 0);
}

static void
another_persons_file_is_left_out(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	put("new/1", 3, 'a');
	put("new/2", 4, 'b');
	assert_int_equal(chown(at("new/1"), 12345, 12345), 0);
	assert_int_equal(read_place(place, 0, OK).bytes, 4);
}

static void
a_way_with_a_symbolic_link_is_refused(void **state)
{
	char way[80];

	(void)state;
	assert_int_equal(symlink(place, at("way")), 0);
	text_format(way, sizeof(way), "%s/way", place);
	read_place(way, 0, ERR_DENIED);
	read_place("relative", 0, ERR_INVALID);
	read_place("/nowhere/Maildir", 0, ERR_NOT_FOUND);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_of_new_and_cur_come_whole),
		TEST(messages_from_before_are_left_out),
		TEST(nothing_but_plain_files_is_opened),
		TEST(another_persons_file_is_left_out),
		TEST(a_way_with_a_symbolic_link_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
