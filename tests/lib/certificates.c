#include "tests/lib/certificates.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/text.h"

static char directory[64];
static struct arena files;

int
certificates_run(const char *const *words)
{
	pid_t pid;
	int status;

	if (posix_spawnp(&pid, words[0], NULL, NULL,
		(char *const *)(uintptr_t)words, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

int
certificates_make(void **state)
{
	const char *words[] = { "tests/lib/certificates.sh", directory, NULL };

	(void)state;
	text_copy(directory, sizeof(directory), "/tmp/postern-smime-XXXXXX");
	return mkdtemp(directory) == NULL || certificates_run(words) != 0;
}

int
certificates_remove(void **state)
{
	const char *words[] = { "rm", "-rf", directory, NULL };

	(void)state;
	arena_free(&files);
	return certificates_run(words);
}

const char *
certificates_directory(void)
{
	return directory;
}

char *
certificates_file(size_t *length, const char *name, ...)
{
	struct text_builder all;
	va_list names;

	text_builder_open(&all, &files, 4 * IDENTITY_INPUT_MAX);
	va_start(names, name);
	for (; name != NULL; name = va_arg(names, const char *)) {
		char path[PATH_MAX], *bytes;
		size_t count;

		text_format(path, sizeof(path), "%s/%s", directory, name);
		assert_int_equal(io_read_file(&files, path, IDENTITY_INPUT_MAX,
				     &bytes, &count, NULL),
		    OK);
		text_add_n(&all, bytes, count);
	}
	va_end(names);
	if (length != NULL)
		*length = all.length;
	return all.data;
}

void
certificates_identity(struct identity *identity, const char *certificate,
    const char *issuers, const char *key)
{
	size_t length;
	const char *text =
	    certificates_file(&length, certificate, key, issuers, NULL);

	assert_int_equal(
	    identity_read_pem(identity, text, length, NULL, NULL), OK);
}
