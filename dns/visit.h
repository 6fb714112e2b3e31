/*
 * visit.h - asks web hosts and mail servers of the domain themselves, and
 * puts what they showed into the table.
 *
 * The question is (host, DNS_POLICY, DNS_AUTOCONFIG or DNS_MAIL_TLS); each
 * address of the host answers for itself, as a name server does
 * (dns/policy.h, dns/mail_tls.h).  Those for which there is no room wait for
 * others to end.  The names are foreign: nobody is called at an address that
 * the internet doesn't reach, such as a private one, unless it is the
 * server's own.  Nothing blocks.
 */
#ifndef DNS_VISIT_H
#define DNS_VISIT_H

#include <stdbool.h>

#include "dns/answers.h"
#include "dns/subject.h"

struct visitor;

struct visitor *visitor_open(
    struct arena *, const struct dns_subject *, struct dns_answers *);
void visitor_close(struct visitor **);

/*
 * Asks every address of the host that the table has; gives the question up
 * when there is none.  False while the addresses aren't known: call it again.
 */
bool visitor_ask(struct visitor *, const struct dns_question *);

bool visitor_is_busy(const struct visitor *);

/* Readable when visitor_step() has something to do; -1 while there is nothing
 * to wait for.  `fd` becomes readable through it too. */
int visitor_fd(const struct visitor *);
bool visitor_add_fd(struct visitor *, int fd);

/* Never blocks; true when an answer came in. */
bool visitor_step(struct visitor *);

#endif
