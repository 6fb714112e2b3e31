#include "tests/dns/odd_web.h"

#include "tests/dns/odd_identity.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
must(int is_right, const char *what)
{
	if (is_right)
		return;
	fprintf(stderr, "odd_web: %s\n", what);
	exit(99);
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
serve(int listener, const struct odd_identity *mine, enum odd_web_mode mode,
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
	struct odd_identity mine;
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	odd_identity_make(&mine,
	    mode == WEB_OTHER_NAME ? "www.example.com" : "mta-sts.example.com",
	    mode == WEB_EXPIRED           ? ODD_EXPIRED
		: mode == WEB_SELF_SIGNED ? ODD_SELF_SIGNED
					  : ODD_GOOD,
	    web->authorities);
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
	odd_identity_free(&mine);
}

void
odd_web_close(struct odd_web *web)
{
	kill(web->pid, SIGKILL);
	waitpid(web->pid, NULL, 0);
	unlink(web->authorities);
}
