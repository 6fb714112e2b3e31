#include "smime/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
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

#define VAULT_BITS     3072
#define VAULT_FILE_MAX (16 * 1024) /* bytes */
#define LABEL_SIZE     128

static enum err_code
path_of(
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

static enum err_code
read_key(const char *path, EVP_PKEY **key, struct err *err)
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

static enum err_code
read_certificate(
    const char *state_directory, X509 **certificate, struct err *err)
{
	char path[PATH_MAX];
	BIO *bio;

	*certificate = NULL;
	if (path_of(path, state_directory, VAULT_CERTIFICATE, err) != OK)
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
	enum err_code code = path_of(key_path, directory, VAULT_KEY, err);

	if (code == OK)
		code = path_of(path, directory, VAULT_CERTIFICATE, err);
	if (code == OK && access(key_path, F_OK) != 0)
		code = make_key(key_path, owner, err);
	if (code == OK)
		code = read_key(key_path, &key, err);
	if (code == OK &&
	    (read_certificate(directory, &certificate, &none) != OK ||
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

enum err_code
vault_rotate(
    const char *state_directory, uid_t user, gid_t group, struct err *err)
{
	const struct owner owner = { user, group };
	char now[PATH_MAX], old[PATH_MAX];

	identity_protect_memory(IDENTITY_ROOM);
	if (path_of(now, state_directory, VAULT_KEY, err) != OK ||
	    path_of(old, state_directory, VAULT_OLD_KEY, err) != OK)
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

	if (path_of(old, state_directory, VAULT_OLD_KEY, err) != OK)
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
	    read_certificate(state_directory, &certificate, err);

	to[0] = '\0';
	if (code != OK)
		return code;
	certificate_read(&facts, certificate);
	text_copy(to, CERTIFICATE_DIGITS_SIZE, facts.fingerprint);
	X509_free(certificate);
	return OK;
}

/* ---- sealing ---- */

struct piece {
	const void *bytes;
	size_t length;
};

static bool
use_oaep(CMS_ContentInfo *sealed, X509 *certificate)
{
	CMS_RecipientInfo *recipient =
	    CMS_add1_recipient_cert(sealed, certificate, CMS_KEY_PARAM);
	EVP_PKEY_CTX *context = recipient == NULL
	    ? NULL
	    : CMS_RecipientInfo_get0_pkey_ctx(recipient);

	return context != NULL &&
	    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0;
}

/* Straight into the cipher: CMS_final() would leave copies of the secret in
 * buffers that nobody wipes. */
static bool
encrypt(CMS_ContentInfo *sealed, const struct piece parts[2])
{
	BIO *bio = CMS_dataInit(sealed, NULL);
	bool is_done = bio != NULL;

	for (int i = 0; i < 2 && is_done; i++)
		is_done = parts[i].length == 0 ||
		    BIO_write(bio, parts[i].bytes, (int)parts[i].length) ==
			(int)parts[i].length;
	is_done =
	    is_done && BIO_flush(bio) == 1 && CMS_dataFinal(sealed, bio) == 1;
	BIO_free_all(bio);
	return is_done;
}

static enum err_code
seal(X509 *certificate, const struct piece parts[2], struct arena *arena,
    void **to, size_t *to_length, struct err *err)
{
	CMS_ContentInfo *sealed = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(),
	    CMS_BINARY | CMS_PARTIAL | CMS_STREAM);
	unsigned char *der = NULL;
	int length = 0;

	if (sealed != NULL && use_oaep(sealed, certificate) &&
	    encrypt(sealed, parts))
		length = i2d_CMS_ContentInfo(sealed, &der);
	CMS_ContentInfo_free(sealed);
	if (length <= 0)
		return library_failed(err, "seal the secret to the vault");
	*to = arena_text_n(arena, (const char *)der, (size_t)length);
	*to_length = (size_t)length;
	OPENSSL_free(der);
	return OK;
}

static enum err_code
seal_to_vault(const char *directory, const struct piece parts[2],
    struct arena *arena, void **sealed, size_t *sealed_length, struct err *err)
{
	X509 *certificate;
	enum err_code code = read_certificate(directory, &certificate, err);

	if (code == OK)
		code =
		    seal(certificate, parts, arena, sealed, sealed_length, err);
	X509_free(certificate);
	return code;
}

enum err_code
vault_seal(const char *state_directory, const char *label, const void *secret,
    size_t length, struct arena *arena, void **sealed, size_t *sealed_length,
    struct err *err)
{
	const struct piece parts[2] = {
		{ label, strlen(label) + 1 }, /* the NUL parts the two */
		{ secret, length },
	};

	if (strlen(label) >= LABEL_SIZE || length > VAULT_SECRET_MAX)
		return err_set(err, ERR_INVALID, NULL,
		    "The secret is too long: at most %d kB.",
		    VAULT_SECRET_MAX / 1024);
	return seal_to_vault(
	    state_directory, parts, arena, sealed, sealed_length, err);
}

/* ---- with the key ---- */

enum err_code
vault_open(struct vault *vault, const char *state_directory, struct err *err)
{
	static const char *const names[VAULT_KEYS_MAX] = { VAULT_KEY,
		VAULT_OLD_KEY };
	char path[PATH_MAX];
	struct err first = { 0 };

	identity_protect_memory(IDENTITY_ROOM);
	*vault = (struct vault){ 0 };
	for (size_t i = 0; i < VAULT_KEYS_MAX; i++) {
		struct err why = { 0 };

		if (path_of(path, state_directory, names[i], err) != OK)
			return err->code;
		if (read_key(path, &vault->keys[vault->count], &why) == OK)
			vault->count++;
		else if (i == 0)
			first = why;
	}
	if (vault->count > 0)
		return OK;
	if (err != NULL)
		*err = first;
	return first.code;
}

void
vault_close(struct vault *vault)
{
	for (size_t i = 0; i < vault->count; i++)
		EVP_PKEY_free(vault->keys[i]);
	*vault = (struct vault){ 0 };
}

/* -1 when this key does not open it. */
static int
decrypt(const void *bytes, size_t length, EVP_PKEY *key, char *to, size_t size)
{
	const unsigned char *at = bytes;
	CMS_ContentInfo *sealed = d2i_CMS_ContentInfo(NULL, &at, (long)length);
	BIO *bio = NULL;
	int got = -1, more = 1;

	if (sealed != NULL && CMS_decrypt_set1_pkey(sealed, key, NULL) == 1)
		bio = CMS_dataInit(sealed, NULL);
	if (bio != NULL) {
		char beyond;

		got = BIO_read(bio, to, (int)size);
		more = got > 0 ? BIO_read(bio, &beyond, 1) : 1;
	}
	/* The tag is checked at the end: before that nothing is true. */
	if (bio == NULL || more > 0 || BIO_get_cipher_status(bio) != 1)
		got = -1;
	BIO_free_all(bio);
	CMS_ContentInfo_free(sealed);
	ERR_clear_error();
	return got;
}

/* Label, NUL and secret; the length, or -1. */
static int
unseal_any(const struct vault *vault, const void *sealed, size_t sealed_length,
    char *to, size_t size)
{
	int got = -1;

	for (size_t i = 0; i < vault->count && got < 0; i++)
		got = decrypt(sealed, sealed_length, vault->keys[i], to, size);
	return got;
}

enum err_code
vault_unseal(const struct vault *vault, const char *label, const void *sealed,
    size_t sealed_length, void *to, size_t size, size_t *length,
    struct err *err)
{
	char plain[LABEL_SIZE + VAULT_SECRET_MAX];
	const size_t skip = strlen(label) + 1;
	const int got =
	    unseal_any(vault, sealed, sealed_length, plain, sizeof(plain));
	enum err_code code = OK;

	*length = 0;
	if (got < 0)
		code = err_set(err, ERR_INVALID, NULL,
		    "It was sealed to another vault, or is damaged: store it "
		    "again.");
	else if ((size_t)got < skip || memcmp(plain, label, skip) != 0)
		code = err_set(err, ERR_INVALID, NULL,
		    "What is sealed here belongs to something else: store it "
		    "again.");
	else if ((size_t)got - skip > size)
		code = err_set(err, ERR_SYSTEM, NULL,
		    "What is sealed here is longer than expected.");
	if (code == OK) {
		*length = (size_t)got - skip;
		memcpy(to, plain + skip, *length);
	}
	explicit_bzero(plain, sizeof(plain));
	return code;
}

enum err_code
vault_reseal(const struct vault *vault, const char *state_directory,
    const void *sealed, size_t sealed_length, struct arena *arena, void **again,
    size_t *again_length, struct err *err)
{
	char plain[LABEL_SIZE + VAULT_SECRET_MAX];
	const int got =
	    unseal_any(vault, sealed, sealed_length, plain, sizeof(plain));
	struct piece parts[2] = { { plain, 0 }, { NULL, 0 } };
	enum err_code code;

	if (got < 0) {
		code = err_set(err, ERR_INVALID, NULL,
		    "Something is sealed to another vault: it must be stored "
		    "again.");
	} else {
		parts[0].length = (size_t)got;
		code = seal_to_vault(
		    state_directory, parts, arena, again, again_length, err);
	}
	explicit_bzero(plain, sizeof(plain));
	return code;
}
