#include "ssh/host_key.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"

#define FILE_MAX 16384 /* bytes of a private key file */

static enum err_code
key_path(char path[PATH_MAX], const char *state_directory, const char *suffix,
    struct err *err)
{
	if (!text_format(path, PATH_MAX, "%s/" HOST_KEY_FILE "%s",
		state_directory, suffix))
		return err_set(err, ERR_INVALID, NULL,
		    "The path of the state directory is too long.");
	return OK;
}

static enum err_code
write_private(const char *path, ssh_key key, struct err *err)
{
	enum err_code code;
	char *text;

	if (ssh_pki_export_privkey_base64(key, NULL, NULL, NULL, &text) !=
	    SSH_OK)
		return err_set(
		    err, ERR_SYSTEM, NULL, "Can't make the host key.");
	code = io_replace_file(path, 0600, text, strlen(text), err);
	explicit_bzero(text, strlen(text));
	ssh_string_free_char(text);
	return code;
}

static enum err_code
write_public(const char *state_directory, ssh_key key, struct err *err)
{
	char path[PATH_MAX], line[512];
	enum err_code code = key_path(path, state_directory, ".pub", err);
	char *base64;

	if (code != OK)
		return code;
	if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
		return err_set(
		    err, ERR_SYSTEM, NULL, "Can't write the host key.");
	text_format(line, sizeof(line), "ssh-ed25519 %s postern\n", base64);
	ssh_string_free_char(base64);
	return io_replace_file(path, 0644, line, strlen(line), err);
}

enum err_code
host_key_make(const char *state_directory, struct err *err)
{
	char path[PATH_MAX];
	enum err_code code = key_path(path, state_directory, "", err);
	ssh_key key;

	if (code != OK || access(path, F_OK) == 0)
		return code;
	if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK)
		return err_set(
		    err, ERR_SYSTEM, NULL, "Can't make the host key.");
	code = write_private(path, key, err);
	if (code == OK)
		code = write_public(state_directory, key, err);
	ssh_key_free(key);
	return code;
}

/* Whose the key has to be: started by root, the owner's of the state, who
 * made it. */
static uid_t
wanted_owner(const char *state_directory)
{
	struct stat status;

	return geteuid() == 0 && stat(state_directory, &status) == 0
	    ? status.st_uid
	    : geteuid();
}

/* libssh looks at neither owner nor mode. */
static enum err_code
check_file(int fd, const char *path, uid_t owner, struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return err_set_errno(err, "Can't look at %s", path);
	if (!S_ISREG(status.st_mode))
		return err_set(
		    err, ERR_INVALID, NULL, "%s is not a file.", path);
	if (status.st_uid != owner)
		return err_set(err, ERR_DENIED, NULL,
		    "%s belongs to another user (id %u): make user id %u its "
		    "owner.",
		    path, (unsigned)status.st_uid, (unsigned)owner);
	if ((status.st_mode & 077) != 0)
		return err_set(err, ERR_DENIED, NULL,
		    "Others can read %s: take that away with \"chmod 600\", "
		    "and make a new host key if somebody may have.",
		    path);
	return OK;
}

static enum err_code
read_private(
    int fd, const char *path, uid_t owner, char text[FILE_MAX], struct err *err)
{
	enum err_code code = check_file(fd, path, owner, err);
	size_t used = 0;
	ssize_t n = 0;

	if (code != OK)
		return code;
	while (used < FILE_MAX - 1 &&
	    (n = read(fd, text + used, FILE_MAX - 1 - used)) > 0)
		used += (size_t)n;
	if (n < 0)
		return err_set_errno(err, "Can't read %s", path);
	text[used] = '\0';
	return OK;
}

enum err_code
host_key_read(
    const char *state_directory, struct ssh_key_struct **key, struct err *err)
{
	char path[PATH_MAX], text[FILE_MAX];
	enum err_code code = key_path(path, state_directory, "", err);
	int fd;

	if (code != OK)
		return code;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no host key %s: run \"postern init\".", path);
	if (fd < 0)
		return err_set_errno(err, "Can't open %s", path);
	code = read_private(fd, path, wanted_owner(state_directory), text, err);
	close(fd);
	if (code == OK &&
	    ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, key) !=
		SSH_OK)
		code = err_set(err, ERR_INVALID, NULL,
		    "%s holds no private key that can be read.", path);
	explicit_bzero(text, sizeof(text));
	return code;
}

enum err_code
host_key_fingerprint(const char *state_directory,
    char to[HOST_KEY_FINGERPRINT_SIZE], struct err *err)
{
	ssh_key key = NULL;
	enum err_code code = host_key_read(state_directory, &key, err);
	unsigned char *hash = NULL;
	size_t length;
	char *text = NULL;

	if (code != OK)
		return code;
	if (ssh_get_publickey_hash(
		key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0)
		text = ssh_get_fingerprint_hash(
		    SSH_PUBLICKEY_HASH_SHA256, hash, length);
	text_copy(to, HOST_KEY_FINGERPRINT_SIZE, text != NULL ? text : "");
	ssh_clean_pubkey_hash(&hash);
	ssh_string_free_char(text);
	ssh_key_free(key);
	return OK;
}

/* Never asks the terminal for one. */
static int
no_password(const char *prompt, char *to, size_t length, int echo, int verify,
    void *unused)
{
	(void)prompt, (void)to, (void)length, (void)echo, (void)verify;
	(void)unused;
	return -1;
}

bool
host_key_is_private(const char *text, size_t length)
{
	static const char begin[] = "-----BEGIN ";
	char copy[FILE_MAX];
	ssh_key key = NULL;
	bool is_one = false;

	if (length >= sizeof(copy) || memchr(text, '\0', length) != NULL)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (text_starts_with(copy, begin))
		is_one = ssh_pki_import_privkey_base64(
			     copy, NULL, no_password, NULL, &key) == SSH_OK;
	explicit_bzero(copy, sizeof(copy));
	ssh_key_free(key);
	return is_one;
}

bool
host_key_is_public(const char *text, size_t length)
{
	char line[FILE_MAX], type[64], base64[FILE_MAX];
	ssh_key key = NULL;
	bool is_one = false;

	if (length >= sizeof(line) || memchr(text, '\0', length) != NULL)
		return false;
	memcpy(line, text, length);
	line[length] = '\0';
	if (line[strcspn(line, "\n")] == '\n' &&
	    strcspn(line, "\n") == length - 1 &&
	    sscanf(line, "%63s %16383s", type, base64) == 2)
		is_one = ssh_pki_import_pubkey_base64(base64,
			     ssh_key_type_from_name(type), &key) == SSH_OK;
	ssh_key_free(key);
	return is_one;
}
