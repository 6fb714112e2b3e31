#include "smime/sign.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "smime/certificate.h"
#include "smime/encode.h"
#include "smime/library.h"

#define BOUNDARY_SIZE 40
#define SIGNATURE_MAX (64 * 1024) /* bytes of base64 */

/* What we can open, for who answers (section 2.5.2), strongest first. */
static bool
add_capabilities(CMS_SignerInfo *signer)
{
	static const int ciphers[] = { NID_aes_256_gcm, NID_aes_128_gcm,
		NID_aes_256_cbc, NID_aes_128_cbc };
	STACK_OF(X509_ALGOR) *all = NULL;
	bool is_whole = true;

	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		is_whole =
		    is_whole && CMS_add_simple_smimecap(&all, ciphers[i], -1);
	is_whole = is_whole && CMS_add_smimecap(signer, all);
	sk_X509_ALGOR_pop_free(all, X509_ALGOR_free);
	return is_whole;
}

static CMS_ContentInfo *
make_signature(const struct identity *identity, BIO *content)
{
	const unsigned int flags =
	    CMS_DETACHED | CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP;
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	CMS_SignerInfo *signer = cms == NULL
	    ? NULL
	    : CMS_add1_signer(cms, identity->certificate, identity->key,
		  EVP_sha256(), flags | CMS_CADES);
	bool is_whole = signer != NULL && add_capabilities(signer);

	for (size_t i = 0; is_whole && i < identity->issuer_count; i++)
		is_whole = CMS_add1_cert(cms, identity->issuers[i]) == 1;
	if (!is_whole || !CMS_final(cms, content, NULL, flags)) {
		CMS_ContentInfo_free(cms);
		return NULL;
	}
	return cms;
}

/* DER as lines of base64. */
static bool
add_der(struct text_builder *to, CMS_ContentInfo *cms)
{
	unsigned char *der = NULL;
	const int length = i2d_CMS_ContentInfo(cms, &der);

	if (length <= 0)
		return false;
	encode_base64(
	    to, (struct mime_span){ (const char *)der, (size_t)length });
	OPENSSL_free(der);
	return true;
}

static void
make_boundary(char to[BOUNDARY_SIZE])
{
	char token[25];

	random_token(token, sizeof(token));
	text_format(to, BOUNDARY_SIZE, "smime-%s", token);
}

static enum err_code
put_together(struct arena *arena, const struct mime_entity *entity,
    CMS_ContentInfo *cms, struct sign_result *result, struct err *err)
{
	char boundary[BOUNDARY_SIZE];
	struct text_builder body;

	make_boundary(boundary);
	text_builder_open(&body, arena, entity->length + SIGNATURE_MAX + 1024);
	text_reserve(&body, entity->length + SIGNATURE_MAX / 4);
	text_addf(&body, "This message is signed with S/MIME.\r\n\r\n--%s\r\n",
	    boundary);
	text_add_n(&body, entity->bytes, entity->length);
	text_addf(&body,
	    "\r\n--%s\r\n"
	    "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n",
	    boundary);
	if (!add_der(&body, cms))
		return library_failed(err, "write the signature");
	text_addf(&body, "--%s--\r\n", boundary);
	if (body.is_cut)
		return err_set(
		    err, ERR_LIMIT, NULL, "The signature is too large.");
	*result = (struct sign_result){
		.content_type = arena_format(arena,
		    "multipart/signed;\r\n"
		    "\tprotocol=\"application/pkcs7-signature\";\r\n"
		    "\tmicalg=\"sha-256\"; boundary=\"%s\"",
		    boundary),
		.body = body.data,
		.length = body.length,
	};
	return OK;
}

enum err_code
sign_message(struct arena *arena, const struct identity *identity,
    const struct mime_entity *entity, struct sign_result *result,
    struct err *err)
{
	BIO *content = BIO_new_mem_buf(entity->bytes, (int)entity->length);
	CMS_ContentInfo *cms =
	    content == NULL ? NULL : make_signature(identity, content);
	enum err_code code;

	BIO_free(content);
	if (cms == NULL)
		return library_failed(err, "sign the message");
	code = put_together(arena, entity, cms, result, err);
	CMS_ContentInfo_free(cms);
	return code;
}

/* ---- encryption ---- */

static enum err_code
add_recipient(STACK_OF(X509) * recipients, const char *pem, struct err *err)
{
	struct certificate_facts facts;
	struct identity identity;

	if (identity_read_pem(&identity, pem, strlen(pem), NULL, err) != OK)
		return err->code;
	certificate_read(&facts, identity.certificate);
	if (facts.ends_at < clock_now()) {
		identity_close(&identity);
		return err_set(err, ERR_INVALID, NULL,
		    "The certificate of %.80s has ended.", facts.addresses[0]);
	}
	X509_up_ref(identity.certificate);
	sk_X509_push(recipients, identity.certificate);
	identity_close(&identity);
	return OK;
}

