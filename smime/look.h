/*
 * look.h - looks at an identity before it is stored: one row per rule, each
 * pass, warn or fail, in plain words.
 *
 * What fails can't be stored; what warns can.  The rules are those of RFC
 * 8550 (certificates) and RFC 8551 (messages), and that the certificate is
 * the account's own.
 */
#ifndef SMIME_LOOK_H
#define SMIME_LOOK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "smime/certificate.h"
#include "smime/identity.h"

enum look_verdict { LOOK_PASS, LOOK_WARN, LOOK_FAIL };

#define LOOK_ROWS_MAX  12
#define LOOK_TEXT_SIZE 160

struct look_row {
	const char *name; /* "address": stable, for JSON and tests */
	enum look_verdict verdict;
	char text[LOOK_TEXT_SIZE]; /* one sentence */
};

struct look {
	struct certificate_facts facts;
	struct look_row rows[LOOK_ROWS_MAX];
	size_t count;
};

/* "pass", "WARN", "FAIL": words, nothing hangs on colour. */
extern const char *const look_words[];
extern const char *const look_names[]; /* the same for JSON: "fail" */

/* `address` in stored form; `now` in seconds. */
void look_at(
    struct look *, const struct identity *, const char *address, int64_t now);

/* OK when no row fails, else ERR_INVALID with the first that does. */
enum err_code look_refusal(const struct look *, struct err *) MUST_USE;

#endif
