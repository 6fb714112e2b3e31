/*
 * ip.h - an IPv4 or IPv6 address, alone or with a port.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define IP_TEXT_SIZE    46 /* INET6_ADDRSTRLEN */
#define IP_REVERSE_SIZE 74 /* 32 nibbles with dots, "ip6.arpa", NUL */

/* family 0 is "none".  IPv4 uses the first 4 bytes, the rest are 0. */
struct ip {
	int family; /* 0, AF_INET or AF_INET6 */
	uint8_t bytes[16];
};

struct ip_port {
	struct ip ip;
	uint16_t port;
};

/* Only the textual forms of RFC 4291 and dotted quads; no names, no octal. */
enum err_code ip_parse(struct ip *, const char *text, struct err *) MUST_USE;

/* "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353". */
enum err_code ip_port_parse(struct ip_port *, const char *text,
    uint16_t default_port, struct err *) MUST_USE;

void ip_format(char to[IP_TEXT_SIZE], const struct ip *); /* RFC 5952 */
bool ip_is_same(const struct ip *, const struct ip *);

/* "10.2.0.192.in-addr.arpa", or nibbles below ip6.arpa (RFC 3596 2.5). */
void ip_reverse_name(char to[IP_REVERSE_SIZE], const struct ip *);

/* Why the address can't be reached from the internet ("private",
 * "loopback", "documentation"...: RFC 6890), or NULL for a public one. */
const char *ip_special_use(const struct ip *);

/* The same, but NULL for documentation addresses, too: examples and tests
 * stand on those. */
const char *ip_out_of_reach(const struct ip *);

/* True when the first `bits` bits are the same and so is the family. */
bool ip_is_in_prefix(const struct ip *, const struct ip *net, unsigned bits);

/* For bind() and connect(); returns the length of what was filled. */
socklen_t ip_to_sockaddr(const struct ip_port *, struct sockaddr_storage *);

/* The peer of an accepted socket; an IPv4-mapped address becomes IPv4. */
bool ip_from_sockaddr(struct ip_port *, const struct sockaddr_storage *);

#endif
