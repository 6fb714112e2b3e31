#include "smime/vault_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/io.h"
#include "base/random.h"
#include "base/text.h"
#include "smime/identity.h"
#include "smime/library.h"
#include "smime/vault.h"

#define VAULT_BITS     3072
#define VAULT_FILE_MAX (16 * 1024) /* bytes */

enum err_code
vault_file_path(
    char to[PATH_MAX], const char *directory, const char *name, struct err *err)
{
	if (!text_format(to, PATH_MAX, "%s/%s", directory, name))
		return err_set(err, ERR_SYSTEM, NULL,
		    "The state directory's path is too long.");
	return OK;
}

/* ---- files ---- */

struct owner {
	uid_t user;
	gid_t group;
};

static bool
fill(int fd, const struct owner *owner, mode_t mode, const char *bytes,
    size_t length)
{
	return (owner->user == (uid_t)-1 ||
		   fchown(fd, owner->user, owner->group) == 0) &&
	    fchmod(fd, mode) == 0 && io_write_all(fd, bytes, length) &&
	    fsync(fd) == 0;
}

/* The directory may belong to a user with fewer rights than the caller, so
 * nothing that stands there is followed or changed. */
static enum err_code
write_file(const char *path, const struct owner *owner, mode_t mode,
    const char *bytes, size_t length, struct err *err)
{
	char fresh[PATH_MAX];
	bool is_written;
	int fd;

	if (!text_format(fresh, sizeof(fresh), "%s.new", path))
		return err_set(err, ERR_SYSTEM, NULL, "The path is too long.");
	unlink(fresh);
	fd = open(
	    fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set_errno(err, "Can't make %s", fresh);
	is_written =
	    fill(fd, owner, mode, bytes, length) && rename(fresh, path) == 0;
	if (!is_written) {
		err_set_errno(err, "Can't write %s", path);
		unlink(fresh);
	}
	close(fd);
	return is_written ? OK : ERR_SYSTEM;
}

static enum err_code
write_bio(const char *path, const struct owner *owner, mode_t mode, BIO *bio,
    struct err *err)
{
	char *bytes;
	const long length = BIO_get_mem_data(bio, &bytes);

	return write_file(
	    path, owner, mode, bytes, length > 0 ? (size_t)length : 0, err);
}

/* Wiped when it is freed. */
static enum err_code
write_key(
    const char *path, const struct owner *owner, EVP_PKEY *key, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	enum err_code code = ERR_SYSTEM;

	if (bio == NULL ||
	    !PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		library_failed(err, "write the vault's key");
	else
		code = write_bio(path, owner, 0600, bio, err);
	BIO_free(bio);
	return code;
}

enum err_code
vault_file_key(const char *path, EVP_PKEY **key, struct err *err)
{
	BIO *bio = BIO_new_file(path, "r");

	*key = NULL;
	if (bio == NULL) {
		const int reason = errno;

		ERR_clear_error();
		if (reason == ENOENT)
			return err_set(err, ERR_NOT_FOUND, NULL,
			    "There is no vault key %s: the operator makes the "
			    "vault with \"postern vault make\".",
			    path);
		return err_set(err, ERR_DENIED, NULL,
		    "This user may not read the vault key %s.", path);
	}
	*key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return *key != NULL ? OK : library_failed(err, "read the vault's key");
}

enum err_code
vault_file_certificate(
    const char *state_directory, X509 **certificate, struct err *err)
{
	char path[PATH_MAX];
	BIO *bio;

	*certificate = NULL;
	if (vault_file_path(path, state_directory, VAULT_CERTIFICATE, err) !=
	    OK)
		return err->code;
	bio = BIO_new_file(path, "r");
	if (bio == NULL) {
		ERR_clear_error();
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "This server has no vault yet: the operator makes it with "
		    "\"postern vault make\".");
	}
	*certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return *certificate != NULL
	    ? OK
	    : library_failed(err, "read the vault's certificate");
}

/* ---- making ---- */

/* Self-signed, for good: it only carries the public key. */
static X509 *
certify(EVP_PKEY *key)
{
	X509 *certificate = X509_new();
	X509_NAME *name =
	    certificate == NULL ? NULL : X509_get_subject_name(certificate);
	const unsigned char *word = (const unsigned char *)"Postern vault";
	uint64_t serial;

	random_bytes(&serial, sizeof(serial));
	if (name == NULL || !X509_set_version(certificate, X509_VERSION_3) ||
	    !ASN1_INTEGER_set_uint64(
		X509_get_serialNumber(certificate), serial >> 1) ||
	    !X509_gmtime_adj(X509_getm_notBefore(certificate), 0) ||
	    !ASN1_TIME_set_string(
		X509_getm_notAfter(certificate), "99991231235959Z") ||
	    !X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, word, -1, -1, 0) ||
	    !X509_set_issuer_name(certificate, name) ||
	    !X509_set_pubkey(certificate, key) ||
	    !X509_sign(certificate, key, EVP_sha256())) {
		X509_free(certificate);
		return NULL;
	}
	return certificate;
}

