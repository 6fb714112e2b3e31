/*
 * verdict.h - what a look at the mail stack came to, in the same five words
 * as the DNS checklist.
 */
#ifndef MAIL_VERDICT_H
#define MAIL_VERDICT_H

enum mail_verdict {
	MAIL_SKIPPED, /* does not apply, or could not be reached any more */
	MAIL_PASS,
	MAIL_WARN,    /* works, but should be mended */
	MAIL_FAIL,    /* mail is lost, refused or can't be read */
	MAIL_UNKNOWN, /* could not tell; never shown as fail */
};

/* "pass", "WARN", "FAIL", "unknown", "skip": for people. */
const char *mail_verdict_word(enum mail_verdict);

/* "pass", "warn", "fail", "unknown", "skipped": JSON. */
const char *mail_verdict_name(enum mail_verdict);

/* The worse of two: fail, unknown, warn, pass, skipped, in that order. */
enum mail_verdict mail_worse(enum mail_verdict, enum mail_verdict);

#endif
