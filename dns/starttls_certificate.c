#include "dns/starttls_certificate.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

/* Goes on after each error; the dates of the certificate itself are judged
 * apart. */
static int
note_error(int is_right, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    store, SSL_get_ex_data_X509_STORE_CTX_idx());
	int *chain_error = SSL_get_app_data(ssl);
	const int error = X509_STORE_CTX_get_error(store);
	const bool is_date = error == X509_V_ERR_CERT_HAS_EXPIRED ||
	    error == X509_V_ERR_CERT_NOT_YET_VALID;

	if (is_right == 0 && *chain_error == X509_V_OK &&
	    (!is_date || X509_STORE_CTX_get_error_depth(store) > 0))
		*chain_error = error;
	return 1;
}

SSL_CTX *
certificate_context(const char *authorities)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (context == NULL)
		return NULL;
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note_error);
	if ((authorities == NULL ? SSL_CTX_set_default_verify_paths(context)
				 : SSL_CTX_load_verify_locations(
				       context, authorities, NULL)) == 1)
		return context;
	SSL_CTX_free(context);
	ERR_clear_error();
	return NULL;
}

static const char *
chain_problem(const SSL *ssl, int chain_error)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);

	switch (chain_error) {
	case X509_V_OK:
		return "";
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return "it is signed by itself";
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "a certificate of its chain has ended";
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return sk_X509_num(chain) == 1
		    ? "it comes alone, without the authority's certificate "
		      "in between, or nobody knows that authority"
		    : "nobody knows its authority";
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		return "nobody knows its authority";
	default:
		return X509_verify_cert_error_string(chain_error);
	}
}

static int64_t
moment(const ASN1_TIME *time)
{
	struct tm parts;

	return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

/* The DNS names, as many as fit. */
static void
take_names(struct starttls_reply *reply, X509 *x509)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	char text[256];

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_DNS)
			continue;
		text_visible(text, sizeof(text),
		    (const char *)ASN1_STRING_get0_data(name->d.dNSName),
		    (size_t)ASN1_STRING_length(name->d.dNSName));
		if (strlen(reply->names) + strlen(text) + 3 >
		    sizeof(reply->names))
			break;
		if (reply->names[0] != '\0')
			text_append(reply->names, sizeof(reply->names), ", ");
		text_append(reply->names, sizeof(reply->names), text);
	}
	GENERAL_NAMES_free(names);
}

bool
certificate_take(struct starttls_reply *reply, const SSL *ssl, const char *host,
    int chain_error)
{
	X509 *x509 = SSL_get1_peer_certificate(ssl);

	if (x509 == NULL)
		return false;
	/* RFC 8461 section 4.1: DNS names alone, a wildcard is one label. */
	reply->has_name = X509_check_host(x509, host, 0,
			      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
				  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
			      NULL) == 1;
	take_names(reply, x509);
	reply->from_at = moment(X509_get0_notBefore(x509));
	reply->until_at = moment(X509_get0_notAfter(x509));
	text_copy(
	    reply->why, sizeof(reply->why), chain_problem(ssl, chain_error));
	X509_free(x509);
	return true;
}
