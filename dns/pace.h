/*
 * pace.h - how often a name server may be asked, counted over several
 * processes.
 *
 * A sweep runs many domains at once, each in a job of its own, and most of
 * them have the same few name servers.  The table lies in memory that is
 * shared with jobs forked later; it needs no lock, so a job that is killed
 * leaves nothing behind.
 */
#ifndef DNS_PACE_H
#define DNS_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ip.h"

struct pace_table;

/* At most `per_second` questions to one server, after a burst of as many. */
enum err_code pace_open(
    struct pace_table **, unsigned per_second, struct err *) MUST_USE;
void pace_close(struct pace_table **);

/* Counts one question to that server; false, and nothing counted, when it had
 * enough for now.  `now_ms` is clock_monotonic_ms(). */
bool pace_take(struct pace_table *, const struct ip_port *, int64_t now_ms);

#endif
