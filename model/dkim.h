/*
 * dkim.h - DKIM keys of domains: the public halves and where each is in its
 * life.
 *
 * made > seen (on every authoritative server) > signing > retiring (signs no
 * more, its record stays for mail on its way) > retired (the private key file
 * is gone).  One key of a domain signs.  The private keys are files that only
 * the operator's side can make and read; here is what the DNS publishes.
 */
#ifndef MODEL_DKIM_H
#define MODEL_DKIM_H

#include <stdbool.h>
#include <stdint.h>

#include "model/list.h"
#include "model/operation.h"

#define DKIM_OVERLAP_DAYS 7   /* an old record stays so long */
#define DKIM_TXT_SIZE     640 /* "v=DKIM1; k=rsa; p=...", 2048 bits, NUL */

/* The key's record was found on every authoritative server: made becomes
 * seen.  Anything else stays as it is.  Runs a transaction of its own. */
enum err_code dkim_note_seen(struct db *, const char *domain,
    const char *selector, struct err *) MUST_USE;

/* Every key that is not retired, by domain; stops at the first refusal. */
enum err_code dkim_each(struct db *,
    enum err_code (*each)(void *argument, const char *domain,
	const char *selector, bool is_signing, struct err *),
    void *argument, struct err *) MUST_USE;

extern const struct operation dkim_operations[];
extern const struct list dkim_list;
extern const struct db_statements dkim_statements;

#endif
