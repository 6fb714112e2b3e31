/*
 * web.h - the files that a web server hands out for mail domains:
 *
 *	DIRECTORY/mta-sts.DOMAIN/.well-known/mta-sts.txt    RFC 8461 3.2
 *	DIRECTORY/autoconfig.DOMAIN/mail/config-v1.1.xml    for mail programs
 *	DIRECTORY/autoconfig.DOMAIN/mail/apple.mobileconfig for Apple's devices
 *
 * so that one rule of the web server serves them all: the root of a host is
 * the directory of its name.  DIRECTORY is the server's setting, or mta-sts/
 * in the state directory.  Triggers note which domains changed; web_touched()
 * writes their files, each replaced in one step.
 */
#ifndef MODEL_WEB_H
#define MODEL_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/context.h"
#include "model/db.h"

#define WEB_PROFILE "apple.mobileconfig"

/* The policy text with CRLF line ends.  `mode` is "none", "testing" or
 * "enforce". */
const char *web_sts_policy(
    struct arena *, const char *mode, const char *mail_host);

/* What web_sync() found. */
struct web_report {
	int64_t wanted, missing, different, extra; /* files */
};

/* Writes the files of the domains that changed, takes away those of domains
 * that are gone.  Nothing to do without a state directory. */
enum err_code web_touched(struct context *, struct err *) MUST_USE;

/* Every domain's files compared with what they should be; mends what differs
 * unless `is_check`. */
enum err_code web_sync(struct context *, bool is_check, struct web_report *,
    struct err *) MUST_USE;

extern const struct db_statements web_statements;

#endif
