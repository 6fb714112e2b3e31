#include "smime/identity.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "smime/library.h"
#include "smime/pem.h"

#define SECURE_BLOCK_SIZE 32 /* least piece of it */

void
identity_protect_memory(size_t room)
{
	if (!CRYPTO_secure_malloc_initialized())
		CRYPTO_secure_malloc_init(room, SECURE_BLOCK_SIZE);
}

/* Several certificates of unknown order. */
struct heap {
	X509 *certificates[PEM_BLOCKS_MAX];
	size_t count;
};

static X509 *
take(struct heap *heap, size_t i)
{
	X509 *certificate = heap->certificates[i];

	heap->certificates[i] = heap->certificates[--heap->count];
	return certificate;
}

static bool
is_self_signed(X509 *certificate)
{
	return X509_check_issued(certificate, certificate) == X509_V_OK;
}

static bool
has_issued_another(const struct heap *heap, size_t which)
{
	for (size_t i = 0; i < heap->count; i++)
		if (i != which &&
		    X509_check_issued(heap->certificates[which],
			heap->certificates[i]) == X509_V_OK)
			return true;
	return false;
}

static bool
is_of_key(X509 *certificate, EVP_PKEY *key)
{
	const EVP_PKEY *public_key = X509_get0_pubkey(certificate);

	return public_key != NULL && EVP_PKEY_eq(public_key, key) == 1;
}

/* The key's own certificate; else one that issued no other. */
static size_t
find_leaf(const struct heap *heap, EVP_PKEY *key)
{
	for (size_t i = 0; key != NULL && i < heap->count; i++)
		if (is_of_key(heap->certificates[i], key))
			return i;
	for (size_t i = 0; i < heap->count; i++)
		if (!has_issued_another(heap, i))
			return i;
	return 0;
}

/* Moves the issuers behind the certificate, nearest first. */
static void
put_in_order(struct identity *identity, struct heap *heap)
{
	X509 *last;
	size_t i = 0;

	identity->certificate = last =
	    take(heap, find_leaf(heap, identity->key));
	while (i < heap->count &&
	    identity->issuer_count < IDENTITY_ISSUERS_MAX &&
	    !is_self_signed(last)) {
		if (X509_check_issued(heap->certificates[i], last) !=
		    X509_V_OK) {
			i++;
			continue;
		}
		last = take(heap, i);
		identity->issuers[identity->issuer_count++] = last;
		i = 0;
	}
	while (heap->count > 0)
		X509_free(take(heap, 0));
}

/* ---- PEM ---- */

static enum err_code
take_key(struct identity *identity, struct pem_block *block, struct err *err)
{
	if (identity->key != NULL)
		return err_set(err, ERR_INVALID, "key",
		    "There are two private keys: paste only the one that "
		    "belongs to the certificate.");
	identity->key = block->key;
	block->key = NULL;
	return OK;
}

static enum err_code
sort_blocks(struct identity *identity, struct pem *pem, struct err *err)
{
	struct heap heap = { 0 };
	enum err_code code = OK;

	for (size_t i = 0; i < pem->count && code == OK; i++) {
		struct pem_block *block = &pem->blocks[i];

		if (block->key != NULL)
			code = take_key(identity, block, err);
		if (block->certificate != NULL) {
			heap.certificates[heap.count++] = block->certificate;
			block->certificate = NULL;
		}
	}
	if (code == OK && heap.count == 0)
		code = err_set(err, ERR_INVALID, "certificate",
		    "There is no certificate in the text: it begins with "
		    "-----BEGIN CERTIFICATE-----.");
	if (code == OK)
		put_in_order(identity, &heap);
	while (heap.count > 0)
		X509_free(take(&heap, 0));
	return code;
}

enum err_code
identity_read_pem(struct identity *identity, const char *text, size_t length,
    const char *passphrase, struct err *err)
{
	struct pem pem;
	enum err_code code;

	*identity = (struct identity){ 0 };
	code = pem_read(&pem, text, length, passphrase, err);
	if (code != OK)
		return code;
	code = sort_blocks(identity, &pem, err);
	pem_close(&pem);
	ERR_clear_error();
	if (code != OK)
		identity_close(identity);
	return code;
}

/* ---- PKCS#12 ---- */

