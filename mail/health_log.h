/*
 * health_log.h - what the mail log of the last day tells mail/health.h.
 */
#ifndef MAIL_HEALTH_LOG_H
#define MAIL_HEALTH_LOG_H

#include "mail/health.h"

/* Daemons that could not go on. */
void health_look_log(const struct health_subject *, struct health_row *);

/*
 * Whether mail leaves: many providers keep port 25 outwards closed until they
 * are asked, and then every mail server is silent.  Nobody is called.
 */
void health_look_outbound(const struct health_subject *, struct health_row *);

#endif
