/*
 * config.h - the configuration files of Postfix, Dovecot, OpenDKIM and nginx,
 * from the templates of mail/template/ and one struct of values.
 *
 * Every value is checked against a short list of characters before it reaches
 * a file, here and again in the keeper, which makes the files as root: no
 * value can end a line, a string or an SQL text.
 */
#ifndef MAIL_CONFIG_H
#define MAIL_CONFIG_H

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/host_name.h"

#define CONFIG_PATH_SIZE  256
#define CONFIG_NAME_SIZE  64
#define CONFIG_NAMES_SIZE 8192
#define CONFIG_FILES_MAX  16

enum config_daemon {
	CONFIG_POSTFIX,
	CONFIG_DOVECOT,
	CONFIG_OPENDKIM,
	CONFIG_NGINX,
	CONFIG_DAEMONS,
};

extern const char *const config_daemon_names[]; /* ends with NULL */

/* "" is none, or what the comment says. */
struct config_values {
	char root[CONFIG_PATH_SIZE]; /* before every path; "": the machine */
	char host[HOST_NAME_SIZE];
	char state[CONFIG_PATH_SIZE]; /* the state directory */
	char certificate[CONFIG_PATH_SIZE], key[CONFIG_PATH_SIZE];
	char mail_directory[CONFIG_PATH_SIZE];
	char mail_user[CONFIG_NAME_SIZE];    /* owns the mailboxes */
	char console_user[CONFIG_NAME_SIZE]; /* owns the state directory */
	char dkim[CONFIG_PATH_SIZE];         /* private keys and their tables */
	char sts[CONFIG_PATH_SIZE]; /* DOMAIN/mta-sts.txt and the like */
	char sts_names[CONFIG_NAMES_SIZE];
	char milter[CONFIG_PATH_SIZE]; /* socket of "postern milter" */
	char own_senders[8]; /* not "": port 25 refuses our own domains */
	char relay[CONFIG_NAME_SIZE]; /* all mail goes there: for tests */
	char test[8];                 /* not "": no delays, for tests */
	char interfaces[CONFIG_NAME_SIZE], protocols[CONFIG_NAME_SIZE];
	char dovecot_listen[CONFIG_NAME_SIZE];
	char smtp[CONFIG_NAME_SIZE]; /* [ADDRESS:]PORT, as are these */
	char submission[CONFIG_NAME_SIZE], submissions[CONFIG_NAME_SIZE];
	char https[CONFIG_NAME_SIZE], https6[CONFIG_NAME_SIZE];
	char imaps_port[8];
};

/* One file as it should be. */
struct config_file {
	char path[2 * CONFIG_PATH_SIZE];
	mode_t mode;
	const char *text; /* in the arena */
	size_t length;
};

/* ERR_INVALID names the value that has a sign it may not have. */
enum err_code config_check(const struct config_values *, struct err *) MUST_USE;

/* Makes sure that every text ends: for a struct that came from another
 * process. */
void config_end_texts(struct config_values *);

/* The files of a daemon, after config_check(); *count of them, at most
 * CONFIG_FILES_MAX. */
enum err_code config_files(const struct config_values *, enum config_daemon,
    struct arena *, struct config_file *, size_t *count, struct err *) MUST_USE;

#endif
