#include "dns/server_key.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"

/* The organisation in the issuer's name, and the domain that its certification
 * practice statement names for CAA (RFC 8659 section 4.2). */
static const struct {
	const char *organisation, *authority;
} authorities[] = {
	/* clang-format off */
	{ "Actalis S.p.A.",                                  "actalis.it" },
	{ "Amazon",                                          "amazon.com" },
	{ "Asseco Data Systems S.A.",                        "certum.pl" },
	{ "Buypass AS-983163327",                            "buypass.com" },
	{ "D-Trust GmbH",                                    "d-trust.net" },
	{ "Deutsche Telekom Security GmbH",                  "telesec.de" },
	{ "DigiCert Inc",                                    "digicert.com" },
	{ "DigiCert, Inc.",                                  "digicert.com" },
	{ "GlobalSign nv-sa",                                "globalsign.com" },
	{ "GoDaddy.com, Inc.",                               "godaddy.com" },
	{ "Google Trust Services",                           "pki.goog" },
	{ "Google Trust Services LLC",                       "pki.goog" },
	{ "Hellenic Academic and Research Institutions CA",  "harica.gr" },
	{ "Let's Encrypt",                                   "letsencrypt.org" },
	{ "SSL Corporation",                                 "ssl.com" },
	{ "Sectigo Limited",                                 "sectigo.com" },
	{ "SwissSign AG",                                    "swisssign.com" },
	{ "ZeroSSL",                                         "sectigo.com" },
	/* clang-format on */
};

static void
find_authority(char *to, size_t size, X509 *x509)
{
	const X509_NAME *issuer = X509_get_issuer_name(x509);
	const int at =
	    X509_NAME_get_index_by_NID(issuer, NID_organizationName, -1);
	unsigned char *text = NULL;

	to[0] = '\0';
	if (at < 0 ||
	    ASN1_STRING_to_UTF8(&text,
		X509_NAME_ENTRY_get_data(X509_NAME_get_entry(issuer, at))) < 0)
		return;
	for (size_t i = 0; i < sizeof(authorities) / sizeof(authorities[0]);
	     i++)
		if (text_is_same(
			authorities[i].organisation, (const char *)text))
			text_copy(to, size, authorities[i].authority);
	OPENSSL_free(text);
}

static bool
digest_key(uint8_t to[DIGEST_SHA256_SIZE], const X509 *x509)
{
	unsigned char *der = NULL;
	const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);

	if (length <= 0)
		return false;
	digest_sha256(to, der, (size_t)length);
	OPENSSL_free(der);
	return true;
}

bool
server_key_read(struct server_key *to, const char *pem, size_t length)
{
	X509 *x509 = NULL;
	BIO *bio;
	bool is_read = false;

	memset(to, 0, sizeof(*to));
	if (length > INT_MAX ||
	    (bio = BIO_new_mem_buf(pem, (int)length)) == NULL)
		return false;
	x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	if (x509 != NULL && digest_key(to->sha256, x509)) {
		find_authority(to->authority, sizeof(to->authority), x509);
		is_read = true;
	}
	X509_free(x509);
	BIO_free(bio);
	ERR_clear_error();
	return is_read;
}
