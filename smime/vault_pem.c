#include "smime/vault_pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#define VAULT_PEM_MAX (16 * 1024) /* bytes */

/* OpenSSL passes over what stands before, and asks the terminal. */
static BIO *
open_pem(const char *pem, size_t length)
{
	static const char begin[] = "-----BEGIN ";

	return length > strlen(begin) && length <= VAULT_PEM_MAX &&
		strncmp(pem, begin, strlen(begin)) == 0
	    ? BIO_new_mem_buf(pem, (int)length)
	    : NULL;
}

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
vault_pem_is_key(const char *pem, size_t length)
{
	BIO *bio = open_pem(pem, length);
	EVP_PKEY *key = bio != NULL
	    ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL)
	    : NULL;
	const bool is_one = key != NULL && EVP_PKEY_is_a(key, "RSA");

	EVP_PKEY_free(key);
	BIO_free(bio);
	ERR_clear_error();
	return is_one;
}

bool
vault_pem_is_certificate(const char *pem, size_t length)
{
	BIO *bio = open_pem(pem, length);
	X509 *certificate = bio != NULL
	    ? PEM_read_bio_X509(bio, NULL, no_password, NULL)
	    : NULL;
	const bool is_one = certificate != NULL;

	X509_free(certificate);
	BIO_free(bio);
	ERR_clear_error();
	return is_one;
}
