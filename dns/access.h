/*
 * access.h - whom to ask: the resolvers, and name servers on other ports.
 *
 * Plain data that a fork or a struct copy carries along.
 */
#ifndef DNS_ACCESS_H
#define DNS_ACCESS_H

#include <stddef.h>

#include "base/err.h"
#include "base/ip.h"

#define DNS_RESOLVERS_MAX 4
#define DNS_PORTS_MAX     8

struct dns_access {
	struct ip_port resolvers[DNS_RESOLVERS_MAX];
	size_t resolver_count;

	/* An NS record has no port: authoritative servers at these addresses
	 * are asked at these ports instead of 53 (setting dns_ports, for test
	 * and demo machines). */
	struct ip_port ports[DNS_PORTS_MAX];
	size_t port_count;
};

/* Adds the resolvers of "ADDR[:PORT]" texts, apart by blanks or commas; what
 * is over the limit is ERR_LIMIT, what is no address ERR_INVALID. */
enum err_code access_add_resolvers(
    struct dns_access *, const char *list, struct err *) MUST_USE;

/* The same for name server ports: "127.0.0.1:15353, [::1]:15353". */
enum err_code access_add_ports(
    struct dns_access *, const char *list, struct err *) MUST_USE;

/* When there are no resolvers: those of a resolv.conf(5); when it has none
 * either, 127.0.0.1.  `path` NULL is /etc/resolv.conf. */
void access_default_resolvers(struct dns_access *, const char *path);

/* Where a name server with that address is asked. */
struct ip_port access_name_server(const struct dns_access *, const struct ip *);

#endif
