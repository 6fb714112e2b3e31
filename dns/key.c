#include "dns/key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

static enum key_form
form_of(EVP_PKEY *key, int *bits)
{
	*bits = EVP_PKEY_get_bits(key);
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return KEY_RSA;
	case EVP_PKEY_ED25519:
		return KEY_ED25519;
	default:
		return KEY_OTHER;
	}
}

static enum key_form
read_public_key(const uint8_t *der, size_t length, int *bits)
{
	const unsigned char *at = der;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)length);
	enum key_form form = KEY_BROKEN;

	if (key != NULL && at == der + length)
		form = form_of(key, bits);
	EVP_PKEY_free(key);
	return form;
}

static enum key_form
read_bare_key(const uint8_t *der, size_t length, int *bits)
{
	const unsigned char *at = der;
	EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)length);
	enum key_form form = KEY_BROKEN;

	if (key != NULL && at == der + length) {
		form = KEY_RSA_BARE;
		*bits = EVP_PKEY_get_bits(key);
	}
	EVP_PKEY_free(key);
	return form;
}

static enum key_form
read_certificate(const uint8_t *der, size_t length)
{
	const unsigned char *at = der;
	X509 *certificate = d2i_X509(NULL, &at, (long)length);
	enum key_form form = KEY_BROKEN;

	if (certificate != NULL && at == der + length)
		form = KEY_CERTIFICATE;
	X509_free(certificate);
	return form;
}

enum key_form
key_read(const uint8_t *der, size_t length, int *bits)
{
	enum key_form form = read_public_key(der, length, bits);

	if (form == KEY_BROKEN)
		form = read_bare_key(der, length, bits);
	if (form == KEY_BROKEN)
		form = read_certificate(der, length);
	ERR_clear_error();
	return form;
}

/* A sequence that starts with a version, as every form of a private key does
 * (RFC 8017 A.1.2, RFC 5958, RFC 5915), and no public key. */
static bool
has_version(const uint8_t *der, size_t length)
{
	size_t at = 2;

	if (length < 2 || der[0] != 0x30)
		return false;
	if (der[1] > 0x80)
		at += der[1] & 0x7fU;
	return at + 2 < length && der[at] == 0x02 && der[at + 1] == 1;
}

bool
key_is_private(const uint8_t *der, size_t length)
{
	const unsigned char *at = der;
	EVP_PKEY *key;
	bool is_key;

	/* OpenSSL tries all its decoders, for a millisecond. */
	if (!has_version(der, length))
		return false;
	key = d2i_AutoPrivateKey(NULL, &at, (long)length);
	is_key = key != NULL && at == der + length;

	EVP_PKEY_free(key);
	ERR_clear_error();
	return is_key;
}

size_t
key_ds_digest(uint8_t to[KEY_DIGEST_MAX], unsigned type, const uint8_t *bytes,
    size_t length)
{
	const EVP_MD *digest = type == 1 ? EVP_sha1()
	    : type == 2                  ? EVP_sha256()
	    : type == 4                  ? EVP_sha384()
					 : NULL;
	unsigned size = 0;

	if (digest == NULL ||
	    EVP_Digest(bytes, length, to, &size, digest, NULL) != 1)
		return 0;
	return size;
}