/* Out of the corner with the old algorithms, into the common one. */
static EVP_PKEY *
move_key(EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	EVP_PKEY *moved = info == NULL ? NULL : EVP_PKCS82PKEY(info);

	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(key);
	return moved;
}

static X509 *
move_certificate(X509 *certificate)
{
	unsigned char *der = NULL;
	const int length = i2d_X509(certificate, &der);
	const unsigned char *at = der;
	X509 *moved = length > 0 ? d2i_X509(NULL, &at, length) : NULL;

	OPENSSL_free(der);
	return moved;
}

static void
move_parts(struct identity *identity, struct heap *heap, EVP_PKEY *key,
    X509 *certificate, STACK_OF(X509) * issuers)
{
	if (key != NULL)
		identity->key = move_key(key);
	if (certificate != NULL)
		heap->certificates[heap->count++] =
		    move_certificate(certificate);
	for (int i = 0;
	     i < sk_X509_num(issuers) && heap->count < PEM_BLOCKS_MAX; i++)
		heap->certificates[heap->count++] =
		    move_certificate(sk_X509_value(issuers, i));
	for (size_t i = 0; i < heap->count;)
		if (heap->certificates[i] == NULL)
			take(heap, i);
		else
			i++;
	X509_free(certificate);
	sk_X509_pop_free(issuers, X509_free);
}

static enum err_code
open_pkcs12(struct heap *heap, struct identity *identity, PKCS12 *file,
    const char *passphrase, struct err *err)
{
	STACK_OF(X509) *issuers = NULL;
	X509 *certificate = NULL;
	EVP_PKEY *key = NULL;
	const bool is_given = passphrase != NULL && passphrase[0] != '\0';

	if (!PKCS12_verify_mac(file, is_given ? passphrase : NULL,
		is_given ? (int)strlen(passphrase) : 0) &&
	    (is_given || !PKCS12_verify_mac(file, "", 0)))
		return err_set(err, ERR_INVALID, "passphrase",
		    is_given ? "The passphrase does not open the file: type "
			       "it again."
			     : "The file is encrypted: enter its passphrase.");
	if (!PKCS12_parse(
		file, is_given ? passphrase : "", &key, &certificate, &issuers))
		return err_set(err, ERR_INVALID, "file",
		    "The file can't be read: export it again with the key "
		    "and the certificate in it.");
	move_parts(identity, heap, key, certificate, issuers);
	return OK;
}

static enum err_code
read_pkcs12(struct identity *identity, struct heap *heap, const void *bytes,
    size_t length, const char *passphrase, struct err *err)
{
	const unsigned char *at = bytes;
	struct library library;
	PKCS12 *file;
	enum err_code code;

	library_open(&library);
	file = PKCS12_init_ex(NID_pkcs7_data, library.context, NULL);
	if (file == NULL || d2i_PKCS12(&file, &at, (long)length) == NULL)
		code = err_set(err, ERR_INVALID, "file",
		    "This is no PKCS#12 file (.p12, .pfx), or it is cut.");
	else
		code = open_pkcs12(heap, identity, file, passphrase, err);
	PKCS12_free(file);
	library_close(&library);
	return code;
}

enum err_code
identity_read_pkcs12(struct identity *identity, const void *bytes,
    size_t length, const char *passphrase, struct err *err)
{
	struct heap heap = { 0 };
	enum err_code code;

	*identity = (struct identity){ 0 };
	if (length > IDENTITY_INPUT_MAX)
		return err_set(err, ERR_INVALID, "file",
		    "This is far too long for a PKCS#12 file: at most %d kB.",
		    IDENTITY_INPUT_MAX / 1024);
	code = read_pkcs12(identity, &heap, bytes, length, passphrase, err);
	if (code == OK && heap.count == 0)
		code = err_set(err, ERR_INVALID, "file",
		    "There is no certificate in the file: export it again "
		    "with the certificate.");
	if (code == OK)
		put_in_order(identity, &heap);
	ERR_clear_error();
	if (code != OK)
		identity_close(identity);
	return code;
}

void
identity_close(struct identity *identity)
{
	X509_free(identity->certificate);
	for (size_t i = 0; i < identity->issuer_count; i++)
		X509_free(identity->issuers[i]);
	EVP_PKEY_free(identity->key);
	*identity = (struct identity){ 0 };
}
