/*
 * clock.h - the time, which a test can hold still.
 *
 * A moment is int64_t seconds since 1970 UTC and its name ends in _at; a
 * duration names its unit (_ms, _seconds, _days).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Now, in seconds since 1970 UTC. */
int64_t clock_now(void);

/* From here on clock_now() answers `at`; 0 lets it run again.  For tests. */
void clock_fix(int64_t at);

/* Milliseconds that only grow, for deadlines; never fixed. */
int64_t clock_monotonic_ms(void);

/* "2026-11-23T14:02:05Z" (RFC 3339), "" for 0. */
void clock_format_utc(char *to, size_t size, int64_t at);

/* "2026-11-24" or "2026-11-24T14:05:00", a Z may stand behind it: UTC.  False
 * for anything else. */
bool clock_parse_utc(int64_t *at, const char *text);

/* For people, local time: "14:02" today, "22 Nov 17:04" this year, else
 * "22 Nov 2025"; "never" for 0. */
void clock_format_short(char *to, size_t size, int64_t at);

/* Of what ends with a day (UTC), that last day: "2026-12-24" for the midnight
 * after it; "never" for 0. */
void clock_format_last_day(char *to, size_t size, int64_t end_at);

/* A duration in its largest whole unit: "2 h", "175 d", "40 s". */
void clock_format_age(char *to, size_t size, int64_t seconds);

#endif
