/*
 * odd_mail.h - a mail server that misbehaves, for tests: one SMTP server for
 * mail.example.com on a loopback port of its own choice, with a certificate by
 * an authority made for it.
 */
#ifndef TESTS_DNS_ODD_MAIL_H
#define TESTS_DNS_ODD_MAIL_H

#include <stdint.h>
#include <sys/types.h>

#include "tests/dns/odd_identity.h"

enum odd_mail_mode {
	MAIL_GOOD,
	MAIL_LATE, /* greets after a second */
	MAIL_EXPIRED,
	MAIL_TOO_EARLY,
	MAIL_OTHER_NAME,
	MAIL_SELF_SIGNED,
	MAIL_UNKNOWN_AUTHORITY,
	MAIL_NO_STARTTLS,
	MAIL_REFUSES_STARTTLS, /* 454: not now */
	MAIL_FORBIDS_STARTTLS, /* 502, though it offers it */
	MAIL_NOT_NOW,          /* greets with 421 */
	MAIL_HANGS_UP,         /* closes in place of an answer to STARTTLS */
	MAIL_CUT,              /* closes in the middle of TLS */
	MAIL_GARBLED,          /* answers the handshake in plain text */
	MAIL_INJECTED,         /* plain text behind the answer to STARTTLS */
	MAIL_ENDLESS,          /* a reply without an end */
	MAIL_ENDLESS_BYE,      /* the same after QUIT, under TLS */
	MAIL_SILENT,           /* takes the connection and says nothing */
};

struct odd_mail {
	pid_t pid;
	uint16_t port;
	char authorities
	    [ODD_PATH_SIZE]; /* a file to trust; removed at the close */
	/* The lines that it was sent, one session behind the other. */
	char heard[ODD_PATH_SIZE]; /* a file; ditto */
};

void odd_mail_open(struct odd_mail *, enum odd_mail_mode);
void odd_mail_close(struct odd_mail *);

#endif
