#include "mail/dkim_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/host_name.h"
#include "base/io.h"
#include "base/text.h"

#define PUBLIC_DER_MAX ((DKIM_PUBLIC_SIZE - 1) / 4 * 3) /* bytes */

#define KEY_END ".private"

static bool
is_selector(const char *text)
{
	const size_t length = strlen(text);

	return length > 0 && length < 64 && text[0] != '-' &&
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* A selector has no dot, so two keys never share a file name. */
enum err_code
dkim_key_path(char *to, size_t size, const char *directory, const char *domain,
    const char *selector, struct err *err)
{
	if (!host_name_is_stored_form(domain) || !is_selector(selector))
		return err_set(err, ERR_INVALID, NULL,
		    "\"%s\" and \"%s\" are no domain and selector.", domain,
		    selector);
	if (!text_format(
		to, size, "%s/%s.%s" KEY_END, directory, domain, selector))
		return err_set(err, ERR_INVALID, NULL,
		    "The DKIM directory's path is too long.");
	return OK;
}

bool
dkim_key_is_name(const char *name)
{
	const size_t length = strlen(name), end = strlen(KEY_END);
	char domain[NAME_MAX + 1], path[NAME_MAX + 3], *dot;

	if (length <= end || length > NAME_MAX ||
	    !text_is_same(name + length - end, KEY_END))
		return false;
	text_copy(domain, sizeof(domain), name);
	domain[length - end] = '\0';
	dot = strrchr(domain, '.');
	if (dot == NULL)
		return false;
	*dot = '\0';
	return dkim_key_path(path, sizeof(path), ".", domain, dot + 1, NULL) ==
	    OK;
}

/* Never asks the terminal for one. */
static int
no_password(char *to, int size, int is_writing, void *unused)
{
	(void)to;
	(void)size;
	(void)is_writing;
	(void)unused;
	return -1;
}

bool
dkim_key_is_private(const char *pem, size_t length)
{
	static const char begin[] = "-----BEGIN ";
	BIO *bio = length <= INT_MAX ? BIO_new_mem_buf(pem, (int)length) : NULL;
	EVP_PKEY *key = NULL;
	bool is_one;

	/* OpenSSL passes over what stands before. */
	if (bio != NULL && length > strlen(begin) &&
	    strncmp(pem, begin, strlen(begin)) == 0)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	is_one = key != NULL &&
	    (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "ED25519")) &&
	    BIO_pending(bio) == 0;
	EVP_PKEY_free(key);
	BIO_free(bio);
	ERR_clear_error();
	return is_one;
}

bool
dkim_key_give(int fd)
{
	const struct passwd *user =
	    geteuid() == 0 ? getpwnam("opendkim") : NULL;

	return user == NULL || fchown(fd, user->pw_uid, (gid_t)-1) == 0;
}

/* The SubjectPublicKeyInfo in base64: what p= holds. */
static bool
public_text(EVP_PKEY *key, char to[DKIM_PUBLIC_SIZE])
{
	unsigned char der[PUBLIC_DER_MAX];
	unsigned char *at = der;
	int length = i2d_PUBKEY(key, NULL);

	if (length <= 0 || length > (int)sizeof(der))
		return false;
	length = i2d_PUBKEY(key, &at);
	return EVP_EncodeBlock((unsigned char *)to, der, length) > 0;
}

/* O_EXCL: a key that signs somebody's mail is never written over. */
static enum err_code
create(const char *path, int *fd, struct err *err)
{
	*fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*fd >= 0)
		return OK;
	if (errno == EEXIST)
		return err_set(err, ERR_CONFLICT, "selector",
		    "There is a key file of this selector already: choose "
		    "another selector.");
	return err_set_errno(err, "Can't write %s", path);
}

static enum err_code
write_private(EVP_PKEY *key, const char *path, struct err *err)
{
	BIO *pem = BIO_new(BIO_s_secmem());
	enum err_code code = OK;
	char *bytes;
	long length;
	int fd;

	if (pem == NULL ||
	    !PEM_write_bio_PrivateKey(pem, key, NULL, NULL, 0, NULL, NULL)) {
		BIO_free(pem);
		return err_set(
		    err, ERR_SYSTEM, NULL, "The key can't be written as PEM.");
	}
	length = BIO_get_mem_data(pem, &bytes);
	code = create(path, &fd, err);
	if (code == OK) {
		if (!io_write_all(fd, bytes, (size_t)length) ||
		    !dkim_key_give(fd) || fsync(fd) != 0) {
			code = err_set_errno(err, "Can't write %s", path);
			unlink(path);
		}
		close(fd);
	}
	OPENSSL_cleanse(bytes, (size_t)length);
	BIO_free(pem);
	return code;
}

enum err_code
dkim_key_make(const char *directory, const char *domain, const char *selector,
    char public_base64[DKIM_PUBLIC_SIZE], struct err *err)
{
	char path[PATH_MAX];
	EVP_PKEY *key;
	enum err_code code =
	    dkim_key_path(path, sizeof(path), directory, domain, selector, err);

	if (code != OK)
		return code;
	key = EVP_RSA_gen(DKIM_KEY_BITS);
	if (key == NULL || !public_text(key, public_base64))
		code = err_set(
		    err, ERR_SYSTEM, NULL, "OpenSSL could not make a key.");
	else
		code = write_private(key, path, err);
	EVP_PKEY_free(key);
	return code;
}

enum err_code
dkim_key_remove(const char *directory, const char *domain, const char *selector,
    struct err *err)
{
	char path[PATH_MAX];
	enum err_code code =
	    dkim_key_path(path, sizeof(path), directory, domain, selector, err);

	if (code == OK && unlink(path) != 0 && errno != ENOENT)
		code = err_set_errno(err, "Can't remove %s", path);
	return code;
}
