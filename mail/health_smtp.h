/*
 * health_smtp.h - what mail/health.h looks at on the port that mail arrives
 * at: greets by its right name, takes mail for those who are here.
 */
#ifndef MAIL_HEALTH_SMTP_H
#define MAIL_HEALTH_SMTP_H

#include "mail/health.h"

void health_look_smtp(const struct health_subject *, struct health_row *);

#endif
