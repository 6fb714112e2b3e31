/*
 * mail_known.h - what mail servers that were called lately showed: for all
 * visitors of this process, so that none is called again and again.
 */
#ifndef DNS_MAIL_KNOWN_H
#define DNS_MAIL_KNOWN_H

#include "dns/answers.h"
#include "dns/starttls.h"

/* A mail server is not called again sooner: till then its answer stands. */
#define MAIL_KNOWN_MS 20000

/* NULL when it wasn't called lately; valid until the next one is kept. */
const struct starttls_reply *mail_known_reply(const struct dns_server *);

void mail_known_put(const struct dns_server *, const struct starttls_reply *);

#endif
