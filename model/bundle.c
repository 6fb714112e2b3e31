#include "model/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/text.h"

#define CHUNK     65536
#define FILES_MAX 100000

struct bundle {
	struct arena arena;
	struct archive *archive;
};

static enum err_code
broken(struct archive *archive, struct err *err)
{
	const char *why = archive_error_string(archive);

	return err_set(err, ERR_INVALID, NULL,
	    "This is no backup, or it is damaged: %.160s.",
	    why != NULL ? why : "it can't be read");
}

/* ---- writing ---- */

static enum err_code
failed(struct bundle *bundle, struct err *err)
{
	const char *why = archive_error_string(bundle->archive);

	return err_set(err, ERR_SYSTEM, NULL,
	    "The backup can't be written: %.160s.",
	    why != NULL ? why : "no memory");
}

enum err_code
bundle_begin(struct bundle **to, int fd, struct err *err)
{
	struct arena arena = { 0 };
	struct bundle *bundle = arena_alloc(&arena, sizeof(*bundle));

	bundle->arena = arena;
	bundle->archive = archive_write_new();
	*to = bundle;
	if (archive_write_set_format_pax_restricted(bundle->archive) !=
		ARCHIVE_OK ||
	    archive_write_open_fd(bundle->archive, fd) != ARCHIVE_OK)
		return failed(bundle, err);
	return OK;
}

static enum err_code
copy_in(struct bundle *bundle, const char *name, int fd, int64_t size,
    struct err *err)
{
	char chunk[CHUNK];
	ssize_t n;

	for (int64_t at = 0; at < size; at += n) {
		n = pread(fd, chunk,
		    size - at < CHUNK ? (size_t)(size - at) : CHUNK, (off_t)at);
		if (n == 0)
			return err_set(err, ERR_SYSTEM, NULL,
			    "%s became shorter while it was read.", name);
		if (n < 0)
			return err_set_errno(err, "%s can't be read", name);
		if (archive_write_data(bundle->archive, chunk, (size_t)n) != n)
			return failed(bundle, err);
	}
	explicit_bzero(chunk, sizeof(chunk));
	return OK;
}

enum err_code
bundle_add(struct bundle *bundle, const char *name, int fd, struct err *err)
{
	struct archive_entry *entry = archive_entry_new();
	enum err_code code = OK;
	struct stat status;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		archive_entry_free(entry);
		return err_set(
		    err, ERR_SYSTEM, NULL, "%s is no plain file.", name);
	}
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, status.st_size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, (time_t)clock_now(), 0);
	if (archive_write_header(bundle->archive, entry) != ARCHIVE_OK)
		code = failed(bundle, err);
	else
		code = copy_in(bundle, name, fd, status.st_size, err);
	archive_entry_free(entry);
	return code;
}

enum err_code
bundle_end(struct bundle **at, struct err *err)
{
	struct bundle *bundle = *at;
	struct arena arena = bundle->arena;
	enum err_code code = OK;

	if (archive_write_close(bundle->archive) != ARCHIVE_OK)
		code = failed(bundle, err);
	archive_write_free(bundle->archive);
	*at = NULL;
	arena_free(&arena);
	return code;
}

/* ---- reading ---- */

static bool
is_word(const char *text, size_t length)
{
	return length > 0 && text[0] != '.' && text[0] != '-' &&
	    strspn(text,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-") >= length;
}

static bool
is_name(const char *name)
{
	const size_t first = strcspn(name, "/");
	const char *rest = name + first;

	if (strlen(name) >= BUNDLE_NAME_SIZE || !is_word(name, first))
		return false;
	return *rest == '\0' ||
	    (strchr(rest + 1, '/') == NULL &&
		is_word(rest + 1, strlen(rest + 1)));
}

static enum err_code
copy_out(struct archive *archive, int64_t size, int fd, struct err *err)
{
	char chunk[CHUNK];
	int64_t at = 0;
	ssize_t n;

	while ((n = archive_read_data(archive, chunk, sizeof(chunk))) > 0) {
		at += n;
		if (at > size)
			return broken(archive, err);
		if (!io_write_all(fd, chunk, (size_t)n))
			return err_set_errno(
			    err, "A file of the backup can't be written");
	}
	explicit_bzero(chunk, sizeof(chunk));
	return n == 0 && at == size ? OK : broken(archive, err);
}

static enum err_code
take(struct archive *archive, struct archive_entry *entry,
    int (*open)(void *, const char *, int64_t, struct err *), void *context,
    struct err *err)
{
	const int64_t size = archive_entry_size(entry);
	const char *name = archive_entry_pathname(entry);
	char shown[120];
	enum err_code code;
	int fd;

	text_visible(shown, sizeof(shown), name != NULL ? name : "",
	    name != NULL ? strlen(name) : 0);
	if (name == NULL || !is_name(name) ||
	    archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry) != NULL ||
	    !archive_entry_size_is_set(entry) || size < 0)
		return err_set(err, ERR_INVALID, NULL,
		    "This is no backup: \"%s\" in it is no file of ours.",
		    shown);
	fd = open(context, name, size, err);
	if (fd < 0)
		return err->code;
	code = copy_out(archive, size, fd, err);
	close(fd);
	return code;
}

enum err_code
bundle_read(int fd, int (*open)(void *, const char *, int64_t, struct err *),
    void *context, struct err *err)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	int status = ARCHIVE_OK;

	archive_read_support_format_tar(archive);
	if (archive_read_open_fd(archive, fd, CHUNK) != ARCHIVE_OK) {
		broken(archive, err);
		archive_read_free(archive);
		return err->code;
	}
	*err = (struct err){ 0 };
	for (size_t files = 0; err->code == OK; files++) {
		status = archive_read_next_header(archive, &entry);
		if (status == ARCHIVE_EOF)
			break;
		if (status != ARCHIVE_OK || files == FILES_MAX)
			broken(archive, err);
		else if (archive_entry_filetype(entry) != AE_IFDIR)
			take(archive, entry, open, context, err);
	}
	archive_read_free(archive);
	return err->code;
}
