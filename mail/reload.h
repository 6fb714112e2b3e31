/*
 * reload.h - tells a running mail server that its files have changed.
 */
#ifndef MAIL_RELOAD_H
#define MAIL_RELOAD_H

#include "mail/config.h"

/*
 * Sends the signal by which each daemon reads its files again, to the process
 * of its pid file below `root`, when that is the daemon.  One that does not
 * run has nothing to reload: OK.  ERR_SYSTEM when it can't be told.
 */
enum err_code reload_daemon(
    enum config_daemon, const char *root, struct err *) MUST_USE;

/* The process, or 0 when it does not run. */
int reload_find(enum config_daemon, const char *root);

#endif
