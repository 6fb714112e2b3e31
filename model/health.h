/*
 * health.h - what a look at the mail stack needs to know from the rows, and
 * what the rows themselves tell of it.
 */
#ifndef MODEL_HEALTH_H
#define MODEL_HEALTH_H

#include "base/ip.h"
#include "mail/health.h"
#include "model/context.h"
#include "model/db.h"

/* Where the daemons listen; all zero: the usual ports on this machine. */
struct health_ports {
	struct ip listen; /* family 0: 127.0.0.1 */
	uint16_t smtp, submission, submissions, imaps, https;
};

/* The logs, oldest first, of Postfix: NULL ends. */
#define HEALTH_LOGS 3
struct health_logs {
	char text[HEALTH_LOGS - 1][HEALTH_PATH_SIZE];
	const char *paths[HEALTH_LOGS];
};

/* The subject of health_job().  Asks for the right to see the stack's
 * health. */
enum err_code health_prepare(struct context *, const char *command,
    const struct health_ports *, struct health_subject *,
    struct err *) MUST_USE;

enum err_code health_log_paths(
    struct db *, struct health_logs *, struct err *) MUST_USE;

#define HEALTH_OWN_ROWS 3

/* What our own side shows: the exports, the web server's files, and work that
 * could not be done yet. */
enum err_code health_own_rows(struct context *,
    struct health_row rows[HEALTH_OWN_ROWS], struct err *) MUST_USE;

extern const struct db_statements health_statements;

#endif
