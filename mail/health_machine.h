/*
 * health_machine.h - what mail/health.h looks at on this machine itself, and
 * not through a service: the queue, a disk.
 */
#ifndef MAIL_HEALTH_MACHINE_H
#define MAIL_HEALTH_MACHINE_H

#include "mail/health.h"

void health_look_queue(const struct health_subject *, struct health_row *);

/* The file system of that path: blocks and inodes. */
void health_look_disk(const char *path, struct health_row *);

#endif
