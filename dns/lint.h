/*
 * lint.h - is this text a good record?  Without asking the DNS.
 *
 * Each kind of record has one reader, in dns/lint_*.c; the checks, "dns lint"
 * and the screen where a record is tried before it is published all use it.
 * The text is what the DNS holds: without the quotes and backslashes of a
 * zone file, strings joined; for caa, tlsa, srv and mx the data as a zone file
 * writes it ("0 issue \"ca.example\"", "10 mail.example.com").  It may hold
 * any bytes and may come from anybody.
 */
#ifndef DNS_LINT_H
#define DNS_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define LINT_TEXT_SIZE    240 /* bytes, with the final NUL */
#define LINT_FINDINGS_MAX 24  /* more are left out, but a worse one */

enum lint_verdict {
	LINT_PASS,
	LINT_WARN, /* usable, but something should be said */
	LINT_FAIL, /* receivers take it for an error, or for no record */
	LINT_SKIP, /* not a record of this kind */
};

struct lint_finding {
	enum lint_verdict level;
	size_t at; /* byte of the text, from 0 */
	char text[LINT_TEXT_SIZE];
};

struct lint {
	enum lint_verdict verdict;
	struct lint_finding findings[LINT_FINDINGS_MAX];
	size_t count;
	const char *text; /* the record, `length` bytes */
	size_t length;
};

struct lint_kind {
	const char *name; /* "spf", "mta-sts-txt" */
	const char *help; /* "SPF (RFC 7208)" */
	void (*run)(struct lint *);
	/* What in front of the text makes it no record of the kind. */
	enum lint_front { LINT_TAKES_ALL, LINT_NO_QUOTE, LINT_NO_BLANK } front;
};

extern const struct lint_kind lint_kinds[]; /* ends with .name == NULL */
extern const char *const lint_kind_names[]; /* of the same; ends with NULL */

/* The row of that name, or NULL. */
const struct lint_kind *lint_kind_by_name(const char *);

/* The text must live as long as the result is used. */
void lint_run(
    struct lint *, const struct lint_kind *, const char *text, size_t length);

/* "pass", "warn", "fail", "skip". */
const char *lint_verdict_name(enum lint_verdict);

/* The first finding of that level, or NULL. */
const struct lint_finding *lint_first(const struct lint *, enum lint_verdict);

/* Whether a DKIM record's key may sign e-mail (its "s" tag); one for TLS
 * reports alone is a good record all the same (RFC 8460 section 3). */
bool lint_dkim_is_for_mail(const char *text, size_t length);

/* ---- for the readers ---- */

/* A finding at a byte of lint->text.  The verdict is the worst of all; a skip
 * is final. */
void lint_warn(struct lint *, const char *at, const char *format, ...)
    PRINTF(3, 4);
void lint_fail(struct lint *, const char *at, const char *format, ...)
    PRINTF(3, 4);
void lint_skip(struct lint *, const char *format, ...) PRINTF(2, 3);

/* For "%.*s": at most 40 bytes of a foreign word. */
int lint_shown(size_t length);

#define LINT(name) void lint_##name(struct lint *)
LINT(spf);
LINT(dkim);
LINT(dmarc);
LINT(sts_txt);
LINT(sts_policy);
LINT(tls_rpt);
LINT(caa);
LINT(tlsa);
LINT(srv);
LINT(mx);

#endif
