/*
 * milter_probe.h - does a milter answer on its socket?
 */
#ifndef MAIL_MILTER_PROBE_H
#define MAIL_MILTER_PROBE_H

#include <stdint.h>

#include "base/err.h"

/* A stream connection to a UNIX socket; -1 with err filled.  The deadline is
 * of clock_monotonic_ms(). */
int unix_connect(const char *path, struct err *);

/*
 * Connects and offers options as the MTA does at the start of a session; a
 * living milter answers with its own.  ERR_NOT_FOUND when nobody listens,
 * ERR_DENIED when this user may not connect, ERR_TIMEOUT when nothing comes.
 */
enum err_code milter_probe(
    const char *path, int64_t deadline_ms, struct err *) MUST_USE;

#endif
