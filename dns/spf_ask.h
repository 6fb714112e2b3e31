/*
 * spf_ask.h - SPF as a receiver evaluates it now: asks resolvers until the
 * result is there.
 */
#ifndef DNS_SPF_ASK_H
#define DNS_SPF_ASK_H

#include <stddef.h>

#include "dns/spf.h"

#define SPF_ASK_MS 20000 /* then the result is "temperror" (section 4.6.4) */

/*
 * Waits for at most SPF_ASK_MS.  The first resolver is asked, the next when
 * that one fails or is slow.
 */
void spf_ask(const struct ip_port *resolvers, size_t count,
    const struct spf_sender *, struct spf_report *);

#endif
