/*
 * log.h - one line per event on standard error, for systemd or a file.
 *
 * Control bytes and invalid UTF-8 in the formatted text are escaped, so a
 * name from the network cannot forge a line.  Never pass a secret.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

/* `name` stands before each line ("postern"); it must live on. */
void log_open(const char *name);

void log_info(const char *format, ...) PRINTF(1, 2);
void log_warn(const char *format, ...) PRINTF(1, 2);

/* log_warn() with ": " and the text of errno behind. */
void log_warn_errno(const char *format, ...) PRINTF(1, 2);

#endif
