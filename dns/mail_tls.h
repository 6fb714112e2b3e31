/*
 * mail_tls.h - what a mail server showed after STARTTLS, as an answer of the
 * table.
 *
 * The question is (MX host, DNS_MAIL_TLS); each address of the host answers
 * for itself, as a name server does.  The answer's one record holds lines of
 * text, so that a recording can be judged again:
 *
 *	tls FROM UNTIL NAME     dates in seconds; NAME is 1 when it is for the host
 *	mail.example.com        the names that it is for
 *	                        why its chain can't be trusted, or nothing
 *
 * or one of the words "not-now", "no-starttls", "broken" and a line with what
 * the server said.
 */
#ifndef DNS_MAIL_TLS_H
#define DNS_MAIL_TLS_H

#include <stdbool.h>

#include "dns/answers.h"
#include "dns/starttls.h"

/* Fills the answer, whose memory holds the record. */
void mail_tls_fill(struct dns_answer *, const struct dns_question *,
    const struct starttls_reply *);

/* False when the record is none. */
bool mail_tls_read(struct starttls_reply *, const struct dns_rr *);

#endif
