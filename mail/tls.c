#include "mail/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

struct tls {
	SSL_CTX *context;
	SSL *ssl;
	int fd;
	int64_t deadline_ms;
	char host[TLS_NAME_SIZE];
};

/* Waits for what OpenSSL wants; false past the deadline. */
static bool
wait_for(struct tls *tls, int result)
{
	const int64_t left = tls->deadline_ms - clock_monotonic_ms();
	struct pollfd fd = { .fd = tls->fd };

	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		fd.events = POLLIN;
		break;
	case SSL_ERROR_WANT_WRITE:
		fd.events = POLLOUT;
		break;
	default:
		return false;
	}
	return left > 0 && poll(&fd, 1, (int)left) > 0;
}

static enum err_code
shake_hands(struct tls *tls, struct err *err)
{
	for (;;) {
		const int result = SSL_connect(tls->ssl);
		char reason[120];

		if (result == 1)
			return OK;
		if (wait_for(tls, result))
			continue;
		if (clock_monotonic_ms() >= tls->deadline_ms)
			return err_set(err, ERR_TIMEOUT, NULL,
			    "The server did not finish the TLS handshake in "
			    "time.");
		ERR_error_string_n(
		    ERR_peek_last_error(), reason, sizeof(reason));
		return err_set(err, ERR_SYSTEM, NULL,
		    "The TLS handshake failed: %s.",
		    ERR_peek_last_error() == 0 ? "the server ended it"
					       : reason);
	}
}

enum err_code
tls_open(struct tls **to, struct arena *arena, int fd, const char *host,
    int64_t deadline_ms, struct err *err)
{
	struct tls *tls = arena_alloc(arena, sizeof(*tls));
	enum err_code code;

	tls->fd = fd;
	tls->deadline_ms = deadline_ms;
	text_copy(tls->host, sizeof(tls->host), host);
	tls->context = SSL_CTX_new(TLS_client_method());
	if (tls->context != NULL) {
		SSL_CTX_set_default_verify_paths(tls->context);
		SSL_CTX_set_verify(tls->context, SSL_VERIFY_NONE, NULL);
		tls->ssl = SSL_new(tls->context);
	}
	*to = tls;
	if (tls->ssl == NULL || SSL_set_fd(tls->ssl, fd) != 1 ||
	    SSL_set_tlsext_host_name(tls->ssl, tls->host) != 1)
		code = err_set(err, ERR_SYSTEM, NULL, "TLS can't be started.");
	else
		code = shake_hands(tls, err);
	if (code != OK)
		tls_close(to);
	return code;
}

void
tls_close(struct tls **to)
{
	struct tls *tls = *to;

	if (tls == NULL)
		return;
	if (tls->ssl != NULL && SSL_is_init_finished(tls->ssl))
		SSL_shutdown(tls->ssl);
	SSL_free(tls->ssl);
	SSL_CTX_free(tls->context);
	*tls = (struct tls){ 0 };
	*to = NULL;
}

/* ---- certificate ---- */

static void
name_text(char to[TLS_NAME_SIZE], X509_NAME *name, int first, int second)
{
	char raw[TLS_NAME_SIZE];
	int length = X509_NAME_get_text_by_NID(name, first, raw, sizeof(raw));

	if (length <= 0)
		length =
		    X509_NAME_get_text_by_NID(name, second, raw, sizeof(raw));
	text_visible(to, TLS_NAME_SIZE, raw, length > 0 ? (size_t)length : 0);
}

static int64_t
moment(const ASN1_TIME *time)
{
	struct tm parts;

	return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) : 0;
}

void
tls_certificate(const struct tls *tls, struct tls_certificate *to)
{
	X509 *x509 = SSL_get1_peer_certificate(tls->ssl);
	const long verified = SSL_get_verify_result(tls->ssl);

	*to = (struct tls_certificate){ 0 };
	if (x509 == NULL) {
		text_copy(to->why, sizeof(to->why), "there is none");
		return;
	}
	name_text(to->subject, X509_get_subject_name(x509), NID_commonName,
	    NID_organizationName);
	name_text(to->issuer, X509_get_issuer_name(x509), NID_organizationName,
	    NID_commonName);
	to->from_at = moment(X509_get0_notBefore(x509));
	to->until_at = moment(X509_get0_notAfter(x509));
	to->has_name = X509_check_host(x509, tls->host, 0, 0, NULL) == 1 ||
	    X509_check_ip_asc(x509, tls->host, 0) == 1;
	/* The dates are judged apart. */
	to->is_trusted = verified == X509_V_OK ||
	    verified == X509_V_ERR_CERT_HAS_EXPIRED ||
	    verified == X509_V_ERR_CERT_NOT_YET_VALID;
	if (!to->is_trusted)
		text_copy(to->why, sizeof(to->why),
		    X509_verify_cert_error_string(verified));
	X509_free(x509);
}

const char *
tls_version(const struct tls *tls)
{
	return SSL_get_version(tls->ssl);
}

/* ---- bytes ---- */

int
tls_read(struct tls *tls, void *to, size_t size)
{
	for (;;) {
		const int n =
		    SSL_read(tls->ssl, to, size > 65536 ? 65536 : (int)size);

		if (n > 0)
			return n;
		if (SSL_get_error(tls->ssl, n) == SSL_ERROR_ZERO_RETURN)
			return 0;
		if (!wait_for(tls, n))
			return -1;
	}
}

bool
tls_write(struct tls *tls, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		const int n = SSL_write(tls->ssl, at, (int)length);

		if (n > 0) {
			at += n;
			length -= (size_t)n;
		} else if (!wait_for(tls, n))
			return false;
	}
	return true;
}
