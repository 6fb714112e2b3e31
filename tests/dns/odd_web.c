#include "tests/dns/odd_web.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAY 86400

static void
must(int is_right, const char *what)
{
	if (is_right)
		return;
	fprintf(stderr, "odd_web: %s\n", what);
	exit(99);
}

/* ---- certificates ---- */

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
	if (issuer == NULL) {
		X509_set_issuer_name(certificate, subject);
		add_extension(certificate, certificate, NID_basic_constraints,
		    "critical,CA:TRUE");
	} else {
		char names[300];

		snprintf(names, sizeof(names), "DNS:%s", name);
		X509_set_issuer_name(
		    certificate, X509_get_subject_name(issuer));
		add_extension(certificate, issuer, NID_subject_alt_name, names);
	}
	must(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "sign");
	return certificate;
}

struct identity {
	EVP_PKEY *key;
	X509 *certificate;
};

static struct identity
make_identity(struct odd_web *web, enum odd_web_mode mode)
{
	struct identity mine = { EVP_EC_gen("P-256"), NULL };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *authority =
	    make_certificate("Test Authority", key, NULL, key, -DAY, DAY);
	const char *name =
	    mode == WEB_OTHER_NAME ? "www.example.com" : "mta-sts.example.com";
	const long to = mode == WEB_EXPIRED ? -60 : DAY;
	FILE *file;
	int fd;

	snprintf(
	    web->authorities, sizeof(web->authorities), "/tmp/odd_web.XXXXXX");
	fd = mkstemp(web->authorities);
	must(fd >= 0, "mkstemp");
	file = fdopen(fd, "w");
	must(file != NULL && PEM_write_X509(file, authority), "write");
	fclose(file);
	mine.certificate = mode == WEB_SELF_SIGNED
	    ? make_certificate(name, mine.key, NULL, mine.key, -DAY, to)
	    : make_certificate(name, mine.key, authority, key, -DAY, to);
	X509_free(authority);
	EVP_PKEY_free(key);
	return mine;
}

/* ---- serving ---- */

static void
send_head(SSL *ssl, const char *status, const char *type, long length)
{
	char head[300];

	snprintf(head, sizeof(head),
	    "HTTP/1.1 %s\r\nContent-Type: %s\r\n%s%ld\r\nLocation: "
	    "https://mta-sts.example.com/other\r\nConnection: close\r\n\r\n",
	    status, type,
	    length < 0 ? "X-Length: " : "Content-Length: ", length);
	SSL_write(ssl, head, (int)strlen(head));
}

static void
send_for_ever(SSL *ssl, const char *bytes, int length, useconds_t pause)
{
	while (SSL_write(ssl, bytes, length) > 0)
		usleep(pause);
}

static void
answer(SSL *ssl, enum odd_web_mode mode, const char *body)
{
	const char *type =
	    mode == WEB_HTML ? "text/html" : "text/plain; charset=utf-8";
	char request[4096];

	if (SSL_read(ssl, request, sizeof(request)) <= 0)
		return;
	switch (mode) {
	case WEB_REDIRECT:
		send_head(ssl, "301 Moved", type, 0);
		break;
	case WEB_MISSING:
		send_head(ssl, "404 Not Found", type, 0);
		break;
	case WEB_ENDLESS:
		send_head(ssl, "200 OK", type, -1);
		send_for_ever(ssl, "mx: a.example.com\n", 18, 0);
		break;
	case WEB_HUGE:
		send_head(ssl, "200 OK", type, 10 * 1024 * 1024);
		break;
	case WEB_SILENT:
		pause();
		break;
	case WEB_DRIP:
		send_head(ssl, "200 OK", type, 1000);
		send_for_ever(ssl, "x", 1, 50000);
		break;
	default:
		send_head(ssl, "200 OK", type, (long)strlen(body));
		SSL_write(ssl, body, (int)strlen(body));
	}
}

static void
serve(int listener, const struct identity *mine, enum odd_web_mode mode,
    const char *body)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	SSL_CTX_use_certificate(context, mine->certificate);
	SSL_CTX_use_PrivateKey(context, mine->key);
	for (;;) {
		const int fd = accept(listener, NULL, NULL);
		SSL *ssl;

		if (fd < 0)
			continue;
		if (mode == WEB_CUT) {
			close(fd);
			continue;
		}
		ssl = SSL_new(context);
		SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) == 1) {
			answer(ssl, mode, body);
			SSL_shutdown(ssl);
		}
		SSL_free(ssl);
		close(fd);
	}
}

void
odd_web_open(struct odd_web *web, enum odd_web_mode mode, const char *body)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	struct identity mine = make_identity(web, mode);
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(bind(listener, (struct sockaddr *)&at, size) == 0 &&
		listen(listener, 16) == 0 &&
		getsockname(listener, (struct sockaddr *)&at, &size) == 0,
	    "listen");
	web->port = ntohs(at.sin_port);
	web->pid = fork();
	must(web->pid >= 0, "fork");
	if (web->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		serve(listener, &mine, mode, body);
	}
	close(listener);
	X509_free(mine.certificate);
	EVP_PKEY_free(mine.key);
}

void
odd_web_close(struct odd_web *web)
{
	kill(web->pid, SIGKILL);
	waitpid(web->pid, NULL, 0);
	unlink(web->authorities);
}
