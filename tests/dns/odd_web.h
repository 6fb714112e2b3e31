/*
 * odd_web.h - a policy host that misbehaves, for tests: one TLS server for
 * mta-sts.example.com on a loopback port of its own choice, with a
 * certificate by an authority made for it.
 */
#ifndef TESTS_DNS_ODD_WEB_H
#define TESTS_DNS_ODD_WEB_H

#include <stdint.h>
#include <sys/types.h>

enum odd_web_mode {
	WEB_GOOD,       /* the body given, text/plain */
	WEB_HTML,       /* the same as text/html */
	WEB_REDIRECT,   /* 301 to another path, which would be good */
	WEB_MISSING,    /* 404 */
	WEB_ENDLESS,    /* a body without an end */
	WEB_HUGE,       /* says that more than 64 KiB will come */
	WEB_SILENT,     /* takes the request and never answers */
	WEB_DRIP,       /* one octet at a time, for ever */
	WEB_CUT,        /* closes in the middle of TLS */
	WEB_OTHER_NAME, /* a certificate of another host */
	WEB_EXPIRED,
	WEB_SELF_SIGNED,
};

struct odd_web {
	pid_t pid;
	uint16_t port;
	char authorities[64]; /* a file to trust; removed at the close */
};

/* `body` must live on. */
void odd_web_open(struct odd_web *, enum odd_web_mode, const char *body);
void odd_web_close(struct odd_web *);

#endif
