#include "base/ip.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static size_t
ip_length(const struct ip *ip)
{
	return ip->family == AF_INET ? 4 : 16;
}

enum err_code
ip_parse(struct ip *ip, const char *text, struct err *err)
{
	*ip = (struct ip){ 0 };
	if (inet_pton(AF_INET, text, ip->bytes) == 1)
		ip->family = AF_INET;
	else if (inet_pton(AF_INET6, text, ip->bytes) == 1)
		ip->family = AF_INET6;
	else
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.60s\" is not an IP address: write it like 192.0.2.10 "
		    "or 2001:db8::10.",
		    text);
	return OK;
}

enum err_code
ip_port_parse(struct ip_port *address, const char *text, uint16_t default_port,
    struct err *err)
{
	char host[IP_TEXT_SIZE + 2];
	const char *port = NULL;
	int64_t number = default_port;

	if (*text == '[') {
		const size_t length = strcspn(text + 1, "]");

		if (!text_format(
			host, sizeof(host), "%.*s", (int)length, text + 1) ||
		    text[length + 1] != ']')
			return ip_parse(&address->ip, text, err);
		port = text + length + 2;
	} else if (strchr(text, ':') != NULL &&
	    strchr(text, ':') == strrchr(text, ':')) {
		const size_t length = strcspn(text, ":");

		if (!text_format(host, sizeof(host), "%.*s", (int)length, text))
			return ip_parse(&address->ip, text, err);
		port = text + length;
	} else if (!text_copy(host, sizeof(host), text)) {
		return ip_parse(&address->ip, text, err);
	}
	if (port != NULL && *port != '\0' &&
	    (*port != ':' || !text_to_int64(port + 1, &number) || number < 1 ||
		number > 65535))
		return err_set(err, ERR_INVALID, NULL,
		    "\"%.60s\" has no valid port: it is a number from 1 to "
		    "65535 behind a colon.",
		    text);
	address->port = (uint16_t)number;
	return ip_parse(&address->ip, host, err);
}

void
ip_format(char to[IP_TEXT_SIZE], const struct ip *ip)
{
	if (ip->family == 0 ||
	    inet_ntop(ip->family, ip->bytes, to, IP_TEXT_SIZE) == NULL)
		to[0] = '\0';
}

bool
ip_is_same(const struct ip *a, const struct ip *b)
{
	return a->family == b->family &&
	    memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void
ip_reverse_name(char to[IP_REVERSE_SIZE], const struct ip *ip)
{
	char part[8];

	to[0] = '\0';
	for (size_t i = ip_length(ip); i-- > 0;) {
		const unsigned byte = ip->bytes[i];

		if (ip->family == AF_INET)
			text_format(part, sizeof(part), "%u.", byte);
		else
			text_format(part, sizeof(part), "%x.%x.", byte & 15U,
			    byte >> 4);
		text_append(to, IP_REVERSE_SIZE, part);
	}
	text_append(to, IP_REVERSE_SIZE,
	    ip->family == AF_INET ? "in-addr.arpa" : "ip6.arpa");
}

bool
ip_is_in_prefix(const struct ip *ip, const struct ip *net, unsigned bits)
{
	if (ip->family != net->family || bits > ip_length(ip) * 8)
		return false;
	for (unsigned bit = 0; bit < bits; bit++) {
		const unsigned mask = 0x80U >> (bit % 8);

		if ((ip->bytes[bit / 8] & mask) != (net->bytes[bit / 8] & mask))
			return false;
	}
	return true;
}

/* RFC 6890 and its registry: prefix, length, the word for it. */
static const struct special_use {
	const char *prefix;
	unsigned bits;
	const char *name;
} special_uses[] = {
	/* clang-format off */
	{ "0.0.0.0",       8, "unspecified" },
	{ "10.0.0.0",      8, "private" },
	{ "100.64.0.0",   10, "shared by a provider (CGNAT)" },
	{ "127.0.0.0",     8, "loopback" },
	{ "169.254.0.0",  16, "link-local" },
	{ "172.16.0.0",   12, "private" },
	{ "192.0.2.0",    24, "for documentation" },
	{ "192.168.0.0",  16, "private" },
	{ "198.18.0.0",   15, "for benchmarks" },
	{ "198.51.100.0", 24, "for documentation" },
	{ "203.0.113.0",  24, "for documentation" },
	{ "224.0.0.0",     4, "multicast" },
	{ "240.0.0.0",     4, "reserved" },
	{ "::",          128, "unspecified" },
	{ "::1",         128, "loopback" },
	{ "::ffff:0:0",   96, "an IPv4 address in disguise" },
	{ "64:ff9b:1::",  48, "private" },
	{ "100::",        64, "discard-only" },
	{ "2001:db8::",   32, "for documentation" },
	{ "3fff::",       20, "for documentation" },
	{ "fc00::",        7, "private" },
	{ "fe80::",       10, "link-local" },
	{ "ff00::",        8, "multicast" },
	/* clang-format on */
};

const char *
ip_special_use(const struct ip *ip)
{
	for (size_t i = 0; i < sizeof(special_uses) / sizeof(special_uses[0]);
	     i++) {
		struct ip net;

		if (ip_parse(&net, special_uses[i].prefix, NULL) == OK &&
		    ip_is_in_prefix(ip, &net, special_uses[i].bits))
			return special_uses[i].name;
	}
	return NULL;
}

const char *
ip_out_of_reach(const struct ip *ip)
{
	const char *use = ip_special_use(ip);

	return use == NULL || strstr(use, "documentation") != NULL ? NULL : use;
}

socklen_t
ip_to_sockaddr(const struct ip_port *from, struct sockaddr_storage *to)
{
	memset(to, 0, sizeof(*to));
	if (from->ip.family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)to;

		in->sin_family = AF_INET;
		in->sin_port = htons(from->port);
		memcpy(&in->sin_addr, from->ip.bytes, 4);
		return sizeof(*in);
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(from->port);
	memcpy(&in6->sin6_addr, from->ip.bytes, 16);
	return sizeof(*in6);
}

bool
ip_from_sockaddr(struct ip_port *to, const struct sockaddr_storage *from)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	*to = (struct ip_port){ 0 };
	if (from->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)from;

		to->ip.family = AF_INET;
		to->port = ntohs(in->sin_port);
		memcpy(to->ip.bytes, &in->sin_addr, 4);
		return true;
	}
	if (from->ss_family != AF_INET6)
		return false;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;

	to->port = ntohs(in6->sin6_port);
	if (memcmp(&in6->sin6_addr, mapped, sizeof(mapped)) == 0) {
		to->ip.family = AF_INET;
		memcpy(to->ip.bytes, in6->sin6_addr.s6_addr + 12, 4);
	} else {
		to->ip.family = AF_INET6;
		memcpy(to->ip.bytes, &in6->sin6_addr, 16);
	}
	return true;
}
