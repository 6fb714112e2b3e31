/* Who is let in: by penalties, limits and luck. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "ssh/listener_state.h"

#define BURST_MS 10000 /* one log line per so many refusals */

struct ip
listener_source_of(const struct ip *ip)
{
	struct ip source = *ip;

	if (source.family == AF_INET6)
		memset(source.bytes + 8, 0, 8);
	return source;
}

/* Rises from `rate` per cent at `start` to 100 at `full`. */
static bool
is_unlucky(const struct serve_limits *limits, int waiting)
{
	int percent;

	if (waiting < limits->start)
		return false;
	if (waiting >= limits->full)
		return true;
	percent = limits->rate +
	    (100 - limits->rate) * (waiting - limits->start) /
		(limits->full - limits->start);
	return (int)random_below(100) < percent;
}

const char *
listener_refusal(const struct listener *listener, const struct ip *source)
{
	const struct serve_limits *limits = &listener->options->limits;
	int waiting = 0, of_source = 0;

	if (penalty_left(&listener->penalties, source, clock_monotonic_ms()) >
	    0)
		return "too many from there went wrong";
	for (size_t i = 0; i < listener->count; i++) {
		const struct connection *c = &listener->connections[i];

		waiting += !c->is_logged_in;
		of_source += !c->is_logged_in && ip_is_same(&c->source, source);
	}
	if (listener->count >= CONNECTIONS_MAX ||
	    (int)listener->count >= limits->connections)
		return "too many connections";
	if (of_source >= limits->per_source)
		return "too many from there that are not logged in";
	if (is_unlucky(limits, waiting))
		return "too many that are not logged in";
	return NULL;
}

void
listener_log_refusal(
    struct listener *listener, const struct ip *ip, const char *why)
{
	const int64_t now = clock_monotonic_ms();
	char text[IP_TEXT_SIZE];

	listener->burst_refused++;
	if (now < listener->burst_until_ms)
		return;
	ip_format(text, ip);
	log_warn("Connection from %s refused: %s (%u since the last such line)",
	    text, why, listener->burst_refused);
	listener->burst_refused = 0;
	listener->burst_until_ms = now + BURST_MS;
}

bool
listener_is_spared(const struct listener *listener, const struct ip *source)
{
	static const struct ip none6 = { .family = AF_INET6 };

	if (!listener->options->limits.spares_loopback)
		return false;
	return source->family == AF_INET ? source->bytes[0] == 127
					 : ip_is_same(source, &none6);
}
