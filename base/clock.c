#include "base/clock.h"

#include <inttypes.h>
#include <time.h>

#include "base/text.h"

static int64_t fixed_at;

int64_t
clock_now(void)
{
	return fixed_at != 0 ? fixed_at : (int64_t)time(NULL);
}

void
clock_fix(int64_t at)
{
	fixed_at = at;
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
clock_format_utc(char *to, size_t size, int64_t at)
{
	const time_t when = (time_t)at;
	struct tm tm;

	if (at == 0 || gmtime_r(&when, &tm) == NULL ||
	    strftime(to, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text_copy(to, size, "");
}

void
clock_format_short(char *to, size_t size, int64_t at)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const time_t when = (time_t)at, current = (time_t)clock_now();
	struct tm tm, now;

	if (at == 0 || localtime_r(&when, &tm) == NULL ||
	    localtime_r(&current, &now) == NULL)
		text_copy(to, size, "never");
	else if (tm.tm_year != now.tm_year)
		text_format(to, size, "%d %s %d", tm.tm_mday, months[tm.tm_mon],
		    tm.tm_year + 1900);
	else if (tm.tm_yday != now.tm_yday)
		text_format(to, size, "%d %s %02d:%02d", tm.tm_mday,
		    months[tm.tm_mon], tm.tm_hour, tm.tm_min);
	else
		text_format(to, size, "%02d:%02d", tm.tm_hour, tm.tm_min);
}

void
clock_format_last_day(char *to, size_t size, int64_t end_at)
{
	const time_t last = (time_t)end_at - 1;
	struct tm tm;

	text_copy(to, size, "never");
	if (end_at != 0 && gmtime_r(&last, &tm) != NULL)
		text_format(to, size, "%04d-%02d-%02d", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday);
}

void
clock_format_age(char *to, size_t size, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} ages[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t i = 0;

	while (i < 3 && seconds < ages[i].seconds)
		i++;
	text_format(to, size, "%" PRId64 " %s", seconds / ages[i].seconds,
	    ages[i].name);
}

bool
clock_parse_utc(int64_t *at, const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

	if (end == NULL) {
		tm = (struct tm){ 0 };
		end = strptime(text, "%Y-%m-%d", &tm);
	}
	if (end == NULL || (*end != '\0' && !text_is_same(end, "Z")))
		return false;
	*at = (int64_t)timegm(&tm);
	return true;
}
