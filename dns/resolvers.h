/*
 * resolvers.h - lists of "ADDR[:PORT]", and the resolvers of this machine.
 */
#ifndef DNS_RESOLVERS_H
#define DNS_RESOLVERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ip.h"

#define DNS_PORT 53

/*
 * Appends the addresses of a list, apart by blanks or commas, to to[*count]:
 * "9.9.9.9, [2001:db8::1]:5353".  More than `max` is ERR_LIMIT, what is no
 * address ERR_INVALID.  Port 53 where none is given.
 */
enum err_code resolvers_parse(struct ip_port *to, size_t max, size_t *count,
    const char *list, struct err *) MUST_USE;

/* When *count is 0: those of resolv.conf(5), NULL is /etc/resolv.conf, and
 * when that names none, 127.0.0.1. */
void resolvers_default(
    struct ip_port *to, size_t max, size_t *count, const char *path);

#endif
