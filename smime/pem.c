#include "smime/pem.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "smime/identity.h"
#include "smime/library.h"

/* One block as it stands in the text, decoded. */
struct raw {
	char *label, *header;
	unsigned char *data;
	long length;
};

static int
give_passphrase(char *to, int size, int is_writing, void *passphrase)
{
	const char *text = passphrase;
	const size_t length = text == NULL ? 0 : strlen(text);

	(void)is_writing;
	if (length == 0 || length > (size_t)size)
		return -1;
	memcpy(to, text, length); /* NOLINT: bytes, no text, are asked for */
	return (int)length;
}

static enum err_code
bad_key(const char *passphrase, bool is_encrypted, struct err *err)
{
	const bool is_given = passphrase != NULL && passphrase[0] != '\0';

	if (is_encrypted)
		return err_set(err, ERR_INVALID, "passphrase",
		    is_given ? "The passphrase does not open the private key: "
			       "type it again."
			     : "The private key is encrypted: enter its "
			       "passphrase.");
	return err_set(err, ERR_INVALID, "key",
	    "The private key is damaged: copy it again, with its BEGIN and "
	    "END lines.");
}

/* ---- one reader per kind of block ---- */

typedef enum err_code block_reader(
    struct raw *, const char *passphrase, struct pem_block *, struct err *);

static enum err_code
read_certificate(struct raw *raw, const char *passphrase,
    struct pem_block *block, struct err *err)
{
	const unsigned char *at = raw->data;

	(void)passphrase;
	block->kind = PEM_CERTIFICATE;
	block->certificate = d2i_X509(NULL, &at, raw->length);
	if (block->certificate == NULL || at != raw->data + raw->length)
		return err_set(err, ERR_INVALID, "certificate",
		    "A certificate is damaged: copy it again, with its BEGIN "
		    "and END lines.");
	return OK;
}

/* PKCS#8 without encryption. */
static enum err_code
read_pkcs8(struct raw *raw, const char *passphrase, struct pem_block *block,
    struct err *err)
{
	const unsigned char *at = raw->data;
	PKCS8_PRIV_KEY_INFO *info =
	    d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, raw->length);

	block->kind = PEM_KEY;
	if (info != NULL)
		block->key = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	return block->key != NULL ? OK : bad_key(passphrase, false, err);
}

/* PKCS#8 with encryption, old algorithms too. */
static enum err_code
read_encrypted(struct raw *raw, const char *passphrase, struct pem_block *block,
    struct err *err)
{
	const unsigned char *at = raw->data;
	const char *text = passphrase == NULL ? "" : passphrase;
	X509_SIG *sealed = d2i_X509_SIG(NULL, &at, raw->length);
	PKCS8_PRIV_KEY_INFO *info = NULL;
	struct library library;

	block->kind = PEM_KEY;
	if (sealed == NULL)
		return bad_key(passphrase, false, err);
	library_open(&library);
	if (text[0] != '\0')
		info = PKCS8_decrypt_ex(
		    sealed, text, (int)strlen(text), library.context, NULL);
	X509_SIG_free(sealed);
	if (info != NULL)
		block->key = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	library_close(&library);
	return block->key != NULL ? OK : bad_key(passphrase, true, err);
}

/* "RSA PRIVATE KEY", "EC PRIVATE KEY", with the encryption of their header
 * lines (RFC 1421) where there are some. */
static enum err_code
read_traditional(struct raw *raw, const char *passphrase,
    struct pem_block *block, struct err *err)
{
	const bool is_encrypted = strstr(raw->header, "ENCRYPTED") != NULL;
	const unsigned char *at = raw->data;
	EVP_CIPHER_INFO cipher;

	block->kind = PEM_KEY;
	if (!PEM_get_EVP_CIPHER_INFO(raw->header, &cipher))
		return bad_key(passphrase, is_encrypted, err);
	if (cipher.cipher != NULL &&
	    !PEM_do_header(&cipher, raw->data, &raw->length, give_passphrase,
		library_text(passphrase)))
		return bad_key(passphrase, true, err);
	block->key = d2i_AutoPrivateKey(NULL, &at, raw->length);
	return block->key != NULL ? OK : bad_key(passphrase, is_encrypted, err);
}

static enum err_code
pass_over(struct raw *raw, const char *passphrase, struct pem_block *block,
    struct err *err)
{
	(void)raw;
	(void)passphrase;
	(void)err;
	block->kind = PEM_OTHER;
	return OK;
}

