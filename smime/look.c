#include "smime/look.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "base/text.h"

#define DAY_SECONDS (24 * 60 * 60)
#define ENDING_DAYS 30

const char *const look_words[] = {
	[LOOK_PASS] = "pass",
	[LOOK_WARN] = "WARN",
	[LOOK_FAIL] = "FAIL",
};

const char *const look_names[] = {
	[LOOK_PASS] = "pass",
	[LOOK_WARN] = "warn",
	[LOOK_FAIL] = "fail",
};

/* What the rules look at. */
struct subject {
	const struct identity *identity;
	const struct certificate_facts *facts;
	const char *address;
	int64_t now;
};

static void say(struct look_row *row, enum look_verdict verdict,
    const char *format, ...) PRINTF(3, 4);

static void
say(struct look_row *row, enum look_verdict verdict, const char *format, ...)
{
	va_list arguments;

	row->verdict = verdict;
	va_start(arguments, format);
	vsnprintf(row->text, sizeof(row->text), format, arguments);
	va_end(arguments);
}

static void
rule_key(const struct subject *subject, struct look_row *row)
{
	const struct identity *identity = subject->identity;

	if (identity->key == NULL)
		say(row, LOOK_FAIL,
		    "The private key is missing: paste it, too.");
	else if (X509_check_private_key(identity->certificate, identity->key) !=
	    1)
		say(row, LOOK_FAIL,
		    "The private key belongs to another certificate.");
	else
		say(row, LOOK_PASS,
		    "The private key belongs to the certificate.");
}

static void
rule_address(const struct subject *subject, struct look_row *row)
{
	const struct certificate_facts *facts = subject->facts;
	const int at = certificate_address(facts, subject->address);

	if (facts->address_count == 0)
		say(row, LOOK_FAIL,
		    "No mail address is in the certificate: it can't be "
		    "used for mail.");
	else if (at < 0)
		say(row, LOOK_FAIL,
		    "The certificate is of %.50s, not of %.50s.",
		    facts->addresses[0], subject->address);
	else if ((size_t)at >= facts->alternative_count)
		say(row, LOOK_WARN,
		    "The address stands in the subject only: some mail "
		    "programs look elsewhere (subjectAltName).");
	else
		say(row, LOOK_PASS, "The address in the certificate is %.60s.",
		    subject->address);
}

static void
rule_dates(const struct subject *subject, struct look_row *row)
{
	const struct certificate_facts *facts = subject->facts;
	const int64_t days = (facts->ends_at - subject->now) / DAY_SECONDS;
	char when[32];

	if (facts->starts_at == 0 || facts->ends_at == 0) {
		say(row, LOOK_FAIL,
		    "The dates of the certificate are unreadable.");
	} else if (subject->now < facts->starts_at) {
		clock_format_utc(when, sizeof(when), facts->starts_at);
		say(row, LOOK_FAIL, "It is not valid yet: it starts %s.", when);
	} else if (subject->now > facts->ends_at) {
		clock_format_utc(when, sizeof(when), facts->ends_at);
		say(row, LOOK_FAIL, "It has expired: it ended %s.", when);
	} else if (days < ENDING_DAYS) {
		say(row, LOOK_WARN, "It ends in %lld days: order the next one.",
		    (long long)days);
	} else {
		say(row, LOOK_PASS, "It is valid for %lld more days.",
		    (long long)days);
	}
}

