/*
 * Macros of SPF (RFC 7208 section 7).
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "dns/spf.h"

#define PART_MAX 128

/* "1.2.3.4", or 32 nibbles with dots. */
static void
ip_with_dots(char to[IP_REVERSE_SIZE], const struct ip *ip)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;

	if (ip->family == AF_INET) {
		ip_format(to, ip);
		return;
	}
	for (size_t i = 0; i < 16; i++) {
		to[used++] = digits[ip->bytes[i] >> 4];
		to[used++] = '.';
		to[used++] = digits[ip->bytes[i] & 15];
		to[used++] = '.';
	}
	to[used - 1] = '\0';
}

static bool
value_of(char *to, size_t size, char letter, const struct spf_sender *sender,
    const char *domain, const char *validated)
{
	char ip[IP_REVERSE_SIZE];

	switch (tolower((unsigned char)letter)) {
	case 's':
		return text_format(
		    to, size, "%s@%s", sender->local, sender->domain);
	case 'l':
		return text_copy(to, size, sender->local);
	case 'o':
		return text_copy(to, size, sender->domain);
	case 'd':
		return text_copy(to, size, domain);
	case 'i':
		ip_with_dots(ip, &sender->ip);
		return text_copy(to, size, ip);
	case 'p':
		return text_copy(to, size, validated);
	case 'v':
		return text_copy(
		    to, size, sender->ip.family == AF_INET ? "in-addr" : "ip6");
	case 'h':
		return text_copy(to, size, sender->helo);
	default:
		return false; /* c, r, t: only in explanations */
	}
}

/* Splits at any of the delimiters, reverses, keeps the last `keep` parts and
 * joins them with dots. */
static void
transform(char *value, size_t size, const char *delimiters, bool is_reversed,
    unsigned keep)
{
	char copy[2 * DNS_NAME_SIZE];
	char *parts[PART_MAX], *at = copy;
	size_t count = 0;

	text_copy(copy, sizeof(copy), value);
	while (count < PART_MAX) {
		const size_t length = strcspn(at, delimiters);
		const bool is_last = at[length] == '\0';

		parts[count++] = at;
		at[length] = '\0';
		if (is_last)
			break;
		at += length + 1;
	}
	if (is_reversed)
		for (size_t i = 0; i < count / 2; i++) {
			char *swap = parts[i];

			parts[i] = parts[count - 1 - i];
			parts[count - 1 - i] = swap;
		}
	value[0] = '\0';
	for (size_t i = keep > 0 && keep < count ? count - keep : 0; i < count;
	     i++) {
		text_append(value, size, parts[i]);
		if (i + 1 < count)
			text_append(value, size, ".");
	}
}

/* One "%{...}" at *at, which moves behind it. */
static bool
expand_one(char *value, size_t size, const char **at, const char *end,
    const struct spf_sender *sender, const char *domain, const char *validated)
{
	char delimiters[16];
	size_t used = 0;
	unsigned keep = 0;
	bool is_reversed = false;
	const char *p = *at + 2;

	if (p >= end || !value_of(value, size, *p++, sender, domain, validated))
		return false;
	while (p < end && isdigit((unsigned char)*p) && keep < 1000)
		keep = keep * 10 + (unsigned)(*p++ - '0');
	if (p < end && (*p == 'r' || *p == 'R')) {
		is_reversed = true;
		p++;
	}
	while (p < end && *p != '}' && used + 1 < sizeof(delimiters))
		delimiters[used++] = *p++;
	delimiters[used] = '\0';
	if (p >= end || *p != '}')
		return false;
	*at = p + 1;
	if (is_reversed || keep > 0 || used > 0)
		transform(value, size, used > 0 ? delimiters : ".", is_reversed,
		    keep);
	return true;
}

bool
spf_expand(char to[DNS_NAME_SIZE], const char *spec, size_t length,
    const struct spf_sender *sender, const char *domain, const char *validated)
{
	char whole[4 * DNS_NAME_SIZE] = "", value[2 * DNS_NAME_SIZE];
	const char *at = spec, *const end = spec + length;
	const char *from = whole;
	size_t used;

	while (at < end) {
		used = strlen(whole);
		if (used + 4 >= sizeof(whole))
			return false;
		if (*at != '%') {
			whole[used] = *at++;
			whole[used + 1] = '\0';
			continue;
		}
		if (at + 1 >= end)
			return false;
		if (at[1] == '{') {
			if (!expand_one(value, sizeof(value), &at, end, sender,
				domain, validated))
				return false;
			text_append(whole, sizeof(whole), value);
			continue;
		}
		text_append(whole, sizeof(whole),
		    at[1] == '%'       ? "%"
			: at[1] == '_' ? " "
				       : "%20");
		at += 2;
	}
	used = strlen(whole);
	if (used > 0 && whole[used - 1] == '.')
		whole[--used] = '\0';
	while (strlen(from) > DNS_NAME_SIZE - 3) {
		from = strchr(from, '.');
		if (from == NULL)
			return false;
		from++;
	}
	return text_copy(to, DNS_NAME_SIZE, from);
}