static enum err_code
encrypt(struct arena *arena, STACK_OF(X509) * recipients,
    const struct sign_result *inner, struct sign_result *result,
    struct err *err)
{
	const char *head = arena_format(
	    arena, "Content-Type: %s\r\n\r\n", inner->content_type);
	BIO *content = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = NULL;
	struct text_builder body;
	enum err_code code = OK;

	if (content != NULL && BIO_puts(content, head) > 0 &&
	    BIO_write(content, inner->body, (int)inner->length) > 0)
		cms = CMS_encrypt(
		    recipients, content, EVP_aes_256_gcm(), CMS_BINARY);
	text_builder_open(&body, arena, 2 * inner->length + SIGNATURE_MAX);
	if (cms == NULL || !add_der(&body, cms))
		code = library_failed(err, "encrypt the message");
	*result = (struct sign_result){
		.content_type = arena_text(arena,
		    "application/pkcs7-mime;\r\n"
		    "\tsmime-type=authEnveloped-data; name=\"smime.p7m\""),
		.transfer_encoding = "base64",
		.body = body.data,
		.length = body.length,
	};
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return code;
}

enum err_code
sign_and_encrypt(struct arena *arena, const struct identity *identity,
    const struct mime_entity *entity, const char *const *certificates,
    size_t count, struct sign_result *result, struct err *err)
{
	STACK_OF(X509) *recipients = sk_X509_new_null();
	struct sign_result inner;
	enum err_code code = sign_message(arena, identity, entity, &inner, err);

	for (size_t i = 0; code == OK && i < count; i++)
		code = add_recipient(recipients, certificates[i], err);
	if (code == OK)
		code = encrypt(arena, recipients, &inner, result, err);
	sk_X509_pop_free(recipients, X509_free);
	return code;
}

/* ---- verifying ---- */

/* The two parts of a multipart/signed. */
static bool
split(struct mime_span body, const char *boundary, struct mime_span *content,
    struct mime_span *signature)
{
	char line[300];
	const char *first, *second, *end = body.bytes + body.length;
	size_t length;

	text_format(line, sizeof(line), "--%s\r\n", boundary);
	length = strlen(line);
	first = memmem(body.bytes, body.length, line, length);
	if (first == NULL)
		return false;
	first += length;
	second = memmem(first, (size_t)(end - first), line, length);
	if (second == NULL || second - first < 2)
		return false;
	*content = (struct mime_span){ first, (size_t)(second - first) - 2 };
	first = memmem(second, (size_t)(end - second), "\r\n\r\n", 4);
	if (first == NULL)
		return false;
	*signature = (struct mime_span){ first + 4, (size_t)(end - first) - 4 };
	return true;
}

static CMS_ContentInfo *
read_signature(struct mime_span text)
{
	BIO *lines = BIO_new_mem_buf(text.bytes, (int)text.length);
	BIO *decoder = BIO_new(BIO_f_base64());
	CMS_ContentInfo *cms = lines == NULL || decoder == NULL
	    ? NULL
	    : d2i_CMS_bio(BIO_push(decoder, lines), NULL);

	BIO_free(decoder);
	BIO_free(lines);
	return cms;
}

static bool
is_signer(CMS_ContentInfo *cms, const char *address)
{
	STACK_OF(X509) *signers = CMS_get0_signers(cms);
	struct certificate_facts facts;
	bool is_found = false;

	for (int i = 0; i < sk_X509_num(signers); i++) {
		certificate_read(&facts, sk_X509_value(signers, i));
		is_found |= certificate_address(&facts, address) >= 0;
	}
	sk_X509_free(signers);
	return is_found;
}

enum err_code
sign_verify(struct mime_span content_type, struct mime_span body,
    const char *address, struct err *err)
{
	struct mime_span content, signature;
	char boundary[256];
	CMS_ContentInfo *cms = NULL;
	BIO *bio = NULL;
	bool is_right = false;

	if (mime_parameter(
		boundary, sizeof(boundary), content_type, "boundary") &&
	    split(body, boundary, &content, &signature)) {
		cms = read_signature(signature);
		bio = BIO_new_mem_buf(content.bytes, (int)content.length);
		is_right = cms != NULL && bio != NULL &&
		    CMS_verify(cms, NULL, NULL, bio, NULL,
			CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1 &&
		    is_signer(cms, address);
	}
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	ERR_clear_error();
	return is_right
	    ? OK
	    : err_set(err, ERR_INVALID, NULL, "The signature does not verify.");
}
