#include "smime/certificate.h"

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/text.h"

/* ---- names and numbers ---- */

static void
read_name(char to[CERTIFICATE_NAME_SIZE], const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long length;

	to[0] = '\0';
	if (bio == NULL)
		return;
	if (X509_NAME_print_ex(bio, name, 0,
		XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		length = BIO_get_mem_data(bio, &bytes);
		text_visible(to, CERTIFICATE_NAME_SIZE, bytes,
		    length < 0 ? 0 : (size_t)length);
	}
	BIO_free(bio);
}

static void
hexadecimal(char to[CERTIFICATE_DIGITS_SIZE], const uint8_t *bytes, size_t n)
{
	to[0] = '\0';
	for (size_t i = 0; i < n && 3 * i + 3 < CERTIFICATE_DIGITS_SIZE; i++)
		text_format(to + 3 * i - (i > 0), 4, i > 0 ? ":%02X" : "%02X",
		    bytes[i]);
}

static int64_t
read_time(const ASN1_TIME *time)
{
	struct tm broken;

	if (time == NULL || !ASN1_TIME_to_tm(time, &broken))
		return 0;
	return (int64_t)timegm(&broken);
}

static void
read_algorithm(char *to, size_t size, X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	char group[32] = "";
	const char *digest;
	int digest_id = NID_undef;

	X509_get_signature_info(certificate, &digest_id, NULL, NULL, NULL);
	digest = digest_id == NID_undef ? "own" : OBJ_nid2sn(digest_id);
	if (key == NULL)
		text_copy(to, size, "unknown key");
	else if (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL))
		text_format(to, size, "EC %s, %s signature", group, digest);
	else
		text_format(to, size, "%s %d, %s signature",
		    EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key),
		    digest);
}

/* ---- addresses ---- */

/* A NUL inside would make one address out of two. */
static void
add_address(struct certificate_facts *facts, const ASN1_STRING *string)
{
	const char *bytes = (const char *)ASN1_STRING_get0_data(string);
	const int length = ASN1_STRING_length(string);
	char text[ADDRESS_SIZE];
	struct address address;

	if (length <= 0 || (size_t)length >= sizeof(text) ||
	    memchr(bytes, '\0', (size_t)length) != NULL ||
	    facts->address_count == CERTIFICATE_ADDRESSES_MAX)
		return;
	memcpy(text, bytes, (size_t)length);
	text[length] = '\0';
	if (address_parse(&address, text, NULL) == OK)
		address_format(
		    facts->addresses[facts->address_count++], &address);
}

static void
read_alternative(struct certificate_facts *facts, const GENERAL_NAME *name)
{
	int kind;
	const void *value = GENERAL_NAME_get0_value(name, &kind);
	ASN1_OBJECT *type;
	ASN1_TYPE *other;

	if (kind == GEN_EMAIL)
		add_address(facts, value);
	if (kind == GEN_OTHERNAME &&
	    GENERAL_NAME_get0_otherName(name, &type, &other) &&
	    OBJ_obj2nid(type) == NID_id_on_SmtpUTF8Mailbox &&
	    other->type == V_ASN1_UTF8STRING)
		add_address(facts, other->value.utf8string);
}

static void
read_addresses(struct certificate_facts *facts, X509 *certificate)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int at = -1;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		read_alternative(facts, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	facts->alternative_count = facts->address_count;
	while ((at = X509_NAME_get_index_by_NID(
		    subject, NID_pkcs9_emailAddress, at)) >= 0)
		add_address(facts,
		    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

int
certificate_address(const struct certificate_facts *facts, const char *address)
{
	for (size_t i = 0; i < facts->address_count; i++)
		if (text_is_same(facts->addresses[i], address))
			return (int)i;
	return -1;
}

/* ---- whole ---- */

void
certificate_read(struct certificate_facts *facts, X509 *certificate)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int length = 0;

	*facts = (struct certificate_facts){
		.starts_at = read_time(X509_get0_notBefore(certificate)),
		.ends_at = read_time(X509_get0_notAfter(certificate)),
	};
	read_name(facts->subject, X509_get_subject_name(certificate));
	read_name(facts->issuer, X509_get_issuer_name(certificate));
	hexadecimal(facts->serial, ASN1_STRING_get0_data(serial),
	    (size_t)ASN1_STRING_length(serial));
	if (X509_digest(certificate, EVP_sha256(), digest, &length))
		hexadecimal(facts->fingerprint, digest, length);
	read_algorithm(facts->algorithm, sizeof(facts->algorithm), certificate);
	read_addresses(facts, certificate);
}

void *
certificate_to_der(struct arena *arena, X509 *certificate, size_t *length)
{
	unsigned char *der = NULL;
	const int size = i2d_X509(certificate, &der);
	char *copy = size > 0
	    ? arena_text_n(arena, (const char *)der, (size_t)size)
	    : NULL;

	*length = size > 0 ? (size_t)size : 0;
	OPENSSL_free(der);
	return copy;
}

char *
certificate_to_pem(struct arena *arena, X509 *const *certificates, size_t count)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool is_whole = bio != NULL;
	char *bytes, *text = NULL;
	long length;

	for (size_t i = 0; i < count && is_whole; i++)
		is_whole = PEM_write_bio_X509(bio, certificates[i]) == 1;
	if (is_whole) {
		length = BIO_get_mem_data(bio, &bytes);
		text =
		    arena_text_n(arena, bytes, length > 0 ? (size_t)length : 0);
	}
	BIO_free(bio);
	return text;
}
