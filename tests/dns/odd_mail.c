#include "tests/dns/odd_mail.h"

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
	fprintf(stderr, "odd_mail: %s\n", what);
	exit(99);
}

static void
send_text(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
}

/* One line of the client, noted in the file; false at its end. */
static int
hear(int fd, SSL *ssl, FILE *heard)
{
	char line[512];
	size_t used = 0;

	while (used < sizeof(line) - 1) {
		const int n = ssl != NULL ? SSL_read(ssl, line + used, 1)
					  : (int)read(fd, line + used, 1);

		if (n != 1)
			return 0;
		if (line[used++] == '\n')
			break;
	}
	line[used] = '\0';
	fputs(line, heard);
	fflush(heard);
	return 1;
}

static void
talk_tls(int fd, SSL_CTX *context, enum odd_mail_mode mode, FILE *heard)
{
	SSL *ssl = SSL_new(context);
	int is_asked;

	SSL_set_fd(ssl, fd);
	is_asked = SSL_accept(ssl) == 1 && hear(fd, ssl, heard);
	while (is_asked && mode == MAIL_ENDLESS_BYE)
		is_asked = SSL_write(ssl, "221-bye\r\n", 9) > 0;
	if (is_asked)
		SSL_write(ssl, "221 bye\r\n", 9);
	SSL_free(ssl);
}

static void
greet(int fd, enum odd_mail_mode mode)
{
	if (mode == MAIL_SILENT)
		pause();
	if (mode == MAIL_LATE)
		sleep(1);
	send_text(fd,
	    mode == MAIL_NOT_NOW ? "421 too many\x1b[31m of you\r\n"
				 : "220-mail.example.com\r\n220 ESMTP\r\n");
	while (mode == MAIL_ENDLESS)
		if (write(fd, "220-more\r\n", 10) < 0)
			return;
}

static void
talk(int fd, SSL_CTX *context, enum odd_mail_mode mode, FILE *heard)
{
	greet(fd, mode);
	if (!hear(fd, NULL, heard))
		return;
	send_text(fd,
	    mode == MAIL_NO_STARTTLS
		? "250-mail.example.com\r\n250-XSTARTTLS\r\n250 SIZE\r\n"
		: "250-mail.example.com\r\n250-starttls\r\n250 SIZE\r\n");
	if (!hear(fd, NULL, heard))
		return;
	if (mode == MAIL_HANGS_UP)
		return;
	if (mode == MAIL_NO_STARTTLS) {
		send_text(fd, "221 bye\r\n");
		return;
	}
	if (mode == MAIL_REFUSES_STARTTLS || mode == MAIL_FORBIDS_STARTTLS) {
		send_text(fd,
		    mode == MAIL_REFUSES_STARTTLS ? "454 no key\r\n"
						  : "502 not here\r\n");
		hear(fd, NULL, heard);
		return;
	}
	send_text(fd,
	    mode == MAIL_INJECTED
		? "220 go on\r\n250-mail.example.com\r\n250 AUTH PLAIN\r\n"
		: "220 go on\r\n");
	if (mode == MAIL_GARBLED) {
		send_text(fd, "250 what do you mean?\r\n");
		hear(fd, NULL, heard);
	} else if (mode != MAIL_CUT)
		talk_tls(fd, context, mode, heard);
}

static void
serve(int listener, const struct odd_identity *mine, enum odd_mail_mode mode,
    const char *heard)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	FILE *file = fopen(heard, "a");

	must(file != NULL, "fopen");
	SSL_CTX_use_certificate(context, mine->certificate);
	SSL_CTX_use_PrivateKey(context, mine->key);
	for (;;) {
		const int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		talk(fd, context, mode, file);
		close(fd);
	}
}

static enum odd_fault
fault_of(enum odd_mail_mode mode)
{
	switch (mode) {
	case MAIL_EXPIRED:
		return ODD_EXPIRED;
	case MAIL_TOO_EARLY:
		return ODD_TOO_EARLY;
	case MAIL_SELF_SIGNED:
		return ODD_SELF_SIGNED;
	case MAIL_UNKNOWN_AUTHORITY:
		return ODD_UNKNOWN_AUTHORITY;
	default:
		return ODD_GOOD;
	}
}

void
odd_mail_open(struct odd_mail *mail, enum odd_mail_mode mode)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	struct odd_identity mine;
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	odd_identity_make(&mine,
	    mode == MAIL_OTHER_NAME ? "www.example.com" : "mail.example.com",
	    fault_of(mode), mail->authorities);
	snprintf(mail->heard, sizeof(mail->heard), "/tmp/odd_mail.XXXXXX");
	must(close(mkstemp(mail->heard)) == 0, "mkstemp");
	must(bind(listener, (struct sockaddr *)&at, size) == 0 &&
		listen(listener, 16) == 0 &&
		getsockname(listener, (struct sockaddr *)&at, &size) == 0,
	    "listen");
	mail->port = ntohs(at.sin_port);
	mail->pid = fork();
	must(mail->pid >= 0, "fork");
	if (mail->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		serve(listener, &mine, mode, mail->heard);
	}
	close(listener);
	odd_identity_free(&mine);
}

void
odd_mail_close(struct odd_mail *mail)
{
	kill(mail->pid, SIGKILL);
	waitpid(mail->pid, NULL, 0);
	unlink(mail->authorities);
	unlink(mail->heard);
}
