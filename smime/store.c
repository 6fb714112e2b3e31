#include "smime/store.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/digest.h"
#include "base/text.h"
#include "smime/library.h"

#define SMIMEA_HASH_BYTES 28 /* RFC 8162 section 3 */

static void
join_addresses(struct store *store)
{
	for (size_t i = 0; i < store->facts.address_count; i++) {
		text_append(store->addresses, sizeof(store->addresses),
		    i == 0 ? "" : ", ");
		text_append(store->addresses, sizeof(store->addresses),
		    store->facts.addresses[i]);
	}
}

/* The person's and its issuers; a root is of no use to who gets the mail. */
static enum err_code
join_certificates(
    struct store *store, const struct identity *identity, struct err *err)
{
	X509 *all[1 + IDENTITY_ISSUERS_MAX] = { identity->certificate };
	struct arena arena = { 0 };
	size_t count = 1;
	const char *pem;
	bool fits;

	for (size_t i = 0; i < identity->issuer_count; i++)
		if ((X509_get_extension_flags(identity->issuers[i]) &
			EXFLAG_SS) == 0)
			all[count++] = identity->issuers[i];
	pem = certificate_to_pem(&arena, all, count);
	fits = pem != NULL &&
	    text_copy(store->certificates, STORE_CERTIFICATES_SIZE, pem);
	arena_free(&arena);
	return fits ? OK
		    : err_set(err, ERR_INVALID, "certificate",
			  "The chain of the certificate is too long.");
}

static enum err_code
seal_key(struct store *store, const struct identity *identity,
    const char *state_directory, const char *label, struct err *err)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(identity->key);
	struct arena arena = { 0 };
	unsigned char *der = NULL;
	void *sealed = NULL;
	int length = info == NULL ? 0 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	enum err_code code;

	PKCS8_PRIV_KEY_INFO_free(info);
	if (length <= 0)
		return library_failed(err, "write the key");
	code = vault_seal(state_directory, label, der, (size_t)length, &arena,
	    &sealed, &store->sealed_length, err);
	OPENSSL_clear_free(der, (size_t)length);
	if (code == OK && store->sealed_length > STORE_SEALED_SIZE)
		code = err_set(
		    err, ERR_INVALID, "key", "The private key is too long.");
	if (code == OK)
		memcpy(store->sealed, sealed, store->sealed_length);
	arena_free(&arena);
	return code;
}

enum err_code
store_fill(struct store *store, const struct look *look,
    const struct identity *identity, const char *state_directory,
    const char *label, struct err *err)
{
	enum err_code code;

	*store = (struct store){ .facts = look->facts };
	join_addresses(store);
	code = join_certificates(store, identity, err);
	if (code == OK)
		code = seal_key(store, identity, state_directory, label, err);
	return code;
}

static EVP_PKEY *
read_key(const unsigned char *der, size_t length)
{
	PKCS8_PRIV_KEY_INFO *info =
	    d2i_PKCS8_PRIV_KEY_INFO(NULL, &der, (long)length);
	EVP_PKEY *key = info == NULL ? NULL : EVP_PKCS82PKEY(info);

	PKCS8_PRIV_KEY_INFO_free(info);
	return key;
}

enum err_code
store_open(struct identity *identity, const struct vault *vault,
    const char *label, const char *certificates, const void *sealed,
    size_t sealed_length, struct err *err)
{
	unsigned char der[VAULT_SECRET_MAX];
	size_t length = 0;
	enum err_code code = identity_read_pem(
	    identity, certificates, strlen(certificates), NULL, err);

	if (code == OK)
		code = vault_unseal(vault, label, sealed, sealed_length, der,
		    sizeof(der), &length, err);
	if (code == OK)
		identity->key = read_key(der, length);
	explicit_bzero(der, sizeof(der));
	if (code == OK &&
	    (identity->key == NULL ||
		X509_check_private_key(identity->certificate, identity->key) !=
		    1))
		code = err_set(err, ERR_INVALID, NULL,
		    "The stored key does not fit its certificate: store the "
		    "identity again.");
	ERR_clear_error();
	if (code != OK)
		identity_close(identity);
	return code;
}

enum err_code
store_smimea(const char *address, const char *certificates, struct arena *arena,
    char **line, struct err *err)
{
	const size_t local = strcspn(address, "@");
	uint8_t digest[DIGEST_SHA256_SIZE];
	struct identity identity;
	struct text_builder text;
	const unsigned char *der;
	size_t length;

	if (identity_read_pem(
		&identity, certificates, strlen(certificates), NULL, err) != OK)
		return err->code;
	der = certificate_to_der(arena, identity.certificate, &length);
	identity_close(&identity);
	digest_sha256(digest, address, local);
	text_builder_open(&text, arena, 4 * IDENTITY_INPUT_MAX);
	for (size_t i = 0; i < SMIMEA_HASH_BYTES; i++)
		text_addf(&text, "%02x", digest[i]);
	text_addf(&text, "._smimecert.%s. IN SMIMEA 3 0 0 ",
	    address[local] == '@' ? address + local + 1 : "");
	for (size_t i = 0; i < length; i++)
		text_addf(&text, "%02x", der[i]);
	*line = text.data;
	return OK;
}
