/*
 * mail_setup.h - what the configuration of the mail servers is made from: the
 * server's setup, the domains, and the defaults of Debian.
 */
#ifndef MODEL_MAIL_SETUP_H
#define MODEL_MAIL_SETUP_H

#include "mail/config.h"
#include "model/context.h"
#include "model/db.h"

/* Keys of a server whose state belongs to the user "postern". */
#define MAIL_DKIM_DIRECTORY "/etc/postern-dkim"

/* Sockets of the daemons; a root for tests goes before. */
#define MAIL_MILTER_SOCKET   "/run/postern-sign/milter.sock"
#define MAIL_OPENDKIM_SOCKET "/run/opendkim/opendkim.sock"
#define MAIL_DOVEADM_SOCKET  "/run/dovecot/doveadm-server"

/* Everything of the box and its domains, ports of RFC 6335; root "". */
enum err_code mail_setup_load(
    struct context *, struct config_values *, struct err *) MUST_USE;

/* The directory of private keys: the setup's; else MAIL_DKIM_DIRECTORY for the
 * service, and dkim/ in the state of anybody else. */
enum err_code mail_setup_dkim_directory(
    struct context *, char to[CONFIG_PATH_SIZE], struct err *) MUST_USE;
/* The latter two: where no setup is. */
void mail_setup_default_dkim(
    const char *state_directory, char to[CONFIG_PATH_SIZE]);

/* "ROOT/run/dovecot/...": one of the sockets above, with the mail root. */
enum err_code mail_setup_path(struct db *, const char *path,
    char to[CONFIG_PATH_SIZE], struct err *) MUST_USE;

extern const struct db_statements mail_setup_statements;

#endif
