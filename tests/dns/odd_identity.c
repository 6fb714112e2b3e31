#include "tests/dns/odd_identity.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY 86400

static void
must(int is_right, const char *what)
{
	if (is_right)
		return;
	fprintf(stderr, "odd_identity: %s\n", what);
	exit(99);
}

static void
add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	must(extension != NULL, value);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

static X509 *
make_certificate(const char *name, EVP_PKEY *key, X509 *issuer,
    EVP_PKEY *issuer_key, long from, long to)
{
	X509 *certificate = X509_new();
	X509_NAME *subject = X509_get_subject_name(certificate);

	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(
	    X509_get_serialNumber(certificate), issuer == NULL ? 1 : 2);
	X509_gmtime_adj(X509_getm_notBefore(certificate), from);
	X509_gmtime_adj(X509_getm_notAfter(certificate), to);
	X509_set_pubkey(certificate, key);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(certificate,
	    issuer == NULL ? subject : X509_get_subject_name(issuer));
	if (issuer == NULL)
		add_extension(certificate, certificate, NID_basic_constraints,
		    "critical,CA:TRUE");
	if (strchr(name, '.') != NULL) {
		char names[300];

		snprintf(names, sizeof(names), "DNS:%s", name);
		add_extension(certificate,
		    issuer == NULL ? certificate : issuer, NID_subject_alt_name,
		    names);
	}
	must(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "sign");
	return certificate;
}

static void
write_authority(char path[ODD_PATH_SIZE], X509 *authority)
{
	FILE *file;
	int fd;

	snprintf(path, ODD_PATH_SIZE, "/tmp/odd_identity.XXXXXX");
	fd = mkstemp(path);
	must(fd >= 0, "mkstemp");
	file = fdopen(fd, "w");
	must(file != NULL && PEM_write_X509(file, authority), "write");
	fclose(file);
}

void
odd_identity_make(struct odd_identity *to, const char *host,
    enum odd_fault fault, char authorities[ODD_PATH_SIZE])
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	X509 *authority =
	    make_certificate("Test Authority", key, NULL, key, -DAY, DAY);
	X509 *unknown =
	    make_certificate("Other Authority", other, NULL, other, -DAY, DAY);
	const long from = fault == ODD_TOO_EARLY ? DAY : -DAY;
	const long until = fault == ODD_EXPIRED ? -60 : 30L * DAY;

	write_authority(authorities, authority);
	to->key = EVP_EC_gen("P-256");
	if (fault == ODD_SELF_SIGNED)
		to->certificate =
		    make_certificate(host, to->key, NULL, to->key, from, until);
	else if (fault == ODD_UNKNOWN_AUTHORITY)
		to->certificate = make_certificate(
		    host, to->key, unknown, other, from, until);
	else
		to->certificate = make_certificate(
		    host, to->key, authority, key, from, until);
	X509_free(authority);
	X509_free(unknown);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

void
odd_identity_free(struct odd_identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
}