/* RFC 8550 section 4.4.2: no key usage means no limit. */
static void
rule_usage(const struct subject *subject, struct look_row *row)
{
	const uint32_t usage =
	    X509_get_key_usage(subject->identity->certificate);

	if ((usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
		say(row, LOOK_FAIL,
		    "Its key usage forbids signing: order one for signing.");
	else if ((usage & (KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)) == 0)
		say(row, LOOK_WARN,
		    "It signs, but nobody can encrypt mail to it (key usage).");
	else
		say(row, LOOK_PASS,
		    "Its key usage allows signing and encryption.");
}

/* RFC 8550 section 4.4.4. */
static void
rule_purpose(const struct subject *subject, struct look_row *row)
{
	X509 *certificate = subject->identity->certificate;
	const uint32_t purpose = X509_get_extended_key_usage(certificate);

	if ((X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) == 0)
		say(row, LOOK_WARN,
		    "It does not say what it is for: some mail programs want "
		    "emailProtection.");
	else if ((purpose & (XKU_SMIME | XKU_ANYEKU)) == 0)
		say(row, LOOK_FAIL,
		    "It is not made for mail (no emailProtection).");
	else
		say(row, LOOK_PASS, "It is made for mail (emailProtection).");
}

static void
rule_rsa(int bits, struct look_row *row)
{
	if (bits < 2048)
		say(row, LOOK_FAIL,
		    "RSA with %d bits is too weak: 2048 are the least.", bits);
	else if (bits > 4096)
		say(row, LOOK_WARN,
		    "RSA with %d bits is more than some mail programs take.",
		    bits);
	else
		say(row, LOOK_PASS, "RSA with %d bits is strong enough.", bits);
}

/* RFC 8551 sections 2.2, 4.2 and 4.3.  Edwards curves are in it, but the
 * CMS of OpenSSL 3.0 can't sign with them. */
static void
rule_algorithm(const struct subject *subject, struct look_row *row)
{
	EVP_PKEY *key = X509_get0_pubkey(subject->identity->certificate);
	char group[32] = "";

	if (key != NULL &&
	    (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS"))) {
		rule_rsa(EVP_PKEY_get_bits(key), row);
		return;
	}
	if (key == NULL || !EVP_PKEY_is_a(key, "EC") ||
	    !EVP_PKEY_get_group_name(key, group, sizeof(group), NULL))
		say(row, LOOK_FAIL,
		    "This server signs with RSA and EC keys only, not with "
		    "%.30s.",
		    key == NULL ? "this one" : EVP_PKEY_get0_type_name(key));
	else if (text_is_same(group, "prime256v1") ||
	    text_is_same(group, "secp384r1") ||
	    text_is_same(group, "secp521r1"))
		say(row, LOOK_PASS, "EC with %s is strong enough.", group);
	else
		say(row, LOOK_FAIL,
		    "The curve %.30s is none that mail programs know: P-256, "
		    "P-384 or P-521.",
		    group);
}

static void
rule_digest(const struct subject *subject, struct look_row *row)
{
	int digest = NID_undef;

	X509_get_signature_info(
	    subject->identity->certificate, &digest, NULL, NULL, NULL);
	if (digest == NID_md5 || digest == NID_md4 || digest == NID_md2)
		say(row, LOOK_FAIL,
		    "The authority signed it with %s, which can be forged.",
		    OBJ_nid2sn(digest));
	else if (digest == NID_sha1)
		say(row, LOOK_WARN,
		    "The authority signed it with SHA-1: many programs refuse "
		    "that.");
	else
		say(row, LOOK_PASS,
		    "The authority's signature is strong enough.");
}

static void
rule_person(const struct subject *subject, struct look_row *row)
{
	if (X509_get_extension_flags(subject->identity->certificate) &
	    EXFLAG_CA)
		say(row, LOOK_FAIL,
		    "It is the certificate of an authority (CA), not of a "
		    "person: ask an authority for an e-mail certificate, or "
		    "make one that says CA:FALSE.");
	else
		say(row, LOOK_PASS, "It is no authority's certificate.");
}

/* 0 or the error of the chain; the time is checked by another rule. */
static int
verify_chain(const struct subject *subject)
{
	const struct identity *identity = subject->identity;
	X509_STORE *roots = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) *issuers = sk_X509_new_null();
	int result = X509_V_ERR_OUT_OF_MEM;

	for (size_t i = 0; issuers != NULL && i < identity->issuer_count; i++)
		sk_X509_push(issuers, identity->issuers[i]);
	if (roots != NULL && context != NULL && issuers != NULL &&
	    X509_STORE_set_default_paths(roots) &&
	    X509_STORE_CTX_init(
		context, roots, identity->certificate, issuers)) {
		X509_STORE_CTX_set_flags(context, X509_V_FLAG_NO_CHECK_TIME);
		result = X509_verify_cert(context) == 1
		    ? X509_V_OK
		    : X509_STORE_CTX_get_error(context);
	}
	sk_X509_free(issuers);
	X509_STORE_CTX_free(context);
	X509_STORE_free(roots);
	ERR_clear_error();
	return result;
}

static void
rule_chain(const struct subject *subject, struct look_row *row)
{
	const int result = verify_chain(subject);

	if (result == X509_V_OK)
		say(row, LOOK_PASS,
		    "Its chain ends at a root that this server trusts.");
	else if (result == X509_V_ERR_CERT_SIGNATURE_FAILURE)
		say(row, LOOK_FAIL,
		    "A signature in its chain is wrong: get it again from the "
		    "authority.");
	else if (result == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
		say(row, LOOK_WARN,
		    "It is self-signed: nobody trusts it without being told.");
	else if (result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	    result == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE)
		say(row, LOOK_WARN,
		    "Its issuer is unknown here: paste the intermediate "
		    "certificates, too.");
	else
		say(row, LOOK_WARN, "No trust in its chain: %.90s.",
		    X509_verify_cert_error_string(result));
}

static bool
has_extension(X509 *certificate, int kind)
{
	return X509_get_ext_by_NID(certificate, kind, -1) >= 0;
}

static bool
has_ocsp(X509 *certificate)
{
	STACK_OF(OPENSSL_STRING) *addresses = X509_get1_ocsp(certificate);
	const bool has = sk_OPENSSL_STRING_num(addresses) > 0;

	X509_email_free(addresses);
	return has;
}

static void
rule_revocation(const struct subject *subject, struct look_row *row)
{
	X509 *certificate = subject->identity->certificate;

	if (has_ocsp(certificate) ||
	    has_extension(certificate, NID_crl_distribution_points))
		say(row, LOOK_PASS, "It says where a revocation is announced.");
	else
		say(row, LOOK_WARN,
		    "No CRL or OCSP address: it can't be checked for "
		    "revocation.");
}

static const struct {
	const char *name;
	void (*look)(const struct subject *, struct look_row *);
} rules[] = {
	{ "key", rule_key },
	{ "address", rule_address },
	{ "dates", rule_dates },
	{ "usage", rule_usage },
	{ "purpose", rule_purpose },
	{ "algorithm", rule_algorithm },
	{ "digest", rule_digest },
	{ "person", rule_person },
	{ "chain", rule_chain },
	{ "revocation", rule_revocation },
};

_Static_assert(sizeof(rules) / sizeof(rules[0]) <= LOOK_ROWS_MAX, "rows");

void
look_at(struct look *look, const struct identity *identity, const char *address,
    int64_t now)
{
	const struct subject subject = { identity, &look->facts, address, now };

	*look = (struct look){ 0 };
	certificate_read(&look->facts, identity->certificate);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		look->rows[i].name = rules[i].name;
		rules[i].look(&subject, &look->rows[i]);
		look->count++;
	}
	ERR_clear_error();
}

enum err_code
look_refusal(const struct look *look, struct err *err)
{
	for (size_t i = 0; i < look->count; i++) {
		const struct look_row *row = &look->rows[i];

		if (row->verdict == LOOK_FAIL)
			return err_set(err, ERR_INVALID,
			    text_is_same(row->name, "key") ? "key"
							   : "certificate",
			    "%s", row->text);
	}
	return OK;
}
