#include "smime/vault.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "smime/identity.h"
#include "smime/library.h"
#include "smime/vault_file.h"

#define LABEL_SIZE 128

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
	enum err_code code =
	    vault_file_certificate(directory, &certificate, err);

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

		if (vault_file_path(path, state_directory, names[i], err) != OK)
			return err->code;
		if (vault_file_key(path, &vault->keys[vault->count], &why) ==
		    OK)
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