static enum err_code
write_certificate(const char *path, EVP_PKEY *key, struct err *err)
{
	const struct owner as_made = { (uid_t)-1, (gid_t)-1 };
	BIO *bio = BIO_new(BIO_s_mem());
	X509 *certificate = certify(key);
	enum err_code code = ERR_SYSTEM;

	if (bio == NULL || certificate == NULL ||
	    !PEM_write_bio_X509(bio, certificate))
		library_failed(err, "make the vault's certificate");
	else
		code = write_bio(path, &as_made, 0644, bio, err);
	X509_free(certificate);
	BIO_free(bio);
	return code;
}

static enum err_code
make_key(const char *path, const struct owner *owner, struct err *err)
{
	EVP_PKEY *key = EVP_RSA_gen(VAULT_BITS);
	enum err_code code;

	if (key == NULL)
		return library_failed(err, "make the vault's key");
	code = write_key(path, owner, key, err);
	EVP_PKEY_free(key);
	return code;
}

/* Makes what is missing, so that a cut-off run is finished by the next. */
static enum err_code
complete(const char *directory, const struct owner *owner, struct err *err)
{
	char key_path[PATH_MAX], path[PATH_MAX];
	X509 *certificate = NULL;
	EVP_PKEY *key = NULL;
	struct err none;
	enum err_code code =
	    vault_file_path(key_path, directory, VAULT_KEY, err);

	if (code == OK)
		code = vault_file_path(path, directory, VAULT_CERTIFICATE, err);
	if (code == OK && access(key_path, F_OK) != 0)
		code = make_key(key_path, owner, err);
	if (code == OK)
		code = vault_file_key(key_path, &key, err);
	if (code == OK &&
	    (vault_file_certificate(directory, &certificate, &none) != OK ||
		X509_check_private_key(certificate, key) != 1))
		code = write_certificate(path, key, err);
	ERR_clear_error();
	X509_free(certificate);
	EVP_PKEY_free(key);
	return code;
}

enum err_code
vault_make(
    const char *state_directory, uid_t user, gid_t group, struct err *err)
{
	const struct owner owner = { user, group };

	identity_protect_memory(IDENTITY_ROOM);
	return complete(state_directory, &owner, err);
}

/* Who can't read a key that is there may move it, being the directory's
 * owner, but could never seal anew what it sealed. */
static enum err_code
check_readable(const char *path, struct err *err)
{
	EVP_PKEY *key = NULL;
	enum err_code code = OK;

	if (access(path, F_OK) == 0)
		code = vault_file_key(path, &key, err);
	EVP_PKEY_free(key);
	return code;
}

enum err_code
vault_rotate(
    const char *state_directory, uid_t user, gid_t group, struct err *err)
{
	const struct owner owner = { user, group };
	char now[PATH_MAX], old[PATH_MAX];

	identity_protect_memory(IDENTITY_ROOM);
	if (vault_file_path(now, state_directory, VAULT_KEY, err) != OK ||
	    vault_file_path(old, state_directory, VAULT_OLD_KEY, err) != OK)
		return err->code;
	if (check_readable(now, err) != OK || check_readable(old, err) != OK)
		return err->code;
	/* With an old key there, an earlier rotation goes on. */
	if (access(old, F_OK) != 0 && rename(now, old) != 0)
		return err_set_errno(err, "Can't put %s aside", now);
	return complete(state_directory, &owner, err);
}

enum err_code
vault_forget_old(const char *state_directory, struct err *err)
{
	char old[PATH_MAX];

	if (vault_file_path(old, state_directory, VAULT_OLD_KEY, err) != OK)
		return err->code;
	if (unlink(old) != 0 && errno != ENOENT)
		return err_set_errno(err, "Can't remove %s", old);
	return OK;
}

enum err_code
vault_fingerprint(const char *state_directory, char to[CERTIFICATE_DIGITS_SIZE],
    struct err *err)
{
	struct certificate_facts facts;
	X509 *certificate;
	const enum err_code code =
	    vault_file_certificate(state_directory, &certificate, err);

	to[0] = '\0';
	if (code != OK)
		return code;
	certificate_read(&facts, certificate);
	text_copy(to, CERTIFICATE_DIGITS_SIZE, facts.fingerprint);
	X509_free(certificate);
	return OK;
}
