#include "dns/subject.h"

#include "base/clock.h"
#include "base/text.h"

#define DEFAULT_TTL_SECONDS 3600
#define DEFAULT_PREFERENCE  10
#define DNS_PORT            53

void
subject_complete(struct dns_subject *s)
{
	if (s->zone[0] == '\0')
		text_copy(s->zone, sizeof(s->zone), s->domain);
	if (s->signing_domain[0] == '\0')
		text_copy(
		    s->signing_domain, sizeof(s->signing_domain), s->domain);
	if (s->return_path[0] == '\0')
		text_copy(s->return_path, sizeof(s->return_path), s->domain);
	if (s->ehlo_name[0] == '\0')
		text_copy(s->ehlo_name, sizeof(s->ehlo_name), s->mail_host);
	if (s->mx_count == 0 && s->mail_host[0] != '\0') {
		text_copy(s->mx[0].host, sizeof(s->mx[0].host), s->mail_host);
		s->mx[0].preference = DEFAULT_PREFERENCE;
		s->mx_count = 1;
	}
	if (s->sts_ip4.family == 0 && s->sts_ip6.family == 0) {
		s->sts_ip4 = s->ip4;
		s->sts_ip6 = s->ip6;
	}
	if (s->ttl_seconds == 0)
		s->ttl_seconds = DEFAULT_TTL_SECONDS;
	if (s->now_at == 0)
		s->now_at = clock_now();
}

static bool
is_complete(const struct dns_subject *s)
{
	return s->zone[0] != '\0' && s->signing_domain[0] != '\0' &&
	    s->return_path[0] != '\0' &&
	    (s->mail_host[0] == '\0' ||
		(s->ehlo_name[0] != '\0' && s->mx_count > 0)) &&
	    (s->sts_ip4.family != 0 || s->sts_ip6.family != 0 ||
		(s->ip4.family == 0 && s->ip6.family == 0)) &&
	    s->ttl_seconds != 0 && s->now_at != 0;
}

const struct dns_subject *
subject_completed(const struct dns_subject *given, struct dns_subject *copy)
{
	if (is_complete(given))
		return given;
	*copy = *given;
	subject_complete(copy);
	return copy;
}

uint16_t
subject_port(const struct dns_subject *s, const struct ip *ip)
{
	for (size_t i = 0; i < s->server_port_count; i++)
		if (ip_is_same(&s->server_ports[i].ip, ip))
			return s->server_ports[i].port;
	return DNS_PORT;
}

int64_t
subject_sts_left_until(const struct dns_subject *s)
{
	return s->sts_mode == DNS_STS_OFF && s->sts_since != 0
	    ? s->sts_since + DNS_STS_MAX_AGE
	    : 0;
}

bool
subject_has_sts(const struct dns_subject *s)
{
	const int64_t now = s->now_at != 0 ? s->now_at : clock_now();

	return s->sts_mode != DNS_STS_OFF || subject_sts_left_until(s) > now;
}
