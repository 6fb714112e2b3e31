/*
 * doveadm.h - asks the running Dovecot over its administration socket, whose
 * commands the configuration restricts to a few.
 */
#ifndef MAIL_DOVEADM_H
#define MAIL_DOVEADM_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DOVEADM_ANSWER_SIZE 8192

/*
 * One command and its arguments (NULL ends) for `user` ("" for none); what it
 * prints goes to `answer`: values with tabs between.  ERR_NOT_FOUND when
 * Dovecot does not run, ERR_DENIED when it allows the command to nobody,
 * ERR_TIMEOUT after two seconds, ERR_INVALID when it knows no such user.
 */
enum err_code doveadm_ask(const char *socket_path, const char *user,
    const char *const *words, char answer[DOVEADM_ANSWER_SIZE],
    struct err *) MUST_USE;

/* Ends the sessions of "anna@acme.example" or "*@acme.example".  No session,
 * and no Dovecot, is fine. */
enum err_code doveadm_kick(
    const char *socket_path, const char *user, struct err *) MUST_USE;

/* Bytes that the mailbox holds. */
enum err_code doveadm_used(const char *socket_path, const char *user,
    int64_t *used_bytes, struct err *) MUST_USE;

#endif