static const struct {
	const char *label;
	block_reader *read;
	const char *field, *refusal; /* where there is no reader */
} kinds[] = {
	/* clang-format off */
	{ "CERTIFICATE",           read_certificate, NULL, NULL },
	{ "X509 CERTIFICATE",      read_certificate, NULL, NULL },
	{ "PRIVATE KEY",           read_pkcs8,       NULL, NULL },
	{ "ENCRYPTED PRIVATE KEY", read_encrypted,   NULL, NULL },
	{ "RSA PRIVATE KEY",       read_traditional, NULL, NULL },
	{ "EC PRIVATE KEY",        read_traditional, NULL, NULL },
	{ "EC PARAMETERS",         pass_over,        NULL, NULL },
	{ "CERTIFICATE REQUEST",   NULL, "certificate", "This is a request for a certificate: paste what the authority sent back." },
	{ "NEW CERTIFICATE REQUEST", NULL, "certificate", "This is a request for a certificate: paste what the authority sent back." },
	{ "TRUSTED CERTIFICATE",   NULL, "certificate", "This is OpenSSL's own form: make plain PEM with \"openssl x509\"." },
	{ "PKCS7",                 NULL, "certificate", "This is PKCS#7: make plain PEM with \"openssl pkcs7 -print_certs\"." },
	{ "PUBLIC KEY",            NULL, "key", "This is a public key: the private key is needed." },
	{ "RSA PUBLIC KEY",        NULL, "key", "This is a public key: the private key is needed." },
	{ "OPENSSH PRIVATE KEY",   NULL, "key", "This is an SSH key: an S/MIME key begins with BEGIN PRIVATE KEY." },
	{ "DSA PRIVATE KEY",       NULL, "key", "DSA keys are too weak for mail: use RSA 3072 or EC P-256." },
	/* clang-format on */
};

static enum err_code
read_block(
    struct pem *pem, struct raw *raw, const char *passphrase, struct err *err)
{
	struct pem_block *block = &pem->blocks[pem->count];
	size_t i = 0;

	if (pem->count == PEM_BLOCKS_MAX)
		return err_set(err, ERR_INVALID, "certificate",
		    "There are more than %d blocks: paste the certificate, "
		    "its issuers and the key only.",
		    PEM_BLOCKS_MAX);
	while (i < sizeof(kinds) / sizeof(kinds[0]) &&
	    !text_is_same(kinds[i].label, raw->label))
		i++;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return err_set(err, ERR_INVALID, "certificate",
		    "A block \"%.40s\" is neither a certificate nor a private "
		    "key.",
		    raw->label);
	if (kinds[i].read == NULL)
		return err_set(
		    err, ERR_INVALID, kinds[i].field, "%s", kinds[i].refusal);
	pem->count++;
	return kinds[i].read(raw, passphrase, block, err);
}

/* ---- the text ---- */

static void
free_raw(struct raw *raw)
{
	OPENSSL_secure_free(raw->label);
	OPENSSL_secure_free(raw->header);
	OPENSSL_secure_clear_free(
	    raw->data, raw->length > 0 ? (size_t)raw->length : 0);
}

/* The end of the text, or a block that begins and does not end well. */
static enum err_code
at_end(const struct pem *pem, struct err *err)
{
	const unsigned long why = ERR_peek_last_error();

	(void)pem;
	if (ERR_GET_LIB(why) == ERR_LIB_PEM &&
	    ERR_GET_REASON(why) == PEM_R_NO_START_LINE)
		return OK;
	return err_set(err, ERR_INVALID, "certificate",
	    "A PEM block is cut or damaged: copy all of it, from its BEGIN "
	    "line to its END line.");
}

static enum err_code
read_all(struct pem *pem, BIO *bio, const char *passphrase, struct err *err)
{
	enum err_code code = OK;

	while (code == OK) {
		struct raw raw = { 0 };

		ERR_clear_error();
		if (!PEM_read_bio_ex(bio, &raw.label, &raw.header, &raw.data,
			&raw.length, PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE))
			return at_end(pem, err);
		code = read_block(pem, &raw, passphrase, err);
		free_raw(&raw);
	}
	return code;
}

enum err_code
pem_read(struct pem *pem, const char *text, size_t length,
    const char *passphrase, struct err *err)
{
	enum err_code code;
	BIO *bio;

	*pem = (struct pem){ 0 };
	if (length > IDENTITY_INPUT_MAX)
		return err_set(err, ERR_INVALID, "certificate",
		    "This is far too long for a certificate and a key: at "
		    "most %d kB.",
		    IDENTITY_INPUT_MAX / 1024);
	bio = BIO_new_mem_buf(text, (int)length);
	if (bio == NULL)
		return library_out_of_memory(err);
	code = read_all(pem, bio, passphrase, err);
	BIO_free(bio);
	ERR_clear_error();
	if (code != OK)
		pem_close(pem);
	return code;
}

void
pem_close(struct pem *pem)
{
	for (size_t i = 0; i < pem->count; i++) {
		X509_free(pem->blocks[i].certificate);
		EVP_PKEY_free(pem->blocks[i].key);
	}
	*pem = (struct pem){ 0 };
}
