/*
 * command_mail.h - what the files of "mail ..." share.
 */
#ifndef SSH_COMMAND_MAIL_H
#define SSH_COMMAND_MAIL_H

#include "base/ip.h"
#include "mail/config.h"
#include "ssh/command.h"

/* What a test, or a second mail server on the machine, has elsewhere. */
struct command_mail_config {
	int64_t daemon;
	char root[CONFIG_PATH_SIZE];
	char listen[IP_TEXT_SIZE];
	int64_t smtp, submission, submissions, imaps, https;
	char milter[CONFIG_PATH_SIZE];
	char mail_user[CONFIG_NAME_SIZE];
	char relay[CONFIG_NAME_SIZE];
	int64_t is_test, is_install, is_diff;
};

extern const struct field command_mail_config_fields[];
int command_mail_config(struct command *, const void *input);

#endif
